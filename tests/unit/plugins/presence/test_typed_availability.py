"""What users can use, by typed calls: what it costs, and what goes wrong."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.availability import (
    NotKnownError,
    SignedOutError,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.keys import LONGEST_NAME
from ansible_collections.presence.office.plugins.plugin_utils.presence.registrations import (
    registration_keys,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.typed_availability import (
    FRIENDLY_NAMES,
    TypedAvailability,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Code, RegistryError, Root
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    NoShellError,
    ProtocolError,
    WSManFault,
)

from .availability_support import (
    ADA,
    ADAS,
    BOB,
    CONFIGURATION,
    RAN,
    TEMPLATE,
    X64,
    X86,
    Has,
    Registry,
    by_calls,
    registry_of,
    typed,
)

OFFICE = ("string", CONFIGURATION, "Platform")
(KEY_64, OWN_64), (KEY_86, OWN_86) = ([key for key, _click_to_run in registration_keys(view)] for view in (X64, X86))


def test_a_registered_provider_costs_two_requests_for_all_users_together():
    registry = registry_of(Has(x64=["Lync", "Zoom"]))
    machine = typed(registry)
    for name in ("Lync", "ZOOM"):
        for hive in (ADA, BOB, TEMPLATE):
            machine.find(name, hive)

    assert registry.requests == [OFFICE, ("subkeys", KEY_64)]


def test_one_in_click_to_run_s_own_registry_costs_one_more():
    registry = registry_of(Has(X86, own_x86=["Lync"]))
    typed(registry).find("Lync", ADA)

    assert registry.requests == [OFFICE, ("subkeys", KEY_86), ("subkeys", OWN_86)]


def test_one_that_is_registered_nowhere_costs_three_more_and_two_for_each_user_who_has_a_key_of_it():
    registry = registry_of(Has(x64=["Zoom"], ada={"MsTeams": RAN}))
    machine = typed(registry)
    for _again in range(2):
        machine.find("MsTeams", TEMPLATE)
        assert registry.requests == [OFFICE, *(("subkeys", one) for one in (KEY_64, OWN_64, KEY_86, OWN_86))]
    machine.find("MsTeams", ADA)
    assert registry.requests[5:] == [("subkeys", ADAS), ("value_names", rf"{ADAS}\MsTeams")]
    machine.find("MsTeams", BOB)
    # For one who has no such key it takes another request: has the user signed out?
    assert registry.requests[7:] == [("subkeys", rf"{BOB.key}\Software\IM Providers"), ("subkeys", BOB.key)]
    # What a message about it lists is known by now.
    machine.registered()
    machine.own_names(ADA)
    machine.serves(BOB)
    assert len(registry.requests) == 9


def test_friendly_names_cost_a_request_each_up_to_a_limit():
    names = [f"P{n}" for n in range(FRIENDLY_NAMES + 1)]
    registry = registry_of(Has(x64=names, x86=names))

    machine = typed(registry)
    for _again in range(2):
        assert list(machine.friendly_names()) == names[:FRIENDLY_NAMES]
    assert len([one for one in registry.requests if one[0] == "string"]) == FRIENDLY_NAMES


def test_names_that_no_key_can_have_are_not_believed():
    long = "x" * (LONGEST_NAME + 1)
    machine = by_calls(Has(x64=["Lync", long, ""], ada={long: RAN}))

    assert list(machine.registered()) == ["Lync"]
    assert machine.own_names(ADA) == []


# --- What goes wrong ---


DENIED = RegistryError("reading", Code.ACCESS_DENIED)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (DENIED, NotKnownError),
        (WSManFault("StdRegProv.EnumKey", None, "broken"), NotKnownError),
        (ProtocolError("nonsense"), NotKnownError),
        (RegistryError("reading", Code.KEY_DELETED), SignedOutError),
        (RegistryError("reading", Code.INVALID_HANDLE), SignedOutError),
    ],
)
@pytest.mark.parametrize("call", ["subkeys", "value_names"])
def test_what_fails_in_a_user_s_hive_is_never_taken_for_a_client_that_has_not_run(error, raised, call):
    registry = registry_of(Has(x64=["Lync"], ada={"MsTeams": RAN}))
    registry.errors = {(call, ADAS if call == "subkeys" else rf"{ADAS}\MsTeams"): error}
    machine = typed(registry)

    assert machine.find("Lync", ADA).usable
    with pytest.raises(raised):
        machine.find("MsTeams", ADA)
    assert machine.runs(ADA, "MsTeams") is (call != "subkeys")


@pytest.mark.parametrize("gone", ["before", "between"])
def test_a_user_who_signs_out_meanwhile_has_not_lost_a_history(gone):
    registry = registry_of(Has(x64=["Lync"], ada={"MsTeams": RAN}))
    machine = typed(registry)
    if gone == "between":
        machine.own_names(ADA)
    registry.keys = {path: values for path, values in registry.keys.items() if not path.startswith(f"{ADA.key}")}

    with pytest.raises(SignedOutError):
        machine.find("MsTeams", ADA)


def test_whether_a_default_runs_is_not_asked_in_words_of_the_user_s():
    """What stands in a user's value may hold characters that no request can carry."""
    registry = registry_of(Has(ada={"MsTeams": RAN}))
    registry.errors = {("dword", rf"{ADAS}\MsTeams"): DENIED}
    machine = typed(registry)

    assert not machine.runs(ADA, "\x00Lync")
    assert not machine.runs(ADA, "MsTeams")


