"""Which profiles count, where their hives are, and which are left alone."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import (
    HiveKind,
    Profile,
    SkipReason,
    list_profiles,
    template_profile,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import RegistryError

SID = "S-1-5-21-1-2-3-1104"
ADA = r"C:\Users\ada"


class Session:
    def __init__(self, *rows):
        self._rows = rows

    def enumerate(self, query):
        assert query.endswith(" FROM Win32_UserProfile")
        return self._rows


class Registry:
    def __init__(self, path):
        self._path = path

    def expanded_string(self, _root, key, name):
        assert (key.rpartition("\\")[2], name) == ("ProfileList", "Default")
        return self._path


def row(**changes):
    return {"SID": SID, "LocalPath": ADA, "Loaded": "false", "Special": "false", "Status": "0"} | changes


def list_profiles_of(*rows):
    session: t.Any = Session(*rows)
    return list_profiles(session)


def template_at(path):
    registry: t.Any = Registry(path)
    return template_profile(registry)


def parsed(**changes):
    profiles = list_profiles_of(row(**changes))
    return profiles[0] if profiles else None


@pytest.mark.parametrize("yes", ["true", "True", "TRUE", "1", " true "])
@pytest.mark.parametrize("no", ["false", "FALSE", "0", "", None])
def test_booleans_are_read_in_any_case(yes, no):
    """Microsoft's OMI writes TRUE."""
    assert parsed(Loaded=yes, Special=no) == Profile(SID, ADA, HiveKind.LOADED)
    assert parsed(Loaded=no, Special=no) == Profile(SID, ADA, HiveKind.UNLOADED)
    assert parsed(Special=yes) is None


def test_a_user_who_is_signed_in_and_one_who_is_not():
    bob = "S-1-12-1-1-2-3-4"

    assert list_profiles_of(row(Loaded="true"), row(SID=bob, LocalPath=r"C:\Users\bob")) == [
        Profile(SID, ADA, HiveKind.LOADED),
        Profile(bob, r"C:\Users\bob", HiveKind.UNLOADED),
    ]


@pytest.mark.parametrize(
    "sid",
    ["S-1-5-18", "S-1-5-80-1-2-3-4-5", "S-1-5-82-1-2-3-4-5", "S-1-5-21-1-2-3", f"{SID}_Classes", f"{SID}\n", "", None],
)
def test_services_and_nonsense_are_no_people(sid):
    assert parsed(SID=sid) is None


def test_a_special_profile_is_no_person_s():
    assert parsed(Special="true") is None


def test_sids_are_written_in_upper_case():
    assert parsed(SID=SID.lower()).sid == SID


@pytest.mark.parametrize(
    ("status", "skip"),
    [
        ("0", None),
        ("2", None),
        ("1", SkipReason.TEMPORARY),
        ("4", SkipReason.MANDATORY),
        ("8", SkipReason.CORRUPTED),
        ("12", SkipReason.CORRUPTED),
        ("15", SkipReason.TEMPORARY),
        ("6", SkipReason.MANDATORY),
        (None, None),
        ("-1", None),
        ("9" * 5_000, None),
        (["1", "1"], None),
    ],
)
def test_the_status_of_a_profile(status, skip):
    assert parsed(Status=status).skip is skip


@pytest.mark.parametrize("path", ["", None, "C:\\Users\\a\nb", 'C:\\"&calc', "C:\\%a|b", "C:\\" + "x" * 1_024, "a\0b"])
def test_a_path_that_is_none_is_no_hive_file_unless_the_hive_is_loaded(path):
    assert parsed(LocalPath=path) == Profile(SID, "", HiveKind.UNLOADED, SkipReason.NO_HIVE_FILE)
    assert parsed(LocalPath=path, Loaded="true") == Profile(SID, "", HiveKind.LOADED)


def test_what_the_status_says_matters_more_than_a_missing_path():
    assert parsed(LocalPath="", Status="4").skip is SkipReason.MANDATORY


