"""`reg compare` of one value, without output.

Exit codes 0 (the same), 1 (failed) and 2 (different) are documented ("reg compare", Microsoft's command reference). Not
documented, and chosen here: that a value which one of the keys lacks is a failure, and that texts are compared with
regard to case. Wine 8 does not have the operation.
"""

from __future__ import annotations

from ..errors import Refused
from .call import Call
from .reg_arguments import parse

SAME, DIFFERENT = 0, 2


def compare(call: Call) -> int:
    """Run `reg compare key1 key2 /v name | /ve /on [/reg:32 | /reg:64]`; what it prints without /on is not built."""
    arguments = parse(call, flags=("ve", "s", "oa", "od", "os", "on"), valued=("v",), root_alone=False, keys=2)
    if "on" not in arguments or not ("v" in arguments or "ve" in arguments) or "s" in arguments:
        raise Refused(f"reg {' '.join(call.arguments)}")
    name = arguments.switches.get("v", "")
    registry = call.machine.registry
    first, second = (registry.value(path, name) for path in (arguments.path, arguments.second_path))
    return SAME if (first.type, first.data) == (second.type, second.data) else DIFFERENT
