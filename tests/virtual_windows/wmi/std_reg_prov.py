"""StdRegProv: the registry, one method a registry call.

The answers of its methods: Microsoft's reference of the class. It is strict about types: a Get*Value of another type
than the value's answers WBEM_E_TYPE_MISMATCH. GetSecurityDescriptor and SetSecurityDescriptor are not here.
"""

from __future__ import annotations

import re
import typing as t
from functools import wraps

from ..machine import Value, ValueType, Win32Error
from ..machine.errors import ACCESS_DENIED, FILE_NOT_FOUND, INVALID_HANDLE
from .catalogue import wmi_class
from .errors import WbemStatus
from .model import CimType, Data, Parameter, WmiClass, method

_ROOTS = {
    0x80000000: "HKEY_CLASSES_ROOT",
    0x80000001: "HKEY_CURRENT_USER",
    0x80000002: "HKEY_LOCAL_MACHINE",
    0x80000003: "HKEY_USERS",
    0x80000005: "HKEY_CURRENT_CONFIG",
}
# The mask of CheckAccess ([MS-RRP] 2.2.4): these only read, all others change something.
_READING = 0x1 | 0x8 | 0x10 | 0x20000

_VALUE_MISSING = 1

_KEY = Parameter("hDefKey", CimType.UINT32, required=False, default=0x80000002)
_SUB_KEY = Parameter("sSubKeyName", required=False, default="")
# No name, or an empty one: the key's default value.
_NAME = Parameter("sValueName", required=False, default="")
_STRING = Parameter("sValue")
_STRINGS = Parameter("sValue", array=True, required=False)
_NUMBER = Parameter("uValue", CimType.UINT32)
_LONG = Parameter("uValue", CimType.UINT64)
_BYTES = Parameter("uValue", CimType.UINT8, array=True, required=False)
_WHERE = (_KEY, _SUB_KEY)

Result = int | tuple[int, dict[str, Data]]


def _answers(function: t.Callable[..., Result]) -> t.Callable[..., Result]:
    """Turn a Win32 error into the ReturnValue, which is how this class reports what goes wrong."""

    @wraps(function)
    def call(self: StdRegProv, *arguments: t.Any) -> Result:
        try:
            with self.machine.lock:
                return function(self, *arguments)
        except Win32Error as error:
            return error.code

    return call