def test_registrations_that_cannot_be_read_are_not_known_and_are_asked_for_once():
    registry = registry_of(Has(x64=["Lync"], own_x64=["Zoom"]))
    registry.errors = {("subkeys", KEY_64): DENIED}
    machine = typed(registry)

    for hive in (ADA, BOB):
        with pytest.raises(NotKnownError, match="which providers this machine registers is not known: reading: access"):
            machine.find("Lync", hive)
    assert machine.find("Zoom", ADA).usable
    assert list(machine.registered()) == ["Zoom"]
    assert registry.requests.count(("subkeys", KEY_64)) == 1


def test_one_view_that_cannot_be_read_hides_nothing_that_the_other_registers():
    registry = registry_of(Has(None, x64=["Lync"]))
    registry.errors = {("subkeys", KEY_86): DENIED}

    assert typed(registry).find("Lync", ADA).views == (X64,)


def test_an_office_that_cannot_be_asked_for_is_not_known():
    registry = registry_of(Has(x64=["Lync"]))
    registry.errors = {OFFICE: DENIED}
    machine = typed(registry)

    for hive in (ADA, BOB):
        with pytest.raises(NotKnownError, match="which Office this machine has is not known: reading: access denied"):
            machine.find("Lync", hive)
    assert registry.requests == [OFFICE]


def test_a_friendly_name_that_cannot_be_read_costs_that_name():
    registry = registry_of(Has(x64=["Lync", "Zoom"]))
    registry.errors = {("string", rf"{KEY_64}\Lync", "FriendlyName"): DENIED}

    assert typed(registry).friendly_names() == {"Zoom": "Friendly Zoom"}


def test_where_no_shell_can_be_had_nothing_more_is_known_of_who_signs_out_meanwhile():
    registry = registry_of(Has(ada={"MsTeams": RAN}))
    registry.keys = {path: values for path, values in registry.keys.items() if not path.startswith(f"{ADA.key}")}

    with pytest.raises(NotKnownError, match="this user signed out meanwhile, and this machine allows no remote shells"):
        TypedAvailability(t.cast(t.Any, registry), NoShellError()).find("MsTeams", ADA)


def test_every_call_names_the_root_that_its_key_is_below():
    roots = set()

    class Rooted(Registry):
        def __getattribute__(self, name: str) -> t.Any:
            one = super().__getattribute__(name)
            if name not in ("string", "subkeys", "value_names", "dword"):
                return one

            @functools.wraps(one)
            def call(root: int, path: str, *more: str) -> t.Any:
                roots.add((root, path.partition("\\")[0]))
                return one(root, path, *more)

            return call

    machine = typed(Rooted(registry_of(Has(x64=["Lync"], ada={"MsTeams": RAN})).keys))
    machine.find("MsTeams", ADA)
    machine.runs(ADA, "MsTeams")
    machine.friendly_names()

    assert roots == {(Root.HKLM, "SOFTWARE"), (Root.HKU, ADA.key)}
