"""Registry values in a description: bare YAML for the common types, a mapping for the others."""

from __future__ import annotations

import re
import typing as t

from . import errors
from .reader import Reader, describe, suggest
from .values import Data, Value, ValueType

_NAMES = {kind.registry_name: kind for kind in ValueType}
_ROOTS = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKU": "HKEY_USERS",
    "HKEY_LOCAL_MACHINE": "HKEY_LOCAL_MACHINE",
    "HKEY_USERS": "HKEY_USERS",
}

# The values to write, by key (relative to a hive, or a full path).
Values = dict[str, list[Value]]


def read_values(reader: Reader, key: str, *, full_paths: bool = False) -> Values:
    """Return a mapping of registry keys to mappings of value names to data."""
    result: Values = {}
    for path, values in reader.mapping(key).items():
        whole = full_path(path, reader, key) if full_paths else _relative_path(path, reader, key)
        if values is None:
            result[whole] = []
            continue
        inner = Reader(values, f"{reader.where}, {key}, {path}")
        result[whole] = [read_value(inner, name) for name in values]
    return result


def read_value(reader: Reader, name: str) -> Value:
    """Read one value: text, a whole number, a list of text, or `{type: REG_..., data: ...}`."""
    data = reader.raw(name)
    own_name = "" if name == "(default)" else name
    if isinstance(data, dict):
        inner = Reader(data, f"{reader.where}, value '{name}'")
        kind = value_type(inner, "type", "REG_SZ")
        value = Value(own_name, kind, typed_data(inner, kind, inner.raw("data")))
        inner.finish()
        return value
    return Value(own_name, _bare_type(reader, name, data), data)


def value_type(reader: Reader, key: str, default: str) -> ValueType:
    """Return a type by its registry name, such as REG_DWORD."""
    name = reader.text(key, default)
    if name not in _NAMES:
        raise reader.mistake(f"{key} must be a registry type, not {name!r}{suggest(name, _NAMES)}")
    return _NAMES[name]


def typed_data(reader: Reader, kind: ValueType, data: t.Any) -> Data:
    """Return `data` as that type has it; binary data is written as hexadecimal text."""
    if kind not in _TEXT_OR_NUMBER and isinstance(data, str):
        try:
            data = bytes.fromhex(data)
        except ValueError:
            raise reader.mistake(f"{kind.registry_name} data must be hexadecimal, not {data!r}") from None
    value = Value("", kind, data)
    try:
        return value.checked().data
    except errors.Win32Error:
        raise reader.mistake(f"{describe(data)} is no data of {kind.registry_name}") from None


_TEXT_OR_NUMBER = {
    ValueType.SZ,
    ValueType.EXPAND_SZ,
    ValueType.LINK,
    ValueType.DWORD,
    ValueType.DWORD_BIG_ENDIAN,
    ValueType.QWORD,
    ValueType.MULTI_SZ,
}


def _bare_type(reader: Reader, name: str, data: object) -> ValueType:
    if isinstance(data, str):
        return ValueType.SZ
    if isinstance(data, int) and not isinstance(data, bool) and 0 <= data < 1 << 32:
        return ValueType.DWORD
    if isinstance(data, list) and all(isinstance(item, str) for item in data):
        return ValueType.MULTI_SZ
    raise reader.mistake(
        f"the value '{name}' must be text, a whole number of 32 bits, a list of text "
        f"or a mapping of type and data, not {describe(data)}"
    )


def _relative_path(path: str, reader: Reader, key: str) -> str:
    if re.match(r"(?i)\\|HK(EY_|LM|U\\|CU|CR)", path):
        raise reader.mistake(f"{key} has the key '{path}', but keys here are relative to the user's hive")
    return path


def full_path(path: str, reader: Reader, key: str) -> str:
    """Return `path` with its root spelled out; raise an error at `key` for an invalid one."""
    root, _unused, rest = path.partition("\\")
    if root.upper() not in _ROOTS or not rest:
        raise reader.mistake(f"{key} has the key '{path}', but keys here begin with HKLM or HKU")
    return f"{_ROOTS[root.upper()]}\\{rest}"
