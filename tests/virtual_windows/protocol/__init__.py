"""WinRM in front of a virtual machine: HTTP, login and encryption, WS-Management, shells, faults, a request log.

From the bottom to the top: `http` and `tls` (bytes), `authentication` and `encryption`, `envelope` and `faults`
(SOAP), `operations` (of requests), `shells`, `commands` and `enumerations` (what stays open), `service` (all
of that for one machine), `connection` and `server` (sockets and threads).
"""

from __future__ import annotations

from . import fault_codes
from .authentication import Credentials
from .faults import Fault, FaultStyle, Provider
from .interceptors import Answer, Drop
from .log import Request, RequestLog
from .server import WinRMServer
from .tls import TlsFiles

__all__ = [
    "Answer",
    "Credentials",
    "Drop",
    "Fault",
    "FaultStyle",
    "Provider",
    "Request",
    "RequestLog",
    "TlsFiles",
    "WinRMServer",
    "fault_codes",
]
