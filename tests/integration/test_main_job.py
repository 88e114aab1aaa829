"""The main job: the article's case, every kind of hive, awkward names, and a second run that does nothing."""

from __future__ import annotations

from .machines import ADA, JABBER, machine, our_mounts


def by_folder(result):
    return {user["profile"].rpartition("\\")[2]: user for user in result["users"]}


def test_the_case_of_the_article_is_fixed_by_one_task_and_a_second_run_writes_nothing(start):
    ansible = start({"desk1": machine(ADA)})
    member = ansible.fleet["desk1"]

    first = ansible.module("desk1", name="Lync")
    assert (first.status, first.result["changed"]) == ("ok", True)
    (user,) = first.result["users"]
    assert (user["account"], user["before"], user["after"]) == (r"CONTOSO\ada", JABBER, "Lync")
    assert (user["hive"], user["changed"], user["reason"], user["error"]) == ("loaded", True, "other_provider", None)
    assert member.machine.default_of(r"CONTOSO\ada") == "Lync"

    member.log.clear()
    second = ansible.module("desk1", name="Lync")
    assert (second.result["changed"], second.result["msg"]) == (False, "nothing to change for 1 user")
    assert member.log.writes() == []
    assert member.log.programs == []


def test_every_kind_of_hive(start):
    users = [
        ADA,
        {"account": r"CONTOSO\bob", "default": JABBER},
        {"account": r"CONTOSO\eve"},  # comes from the template
        {"account": r"CONTOSO\num", "default": 7, "default_type": "REG_DWORD"},
        {"account": r"CONTOSO\exp", "default": "Lync", "default_type": "REG_EXPAND_SZ"},
        {"account": r"CONTOSO\low", "default": "LYNC"},
        {"account": r"CONTOSO\gone", "default": JABBER, "profile": "deleted_account"},
        {"account": r"CONTOSO\man", "default": JABBER, "profile": "mandatory"},
        {"account": r"CONTOSO\tmp", "profile": "temporary", "signed_in": True},
        {"account": r"CONTOSO\bad", "profile": "corrupted"},
        {"account": r"CONTOSO\disk", "profile": "no_hive"},
    ]
    # In German, since no output of reg.exe may be interpreted by its wording.
    ansible = start({"desk1": machine(*users, default_profile={"default": JABBER}, language="de")})
    member = ansible.fleet["desk1"]

    done = ansible.module("desk1", name=["MsTeams", "lync"], profiles=["loaded", "unloaded", "default"])

    assert done.status == "ok", done.result["msg"]
    results = {
        name: (user["hive"], user["before"], user["after"], user["reason"])
        for name, user in by_folder(done.result).items()
    }
    (temporary,) = [name for name in results if name.upper().startswith("TEMP")]
    assert results == {
        "ada": ("loaded", JABBER, "Lync", "other_provider"),
        "bob": ("unloaded", JABBER, "Lync", "other_provider"),
        "eve": ("unloaded", JABBER, "Lync", "other_provider"),
        "num": ("unloaded", None, "Lync", "wrong_type"),
        "exp": ("unloaded", None, "Lync", "wrong_type"),
        "low": ("unloaded", "LYNC", "LYNC", "as_wanted"),
        "gone": ("unloaded", JABBER, "Lync", "other_provider"),
        "man": ("unloaded", None, None, "mandatory"),
        temporary: ("loaded", None, None, "temporary"),
        "bad": ("unloaded", None, None, "corrupted"),
        "disk": ("unloaded", None, None, "no_hive_file"),
        "Default": ("default", JABBER, "Lync", "other_provider"),
    }
    assert done.result["summary"] == {"users": 12, "changed": 7, "unchanged": 1, "skipped": 4, "failed": 0}
    assert done.result["provider"] == {
        "name": "Lync",
        "reason": "registered",
        "views": ["x64"],
        "passed_over": [{"name": "MsTeams", "reason": "not usable"}],
    }
    assert by_folder(done.result)["gone"]["account"] is None
    changed = [r"CONTOSO\ada", r"CONTOSO\bob", r"CONTOSO\eve", r"CONTOSO\num", r"CONTOSO\exp", "gone", ".Default"]
    assert [member.machine.default_of(account) for account in changed] == ["Lync"] * 7
    assert our_mounts(member) == []
    assert member.machine.damage == []


