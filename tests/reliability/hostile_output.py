"""What the commands of a hostile machine print: valid by the protocol, and far too much."""

from __future__ import annotations

import typing as t

from .hostile_machine import Command

VIEWS = {"x64": r"SOFTWARE\IM Providers", "x86": r"SOFTWARE\WOW6432Node\IM Providers"}
GUID = "{00425F68-FFC1-445F-8EDF-EF78B84BA1C7}"

#: What a client leaves in a user's hive: here an unknown one.
CLIENT = (
    f"    GUID    REG_SZ    x\r\n    UpAndRunning    REG_DWORD    0x2\r\n    ProcessName    REG_SZ    {'x' * 100}\r\n"
)


def keys(parent: str, number: int, values: str = "") -> str:
    """Return this number of keys, all with the same values."""
    return "".join(f"\r\n{parent}\\p{n:x}\r\n{values}" for n in range(number))


def registered(command: Command, view: str, number: int, values: str = "") -> str:
    """Return this number of providers in a view."""
    return f"{command.mark} answer {view}\r\n" + keys(f"HKEY_LOCAL_MACHINE\\{VIEWS[view]}", number, values)


def hives(command: Command, below: t.Callable[[str], str]) -> t.Iterator[str]:
    """Yield the requested hives; `below` returns the content below the key of each."""
    for number, sid in enumerate(command.sids, 1):
        key = f"HKEY_USERS\\{sid}\\Software\\IM Providers"
        yield f"{command.mark} root {sid} {number}\r\n\r\n{key}\r\n    DefaultIMApp    REG_SZ    p0\r\n"
        yield f"{below(key)}{command.mark} read 0\r\n"
    yield f"{command.mark} done\r\n"


def providers(command: Command) -> t.Iterator[str]:
    """Yield as many providers as fit, and one view twice."""
    if command.number == 1:
        yield from (registered(command, view, 28_000) for view in ("x64", "x86", "x64"))
    yield from hives(command, lambda key: keys(key, 1))


def registrations(command: Command) -> t.Iterator[str]:
    """Yield complete providers, and more COM servers than were requested."""
    values = "".join(f"    {name}    REG_SZ    {GUID}\r\n" for name in ("FriendlyName", "GUID", "ProcessName"))
    if command.number == 1:
        yield from (registered(command, view, 8_000, values) for view in VIEWS)
        yield f"{command.mark} answer servers.x64\r\n" * 20_000
    yield from hives(command, lambda key: keys(key, 1))


def user_keys(command: Command) -> t.Iterator[str]:
    """Yield some keys for every user."""
    yield from hives(command, lambda key: keys(key, 300))


def large_hives(command: Command) -> t.Iterator[str]:
    """Yield as many keys as fit, for some users."""
    yield from hives(command, lambda key: keys(key, 25_000) if "77\\Software" in key else "")


def clients(command: Command) -> t.Iterator[str]:
    """Yield clients of the users' own, all running."""
    if command.number == 1:
        yield registered(command, "x64", 1)
    yield from hives(command, lambda key: keys(key, 80, CLIENT))


def marks(command: Command) -> t.Iterator[str]:
    """Yield marked lines with nothing between them, then hives."""
    yield from (f"{command.mark} answer {n}\r\n" for n in range(600_000 if command.number == 1 else 0))
    yield from hives(command, lambda key: keys(key, 100))


OUTPUTS: dict[str, t.Callable[[Command], t.Iterator[str]]] = {
    "providers": providers,
    "registrations": registrations,
    "users' keys": user_keys,
    "large hives": large_hives,
    "clients": clients,
    "marks": marks,
}
