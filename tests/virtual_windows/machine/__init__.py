"""The model of a Windows machine: registry, hives, profiles, processes, clients; no XML, no HTTP, no cmd."""

from .errors import Win32Error
from .machine import Machine
from .processes import Process
from .registry import Registry
from .users import Account, Profile, Session
from .values import Value, ValueType

__all__ = [
    "Account",
    "Machine",
    "Process",
    "Profile",
    "Registry",
    "Session",
    "Value",
    "ValueType",
    "Win32Error",
]
