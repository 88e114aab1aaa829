"""Registry text is data: never evaluated, never a crash, bounded in the facts, and shown literally.

The facts of one fleet of awkward machines go through what playbooks do with facts: they are shown, put into
sentences, copied with `set_fact`, and kept in a cache of JSON files that a later run reads.
"""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.virtual_windows.fleet import Fleet

from .connections import connections
from .facts_support import MODULE, users_by_folder
from .machines import COMPLETE, JABBER
from .runner import Ansible

PWNED = "{{ lookup('ansible.builtin.pipe', 'touch SENTINEL && echo pwned') }}"
SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
FORMULA = "=cmd|' /C calc'!A0"
ESCAPES = "Ly\x1b[31mnc\x07"
BREAKS = "Lync\r\n\r\nHKEY_USERS\\x\r\n    UpAndRunning    REG_DWORD    0x2\r\n"
HUGE = "x" * 1_000_000
BINARY = {"type": "REG_BINARY", "data": "00" * 99_999}
MANY = 10_000
GUID = "{00425F68-FFC1-445F-8EDF-EF78B84BA1C7}"

#: The data of DefaultIMApp, and how the facts show it.
TEXTS = {
    "jinja": (PWNED, PWNED),
    "block": ("{% raw %}{#", "{% raw %}{#"),
    "script": (SCRIPT, SCRIPT),
    "image": (IMAGE, IMAGE),
    "formula": (FORMULA, FORMULA),
    "escapes": (ESCAPES, ESCAPES),
    # Text that imitates values is read as values; the user could write these values as well.
    "breaks": (BREAKS, "Lync\r\n\r\nHKEY_USERS\\x"),
    # reg.exe shows a text up to its NUL, and a lone surrogate cannot be written in UTF-8.
    "nul": ("Ly\0nc", "Ly"),
    "surrogate": ("Ly\ud800nc", "Ly\ufffdnc"),
    "huge": (HUGE, "x" * 255 + "…"),
    "emoji": ("Lync 🦄 日本語", "Lync 🦄 日本語"),
}


def signed_in(name, default, **more):
    return {"account": rf"CONTOSO\{name}", "signed_in": True, "default": default, **more}


def im_providers(names, values):
    return {rf"Software\IM Providers\{name}": values for name in names}


def described(sentinel):
    """Return the machines; their templates would create the file `sentinel` if they were evaluated."""

    def filled(text):
        return text.replace("SENTINEL", str(sentinel))

    texts = [signed_in(name, filled(text)) for name, (text, _unused) in TEXTS.items()]
    out = [{"account": rf"CONTOSO\{name}2", "default": filled(text)} for name, (text, _unused) in TEXTS.items()]
    parts = {
        "friendly_name": filled(PWNED),
        "process_name": filled(PWNED),
        "com_server": filled(PWNED),
    }
    subkeys = im_providers((f"A{n}" for n in range(MANY)), {"UpAndRunning": 1})
    lync = im_providers(["Lync"], {"UpAndRunning": 2})
    return {
        "texts": {"providers": [{"name": filled(PWNED).replace("\\", ""), **parts}, "Lync"], "users": [*texts, *out]},
        "huge": COMPLETE | {
            "providers": [
                {"name": "Big", "friendly_name": HUGE, "process_name": HUGE, "com_server": HUGE},
                {"name": "y" * 255, "guid": HUGE, "odd_guid": True, "com_server": None},
                JABBER,
            ],
            "users": [
                # The values before and after a megabyte are still read.
                signed_in(
                    "mega", JABBER,
                    registry={r"Software\IM Providers": {"Aaa": HUGE, "Bbb": BINARY}},
                    clients={JABBER: "running"},
                ),
            ],
        },
        "subkeys": COMPLETE | {
            "providers": ["Lync"],
            "users": [
                signed_in("many", "Lync", registry=subkeys | lync),
                {"account": r"CONTOSO\many2", "default": "Lync", "registry": subkeys},
            ],
        },
        "registrations": COMPLETE | {
            "office": {"platform": "x64"},
            "providers": ["Lync"],
            "registry": {
                rf"HKLM\SOFTWARE\IM Providers\A{n}": {"GUID": GUID} for n in range(MANY)
            },
            "users": [signed_in("sue", "Lync", clients={"Lync": "running"})],
        },
    }  # fmt: skip