def test_the_template_is_where_the_registry_says():
    assert template_at(r"D:\Profiles\Default") == Profile(None, r"D:\Profiles\Default", HiveKind.DEFAULT)


@pytest.mark.parametrize("path", [None, "", "C:\\a\nb"])
def test_a_machine_without_a_template_is_an_error(path):
    with pytest.raises(RegistryError, match=r"ProfileList\\Default"):
        template_at(path)


# --- Each user once, each file once ---

BAK = r"C:\Users\ada.old"


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [
        ({"Status": "8"}, {"LocalPath": BAK}, BAK),
        ({}, {"LocalPath": BAK, "Status": "8"}, ADA),
        ({"LocalPath": ""}, {"LocalPath": BAK}, BAK),
        ({}, {"LocalPath": BAK, "Loaded": "true"}, BAK),
        # Whoever is signed in with a temporary profile works with that one.
        ({}, {"LocalPath": BAK, "Loaded": "true", "Status": "1"}, BAK),
        ({}, {"LocalPath": BAK}, ADA),
        ({}, {"SID": SID.lower(), "Loaded": "true"}, ADA),
    ],
)
def test_a_user_who_is_listed_twice_is_there_once(first, second, path):
    bob = row(SID="S-1-12-1-1-2-3-4", LocalPath=r"C:\Users\bob")

    assert [one.path for one in list_profiles_of(row(**first), bob, row(**second))] == [path, r"C:\Users\bob"]


OTHER = "S-1-5-21-9-9-9-1200"


@pytest.mark.parametrize(
    ("changes", "skips"),
    [
        ({}, [None, SkipReason.SHARED_FOLDER]),
        ({"LocalPath": "c:\\users\\ADA\\"}, [None, SkipReason.SHARED_FOLDER]),
        ({"Loaded": "true"}, [SkipReason.SHARED_FOLDER, None]),
        # One that is left alone anyway takes nothing from the other.
        ({"Status": "8"}, [None, SkipReason.CORRUPTED]),
        ({"LocalPath": ""}, [None, SkipReason.NO_HIVE_FILE]),
    ],
)
def test_of_two_profiles_in_one_folder_only_one_is_used(changes, skips):
    assert [one.skip for one in list_profiles_of(row(), row(SID=OTHER, **changes))] == skips


def test_profiles_without_a_folder_share_none_and_loaded_hives_need_no_file():
    assert [one.skip for one in list_profiles_of(row(LocalPath=""), row(SID=OTHER, LocalPath=""))] == [
        SkipReason.NO_HIVE_FILE,
        SkipReason.NO_HIVE_FILE,
    ]
    assert [one.skip for one in list_profiles_of(row(Loaded="true"), row(SID=OTHER, Loaded="true"))] == [None, None]


# --- Accounts of Windows itself ---


@pytest.mark.parametrize(
    ("sid", "skip"),
    [
        ("S-1-5-21-1-2-3-504", SkipReason.NOT_A_PERSON),
        ("S-1-5-21-1-2-3-503", SkipReason.NOT_A_PERSON),
        ("S-1-5-21-1-2-3-500", None),
        ("S-1-5-21-1-2-3-1504", None),
        ("S-1-12-1-1-2-3-504", None),
    ],
)
def test_accounts_that_windows_manages_are_left_alone(sid, skip):
    assert parsed(SID=sid).skip is skip


@pytest.mark.parametrize(
    ("path", "may_be"),
    [
        (r"C:\Users\defaultuser0", True),
        (r"C:\Users\DefaultUser0.DESK1", True),
        (r"C:\Users\defaultuser100000", True),
        (r"C:\Users\defaultuser", False),
        (r"C:\Users\mydefaultuser0", False),
        (r"C:\defaultuser0\ada", False),
        ("", False),
    ],
)
def test_a_folder_says_who_may_be_the_account_of_windows_setup(path, may_be):
    assert Profile(SID, path, HiveKind.UNLOADED).may_be_setup_s is may_be