@wmi_class("root/default", "root/cimv2")
class StdRegProv(WmiClass):
    """The registry provider."""

    name = "StdRegProv"

    @method("EnumKey", _WHERE, [Parameter("sNames", array=True)], static=True)
    @_answers
    def enum_key(self, root: int, key: str) -> Result:
        """Return the names of the subkeys; NULL when there are none."""
        return 0, {"sNames": self.machine.registry.subkeys(_path(root, key)) or None}

    @method(
        "EnumValues",
        _WHERE,
        [Parameter("sNames", array=True), Parameter("Types", CimType.SINT32, array=True)],
        static=True,
    )
    @_answers
    def enum_values(self, root: int, key: str) -> Result:
        """Return names and types of the values; NULL when there are none."""
        values = self.machine.registry.values(_path(root, key))
        names = [one.name for one in values]
        return 0, {"sNames": names or None, "Types": [int(one.type) for one in values] or None}

    @method("GetStringValue", (*_WHERE, _NAME), [_STRING], static=True)
    @_answers
    def get_string_value(self, root: int, key: str, name: str) -> Result:
        """Return a REG_SZ."""
        return self._get(ValueType.SZ, "sValue", _text, root, key, name)

    @method("GetExpandedStringValue", (*_WHERE, _NAME), [_STRING], static=True)
    @_answers
    def get_expanded_string_value(self, root: int, key: str, name: str) -> Result:
        """Return a REG_EXPAND_SZ, with its environment variables replaced."""
        return self._get(ValueType.EXPAND_SZ, "sValue", self._expanded, root, key, name)

    @method("GetMultiStringValue", (*_WHERE, _NAME), [_STRINGS], static=True)
    @_answers
    def get_multi_string_value(self, root: int, key: str, name: str) -> Result:
        """Return a REG_MULTI_SZ."""
        return self._get(ValueType.MULTI_SZ, "sValue", list, root, key, name)

    @method("GetDWORDValue", (*_WHERE, _NAME), [_NUMBER], static=True)
    @_answers
    def get_dword_value(self, root: int, key: str, name: str) -> Result:
        """Return a REG_DWORD."""
        return self._get(ValueType.DWORD, "uValue", int, root, key, name)

    @method("GetQWORDValue", (*_WHERE, _NAME), [_LONG], static=True)
    @_answers
    def get_qword_value(self, root: int, key: str, name: str) -> Result:
        """Return a REG_QWORD."""
        return self._get(ValueType.QWORD, "uValue", int, root, key, name)

    @method("GetBinaryValue", (*_WHERE, _NAME), [_BYTES], static=True)
    @_answers
    def get_binary_value(self, root: int, key: str, name: str) -> Result:
        """Return a REG_BINARY."""
        return self._get(ValueType.BINARY, "uValue", list, root, key, name)

    @method("SetStringValue", (*_WHERE, _NAME, _STRING), static=True)
    @_answers
    def set_string_value(self, root: int, key: str, name: str, data: str) -> Result:
        """Write a REG_SZ."""
        return self._set(ValueType.SZ, data, root, key, name)

    @method("SetExpandedStringValue", (*_WHERE, _NAME, _STRING), static=True)
    @_answers
    def set_expanded_string_value(self, root: int, key: str, name: str, data: str) -> Result:
        """Write a REG_EXPAND_SZ."""
        return self._set(ValueType.EXPAND_SZ, data, root, key, name)

    @method("SetMultiStringValue", (*_WHERE, _NAME, _STRINGS), static=True)
    @_answers
    def set_multi_string_value(self, root: int, key: str, name: str, data: list[str] | None) -> Result:
        """Write a REG_MULTI_SZ."""
        return self._set(ValueType.MULTI_SZ, data or [], root, key, name)

    @method("SetDWORDValue", (*_WHERE, _NAME, _NUMBER), static=True)
    @_answers
    def set_dword_value(self, root: int, key: str, name: str, data: int) -> Result:
        """Write a REG_DWORD."""
        return self._set(ValueType.DWORD, data, root, key, name)

    @method("SetQWORDValue", (*_WHERE, _NAME, _LONG), static=True)
    @_answers
    def set_qword_value(self, root: int, key: str, name: str, data: int) -> Result:
        """Write a REG_QWORD."""
        return self._set(ValueType.QWORD, data, root, key, name)

    @method("SetBinaryValue", (*_WHERE, _NAME, _BYTES), static=True)
    @_answers
    def set_binary_value(self, root: int, key: str, name: str, data: list[int] | None) -> Result:
        """Write a REG_BINARY."""
        return self._set(ValueType.BINARY, bytes(data or []), root, key, name)

    @method("CreateKey", _WHERE, static=True)
    @_answers
    def create_key(self, root: int, key: str) -> Result:
        """Create a key and all above it; also 0 when it exists."""
        self.machine.registry.create_key(_path(root, key))
        return 0

    @method("DeleteKey", _WHERE, static=True)
    @_answers
    def delete_key(self, root: int, key: str) -> Result:
        """Delete a key that has no subkeys."""
        self.machine.registry.delete_key(_path(root, key))
        return 0

    @method("DeleteValue", (*_WHERE, _NAME), static=True)
    @_answers
    def delete_value(self, root: int, key: str, name: str) -> Result:
        """Delete a value."""
        self.machine.registry.delete_value(_path(root, key), name)
        return 0

    @method(
        "CheckAccess",
        (*_WHERE, Parameter("uRequired", CimType.UINT32, required=False, default=3)),
        [Parameter("bGranted", CimType.BOOLEAN)],
        static=True,
    )
    @_answers
    def check_access(self, root: int, key: str, required: int) -> Result:
        """Return whether all the rights in the mask are given."""
        path = _path(root, key)
        denied = self._denied(path)
        refused = ("read" in denied and required & _READING) or ("write" in denied and required & ~_READING)
        return (ACCESS_DENIED, {"bGranted": False}) if refused else (0, {"bGranted": True})

    def _get(
        self, expected_type: ValueType, output: str, convert: t.Callable[[t.Any], Data], root: int, key: str, name: str
    ) -> Result:
        path = _path(root, key)
        # Raises when the key is missing: another answer than for a missing value.
        self.machine.registry.values(path)
        try:
            value = self.machine.registry.value(path, name)
        except Win32Error as error:
            if error.code == FILE_NOT_FOUND:
                return _VALUE_MISSING
            raise
        if value.type is not expected_type:
            return int(WbemStatus.TYPE_MISMATCH)
        return 0, {output: convert(value.data)}

    def _set(self, kind: ValueType, data: str | int | bytes | list[str], root: int, key: str, name: str) -> Result:
        self.machine.registry.set_value(_path(root, key), Value(name, kind, data))
        return 0

    def _expanded(self, data: str) -> str:
        variables = {name.lower(): value for name, value in self.machine.environment.items()}
        return re.sub(r"%([^%]+)%", lambda match: variables.get(match[1].lower(), match[0]), _text(data))

    def _denied(self, path: str) -> set[str]:
        registry = self.machine.registry
        names = path.split("\\")
        # raises when the key is missing
        registry.key(path)
        return {what for count in range(1, len(names) + 1) for what in registry.key("\\".join(names[:count])).denied}


def _path(root: int, key: str) -> str:
    if root not in _ROOTS:
        raise Win32Error(INVALID_HANDLE, f"hDefKey {root}")
    return f"{_ROOTS[root]}\\{key}" if key else _ROOTS[root]


def _text(data: str) -> str:
    # The provider hands strings on as BSTRs made from C strings.
    return data.partition("\0")[0]
