"""What typed calls read of users' keys where no command can run."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import HiveFile
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_values import ValueName
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Code, RegistryError
from ansible_collections.presence.office.plugins.plugin_utils.windows.typed_trees import TreeValues, read_loaded_trees
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    NoShellError,
    UnreachableError,
    WSManFault,
)

from ..presence.availability_support import ADA, ADAS, BOB, RAN, Has, registry_of

VALUES = TreeValues(
    ValueName(r"Software\IM Providers", "DefaultIMApp"),
    ("UpAndRunning", "GUID"),
    (ValueName(r"Software\Office\IM", "Off"),),
    (r"_Classes\Lib",),
)
FAR = HiveFile("", "S-1-5-21-1-2-3-9", HiveKind.UNLOADED, "")


def read(registry, *hives):
    """Return the outcomes, in order."""
    fake: t.Any = registry
    return list(read_loaded_trees(fake, hives, VALUES, NoShellError(), mounts=True).values())


def test_the_value_the_keys_below_and_what_else_is_asked_for():
    registry = registry_of(Has(ada={"Lync": RAN, "Odd": {"UpAndRunning": "x", "Unasked": "y"}}))
    registry.keys[ADAS]["DefaultIMApp"] = "Lync"
    registry.keys[rf"{ADA.key}\Software\Office\IM"] = {"Off": "0x1"}
    registry.keys[rf"{ADA.key}_Classes\Lib"] = {}
    (outcome,) = read(registry, ADA)
    tree = outcome.value

    assert (outcome.kind, tree.cut) == (HiveKind.LOADED, False)
    assert [(path, one.path) for path, one in tree.keys.items()] == [
        ("", rf"HKEY_USERS\{ADAS}"),
        ("lync", rf"HKEY_USERS\{ADAS}\Lync"),
        ("odd", rf"HKEY_USERS\{ADAS}\Odd"),
    ]
    assert tree.keys[""].text("DefaultIMApp") == "Lync"
    assert [list(tree.keys[name].values) for name in ("lync", "odd")] == [["upandrunning"], ["upandrunning"]]
    assert tree.more[r"software\office\im"].number("Off") == 1
    assert r"_classes\lib" in tree.more


def test_one_who_has_no_such_key_is_known_to_have_none():
    (outcome,) = read(registry_of(Has()), BOB)

    assert isinstance(outcome, Read)
    assert (dict(outcome.value.keys), outcome.value.cut) == ({}, False)


def test_of_many_keys_the_one_that_the_value_names_is_read():
    names = [f"P{number}" for number in range(limits.USER_PROVIDERS + 5)]
    registry = registry_of(Has(ada=dict.fromkeys(names, RAN)))
    registry.keys[ADAS]["DefaultIMApp"] = names[-1].upper()
    (outcome,) = read(registry, ADA)

    assert outcome.value.cut
    assert len(outcome.value.keys) == 1 + limits.USER_PROVIDERS
    assert names[-1].casefold() in outcome.value.keys


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RegistryError("listing", Code.ACCESS_DENIED), "listing: access denied"),
        (WSManFault("StdRegProv", None, "broken"), "broken"),
        (RegistryError("listing", Code.KEY_DELETED), "this machine allows no remote shells"),
    ],
)
def test_what_fails_for_one_user_is_that_user_s(error, says):
    registry = registry_of(Has(ada={"Lync": RAN}))
    registry.errors = {("subkeys", ADAS): error}
    failed, fine, far = read(registry, ADA, BOB, FAR)

    assert says in failed.error
    assert isinstance(fine, Read)
    assert isinstance(far, Failed)


def test_who_has_signed_out_is_out_of_reach():
    registry = registry_of(Has())
    del registry.keys[f"{ADA.key}"]
    (outcome,) = read(registry, ADA)

    assert (outcome.kind, outcome.error.partition(" (")[0]) == (
        HiveKind.UNLOADED,
        "this machine allows no remote shells",
    )


def test_a_machine_that_is_lost_is_lost():
    registry = registry_of(Has())
    registry.errors = {("subkeys", ADAS): UnreachableError("lost")}

    with pytest.raises(UnreachableError):
        read(registry, ADA)
