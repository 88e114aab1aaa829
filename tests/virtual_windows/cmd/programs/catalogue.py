"""The programs that every machine has in System32."""

from __future__ import annotations

from .call import Program
from .findstr import findstr
from .ping import ping
from .reg import reg
from .timeout import timeout
from .whoami import whoami

PROGRAMS: dict[str, Program] = {
    "findstr.exe": findstr,
    "ping.exe": ping,
    "reg.exe": reg,
    "timeout.exe": timeout,
    "whoami.exe": whoami,
}
SHELL = "cmd.exe"
NAMES = frozenset(PROGRAMS) | {SHELL}
