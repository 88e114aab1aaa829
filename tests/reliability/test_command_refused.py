"""Why a command cannot run, or a hive not be mounted: in the machine's own words, or with the mount in the way."""

from __future__ import annotations

import pytest

from tests.integration.machines import ADA, JABBER, our_mounts
from tests.virtual_windows.machine.values import Value, ValueType

from .scenarios import LIBRARIES_WARN

pytestmark = LIBRARIES_WARN

BOB = {"account": r"CONTOSO\bob", "default": JABBER}
EVE = {"account": r"CONTOSO\eve", "default": JABBER}
LOCK_FOLDER = r"C:\Windows\System32\config\systemprofile"
POLICIES = r"HKEY_CURRENT_USER\Software\Policies\Microsoft\Windows\System"


def deny(windows):
    windows.files.close_folder(LOCK_FOLDER)


def remove(windows):
    windows.files.delete_tree(LOCK_FOLDER)


def disable(windows):
    windows.registry.create_key(POLICIES)
    windows.registry.set_value(POLICIES, Value("DisableCMD", ValueType.DWORD, 1))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (deny, {"en": "Access is denied.", "de": "Zugriff verweigert"}),
        (
            remove,
            {
                "en": "The system cannot find the path specified.",
                "de": "Das System kann den angegebenen Pfad nicht finden",
            },
        ),
        (disable, {"en": "disabled by your administrator", "de": "vom Administrator deaktiviert"}),
    ],
)
def test_what_cmd_says_is_told_soon(start, harm, says, language):
    driver = start(ADA, BOB, language=language)
    harm(driver.member.machine)

    outcome = driver.run(name=["Lync"])

    assert outcome.status == "failed"
    assert "the command that visits hives could not start; the machine says: " in outcome.message
    assert says[language] in outcome.message
    assert "another run" not in outcome.message
    assert sum(outcome.pauses) == 3


def test_a_lock_file_that_a_killed_run_left_behind_is_no_lock(start):
    driver = start(BOB)
    driver.member.machine.files.add_file(rf"{LOCK_FOLDER}\presence.office.lock")

    outcome = driver.run(name=["Lync"])

    assert (outcome.status, outcome.pauses) == ("ok", []), outcome.message
    assert not driver.member.machine.files.exists(rf"{LOCK_FOLDER}\presence.office.lock")


def test_a_folder_that_we_may_not_look_into_is_an_error_of_its_user(start):
    driver = start(BOB, EVE)
    driver.member.machine.files.close_folder(r"C:\Users\bob")

    outcome = driver.run(name=["Lync"])

    assert set(outcome.errors) == {"bob"}
    assert (
        r"whether there is C:\Users\bob\NTUSER.DAT is not known: this login may not look into" in outcome.errors["bob"]
    )
    assert driver.member.machine.default_of("eve") == "Lync"


@pytest.mark.parametrize("key", [r"HKEY_USERS\backup", r"HKEY_LOCAL_MACHINE\Off Line"])
def test_a_hive_that_somebody_else_mounted_is_named_with_its_mount(start, key):
    driver = start(BOB, EVE, mounts={key: r"CONTOSO\bob"})
    short = key.replace("HKEY_USERS", "HKU").replace("HKEY_LOCAL_MACHINE", "HKLM")

    outcome = driver.run(name=["Lync"])

    assert set(outcome.errors) == {"bob"}
    assert f"could not be mounted: another program has mounted it at {short}. " in outcome.errors["bob"]
    assert "(reg unload " in outcome.errors["bob"]
    assert driver.member.machine.default_of("eve") == "Lync"
    assert our_mounts(driver.member) == []
