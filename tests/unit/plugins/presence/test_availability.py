"""Which providers a user can use: the same answers by command and by typed calls."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.availability import (
    Candidate,
    NotKnownError,
    Reason,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.printed_availability import PrintedAvailability
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import HiveTree

from .availability_support import (
    ADA,
    ADAS,
    BOB,
    RAN,
    TEMPLATE,
    X64,
    X86,
    Has,
    by_calls,
    by_command,
)
from .support import key

NOT_USABLE = Reason.NOT_USABLE


@pytest.fixture(params=[by_command, by_calls])
def available(request):
    """Return a function that returns what can be used on a machine: in either way."""
    return request.param


# --- Where a provider stands for a user ---


@pytest.mark.parametrize("name", ["Cisco Jabber", "CISCO jabber"])
@pytest.mark.parametrize("hive", [ADA, BOB, TEMPLATE])
def test_a_registered_provider_is_usable_for_everyone_as_the_machine_spells_it(available, name, hive):
    machine = available(Has(x64=["Lync", "Cisco Jabber"], x86=["Cisco Jabber"]))

    assert machine.find(name, hive) == Candidate("Cisco Jabber", Reason.REGISTERED, (X64,))
    assert machine.find(name, hive).usable


def test_where_office_is_32_bit_the_other_view_is_read(available):
    machine = available(Has(X86, x64=["Lync"], x86=["Lync"]))

    assert machine.find("lync", ADA) == Candidate("Lync", Reason.REGISTERED, (X86,))


@pytest.mark.parametrize(
    ("has", "views"),
    [(Has(None, ["Lync"]), (X64,)), (Has(None, (), ["Lync"]), (X86,)), (Has(None, ["Lync"], ["lync"]), (X64, X86))],
)
def test_where_the_platform_is_not_known_either_view_will_do(available, has, views):
    assert available(has).find("LYNC", ADA) == Candidate("Lync", Reason.REGISTERED, views)


@pytest.mark.parametrize("ada", [{}, {"MsTeams": RAN}])
@pytest.mark.parametrize("hive", [ADA, TEMPLATE])
def test_registered_in_the_other_view_only_is_not_usable_whatever_the_user_s_own_key_says(available, ada, hive):
    for has in (Has(X86, ["MsTeams"], ada=ada), Has(X86, own_x64=["MsTeams"], ada=ada)):
        found = available(has).find("msteams", hive)
        assert (found, found.usable) == (Candidate("msteams", Reason.OTHER_VIEW, (X64,)), False)
    assert available(Has(X64, x86=["MsTeams"], ada=ada)).find("MsTeams", hive).views == (X86,)


@pytest.mark.parametrize("has", [Has(own_x64=["Lync"]), Has(X86, own_x86=["Lync"]), Has(None, own_x64=["Lync"])])
def test_click_to_run_s_own_registry_counts(available, has):
    found = available(has).find("lync", TEMPLATE)

    assert (found.name, found.reason) == ("Lync", Reason.REGISTERED)


@pytest.mark.parametrize("ran", [RAN, {"UpAndRunning": 0}, {"UpAndRunning": "a text"}, {"upandrunning": 1}])
def test_a_client_that_has_run_for_the_user_is_usable_for_that_user_as_the_user_s_key_spells_it(available, ran):
    machine = available(Has(x64=["Lync"], ada={"MsTeams": ran}))

    assert machine.find("MSTEAMS", ADA) == Candidate("MsTeams", Reason.USED_BY_USER)
    assert machine.find("MSTEAMS", ADA).usable
    assert machine.find("MSTEAMS", BOB) == Candidate("MSTEAMS", NOT_USABLE)


def test_the_template_has_no_history(available):
    assert available(Has(ada={"MsTeams": RAN})).find("MsTeams", TEMPLATE) == Candidate("MsTeams", NOT_USABLE)


@pytest.mark.parametrize("own", [{}, {"PreviousDefaultIMApp": "Lync"}, {"FriendlyName": "x", "GUID": "x"}])
def test_a_key_without_up_and_running_does_not_show_that_the_client_has_run(available, own):
    found = available(Has(ada={"MsTeams": own})).find("MsTeams", ADA)

    assert (found, found.usable) == (Candidate("MsTeams", NOT_USABLE), False)


def test_a_registration_goes_before_what_the_user_has(available):
    machine = available(Has(x64=["Lync"], ada={"LYNC": RAN}))

    assert machine.find("lync", ADA) == Candidate("Lync", Reason.REGISTERED, (X64,))


@pytest.mark.parametrize("name", ["Lync", "Lyn", "Lync2", ""])
def test_what_is_nowhere_is_not_usable(available, name):
    assert available(Has(x64=["Zoom"], ada={"Zoom": RAN})).find(name, ADA) == Candidate(name, NOT_USABLE)


# --- What there is ---


@pytest.mark.parametrize(
    ("has", "ada", "template"),
    [
        (Has(None), False, False),
        (Has(X86), True, True),
        (Has(None, ["Lync"]), True, True),
        (Has(None, own_x86=["Lync"]), True, True),
        (Has(None, ada={"Zoom": {}}), True, False),
    ],
)
def test_a_user_is_served_by_office_or_any_provider(available, has, ada, template):
    machine = available(has)

    assert [machine.serves(hive) for hive in (ADA, TEMPLATE)] == [ada, template]
    assert machine.has_office is (has.platform is not None)
    assert machine.platform is has.platform


def test_all_registrations_are_listed_with_their_views_as_the_first_one_is_spelled(available):
    machine = available(Has(x64=["Lync", "Zoom"], own_x64=["Own", "ZOOM"], x86=["LYNC"], own_x86=["Zoom"]))

    assert machine.registered() == {"Lync": (X64, X86), "Zoom": (X64, X86), "Own": (X64,)}
    assert machine.friendly_names() == {name: f"Friendly {name}" for name in ("Lync", "Zoom", "Own")}


def test_a_user_s_own_keys_are_listed_as_they_are_spelled(available):
    machine = available(Has(ada={"MsTeams": RAN, "Zoom": {}}))

    assert machine.own_names(ADA) == ["MsTeams", "Zoom"]
    assert machine.own_names(BOB) == []


@pytest.mark.parametrize(
    ("own", "runs"),
    [
        ({"UpAndRunning": 2}, True),
        ({"UpAndRunning": 1}, False),
        ({"UpAndRunning": 0}, False),
        ({"UpAndRunning": "2"}, False),
        ({}, False),
    ],
)
def test_a_client_runs_if_it_says_so(available, own, runs):
    machine = available(Has(ada={"Lync": own}))

    assert machine.runs(ADA, "Lync") is runs
    assert not machine.runs(BOB, "Lync")
    assert not machine.runs(ADA, "Zoom")


def test_of_a_user_whose_tree_was_not_read_nothing_is_known():
    machine = PrintedAvailability({}, None, {})

    with pytest.raises(NotKnownError):
        machine.find("Lync", ADA)
    assert (machine.own_names(ADA), machine.runs(ADA, "Lync"), machine.serves(ADA)) == ([], False, False)


def test_of_a_user_whose_tree_was_cut_only_what_is_missing_is_not_known():
    ran = key(rf"{ADAS}\MsTeams", **RAN)
    machine = PrintedAvailability({}, None, {ADA: HiveTree({"msteams": ran}, cut=True)})

    assert machine.find("msteams", ADA) == Candidate("MsTeams", Reason.USED_BY_USER)
    with pytest.raises(NotKnownError, match="not all of it was read"):
        machine.find("Zoom", ADA)
