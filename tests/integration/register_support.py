"""Helpers of the tests of `im_provider`: run it, and look at a registration."""

from __future__ import annotations

import typing as t

from .runner import Ansible, TaskResult

MODULE = "presence.office.im_provider"
TEAMS = {
    "name": "MsTeams",
    "friendly_name": "Microsoft Teams",
    "guid": "{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}",
    "process_name": "ms-teams.exe",
}
NOTHING: dict[str, t.Any] = {
    "exists": False,
    "friendly_name": None,
    "guid": None,
    "process_name": None,
    "other_types": [],
}
REGISTERED = {**{name: text for name, text in TEAMS.items() if name != "name"}, "exists": True, "other_types": []}
SOFTWARE = {"x64": r"HKLM\SOFTWARE\IM Providers", "x86": r"HKLM\SOFTWARE\WOW6432Node\IM Providers"}
WRITTEN = {"FriendlyName": "Microsoft Teams", "GUID": TEAMS["guid"], "ProcessName": "ms-teams.exe"}


def run_module(ansible: Ansible, *options: str, **arguments: t.Any) -> tuple[TaskResult, int, str]:
    """Run the module; return the task's result, the number of requests and the output."""
    log = ansible.fleet["desk1"].log
    log.clear()
    run = ansible.tasks([{"name": "it", MODULE: arguments}], *options)
    return run.of("desk1"), log.count(), run.output


def registered(ansible: Ansible, view: str = "x64", name: str = "MsTeams") -> t.Any:
    """Return the values of a registration's key by name, None if there is no such key."""
    registry = ansible.fleet["desk1"].machine.registry
    path = rf"{SOFTWARE[view]}\{name}".replace("HKLM", "HKEY_LOCAL_MACHINE")
    return {one.name: one.data for one in registry.values(path)} if registry.exists(path) else None
