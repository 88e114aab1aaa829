"""The summary of a held fleet: what of it people have to see."""

from __future__ import annotations

import typing as t
from types import SimpleNamespace

from ansible_collections.presence.office.plugins.plugin_utils.fleet.held_host import Outcome, State
from ansible_collections.presence.office.plugins.plugin_utils.fleet.summary import Summary


def host(name, *warnings):
    whole = {"users": [], "changed": False, "msg": "held", "hold": {}, "warnings": list(warnings)}
    result: t.Any = SimpleNamespace(held={}, failed=False, to_dict=lambda: whole)
    return Outcome(name, State.HELD, "", result)


def test_a_warning_of_several_hosts_is_shown_once_with_their_names():
    hosts = [host(f"desk{number}", "exclude_users: no profile belongs to zoe") for number in range(7)]
    result = Summary([*hosts, host("desk8"), host("desk9", "another")], 2, "after 2 seconds").to_dict()

    assert result["warnings"] == [
        "desk0, desk1, desk2, desk3, desk4, 2 more: exclude_users: no profile belongs to zoe",
        "desk9: another",
    ]
    assert "warnings" not in Summary([host("desk8")], 2, "after 2 seconds").to_dict()
