# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: which registry values count as text, however they were read; the only place that decides it.

Office reads its string values as REG_SZ ("Integrating IM applications with Office"). To accept another type, such as
REG_EXPAND_SZ, add it here; ``Registry.string`` must read it as well, since StdRegProv has one method for each type.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

#: The types that count as text, by the names that ``reg query`` prints.
TEXT_TYPES = frozenset({"REG_SZ"})


class ValueState(enum.Enum):
    """What there is in place of a text value."""

    TEXT = "text"
    MISSING = "missing"
    OTHER_TYPE = "other type"


@dataclass(frozen=True)
class StringValue:
    """A value that should be text: its state, its text if it is one, and whether its key exists."""

    state: ValueState
    text: str | None = None
    key_exists: bool = True

    @classmethod
    def of(cls, text: str) -> StringValue:
        """Return a value with this text."""
        return cls(ValueState.TEXT, text)

    @classmethod
    def missing(cls, *, key_exists: bool = True) -> StringValue:
        """Return a value that does not exist."""
        return cls(ValueState.MISSING, key_exists=key_exists)

    @classmethod
    def printed(cls, type_name: str, data: str) -> StringValue:
        """Return the value for a type and data in the form that ``reg query`` prints."""
        return cls.of(data) if type_name in TEXT_TYPES else cls(ValueState.OTHER_TYPE)

    @property
    def name(self) -> str:
        """The text as a name: empty if there is none."""
        return self.text or ""

    def same_as(self, other: StringValue) -> bool:
        """Whether both have the same content, whether their keys exist or not."""
        return (self.state, self.text) == (other.state, other.text)
