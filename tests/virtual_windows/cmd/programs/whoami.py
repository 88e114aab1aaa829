"""`whoami`."""

from __future__ import annotations

from ..errors import Refused
from .call import Call


def whoami(call: Call) -> int:
    """Print the account the command runs as, in small letters."""
    if call.arguments:
        raise Refused(f"whoami {' '.join(call.arguments)}")
    environment = call.environment
    domain = environment.get("USERDOMAIN") or environment.get("COMPUTERNAME") or call.machine.name
    call.out(f"{domain}\\{environment.get('USERNAME', '')}".lower())
    return 0