def test_with_unloaded_hives_a_second_run_reads_and_writes_nothing(start):
    ansible = start({"desk1": machine(ADA, {"account": r"CONTOSO\bob", "default": JABBER})})
    member = ansible.fleet["desk1"]
    ansible.module("desk1", name="Lync")
    before = member.machine.dump()

    member.log.clear()
    second = ansible.module("desk1", name="Lync")

    assert second.result["changed"] is False
    assert member.log.writes() == []
    assert [line for line in member.log.programs if "add" in line.split() or "delete" in line.split()] == []
    assert member.machine.dump()["hives"] == before["hives"]


def test_names_and_paths_that_look_like_syntax_are_data(start):
    """By typed calls and by the command: a name in the registry, a folder, an old value."""
    special = [
        "O'Neil & Söhne",
        "100% ^caret^",
        "wow!! !mark!",
        "a (b) ,;=",
        "日本 語",
        "%PATH%",
        "x ^& del y",
        "& ver",
    ]
    provider = 'A"b" %PATH% !mark! ^& ver | más <x> 日本'
    users = [
        {"account": rf"CONTOSO\u{n}", "path": rf"C:\Users\{name}", "default": name} for n, name in enumerate(special)
    ]
    described = machine(ADA, *users, default_profile={"default": JABBER})
    described["providers"] = [{"name": provider}, JABBER, "Lync"]
    ansible = start({"desk1": described})
    member = ansible.fleet["desk1"]

    one = ansible.module("desk1", name=[provider], profiles=["loaded"])
    assert (one.status, one.result["changed"]) == ("ok", True), one.result["msg"]
    assert member.machine.default_of(r"CONTOSO\ada") == provider

    rest = ansible.module("desk1", name=[provider], profiles=["unloaded", "default"], record_previous=True)

    assert rest.status == "ok", rest.result["msg"]
    assert [user["before"] for user in rest.result["users"]][:-1] == special
    assert [member.machine.default_of(rf"CONTOSO\u{n}") for n in range(len(special))] == [provider] * len(special)
    hives = member.machine.dump()["hives"]
    for name in special:
        key = hives[rf"C:\Users\{name}\NTUSER.DAT"][rf"Software\IM Providers\{provider}"]
        assert key["PreviousDefaultIMApp"] == ["REG_SZ", name]
    assert our_mounts(member) == []
    assert ansible.module("desk1", name=[provider], profiles=["unloaded", "default"]).result["changed"] is False


def test_a_machine_that_expands_exclamation_marks_by_itself_is_refused_and_nothing_becomes_syntax(start):
    """WinRM starts our command in a cmd of its own, which obeys DelayedExpansion in the registry."""
    provider = 'x" & reg add HKLM\\SOFTWARE\\Pwned /f & rem "'.replace("\\", "")
    described = machine({"account": "bob", "default": JABBER})
    described["providers"] = [{"name": provider}]
    described["registry"] = {r"HKLM\SOFTWARE\Microsoft\Command Processor": {"DelayedExpansion": 1}}
    ansible = start({"desk1": described})
    member = ansible.fleet["desk1"]

    done = ansible.module("desk1", name=[provider])

    assert done.status == "failed"
    assert "DelayedExpansion" in done.result["msg"]
    assert not [line for line in member.log.programs if line.startswith("reg add")]
    assert member.machine.default_of("bob") == JABBER
    assert our_mounts(member) == []


def test_line_breaks_in_one_hive_cannot_forge_the_output_of_another(start):
    forged = "Lync\r\n\r\nHKEY_USERS\\x\r\n    DefaultIMApp    REG_SZ    Lync\r\n"
    ansible = start(
        {"desk1": machine({"account": "mallory", "default": forged}, {"account": "bob", "default": JABBER})}
    )

    done = ansible.module("desk1", name="Lync")

    assert [user["before"] for user in done.result["users"]] == [forged, JABBER]
    assert done.result["summary"]["changed"] == 2
