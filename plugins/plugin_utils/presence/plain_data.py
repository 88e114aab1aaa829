# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: facts as plain data: a dataclass's fields become the keys of a dict, and no text is longer than allowed."""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from .. import limits
from ..text import LONGEST_TEXT, bounded
from .keys import LONGEST_NAME

#: For ``field(metadata=...)``: the field is a name, or a list of names.
NAME = {"longest": LONGEST_NAME}
RUNNING_NAMES = {"longest": LONGEST_NAME, "most": limits.RUNNING}

#: For ``field(metadata=...)``: the field is not part of the facts.
INTERNAL = {"internal": True}


def plain(value: t.Any, longest: int = LONGEST_TEXT, most: int | None = None) -> t.Any:
    """Return strings, numbers, lists and dicts; no text is longer than ``longest``, a list no longer than ``most``."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str):
        return bounded(value, longest)
    if isinstance(value, list | tuple):
        return [plain(item, longest) for item in value[:most]]
    if dataclasses.is_dataclass(value):
        return {
            field.name: plain(
                getattr(value, field.name), field.metadata.get("longest", LONGEST_TEXT), field.metadata.get("most")
            )
            for field in dataclasses.fields(value)
            if not field.metadata.get("internal")
        }
    return value
