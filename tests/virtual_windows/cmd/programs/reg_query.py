"""`reg query`."""

from __future__ import annotations

from ...machine.errors import FILE_NOT_FOUND, Win32Error
from ...machine.values import Value, ValueType
from .call import Call
from .reg_arguments import Arguments, parse

_NUMBERS = (ValueType.DWORD, ValueType.DWORD_BIG_ENDIAN, ValueType.QWORD)


def query(call: Call) -> int:
    """Run `reg query key [/v name | /ve] [/s] [/reg:32 | /reg:64]`."""
    arguments = parse(call, flags=("ve", "s"), valued=("v",))
    output = _Output(call)
    if "v" in arguments or "ve" in arguments:
        return _query_value(call, arguments, output)
    output.key(arguments.path, arguments.shown, below=False, recursive="s" in arguments)
    if len(output.lines) > 1:  # an empty key is not printed at all
        call.out("\r\n".join(output.lines))
    return 0


def _query_value(call: Call, arguments: Arguments, output: _Output) -> int:
    name = arguments.switches.get("v", "")
    if "s" not in arguments:
        try:
            value = call.machine.registry.value(arguments.path, name)
        except Win32Error as error:
            if name or error.code != FILE_NOT_FOUND or not call.machine.registry.exists(arguments.path):
                raise
            value = None  # an unset default value is shown as such
        output.lines += [arguments.shown, output.value(value, name), ""]
        call.out("\r\n".join(output.lines))
        return 0
    match_count = output.matches(arguments.path, arguments.shown, name)
    call.out("\r\n".join([*output.lines, call.text("reg_matches", match_count)]))
    return 0 if match_count else 1


class _Output:
    """The lines, of which the first is empty."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._registry = call.machine.registry
        self.lines = [""]

    def value(self, value: Value | None, name: str) -> str:
        """Return the line of a value, four blanks between its parts; a line break in the data stays one."""
        name = name or self._call.text("reg_default")
        if value is None:
            return f"    {name}    REG_SZ    {self._call.text('reg_not_set')}"
        return f"    {name}    {_type_name(value.type)}    {_data(value)}"

    def key(self, path: str, shown: str, *, below: bool, recursive: bool) -> None:
        """Add a key with its values and the names of its subkeys, or with /s their whole content."""
        values = self._registry.values(path)
        if values or below:
            self.lines += [shown, *(self.value(value, value.name) for value in values), ""]
        for name in self._registry.subkeys(path):
            if not recursive:
                self.lines.append(f"{shown}\\{name}")
                continue
            try:
                self.key(f"{path}\\{name}", f"{shown}\\{name}", below=True, recursive=True)
            except Win32Error:
                continue  # keys that are denied, or being unloaded, are left out

    def matches(self, path: str, shown: str, name: str) -> int:
        """Add all values of that name in a key and below it; return how many."""
        match_count = [value for value in self._registry.values(path) if value.name.lower() == name.lower()]
        for value in match_count:
            self.lines += [shown, self.value(value, value.name), ""]
        count = len(match_count)
        for subkey in self._registry.subkeys(path):
            try:
                count += self.matches(f"{path}\\{subkey}", f"{shown}\\{subkey}", name)
            except Win32Error:
                continue
        return count


def _type_name(type_: ValueType) -> str:
    known = type_ in ValueType.__members__.values()
    return type_.registry_name if known else f"0x{type_:x}"


def _data(value: Value) -> str:
    data = value.data
    if isinstance(data, bytes):
        return data.hex().upper()
    if isinstance(data, list):
        return "\\0".join(data)
    # A text is printed as a C string: up to its first NUL.
    return f"0x{data:x}" if value.type in _NUMBERS else str(data).partition("\0")[0]
