"""Every verdict of `domain.md`, produced by a machine in that state, with each similar verdict ruled out.

One fleet and one run per connection: the cases are users where the user's hive decides, and machines where the
machine's registrations do.
"""

from __future__ import annotations

import typing as t

import pytest

from tests.virtual_windows.fleet import Fleet

from .facts_support import gather, users_by_folder
from .machines import ADA, JABBER, our_mounts
from .runner import Ansible

GUID = "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"
LYNC_RUNS = {"Lync": "running"}
ODD_PROGRAM = r"o'neil \' OR Name LIKE '%.exe"


def signed_in(name: str, default: t.Any, clients: dict[str, str] | None = None, **more: t.Any) -> dict[str, t.Any]:
    user = {"account": rf"CONTOSO\{name}", "signed_in": True, "default": default, "clients": clients or {}}
    return user | more


def desk(
    providers: list[t.Any], platform: str | None = "x64", default: str = "Acme", **more: t.Any
) -> dict[str, t.Any]:
    """Return a machine with one user who is signed in and whose default runs, and one who is not signed in."""
    described = {
        "providers": providers,
        "users": [
            signed_in("sue", default, {default: "running"}, **more),
            {"account": r"CONTOSO\tom", "default": default},
        ],
    }
    return described | ({"office": {"platform": platform}} if platform else {})


def acme(**more: t.Any) -> dict[str, t.Any]:
    """Return a complete registration, with changes."""
    return {"name": "Acme", "guid": GUID, "process_name": "acme.exe", **more}


IN_OWN_HIVE = {r"Software\IM Providers\Own": {"GUID": GUID, "ProcessName": "own.exe", "UpAndRunning": 2}}

#: Machines on which the users' hives decide: Lync and Jabber are in order.
PEOPLE = [
    ADA,
    signed_in("present", "lync", LYNC_RUNS),
    signed_in("nobody", JABBER, {"Lync": "stopped", JABBER: "stopped"}),
    signed_in("unset", JABBER),
    signed_in("starting", "Lync", {"Lync": "starting", JABBER: "running"}),
    signed_in("crashed", "Lync", {"Lync": "crashed"}),
    signed_in("crashed2", "Lync", {"Lync": "crashed", JABBER: "running"}),
    signed_in("ghost", JABBER, {"Lync": "crashed"}),
    signed_in("stranger", JABBER, {"Zoom": "running"}),
    signed_in("odd", "Lync", registry={r"Software\IM Providers\Lync": {"UpAndRunning": "2"}}),
    signed_in("none", None, LYNC_RUNS),
    signed_in("empty", ""),
    signed_in("number", 7, default_type="REG_DWORD"),
    signed_in("expand", "Lync", LYNC_RUNS, default_type="REG_EXPAND_SZ"),
    signed_in("gone", "Zoom", LYNC_RUNS),
    signed_in("own", "Own", registry=IN_OWN_HIVE),
    {"account": r"CONTOSO\ready", "default": "Lync", "registry": {r"Software\IM Providers\Lync": {"UpAndRunning": 2}}},
    {"account": r"CONTOSO\away", "default": "Zoom"},
    {"account": r"CONTOSO\away0"},
]

#: verdict, broken link, what else runs, and part of the explanation.
EXPECTED_PEOPLE = {
    "ada": ("shadowed", "up_and_running", ["Lync"], "Cisco Jabber does not run (UpAndRunning is 0), and Lync does"),
    "present": ("present", None, [], "UpAndRunning is 2, and lync.exe runs"),
    "nobody": ("not_running", "up_and_running", [], "UpAndRunning is 0), nor does any other"),
    "unset": ("not_running", "up_and_running", [], "there is no UpAndRunning"),
    "starting": ("starting", "up_and_running", [JABBER], "UpAndRunning is 1"),
    # Others on this machine run lync.exe: not in this user's session.
    "crashed": ("stale", "process", [], "no lync.exe runs in the user's session"),
    "crashed2": ("stale", "process", [JABBER], "crashed"),
    # A client only shadows another if it runs and is registered.
    "ghost": ("not_running", "up_and_running", [], "nor does any other"),
    "stranger": ("not_running", "up_and_running", [], "nor does any other"),
    "odd": ("not_running", "up_and_running", [], "UpAndRunning is not 0, 1 or 2"),
    "none": ("no_default", "default", ["Lync"], "DefaultIMApp does not exist"),
    "empty": ("no_default", "default", [], "DefaultIMApp is empty"),
    "number": ("no_default", "default", [], "DefaultIMApp is not a REG_SZ value"),
    "expand": ("no_default", "default", ["Lync"], "DefaultIMApp is not a REG_SZ value"),
    "gone": ("not_registered", "registration", ["Lync"], "Zoom is not registered"),
    "own": ("not_registered", "registration", [], "Own is registered for this user only"),
    "ready": ("ready", None, [], "not signed in"),
    "away": ("not_registered", "registration", [], "Zoom is not registered"),
    "away0": ("no_default", "default", [], "DefaultIMApp does not exist"),
}

