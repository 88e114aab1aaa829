"""The registry cases in which Wine 8 differs from Microsoft's documentation.

The virtual machine does what the sources say. A listed case that agrees fails the test.
"""

from __future__ import annotations

from .registry_cases import KEYS, TYPED

# Methods that Microsoft's reference of the class has and Wine 8 (dlls/wbemprox/reg.c, builtin.c) has not.
NO_METHOD = frozenset(
    {
        "DeleteValue",
        "GetBinaryValue",
        "GetDWORDValue",
        "GetExpandedStringValue",
        "GetMultiStringValue",
        "GetQWORDValue",
        "SetBinaryValue",
        "SetExpandedStringValue",
        "SetMultiStringValue",
        "SetQWORDValue",
    }
)

NO_MORE_ITEMS = (
    "Wine's enum_key and enum_values hand on ERROR_NO_MORE_ITEMS (259) where there is nothing at all "
    "(dlls/wbemprox/reg.c); Windows answers 0 (StdRegProv.EnumKey and EnumValues: 'Returns 0 if successful')"
)
MISSING_VALUE = (
    "Wine answers ERROR_FILE_NOT_FOUND (2) for a value that is missing from a key; Windows answers 1 "
    "(wire-facts.md, recorded by clients of GetStringValue)"
)
OTHER_TYPE = (
    "Wine hands on RegGetValue's ERROR_UNSUPPORTED_TYPE (1630); Windows answers WBEM_E_TYPE_MISMATCH "
    "(0x80041005: wire-facts.md; WMI error constants)"
)
NUMBER_LOST = "Wine 8 writes 0 whatever uValue is; Windows writes it (StdRegProv.SetDWORDValue)"
SORTED = (
    "Wine keeps a key's values sorted by name (server/registry.c, find_value); Windows promises no order "
    "(RegEnumValue), and shows those written last at the end"
)
NO_QWORD = "Wine 8's reg.exe prints (null) for a REG_QWORD; Windows prints 0x and the number"
ERROR_ON_OUT = "Wine's reg.exe writes errors to standard output; Windows to standard error (2>nul silences it)"
NOTHING = "Wine's reg.exe prints a blank line for a key without anything in it; Windows prints nothing"
NO_BLANK_LINE = "Wine's reg.exe leaves out the blank line behind a default value that is not set"

_NO_SUBKEYS = [
    *(f"list a key: {what}" for what in KEYS),
    *(f"list a type: {what}" for what in TYPED),
    "default value, listed",
    "case of a key, found",
    "key with thirty values",
]
_NO_VALUES = ["key with one subkey", "key with subkeys out of order", "key with thirty subkeys"]

STD_REG_PROV: dict[str, str] = {
    **dict.fromkeys([*_NO_SUBKEYS, *_NO_VALUES, "empty key, listed"], NO_MORE_ITEMS),
    **dict.fromkeys(["default value, not set", "case of sharp s", "missing value"], MISSING_VALUE),
    "text where a number is": OTHER_TYPE,
    "write a type: REG_DWORD": NUMBER_LOST,
    "write a type: REG_DWORD at its largest": NUMBER_LOST,
    "values out of order": SORTED,
}

REG_EXE: dict[str, str] = {
    "list a type: REG_QWORD": NO_QWORD,
    "read a type: REG_QWORD": NO_QWORD,
    **dict.fromkeys(["case of sharp s", "missing value"], ERROR_ON_OUT),
    **dict.fromkeys(["missing key, read", "missing key, listed", "all below a missing key"], ERROR_ON_OUT),
    "empty key, listed": NOTHING,
    "all below an empty key": NOTHING,
    "default value, not set": NO_BLANK_LINE,
    "values out of order": SORTED,
}
