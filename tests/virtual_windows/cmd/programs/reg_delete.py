"""`reg delete`."""

from __future__ import annotations

from .call import Call
from .reg_arguments import confirmed, parse


def delete(call: Call) -> int:
    """Run `reg delete key [/v name | /ve | /va] [/f] [/reg:32 | /reg:64]`."""
    arguments = parse(call, flags=("ve", "va", "f"), valued=("v",), root_alone=False)
    registry = call.machine.registry
    path, name = arguments.path, arguments.switches.get("v", "")
    # A missing key or value is reported before the question.
    if "v" in arguments or "ve" in arguments:
        registry.value(path, name)
        question: tuple[str, str] = ("reg_delete_value", name or call.text("reg_default"))
    else:
        registry.values(path)
        question = ("reg_delete_all" if "va" in arguments else "reg_delete_key", arguments.shown)
    if "f" not in arguments and not confirmed(call, *question):
        return 0
    if "va" in arguments:
        for value in registry.values(path):
            registry.delete_value(path, value.name)
    elif "v" in arguments or "ve" in arguments:
        registry.delete_value(path, name)
    else:
        registry.delete_key(path, recursive=True)
    call.out(call.text("done"))
    return 0