MSI = {"platform": "x86", "installation": "msi", "bitness_at": "wow6432node"}
SERVER_KEY = rf"HKLM\SOFTWARE\Classes\CLSID\{GUID}\LocalServer32"
UNSET_SERVER = {SERVER_KEY: {"ServerExecutable": r"C:\acme.exe"}}

#: Machines on which the registrations decide: the machine, and for both users verdict, link, view and explanation.
MACHINES: dict[str, tuple[dict[str, t.Any], tuple[t.Any, ...], tuple[t.Any, ...]]] = {
    "good": (desk([acme()]), ("present", None, None, ""), ("ready", None, None, "")),
    "view32": (
        desk([acme(views=["x64"])], "x86"),
        ("not_registered", "registration", "x86", "in the other view of the registry only"),
        ("not_registered", "registration", "x86", "this is the one that Office reads"),
    ),
    "view64": (desk([acme(views=["x64"])]), ("present", None, None, ""), ("ready", None, None, "")),
    "view6432": (
        desk([acme(views=["x86"])]),
        ("not_registered", "registration", "x64", "other view"),
        ("not_registered", "registration", "x64", "other view"),
    ),
    "either": (desk([acme(views=["x86"])], None), ("present", None, None, ""), ("ready", None, None, "")),
    "msi": (
        desk([acme(views=["x64"])]) | {"office": MSI},
        ("not_registered", "registration", "x86", "other view"),
        ("not_registered", "registration", "x86", "other view"),
    ),
    "garbage": (
        desk([acme(guid="{not a guid}", odd_guid=True)]),
        ("no_com_server", "com_server", "x64", "its GUID is '{not a guid}', which is not a CLSID"),
        ("no_com_server", "com_server", "x64", "not a CLSID"),
    ),
    "noguid": (
        desk([acme(guid=None)]),
        ("no_com_server", "com_server", "x64", "it has no GUID"),
        ("no_com_server", "com_server", "x64", "it has no GUID"),
    ),
    "nocom": (
        desk([acme(com_server=None)]),
        ("no_com_server", "com_server", "x64", f"no COM server is registered for {GUID}"),
        ("no_com_server", "com_server", "x64", "neither for all users nor for this one"),
    ),
    "unset": (
        desk([acme(com_server=None)]) | {"registry": UNSET_SERVER},
        ("no_com_server", "com_server", "x64", "no COM server"),
        ("no_com_server", "com_server", "x64", "no COM server"),
    ),
    "percom": (desk([acme(com_scope="user")]), ("present", None, None, ""), ("ready", None, None, "")),
    "percom32": (desk([acme(com_scope="user")], "x86"), ("present", None, None, ""), ("ready", None, None, "")),
    "percom64": (
        # The users' 64-bit classes are of no use to a 32-bit Office.
        desk([acme(com_scope="user", views=["x64"]), acme(name="Same", views=["x86"], com_server=None)], "x86", "Same"),
        ("no_com_server", "com_server", "x86", "no COM server"),
        ("no_com_server", "com_server", "x86", "no COM server"),
    ),
    "expand": (
        desk([acme(com_server=r"%ProgramFiles%\acme.exe")]), ("present", None, None, ""), ("ready", None, None, ""),
    ),
    "noprogram": (
        desk([acme(process_name=None)]),
        ("stale", "process", None, "no ProcessName is registered"),
        ("ready", None, None, ""),
    ),
    "quoting": (desk([acme(process_name=ODD_PROGRAM)]), ("present", None, None, ""), ("ready", None, None, "")),
}  # fmt: skip


