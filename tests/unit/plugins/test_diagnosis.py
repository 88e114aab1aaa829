"""The diagnosis: `domain.md`'s table word for word, and what must not be taken for something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.presence.diagnosis import (
    Link,
    State,
    UpAndRunning,
    User,
    diagnose,
    wanted_clsids,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.registrations import Provider, Registered
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import Verdict
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Found, StringValue

SID = "S-1-5-21-1-2-3-1001"
HIVE = rf"HKU\{SID}\Software\IM Providers"
CLSID = "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"
WHOLE = Registered("A name", CLSID, "app.exe", "app.exe -Embedding")

RUNNING, STOPPED, STARTING = UpAndRunning.RUNNING, UpAndRunning.NOT_RUNNING, UpAndRunning.STARTING
UNSET, INVALID = UpAndRunning.UNSET, UpAndRunning.INVALID


def providers(**views):
    """Lync and Jabber in order, and Acme as described: x64=..., x86=..."""
    both = {"x64": WHOLE, "x86": WHOLE}
    found = {"lync": Provider("Lync", both), "jabber": Provider("Jabber", both)}
    return found | ({"acme": Provider("Acme", views)} if views else {})


def user(default="Lync", *states, signed_in=True, servers=None):
    value = StringValue(Found.NOTHING) if default is None else StringValue(Found.TEXT, default)
    by_name = {state.name.casefold(): state for state in states}
    return User(SID, signed_in, value, by_name, servers or {})


def state(name, up, process=None, registered="machine"):
    return State(name, registered, up, process)


def verdict(who, platform="x64", **views):
    return diagnose(who, providers(**views), platform)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (StringValue(Found.NOTHING), "not there"),
        (StringValue(Found.NOTHING, key_exists=False), "not there"),
        (StringValue(Found.TEXT, ""), "empty"),
        (StringValue(Found.OTHER_TYPE), "no REG_SZ"),
    ],
)
def test_no_default(value, words):
    told = diagnose(User(SID, True, value), providers(), "x64")

    assert (told.verdict, told.link, told.key, told.view) == (Verdict.NO_DEFAULT, Link.DEFAULT, HIVE, None)
    assert words in told.found


@pytest.mark.parametrize(("platform", "view"), [("x64", "x64"), ("x86", "x86"), (None, None)])
def test_not_registered(platform, view):
    told = verdict(user("Zoom"), platform)

    assert (told.verdict, told.link, told.view) == (Verdict.NOT_REGISTERED, Link.REGISTRATION, view)
    assert told.key.startswith("HKLM\\SOFTWARE\\")
    assert ("WOW6432Node" in told.key) is (platform == "x86")


def test_only_the_view_that_office_reads_counts():
    running = state("Acme", RUNNING, True)

    assert verdict(user("acme", running), "x64", x64=WHOLE).verdict is Verdict.PRESENT
    assert verdict(user("acme", running), "x86", x64=WHOLE).verdict is Verdict.NOT_REGISTERED
    assert verdict(user("acme", running), None, x64=WHOLE).verdict is Verdict.PRESENT
    assert verdict(user("acme", running), None, x86=WHOLE).verdict is Verdict.PRESENT


@pytest.mark.parametrize("guid", [None, "", "garbage", CLSID.strip("{}"), f" {CLSID}", f"{CLSID}\r\n", "{{ 7*7 }}"])
def test_a_guid_that_is_none(guid):
    told = verdict(user("Acme", state("Acme", RUNNING, True)), x64=Registered("A", guid, "a.exe", None))

    assert (told.verdict, told.link, told.view) == (Verdict.NO_COM_SERVER, Link.COM_SERVER, "x64")
    assert told.key == r"HKLM\SOFTWARE\IM Providers\Acme"
    assert told.found.isprintable()


def test_no_com_server_in_the_view_that_counts():
    bare = Registered("A", CLSID, "a.exe", None)

    told = verdict(user("Acme"), x64=bare, x86=WHOLE)
    assert told.verdict is Verdict.NO_COM_SERVER
    assert told.key == rf"HKLM\SOFTWARE\Classes\CLSID\{CLSID}\LocalServer32"
    assert verdict(user("Acme"), "x86", x64=bare, x86=WHOLE).verdict is Verdict.NOT_RUNNING
    assert verdict(user("Acme"), None, x64=bare, x86=WHOLE).verdict is Verdict.NOT_RUNNING


def test_a_user_s_own_com_server_is_one_in_its_view():
    bare = Registered("A", CLSID, "a.exe", None)
    machine = providers(x64=bare, x86=bare)

    assert wanted_clsids("acme", machine, "x64") == {"x64": CLSID}
    assert wanted_clsids("acme", machine, None) == {"x64": CLSID, "x86": CLSID}
    assert wanted_clsids("lync", machine, "x64") == wanted_clsids("zoom", machine, "x64") == {}
    assert wanted_clsids("acme", providers(x64=Registered(guid="x")), "x64") == {}
    own = user("Acme", servers={"x64": "a.exe"})
    assert verdict(own, "x64", x64=bare, x86=bare).verdict is Verdict.NOT_RUNNING
    assert verdict(own, "x86", x64=bare, x86=bare).verdict is Verdict.NO_COM_SERVER


@pytest.mark.parametrize("up", [STOPPED, UNSET, INVALID])
def test_shadowed_is_another_one_that_really_runs(up):
    lync = state("Lync", up, False)

    told = verdict(user("Lync", lync, state("Jabber", RUNNING, True)))
    assert (told.verdict, told.link, told.running) == (Verdict.SHADOWED, Link.UP_AND_RUNNING, ("Jabber",))
    assert told.key == rf"{HIVE}\Lync"
    for other in (
        state("Jabber", RUNNING, False),  # crashed
        state("Jabber", STARTING, True),
        state("Jabber", STOPPED, True),
        state("Gone", RUNNING, True, "no"),  # Office knows of no such provider
    ):
        assert verdict(user("Lync", lync, other)).verdict is Verdict.NOT_RUNNING
    assert verdict(user("Lync", lync, state("Own", RUNNING, True, "user"))).verdict is Verdict.SHADOWED


def test_without_processes_the_values_decide_and_that_is_said():
    told = verdict(user("Lync", state("Lync", STOPPED), state("Jabber", RUNNING)))
    assert told.verdict is Verdict.SHADOWED
    assert "no process was looked for" in told.found
    told = verdict(user("Lync", state("Lync", RUNNING)))
    assert told.verdict is Verdict.PRESENT
    assert "was not checked" in told.found


def test_starting_stale_and_present():
    other = state("Jabber", RUNNING, True)

    told = verdict(user("Lync", state("Lync", STARTING, False), other))
    assert (told.verdict, told.link) == (Verdict.STARTING, Link.UP_AND_RUNNING)
    told = verdict(user("Lync", state("Lync", RUNNING, False), other))
    assert (told.verdict, told.link, told.running) == (Verdict.STALE, Link.PROCESS, ("Jabber",))
    told = verdict(user("Lync", state("Lync", RUNNING, True), other))
    assert (told.verdict, told.link) == (Verdict.PRESENT, None)


def test_a_provider_without_a_process_name_never_gets_past_the_process():
    nameless = Registered("A", CLSID, None, "a.exe")

    assert verdict(user("Acme", state("Acme", RUNNING)), x64=nameless).verdict is Verdict.STALE


def test_who_is_not_signed_in_is_ready_whatever_a_client_left_behind():
    for up in UpAndRunning:
        told = verdict(user("Lync", state("Lync", up), state("Jabber", RUNNING), signed_in=False))
        assert (told.verdict, told.link, told.running) == (Verdict.READY, None, ())
    assert verdict(user("Zoom", signed_in=False)).verdict is Verdict.NOT_REGISTERED
    assert verdict(user(None, signed_in=False)).verdict is Verdict.NO_DEFAULT


@given(
    default=st.text(max_size=8) | st.sampled_from(["lync", "ACME", "Jabber"]) | st.none(),
    ups=st.lists(st.sampled_from(UpAndRunning), min_size=3, max_size=3),
    alive=st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=3),
    registration=st.builds(Registered, *[st.none() | st.text(max_size=5) | st.just(CLSID)] * 4),
    platform=st.sampled_from(["x64", "x86", None]),
    signed_in=st.booleans(),
)
def test_there_is_always_one_verdict_with_its_evidence(default, ups, alive, registration, platform, signed_in):
    states = [state(name, up, one) for name, up, one in zip(("Lync", "Jabber", "Acme"), ups, alive, strict=True)]
    who = user(default, *states, signed_in=signed_in)

    told = verdict(who, platform, x86=registration)

    assert told.found.isprintable()
    assert told.found
    assert told.key.startswith(("HKLM", "HKU"))
    whole = (Verdict.PRESENT, Verdict.READY)
    assert (told.link is None) is (told.verdict in whole)
    assert signed_in or told.verdict in (
        Verdict.READY, Verdict.NO_DEFAULT, Verdict.NOT_REGISTERED, Verdict.NO_COM_SERVER,
    )  # fmt: skip
