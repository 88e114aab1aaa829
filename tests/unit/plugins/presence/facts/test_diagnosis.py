"""The diagnosis: the table in docs/domain.md, and what must not be mistaken for something else."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.diagnosis import (
    Link,
    User,
    diagnose,
    wanted_clsids,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.provider_states import (
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
WHOLE = Registration("A name", CLSID, "app.exe", "app.exe -Embedding")

RUNNING, STOPPED, STARTING = UpAndRunning.RUNNING, UpAndRunning.NOT_RUNNING, UpAndRunning.STARTING
UNSET, INVALID = UpAndRunning.UNSET, UpAndRunning.INVALID


def providers(**views):
    """Lync and Jabber in order, and Acme as described: x64=..., x86=..."""
    both = {View.X64: WHOLE, View.X86: WHOLE}
    by_name = {"lync": Provider("Lync", both), "jabber": Provider("Jabber", both)}
    return by_name | ({"acme": Provider("Acme", {View(view): one for view, one in views.items()})} if views else {})


def user(default="Lync", *states, signed_in=True, servers=None):
    value = StringValue.missing() if default is None else StringValue.of(default)
    by_name = {state.name.casefold(): state for state in states}
    return User(SID, signed_in, value, by_name, servers or {})


def state(name, up, process=None, registered="machine"):
    return ProviderState(name, registered, up, process)


def seen(diagnosis):
    """Return verdict and evidence as one."""
    evidence = {field.name: getattr(diagnosis.evidence, field.name) for field in dataclasses.fields(diagnosis.evidence)}
    evidence["view"] = evidence["view"] and evidence["view"].value
    return SimpleNamespace(verdict=diagnosis.verdict, **evidence)


def verdict(who, platform="x64", **views):
    return seen(diagnose(who, providers(**views), platform and View(platform)))


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
    result = seen(diagnose(User(SID, True, value), providers(), View.X64))

    assert (result.verdict, result.link, result.key, result.view) == (Verdict.NO_DEFAULT, Link.DEFAULT, HIVE, None)
    assert words in result.found


@pytest.mark.parametrize(("platform", "view"), [("x64", "x64"), ("x86", "x86"), (None, None)])
def test_not_registered(platform, view):
    result = verdict(user("Zoom"), platform)

    assert (result.verdict, result.link, result.view) == (Verdict.NOT_REGISTERED, Link.REGISTRATION, view)
    assert result.key.startswith("HKLM\\SOFTWARE\\")
    assert ("WOW6432Node" in result.key) is (platform == "x86")


def test_only_the_view_that_office_reads_counts():
    running = state("Acme", RUNNING, True)

    assert verdict(user("acme", running), "x64", x64=WHOLE).verdict is Verdict.PRESENT
    assert verdict(user("acme", running), "x86", x64=WHOLE).verdict is Verdict.NOT_REGISTERED
    assert verdict(user("acme", running), None, x64=WHOLE).verdict is Verdict.PRESENT
    assert verdict(user("acme", running), None, x86=WHOLE).verdict is Verdict.PRESENT


@pytest.mark.parametrize("guid", [None, "", "garbage", CLSID.strip("{}"), f" {CLSID}", f"{CLSID}\r\n", "{{ 7*7 }}"])
def test_a_guid_that_is_none(guid):
    result = verdict(user("Acme", state("Acme", RUNNING, True)), x64=Registration("A", guid, "a.exe", None))

    assert (result.verdict, result.link, result.view) == (Verdict.NO_COM_SERVER, Link.COM_SERVER, "x64")
    assert result.key == r"HKLM\SOFTWARE\IM Providers\Acme"
    assert result.found.isprintable()


def test_no_com_server_in_the_view_that_counts():
    bare = Registration("A", CLSID, "a.exe", None)

    result = verdict(user("Acme"), x64=bare, x86=WHOLE)
    assert result.verdict is Verdict.NO_COM_SERVER
    assert result.key == rf"HKLM\SOFTWARE\Classes\CLSID\{CLSID}\LocalServer32"
    assert verdict(user("Acme"), "x86", x64=bare, x86=WHOLE).verdict is Verdict.NOT_RUNNING
    assert verdict(user("Acme"), None, x64=bare, x86=WHOLE).verdict is Verdict.NOT_RUNNING


def test_a_user_s_own_com_server_is_one_in_its_view():
    bare = Registration("A", CLSID, "a.exe", None)
    machine = providers(x64=bare, x86=bare)

    assert wanted_clsids("acme", machine, View.X64) == {View.X64: CLSID}
    assert wanted_clsids("acme", machine, None) == {View.X64: CLSID, View.X86: CLSID}
    assert wanted_clsids("lync", machine, View.X64) == wanted_clsids("zoom", machine, View.X64) == {}
    assert wanted_clsids("acme", providers(x64=Registration(guid="x")), View.X64) == {}
    own = user("Acme", servers={View.X64: "a.exe"})
    assert verdict(own, "x64", x64=bare, x86=bare).verdict is Verdict.NOT_RUNNING
    assert verdict(own, "x86", x64=bare, x86=bare).verdict is Verdict.NO_COM_SERVER


@pytest.mark.parametrize("up", [STOPPED, UNSET, INVALID])
def test_shadowed_is_another_one_that_really_runs(up):
    lync = state("Lync", up, False)

    result = verdict(user("Lync", lync, state("Jabber", RUNNING, True)))
    assert (result.verdict, result.link, result.running) == (Verdict.SHADOWED, Link.UP_AND_RUNNING, ("Jabber",))
    assert result.key == rf"{HIVE}\Lync"
    for other in (
        state("Jabber", RUNNING, False),  # crashed
        state("Jabber", STARTING, True),
        state("Jabber", STOPPED, True),
        state("Gone", RUNNING, True, "no"),  # Office knows of no such provider
    ):
        assert verdict(user("Lync", lync, other)).verdict is Verdict.NOT_RUNNING
    assert verdict(user("Lync", lync, state("Own", RUNNING, True, "user"))).verdict is Verdict.SHADOWED


def test_without_processes_the_values_decide_and_the_evidence_says_so():
    result = verdict(user("Lync", state("Lync", STOPPED), state("Jabber", RUNNING)))
    assert result.verdict is Verdict.SHADOWED
    assert "processes were not checked" in result.found
    result = verdict(user("Lync", state("Lync", RUNNING)))
    assert result.verdict is Verdict.PRESENT
    assert "was not checked" in result.found


def test_starting_stale_and_present():
    other = state("Jabber", RUNNING, True)

    result = verdict(user("Lync", state("Lync", STARTING, False), other))
    assert (result.verdict, result.link) == (Verdict.STARTING, Link.UP_AND_RUNNING)
    result = verdict(user("Lync", state("Lync", RUNNING, False), other))
    assert (result.verdict, result.link, result.running) == (Verdict.STALE, Link.PROCESS, ("Jabber",))
    result = verdict(user("Lync", state("Lync", RUNNING, True), other))
    assert (result.verdict, result.link) == (Verdict.PRESENT, None)


def test_a_provider_without_a_process_name_never_gets_past_the_process():
    nameless = Registration("A", CLSID, None, "a.exe")

    assert verdict(user("Acme", state("Acme", RUNNING)), x64=nameless).verdict is Verdict.STALE


def test_who_is_not_signed_in_is_ready_whatever_a_client_left_behind():
    for up in UpAndRunning:
        result = verdict(user("Lync", state("Lync", up), state("Jabber", RUNNING), signed_in=False))
        assert (result.verdict, result.link, result.running) == (Verdict.READY, None, ())
    assert verdict(user("Zoom", signed_in=False)).verdict is Verdict.NOT_REGISTERED
    assert verdict(user(None, signed_in=False)).verdict is Verdict.NO_DEFAULT


@given(
    default=st.text(max_size=8) | st.sampled_from(["lync", "ACME", "Jabber"]) | st.none(),
    ups=st.lists(st.sampled_from(UpAndRunning), min_size=3, max_size=3),
    alive=st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=3),
    registration=st.builds(Registration, *[st.none() | st.text(max_size=5) | st.just(CLSID)] * 4),
    platform=st.sampled_from(["x64", "x86", None]),
    signed_in=st.booleans(),
)
def test_there_is_always_one_verdict_with_its_evidence(default, ups, alive, registration, platform, signed_in):
    states = [state(name, up, one) for name, up, one in zip(("Lync", "Jabber", "Acme"), ups, alive, strict=True)]
    who = user(default, *states, signed_in=signed_in)

    result = verdict(who, platform, x86=registration)

    assert result.found.isprintable()
    assert result.found
    assert result.key.startswith(("HKLM", "HKU"))
    whole = (Verdict.PRESENT, Verdict.READY)
    assert (result.link is None) is (result.verdict in whole)
    assert signed_in or result.verdict in (
        Verdict.READY, Verdict.NO_DEFAULT, Verdict.NOT_REGISTERED, Verdict.NO_COM_SERVER,
    )  # fmt: skip
