"""`reg add`."""

from __future__ import annotations

import re

from ...machine.errors import FILE_NOT_FOUND, Win32Error
from ...machine.values import Data, Value, ValueType
from .call import Call
from .reg_arguments import Mistake, confirmed, parse

_TYPES = {
    "REG_SZ": ValueType.SZ,
    "REG_EXPAND_SZ": ValueType.EXPAND_SZ,
    "REG_MULTI_SZ": ValueType.MULTI_SZ,
    "REG_BINARY": ValueType.BINARY,
    "REG_DWORD": ValueType.DWORD,
    "REG_DWORD_LITTLE_ENDIAN": ValueType.DWORD,
    "REG_DWORD_BIG_ENDIAN": ValueType.DWORD_BIG_ENDIAN,
    "REG_QWORD": ValueType.QWORD,
    "REG_NONE": ValueType.NONE,
}


def add(call: Call) -> int:
    """Run `reg add key [/v name | /ve] [/t type] [/s separator] [/d data] [/f] [/reg:32 | /reg:64]`.

    Without /v it writes the default value, so `reg add key /f` leaves an empty one behind.
    """
    arguments = parse(call, flags=("ve", "f"), valued=("v", "t", "s", "d"), root_alone=False)
    type_ = _TYPES.get(arguments.switches.get("t", "REG_SZ").upper())
    if type_ is None:
        raise Mistake("reg_invalid_type", usage=True)
    separator = arguments.switches.get("s", "\\0")
    if "s" in arguments and (type_ is not ValueType.MULTI_SZ or len(separator) != 1):
        raise Mistake("reg_invalid_syntax", usage=True)
    name = arguments.switches.get("v", "")
    value = Value(name, type_, _data(type_, arguments.switches.get("d"), separator))
    registry = call.machine.registry
    registry.create_key(arguments.path)
    asks = "f" not in arguments and _exists(call, arguments.path, name)
    if asks and not confirmed(call, "reg_overwrite", name or call.text("reg_default")):
        return 0
    registry.set_value(arguments.path, value)
    call.out(call.text("done"))
    return 0


def _exists(call: Call, path: str, name: str) -> bool:
    try:
        call.machine.registry.value(path, name)
    except Win32Error as error:
        if error.code != FILE_NOT_FOUND:
            raise
        return False
    return True


def _data(type_: ValueType, text: str | None, separator: str) -> Data:
    """Return the data of a value; a number must be given, everything else may be empty."""
    match type_:
        case ValueType.DWORD | ValueType.DWORD_BIG_ENDIAN:
            return _number(text, 32)
        case ValueType.QWORD:
            return _number(text, 64)
        case ValueType.BINARY:
            return _bytes(text or "")
        case ValueType.NONE:
            return f"{text or ''}\0".encode("utf-16-le")
        case ValueType.MULTI_SZ:
            return _strings(text or "", separator)
        case _:
            return text or ""


def _number(text: str | None, bits: int) -> int:
    """Parse a number: decimal even with a leading zero, or hexadecimal with 0x; no sign."""
    if text is None or not re.fullmatch(r"\d+|0[xX][0-9a-fA-F]+", text):
        raise Mistake("reg_invalid_data", usage=True)
    number = int(text, 16 if text[:2].lower() == "0x" else 10)
    if number >= 1 << bits:
        raise Mistake("reg_invalid_data", usage=True)
    return number


def _bytes(text: str) -> bytes:
    if not re.fullmatch(r"[0-9a-fA-F]*", text):
        raise Mistake("reg_invalid_data", usage=True)
    return bytes.fromhex(text if len(text) % 2 == 0 else f"0{text}")


def _strings(text: str, separator: str) -> list[str]:
    """Return the strings; an empty one is ignored at the end, and a mistake between others."""
    strings = text.split(separator)
    if strings[-1] == "":
        strings.pop()
    if "" in strings:
        raise Mistake("reg_invalid_data", usage=True)
    return strings
