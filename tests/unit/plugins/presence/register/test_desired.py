"""What the options ask for; bad ones are refused with a sentence (all of them: tests/integration)."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.register.desired import desired, doubts
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from .support import VALUES

GUID = VALUES["GUID"]
TEAMS = {
    "name": "MsTeams",
    "state": "present",
    "friendly_name": VALUES["FriendlyName"],
    "guid": GUID,
    "process_name": VALUES["ProcessName"],
    "views": ["office"],
}


def test_a_registration():
    wanted = desired(TEAMS)
    assert (wanted.name, wanted.values) == ("MsTeams", VALUES)
    assert (wanted.views, wanted.office_view, wanted.needs_platform) == (frozenset(), True, True)


@pytest.mark.parametrize("views", [["x64", "x86"], ["office", "x86", "x64"]])
def test_office_is_not_looked_at_where_both_views_are_named(views):
    wanted = desired({**TEAMS, "views": views})
    assert wanted.views == frozenset(View)
    assert not wanted.needs_platform


def test_what_a_registration_holds_is_ignored_where_it_should_be_absent():
    """An undo from a result hands over what it finds there."""
    assert desired({**TEAMS, "state": "absent", "guid": "x", "process_name": None}).values is None


@pytest.mark.parametrize("guid", [GUID, GUID.lower()])
def test_a_guid_is_taken_as_it_is_written(guid):
    values = desired({**TEAMS, "guid": guid}).values
    assert values is not None
    assert values["GUID"] == guid


@pytest.mark.parametrize("guid", [GUID[1:-1], f"{GUID} ", "{88435F68}", GUID.replace("-", ""), f"{{{GUID}}}"])
def test_what_com_does_not_take_for_a_guid(guid):
    with pytest.raises(ValueError, match=f"^guid: .* it has to look like '{GUID}', with braces"):
        desired({**TEAMS, "guid": guid})


def test_braces_that_are_missing_are_shown_around_the_guid_that_was_given():
    with pytest.raises(ValueError, match=r"look like '\{11111111-2222-3333-4444-555555555555\}'"):
        desired({**TEAMS, "guid": "11111111-2222-3333-4444-555555555555"})


@pytest.mark.parametrize(
    ("path", "program"),
    [
        (r"C:\Teams\ms-teams.exe", "ms-teams.exe"),
        ("Teams/a.exe", "a.exe"),
        ("C:a.exe", "a.exe"),
        ("C:\\", "ms-teams.exe"),
    ],
)
def test_a_path_is_no_process_name(path, program):
    with pytest.raises(ValueError, match=f"is a path.* like '{program}'$"):
        desired({**TEAMS, "process_name": path})


@pytest.mark.parametrize(("program", "warnings"), [("ms-teams.exe", 0), ("Teams.EXE", 0), ("ms-teams", 1)])
def test_a_program_without_exe_is_allowed_and_doubted(program, warnings):
    assert len(doubts(desired({**TEAMS, "process_name": program}))) == warnings


def test_nothing_is_doubted_where_the_registration_should_be_absent():
    assert doubts(desired({**TEAMS, "state": "absent"})) == []
