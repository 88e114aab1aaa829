"""What the event source does with its arguments and lines; `tests/eda` runs it in ansible-rulebook."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.presence.office.extensions.eda.plugins.event_source.default_im_app import (
    event,
    playbook_command,
)

GOOD = {"inventory": "inventory", "variables": {"default_im_app_name": ["Lync"]}}


def test_the_playbook_s_command_has_paths_and_no_variables():
    files = {"inventory": ["a", "b"], "limit": "desks"}
    program, *arguments = playbook_command(GOOD | files)

    assert program.endswith("ansible-playbook")
    assert arguments == [
        "presence.office.hold",
        "--inventory=a",
        "--inventory=b",
        "--limit=desks",
    ]
    assert playbook_command(GOOD | {"eda_feedback_queue": object()})[1:] == [
        "presence.office.hold",
        "--inventory=inventory",
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"variables": {}}, "variables: name those of presence.office.hold"),
        ({"variables": "default_im_app_name=Lync"}, "variables: name those of presence.office.hold"),
        ({"inventory": []}, "inventory: name at least one path"),
        ({"inventory": [""]}, "inventory: name at least one path"),
        ({"inventory": 1}, "inventory: name at least one path"),
        ({"hosts": "all"}, "hosts is not an option of this source: it has inventory, limit,"),
    ],
)
def test_a_wrong_argument_gets_one_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        playbook_command(GOOD | wrong)


def test_playbooks_of_rules_are_limited_to_the_host_of_the_event():
    assert event(json.dumps({"event": "lost", "host": "desk1"}).encode())["meta"] == {"hosts": "desk1"}
    assert "meta" not in event(b'{"event":"status"}')
