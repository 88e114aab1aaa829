# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what is wanted of a registration, and the checks of the options that say it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...text import printable
from ...windows.registry_view import View
from ..keys import FRIENDLY_NAME, GUID, PROCESS_NAME
from ..options import check_text, provider_names
from ..providers import Registration

#: In ``views``: the view that the machine's Office reads.
OFFICE = "office"

#: A file's name has at most 255 characters (Microsoft, "Maximum Path Length Limitation"); ours for names of clients.
LONGEST = 255

_GUID_FORM = "{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}"


@dataclass(frozen=True)
class Desired:
    """What is wanted, independent of any machine.

    Args:
        name: the provider.
        values: a registration's values by their names; None if there should be no registration.
        views: the views that are named.
        office_view: whether the view that the machine's Office reads is wanted as well.
    """

    name: str
    values: t.Mapping[str, str] | None
    views: frozenset[View]
    office_view: bool = False

    @property
    def needs_platform(self) -> bool:
        """Whether the machine's Office has to be looked at to know the views."""
        return self.office_view and self.views != frozenset(View)


def desired(options: t.Mapping[str, t.Any]) -> Desired:
    """Return what the options ask for; raise ValueError with a sentence for a bad one."""
    if not options["views"]:
        raise ValueError("views is empty: name office, x64 or x86")
    (name,) = provider_names([options["name"] or ""])
    return Desired(
        name,
        _values(options) if options["state"] == "present" else None,
        frozenset(view for one in options["views"] if (view := View.parse(one))),
        OFFICE in options["views"],
    )


def _values(options: t.Mapping[str, t.Any]) -> dict[str, str]:
    values = {
        FRIENDLY_NAME: _text(options, "friendly_name", "a name for people"),
        GUID: _text(options, "guid", "a GUID"),
        PROCESS_NAME: _text(options, "process_name", "the name of a program"),
    }
    _check_guid(values[GUID])
    _check_process_name(values[PROCESS_NAME])
    return values


def _text(options: t.Mapping[str, t.Any], option: str, what: str) -> str:
    text: str = options[option] or ""
    check_text(option, text, what)
    if len(text) > LONGEST:
        raise ValueError(f"{option}: {printable(text, 40)!r} is too long: it may have {LONGEST} characters")
    return text


def _check_guid(guid: str) -> None:
    if Registration(guid=guid).clsid is None:
        braced = f"{{{guid}}}"
        form = braced if Registration(guid=braced).clsid else _GUID_FORM
        raise ValueError(
            f"guid: {printable(guid)!r} is not a GUID as Office reads it: it has to look like '{form}', "
            "with braces, and so in quotes"
        )


def _check_process_name(name: str) -> None:
    if any(one in name for one in "\\/:"):
        program = name.replace("\\", "/").rpartition("/")[2].rpartition(":")[2] or "ms-teams.exe"
        raise ValueError(
            f"process_name: {printable(name)!r} is a path, and Office looks for a program by its name alone: "
            f"name it without a folder, like '{printable(program)}'"
        )


def doubts(wanted: Desired) -> list[str]:
    """Return warnings about what is allowed and unlikely to work."""
    program = (wanted.values or {}).get(PROCESS_NAME, ".exe")
    if program.casefold().endswith(".exe"):
        return []
    unlikely = f"process_name: {printable(program)!r} does not end with .exe"
    return [f"{unlikely}. Office looks for a process of this very name, and the names of processes usually do"]