@pytest.fixture(scope="module", params=["winrm", "psrp"])
def facts(request, tmp_path_factory):
    """Yield the facts of all machines, gathered in one run."""
    described = {name: one[0] for name, one in MACHINES.items()}
    described["people"] = {"providers": ["Lync", JABBER], "office": {"platform": "x64"}, "users": PEOPLE}
    with Fleet.load({"machines": described}) as fleet:
        gathered = gather(Ansible(fleet, request.param, tmp_path_factory.mktemp("facts")))
        for member in fleet:
            assert member.log.writes() == []
            assert our_mounts(member) == []
            assert member.machine.damage == []
        yield gathered


def test_verdicts_by_the_user_s_hive(facts):
    users = users_by_folder(facts["people"])
    for name, (verdict, link, running, explanation) in EXPECTED_PEOPLE.items():
        user = users[name]
        evidence = user["evidence"]
        assert (name, user["verdict"], evidence["link"], evidence["running"]) == (name, verdict, link, running)
        assert explanation in evidence["found"], name
        assert user["error"] is None
    assert len(users) == len(EXPECTED_PEOPLE)
    assert set(facts["people"]["summary"]["verdicts"]) == {verdict for verdict, *_unused in EXPECTED_PEOPLE.values()}
    assert facts["people"]["summary"]["defaults"] == {"Lync": 6, JABBER: 5, "": 5, "Zoom": 2, "Own": 1}


def test_keys_of_the_evidence(facts):
    users = users_by_folder(facts["people"])
    hive = rf"HKU\{users['ada']['sid']}\Software\IM Providers"
    assert users["ada"]["evidence"]["key"] == rf"{hive}\{JABBER}"
    assert users["gone"]["evidence"]["key"] == r"HKLM\SOFTWARE\IM Providers\Zoom"
    assert facts["nocom"]["users"][0]["evidence"]["key"] == SERVER_KEY
    assert facts["view32"]["users"][0]["evidence"]["key"] == r"HKLM\SOFTWARE\WOW6432Node\IM Providers\Acme"


def test_providers_of_a_user(facts):
    users = users_by_folder(facts["people"])
    states = {one["name"]: one for one in users["ada"]["providers"]}
    assert states["Lync"] == {"name": "Lync", "registered": "machine", "up_and_running": "running", "process": True}
    assert states[JABBER]["process"] is False
    own = {one["name"]: one for one in users["own"]["providers"]}["Own"]
    assert own == {"name": "Own", "registered": "user", "up_and_running": "running", "process": False}
    zoom = {one["name"]: one for one in users["stranger"]["providers"]}["Zoom"]
    assert zoom == {"name": "Zoom", "registered": "no", "up_and_running": "running", "process": None}
    assert {one["process"] for one in users["ready"]["providers"]} == {None}


@pytest.mark.parametrize("name", MACHINES)
def test_verdicts_by_the_machine_s_registrations(facts, name):
    _unused, *expected = MACHINES[name]
    users = users_by_folder(facts[name])
    for folder_name, (verdict, link, view, explanation) in zip(("sue", "tom"), expected, strict=True):
        user = users[folder_name]
        evidence = user["evidence"]
        assert (user["verdict"], evidence["link"], evidence["view"]) == (verdict, link, view), evidence
        assert explanation in evidence["found"]
        assert user["error"] is None


def test_facts_about_the_machine(facts):
    (provider,) = facts["view32"]["providers"]
    server = '"C:\\Program Files\\Acme\\Acme.exe"'
    assert provider == {
        "name": "Acme",
        "friendly_name": "Acme",
        "guid": GUID,
        "process_name": "acme.exe",
        "views": ["x64"],
        "com_server": {"x64": server},
        "complete": {"x64": True},
    }
    assert facts["view32"]["office"]["platform"] == "x86"
    assert facts["msi"]["office"] == {"version": "16.0", "platform": "x86"}
    assert facts["either"]["office"] is None
    (expand,) = facts["expand"]["providers"]
    assert expand["com_server"]["x64"] == r"%ProgramFiles%\acme.exe"
    for name in ("nocom", "unset", "percom"):
        (provider,) = facts[name]["providers"]
        assert provider["com_server"] == {"x64": None, "x86": None}, name
        assert provider["complete"] == {"x64": False, "x86": False}, name
