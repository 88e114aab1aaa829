"""What the tests of the report share: the schema of presence.json, and facts of any shape."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from hypothesis import strategies as st

CHECKOUT = Path(__file__).resolve().parents[4]
SCHEMA = json.loads((CHECKOUT / "docs" / "report.schema.json").read_text(encoding="utf-8"))

TEXT = st.text(st.characters(), max_size=40)  # includes surrogates
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def valid(document: object) -> None:
    """Check a ``presence.json`` against its schema."""
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
