"""Registry values: a name, a type and data, as plain Python data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from . import errors

Data = str | int | bytes | list[str]

MAX_VALUE_NAME = 16_383


class ValueType(IntEnum):
    """Registry types ([MS-RRP] 2.2.9); a number not in the list is kept, not refused."""

    NONE = 0
    SZ = 1
    EXPAND_SZ = 2
    BINARY = 3
    DWORD = 4
    DWORD_BIG_ENDIAN = 5
    LINK = 6
    MULTI_SZ = 7
    RESOURCE_LIST = 8
    QWORD = 11

    @classmethod
    def _missing_(cls, value: object) -> ValueType | None:
        if not isinstance(value, int) or not 0 <= value <= 0xFFFFFFFF:
            return None
        member = int.__new__(cls, value)
        member._name_ = f"TYPE_{value}"
        member._value_ = value
        return member

    @property
    def registry_name(self) -> str:
        """`REG_SZ` and so on, as reg.exe and regedit show it."""
        return f"REG_{self.name}"

    @classmethod
    def from_registry_name(cls, text: str) -> ValueType:
        """Return the type called `REG_...`; raise KeyError when there is none."""
        return cls[text.upper().removeprefix("REG_")]


_INTEGERS = {ValueType.DWORD: 32, ValueType.DWORD_BIG_ENDIAN: 32, ValueType.QWORD: 64}
_TEXTS = {ValueType.SZ, ValueType.EXPAND_SZ, ValueType.LINK}


@dataclass(frozen=True)
class Value:
    """One registry value; the name is empty for a key's default (unnamed) value."""

    name: str
    type: ValueType
    data: Data

    def checked(self) -> Value:
        """Return this value, or Win32Error 87 when its data cannot be of its type."""
        if len(self.name) > MAX_VALUE_NAME or not self._fits():
            raise errors.Win32Error(errors.INVALID_PARAMETER, self.name)
        return replace(self, data=list(self.data)) if isinstance(self.data, list) else self

    def _fits(self) -> bool:
        if self.type in _TEXTS:
            return isinstance(self.data, str)
        if self.type in _INTEGERS:
            is_integer = isinstance(self.data, int) and not isinstance(self.data, bool)
            return is_integer and 0 <= self.data < 1 << _INTEGERS[self.type]  # type: ignore[operator]
        if self.type is ValueType.MULTI_SZ:
            return isinstance(self.data, list) and all(isinstance(item, str) for item in self.data)
        return isinstance(self.data, bytes)