PLAY: list[dict[str, t.Any]] = [
    {"name": "facts", MODULE: None},
    {"name": "var", "ansible.builtin.debug": {"var": "ansible_facts.im_presence"}},
    {"name": "msg", "ansible.builtin.debug": {"msg": "Look: {{ ansible_facts.im_presence.users }}"}},
    {
        "name": "copy",
        "ansible.builtin.set_fact": {
            "copied": "{{ ansible_facts.im_presence }}",
            "counted": "{{ ansible_facts.im_presence.summary.defaults }}",
        },
    },
    {"name": "again", "ansible.builtin.debug": {"msg": "{{ copied.users | map(attribute='default') | list }}"}},
    {"name": "keys", "ansible.builtin.debug": {"msg": "{{ counted | dict2items }}"}},
]


@pytest.fixture(scope="module", params=connections(__name__))
def gathered(request, tmp_path_factory):
    """Yield a run that gathers facts, a later run that reads them from the cache, and the sentinel's path."""
    folder = tmp_path_factory.mktemp("facts")
    sentinel = folder / "pwned"
    with pytest.MonkeyPatch.context() as patch, Fleet.load({"machines": described(sentinel)}) as fleet:
        patch.setenv("ANSIBLE_CACHE_PLUGIN", "ansible.builtin.jsonfile")
        patch.setenv("ANSIBLE_CACHE_PLUGIN_CONNECTION", str(folder / "cache"))
        ansible = Ansible(fleet, request.param, folder)
        first = ansible.tasks(PLAY)
        later = ansible.tasks(PLAY[1:])
        assert not sentinel.exists()
        yield first, later, str(sentinel)


def test_the_run_succeeds_with_and_without_a_cache(gathered):
    for run in gathered[:2]:
        assert run.code == 0, run.output[-3000:]
        assert "Traceback" not in run.output


def test_every_text_is_shown_literally_and_nothing_is_evaluated(gathered):
    first, later, sentinel = gathered
    for run in (first, later):
        facts = run.of("texts", "var").result["ansible_facts.im_presence"]
        again = dict(zip(users_by_folder(facts), run.of("texts", "again").result["msg"], strict=True))
        for name, (_unused, shown) in TEXTS.items():
            expected = shown.replace("SENTINEL", sentinel)
            expected = expected if len(expected) < 256 else f"{expected[:255]}…"
            for who in (name, f"{name}2"):
                user = users_by_folder(facts)[who]
                assert user["default"] == again[who] == expected, who
                assert user["verdict"] in ("not_registered", "shadowed", "not_running", "ready"), who
                assert user["evidence"]["found"].isprintable(), who
        (provider,) = [one for one in facts["providers"] if one["name"] != "Lync"]
        assert provider["friendly_name"] == PWNED.replace("SENTINEL", sentinel)
        assert provider["com_server"]["x64"] == PWNED.replace("SENTINEL", sentinel)
        assert "lookup(" in run.of("texts", "msg").result["msg"]


def test_the_facts_are_bounded_and_list_what_was_truncated(gathered):
    first, _unused, _unused = gathered
    facts = {host: first.of(host, "facts").result["ansible_facts"]["im_presence"] for host in described("x")}

    assert all(len(json.dumps(one)) < 200_000 for one in facts.values())
    assert facts["texts"]["truncated"] == []
    assert facts["subkeys"]["truncated"] == ["users: not all providers of 2 users are listed (at most 32 each)"]
    assert "providers: 64 of 10001 providers are listed" in facts["registrations"]["truncated"]
    assert len(facts["registrations"]["providers"]) == 64
    big, long, _unused = sorted(
        facts["huge"]["providers"], key=lambda one: ["Big", "y" * 255, JABBER].index(one["name"])
    )
    assert (len(big["friendly_name"]), len(big["com_server"]["x64"])) == (256, 1025)
    assert long["complete"]["x64"] is False


def test_the_verdict_is_right_among_thousands_of_keys(gathered):
    first, _unused, _unused = gathered
    facts = {host: first.of(host, "facts").result["ansible_facts"]["im_presence"] for host in described("x")}

    assert facts["huge"]["users"][0]["verdict"] == "present"
    assert facts["registrations"]["users"][0]["verdict"] == "present"
    many, many2 = facts["subkeys"]["users"]
    assert (many["verdict"], many2["verdict"]) == ("stale", "ready")
    assert {"name": "Lync", "registered": "machine", "up_and_running": "running", "process": False} in many["providers"]
    assert len(many["providers"]) == 32
