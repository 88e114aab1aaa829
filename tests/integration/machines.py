"""Machines that several tests need, as a fleet file describes them."""

from __future__ import annotations

import typing as t

JABBER = "Cisco Jabber"

#: The user of the article: signed in to Lync, while the default is a client that does not run.
ADA: dict[str, t.Any] = {
    "account": r"CONTOSO\ada",
    "signed_in": True,
    "default": JABBER,
    "clients": {"Lync": "running", JABBER: "stopped"},
}

#: Which COM servers Lync and Jabber have is not known. Where a test is about other links of the chain they have one.
COMPLETE: dict[str, t.Any] = {"com_servers": "made_up"}


def machine(*users: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    """Return a machine with Lync and Jabber, and these users."""
    return COMPLETE | {"providers": ["Lync", JABBER], "office": {"platform": "x64"}, "users": list(users), **more}


def crowd(loaded: int, unloaded: int, default: str) -> dict[str, t.Any]:
    """Return a terminal server with `loaded` users who are signed in and `unloaded` users who are not."""
    users = [
        {"account": r"CONTOSO\in{n}", "count": loaded, "signed_in": True, "default": default},
        {"account": r"CONTOSO\out{n}", "count": unloaded, "default": default},
    ]
    return machine(*[user for user in users if user["count"]])


def our_mounts(member: t.Any) -> list[str]:
    """Return the hives that a run of the collection has mounted and not released."""
    return [path for path in member.machine.dump()["mounts"] if "presence.office" in path]
