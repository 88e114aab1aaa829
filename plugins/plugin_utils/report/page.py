# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: ``presence.html``: one file that needs no network and no server.

The data is in a ``<script type="application/json">`` that no text can end early, and the page's own script shows it as
text. A Content-Security-Policy allows that script and the style by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import typing as t
from pathlib import Path

from .document import Report
from .page_data import page_data

ASSETS = Path(__file__).with_name("assets")

#: The parts of the page, in the order in which they are concatenated.
STYLES = ("vendor/charts.css", "base.css", "overview.css", "people.css", "evidence.css", "print.css")
SCRIPTS = ("vendor/table-core.js", "dom.js", "data.js", "evidence.js", "people.js", "overview.js")

_PLACEHOLDER = re.compile(r"<!--presence:([a-z]+)-->")
_IN_SCRIPT = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def to_html(report: Report) -> bytes:
    """Return ``presence.html``."""
    style, script = _concatenated(STYLES), _concatenated(SCRIPTS)
    parts = {
        "policy": f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">',
        "style": f"<style>{style}</style>",
        "script": f"<script>{script}</script>",
        "data": f'<script type="application/json" id="data">{in_script(page_data(report))}</script>',
    }
    template = (ASSETS / "page.html").read_text(encoding="utf-8")
    return _PLACEHOLDER.sub(lambda match: parts[match.group(1)], template).encode("utf-8")


def in_script(data: object) -> str:
    """Return JSON that can stand inside a script element: nothing in it can end the element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT)


def _concatenated(names: t.Iterable[str]) -> str:
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in names)


def _policy(style: str, script: str) -> str:
    """Return a policy that allows this style and this script, and no request, frame or form."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"
