"""The diagnosis: the table in docs/domain.md, and what must not be mistaken for something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.diagnosis import Link, diagnose
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.office_settings import (
    OfficeSetting,
    OfficeSettings,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.user import MachineState, User
from ansible_collections.presence.office.plugins.plugin_utils.presence.provider_states import (
    ProviderState,
    UpAndRunning,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.providers import Provider, Registration
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import Verdict
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

SID = "S-1-5-21-1-2-3-1001"
HIVE = rf"HKU\{SID}\Software\IM Providers"
CLSID = "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"
WHOLE = Registration("A name", CLSID, "app.exe")
X64, X86 = View.X64, View.X86

RUNNING, STOPPED, STARTING = UpAndRunning.RUNNING, UpAndRunning.NOT_RUNNING, UpAndRunning.STARTING
UNSET, INVALID = UpAndRunning.UNSET, UpAndRunning.INVALID


def machine(platform=X64, **views):
    """Return a machine with Lync and Jabber in order, and Acme as described: x64=..., x86=..."""
    both = {X64: WHOLE, X86: WHOLE}
    providers = {"lync": Provider("Lync", both), "jabber": Provider("Jabber", both)}
    if views:
        providers["acme"] = Provider("Acme", {View(view): one for view, one in views.items()})
    return MachineState(providers, platform)


def user(default="Lync", *states, signed_in=True, **more):
    value = StringValue.missing() if default is None else StringValue.of(default)
    by_name = {state.name.casefold(): state for state in states}
    return User(SID, signed_in, value, by_name, frozenset(by_name), **more)


def state(name, up, process=None, registered="machine"):
    return ProviderState(name, registered, up, process)


def verdict(who, platform=X64, **views):
    return diagnose(who, machine(platform, **views))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (StringValue.missing(), "does not exist"),
        (StringValue.missing(key_exists=False), "does not exist"),
        (StringValue.of(""), "empty"),
        (StringValue(ValueState.OTHER_TYPE), "not a REG_SZ"),
    ],
)
def test_no_default(value, words):
    result = diagnose(User(SID, True, value), machine())

    evidence = result.evidence
    assert (result.verdict, evidence.link, evidence.key, evidence.view) == (
        Verdict.NO_DEFAULT, Link.DEFAULT, HIVE, None,
    )  # fmt: skip
    assert words in (evidence.found or "")


@pytest.mark.parametrize("platform", [X64, X86, None])
def test_not_registered_and_never_used(platform):
    result = verdict(user("Zoom"), platform)

    assert (result.verdict, result.evidence.link, result.evidence.view) == (
        Verdict.NOT_REGISTERED, Link.REGISTRATION, platform,
    )  # fmt: skip
    assert result.evidence.key.startswith("HKLM\\SOFTWARE\\")
    assert ("WOW6432Node" in result.evidence.key) is (platform is X86)


def test_only_the_view_that_office_reads_counts():
    running = state("Acme", RUNNING, True)

    assert verdict(user("acme", running), X64, x64=WHOLE).verdict is Verdict.PRESENT
    assert verdict(user("acme", running), X86, x64=WHOLE).verdict is Verdict.NOT_REGISTERED
    assert verdict(user("acme", running), None, x64=WHOLE).verdict is Verdict.PRESENT
    assert verdict(user("acme", running), None, x86=WHOLE).verdict is Verdict.PRESENT


@pytest.mark.parametrize("up", [STOPPED, RUNNING, INVALID])
def test_used_and_registered_nowhere_is_unconfirmed_while_it_runs_or_the_user_is_away(up):
    """What nobody knows is no red verdict: Office may know the client by itself."""
    own = state("MsTeams", up, None, "no")

    away = verdict(user("MsTeams", own, signed_in=False))
    assert (away.verdict, away.evidence.link) == (Verdict.UNCONFIRMED, None)
    here = verdict(user("MsTeams", own)).verdict
    assert here is (Verdict.UNCONFIRMED if up is RUNNING else Verdict.NOT_RUNNING)


def test_used_registered_nowhere_and_stopped_is_shadowed_by_one_that_runs():
    own = state("MsTeams", STOPPED, None, "no")

    assert verdict(user("MsTeams", own, state("Lync", RUNNING, True))).verdict is Verdict.SHADOWED


@pytest.mark.parametrize("guid", [None, "", "garbage", CLSID.strip("{}"), f" {CLSID}", f"{CLSID}\r\n", "{{ 7*7 }}"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_guid_that_is_none_is_a_bad_registration(guid, signed_in):
    who = user("Acme", state("Acme", RUNNING, True), signed_in=signed_in)
    result = verdict(who, x64=Registration("A", guid, "a.exe"))

    evidence = result.evidence
    assert (result.verdict, evidence.link, evidence.view) == (Verdict.BAD_REGISTRATION, Link.REGISTRATION, X64)
    assert evidence.key == r"HKLM\SOFTWARE\IM Providers\Acme"
    assert evidence.found.isprintable()


def test_a_registration_without_a_process_name_is_a_bad_one_unless_the_other_view_that_counts_has_it():
    nameless = Registration("A", CLSID, None)

    assert verdict(user("Acme", state("Acme", RUNNING)), x64=nameless).verdict is Verdict.BAD_REGISTRATION
    assert verdict(user("Acme", state("Acme", RUNNING)), x64=nameless, x86=WHOLE).verdict is Verdict.BAD_REGISTRATION
    assert verdict(user("Acme", state("Acme", RUNNING)), None, x64=nameless, x86=WHOLE).verdict is Verdict.PRESENT


def test_no_com_server_is_no_verdict():
    """A running client is found by its registered class object (Jitsi's installer writes no LocalServer32)."""
    bare = Registration("A", CLSID, "a.exe", com_server=None, com_server_known=True)

    assert verdict(user("Acme", state("Acme", RUNNING, True)), x64=bare).verdict is Verdict.PRESENT
    assert verdict(user("Acme", state("Acme", STOPPED, False)), x64=bare).verdict is Verdict.NOT_RUNNING


@pytest.mark.parametrize("up", [STOPPED, UNSET, INVALID])
def test_shadowed_is_another_one_that_really_runs_registered_or_not(up):
    lync = state("Lync", up, False)

    result = verdict(user("Lync", lync, state("Jabber", RUNNING, True)))
    assert (result.verdict, result.evidence.link, result.evidence.running) == (
        Verdict.SHADOWED, Link.UP_AND_RUNNING, ("Jabber",),
    )  # fmt: skip
    assert result.evidence.key == rf"{HIVE}\Lync"
    for registered in ("machine", "user", "no"):
        assert verdict(user("Lync", lync, state("Own", RUNNING, None, registered))).verdict is Verdict.SHADOWED
    for other in (
        state("Jabber", RUNNING, False),  # crashed
        state("Jabber", STARTING, True),
        state("Jabber", STOPPED, True),
    ):
        assert verdict(user("Lync", lync, other)).verdict is Verdict.NOT_RUNNING


@pytest.mark.parametrize("up", [STOPPED, UNSET, INVALID])
def test_a_program_that_is_alive_and_has_not_said_so_is_silent_unless_another_one_runs(up):
    alive = state("Lync", up, True)

    result = verdict(user("Lync", alive))
    assert (result.verdict, result.evidence.link) == (Verdict.SILENT, Link.UP_AND_RUNNING)
    assert verdict(user("Lync", alive, state("Jabber", RUNNING, True))).verdict is Verdict.SHADOWED
    assert verdict(user("Lync", state("Lync", up, None))).verdict is Verdict.NOT_RUNNING


def test_without_processes_the_values_decide_and_the_evidence_says_so():
    result = verdict(user("Lync", state("Lync", STOPPED), state("Jabber", RUNNING)))
    assert result.verdict is Verdict.SHADOWED
    assert "processes were not checked" in result.evidence.found
    result = verdict(user("Lync", state("Lync", RUNNING)))
    assert result.verdict is Verdict.PRESENT
    assert "was not checked" in result.evidence.found


@pytest.mark.parametrize(
    ("process", "found"),
    [
        (False, "UpAndRunning is 2, but its program does not run in the user's session: Own has crashed"),
        (None, None),
    ],
)
def test_a_client_that_is_registered_for_the_user_only_can_have_crashed_too(process, found):
    result = verdict(user("Own", state("Own", RUNNING, process, "user")))

    assert result.verdict is (Verdict.STALE if found else Verdict.UNCONFIRMED)
    assert found is None or result.evidence.found == found


def test_the_evidence_names_the_program_of_the_registration_that_office_reads():
    views = {"x64": Registration("A", CLSID, "sixty-four.exe"), "x86": Registration("A", CLSID, "thirty-two.exe")}
    who = user("Acme", state("Acme", RUNNING, False))

    assert "but no sixty-four.exe runs" in verdict(who, **views).evidence.found
    assert "but no thirty-two.exe runs" in verdict(who, X86, **views).evidence.found


def test_starting_stale_and_present():
    other = state("Jabber", RUNNING, True)

    result = verdict(user("Lync", state("Lync", STARTING, False), other))
    assert (result.verdict, result.evidence.link) == (Verdict.STARTING, Link.UP_AND_RUNNING)
    result = verdict(user("Lync", state("Lync", RUNNING, False), other))
    assert (result.verdict, result.evidence.link, result.evidence.running) == (
        Verdict.STALE, Link.PROCESS, ("Jabber",),
    )  # fmt: skip
    result = verdict(user("Lync", state("Lync", RUNNING, True), other))
    assert (result.verdict, result.evidence.link) == (Verdict.PRESENT, None)


@pytest.mark.parametrize("policy", [True, False])
@pytest.mark.parametrize("signed_in", [True, False])
def test_switched_off_comes_first_and_names_the_key(policy, signed_in):
    setting = OfficeSetting("TurnOffPresenceIntegration", 1, r"Software\X\Common\IM", policy)
    who = user(None, signed_in=signed_in, settings=OfficeSettings(presence_off=setting))

    result = verdict(who)
    assert (result.verdict, result.evidence.link) == (Verdict.SWITCHED_OFF, Link.OFFICE_SETTING)
    assert result.evidence.key == rf"HKU\{SID}\Software\X\Common\IM"
    assert "TurnOffPresenceIntegration is 1" in result.evidence.found
    assert ("only the policy can take it away" in result.evidence.found) is policy


def test_no_office_needs_neither_office_nor_any_provider():
    nothing = MachineState({}, None, has_office=False)

    assert diagnose(user("Lync"), nothing).verdict is Verdict.NO_OFFICE
    assert diagnose(user("Lync", state("Zoom", RUNNING, None, "no")), nothing).verdict is not Verdict.NO_OFFICE
    assert diagnose(user("Lync"), MachineState({}, None, has_office=True)).verdict is Verdict.NOT_REGISTERED


def test_a_registration_in_click_to_run_s_own_registry_counts_and_the_evidence_says_where():
    own = Registration("A", CLSID, "a.exe", click_to_run=True)

    result = verdict(user("Acme", state("Acme", RUNNING, True)), x64=own)
    assert result.verdict is Verdict.PRESENT
    assert "Click-to-Run's own registry" in result.evidence.found


def test_a_user_who_is_not_signed_in_is_ready_whatever_a_client_left_behind():
    for up in UpAndRunning:
        result = verdict(user("Lync", state("Lync", up), state("Jabber", RUNNING), signed_in=False))
        assert (result.verdict, result.evidence.link, result.evidence.running) == (Verdict.READY, None, ())
    assert verdict(user("Zoom", signed_in=False)).verdict is Verdict.NOT_REGISTERED
    assert verdict(user(None, signed_in=False)).verdict is Verdict.NO_DEFAULT


@given(
    default=st.text(max_size=8) | st.sampled_from(["lync", "ACME", "Jabber"]) | st.none(),
    ups=st.lists(st.sampled_from(UpAndRunning), min_size=3, max_size=3),
    alive=st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=3),
    registration=st.builds(Registration, *[st.none() | st.text(max_size=5) | st.just(CLSID)] * 3),
    platform=st.sampled_from([X64, X86, None]),
    signed_in=st.booleans(),
)
def test_there_is_always_one_verdict_with_its_evidence(default, ups, alive, registration, platform, signed_in):
    states = [state(name, up, one) for name, up, one in zip(("Lync", "Jabber", "Acme"), ups, alive, strict=True)]
    who = user(default, *states, signed_in=signed_in)

    result = verdict(who, platform, x86=registration)

    assert result.evidence.found.isprintable()
    assert result.evidence.found
    assert result.evidence.key.startswith(("HKLM", "HKU"))
    whole = (Verdict.PRESENT, Verdict.READY, Verdict.UNCONFIRMED, Verdict.NO_OFFICE)
    assert (result.evidence.link is None) is (result.verdict in whole)
    assert signed_in or result.verdict in (
        Verdict.READY, Verdict.NO_DEFAULT, Verdict.NOT_REGISTERED, Verdict.BAD_REGISTRATION, Verdict.UNCONFIRMED,
    )  # fmt: skip
