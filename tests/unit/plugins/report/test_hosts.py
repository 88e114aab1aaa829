"""The hosts of a play: their facts, or why there are none, and the batch that writes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.report.hosts import pending_hosts, read_machines
from tests.browser.fleets import machine, user


class HostVars(dict[str, Any]):
    """ansible-core's, as far as they are used."""

    def raw_get(self, host):
        return self[host]


def test_why_a_machine_did_not_answer():
    facts = {"im_presence": machine(user(r"C\ada", "present", "Lync"))}
    variables = HostVars(
        here={"ansible_facts": facts, "asked": {"changed": False}},
        off={"ansible_facts": facts, "asked": {"unreachable": True, "msg": "timed\nout"}},
        sick={"ansible_facts": {}, "asked": {"failed": True, "msg": "access denied"}},
        # The facts are complete, and the task failed for another reason. Cached facts are older.
        partial={"ansible_facts": {"im_presence": machine()}, "asked": {"failed": True, "ansible_facts": facts}},
        new={"ansible_facts": {}},
        plain={"im_presence": machine()},
        odd={"ansible_facts": {"im_presence": "hello"}},
    )
    read = {m.name: m for m in read_machines(variables, variables, "asked")}
    no_answer = {name: m.no_answer for name, m in read.items()}
    assert no_answer["partial"] is None
    assert len(read["partial"].users) == 1
    assert no_answer["here"] is None
    assert no_answer["plain"] is None
    assert no_answer["off"] == r"could not be reached: timed\nout"  # even though there are cached facts
    assert no_answer["sick"] == "answered with an error: access denied"
    assert no_answer["new"] == "was not asked in this run, and there are no facts of an earlier one"
    assert [name for name, m in read.items() if not m.asked] == ["new"]
    assert "was not set by presence.office.im_provider_facts" in (no_answer["odd"] or "")


@pytest.mark.parametrize(
    ("batch", "alive", "pending"),
    [
        (["a", "b"], ["a", "b", "c", "d"], 2),
        (["a"], ["a", "c", "d"], 2),
        (["c", "d"], ["a", "b", "c", "d"], 0),
        (["c"], ["a", "c"], 0),  # d was lost in this very batch
        (["a", "b", "c", "d"], ["a", "b", "c", "d"], 0),
    ],
)
def test_only_the_last_batch_writes(batch, alive, pending):
    variables = {
        "ansible_play_hosts_all": ["a", "b", "c", "d"],
        "ansible_play_batch": batch,
        "ansible_play_hosts": alive,
    }
    assert pending_hosts(variables) == pending
