"""`reg copy`: the values of a key into another one, with /s all below it too (Wine's programs/reg/tests/copy.c)."""

from __future__ import annotations

from ...machine.errors import FILE_NOT_FOUND, Win32Error
from ...machine.values import Value
from .call import Call
from .reg_arguments import Mistake, confirmed, parse


def copy(call: Call) -> int:
    """Run `reg copy key1 key2 [/s] [/f] [/reg:32 | /reg:64]`: key2 is created; what it has besides stays."""
    arguments = parse(call, flags=("s", "f"), valued=(), root_alone=False, keys=2)
    source, target = arguments.path, arguments.second_path
    if source.lower() == target.lower():
        raise Mistake("reg_same_key")
    _copy(call, source, target, forced="f" in arguments, recursive="s" in arguments)
    call.out(call.text("done"))
    return 0


def _copy(call: Call, source: str, target: str, *, forced: bool, recursive: bool) -> None:
    registry = call.machine.registry
    values = registry.values(source)
    below = registry.subkeys(source) if recursive else []
    registry.create_key(target)
    for value in values:
        if forced or _may_write(call, target, value):
            registry.set_value(target, value)
    for name in below:
        _copy(call, rf"{source}\{name}", rf"{target}\{name}", forced=forced, recursive=True)


def _may_write(call: Call, target: str, value: Value) -> bool:
    try:
        call.machine.registry.value(target, value.name)
    except Win32Error as error:
        if error.code != FILE_NOT_FOUND:
            raise
        return True
    return confirmed(call, "reg_overwrite", value.name or call.text("reg_default"))
