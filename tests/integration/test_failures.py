"""A failure of one hive does not affect others; a failure of one machine does not affect others."""

from __future__ import annotations

import pytest

from tests.virtual_windows.protocol import Fault, FaultStyle, fault_codes

from .machines import ADA, JABBER, machine, our_mounts

BOB = {"account": r"CONTOSO\bob", "default": JABBER}
EVE = {"account": r"CONTOSO\eve", "default": JABBER}


def errors(done):
    """Return the error of each user, by profile folder."""
    return {user["profile"].rpartition("\\")[2]: user["error"] for user in done.result["users"]}


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("denied", ["read", "write"])
def test_one_user_s_broken_hive_fails_the_task_and_affects_no_other(start, signed_in, denied):
    broken = BOB | {"signed_in": signed_in, "denied": [denied]}
    ansible = start({"desk1": machine(ADA, broken, EVE | {"signed_in": signed_in})})
    member = ansible.fleet["desk1"]

    done = ansible.module("desk1", name="Lync")

    assert done.status == "failed"
    assert done.result["changed"] is True
    assert done.result["msg"].startswith(r"failed for 1 of 3 users (CONTOSO\bob: ")
    assert [name for name, error in errors(done).items() if error] == ["bob"]
    assert member.machine.default_of(r"CONTOSO\ada") == "Lync"
    assert member.machine.default_of(r"CONTOSO\eve") == "Lync"
    assert member.machine.default_of(r"CONTOSO\bob") == JABBER
    assert our_mounts(member) == []


def test_a_hive_held_by_a_program_is_reported_and_changed_by_a_later_run(start):
    ansible = start({"desk1": machine(BOB, EVE)})
    member = ansible.fleet["desk1"]
    member.machine.hold_hive(r"CONTOSO\bob")

    done = ansible.module("desk1", name="Lync")
    assert done.status == "failed"
    assert "NTUSER.DAT could not be mounted: it is in use" in errors(done)["bob"]
    assert member.machine.default_of(r"CONTOSO\eve") == "Lync"

    member.machine.release()
    assert ansible.module("desk1", name="Lync").result["summary"]["changed"] == 1


def on_program(member, part, action):
    """Call `action` once, when the machine is about to start a program with `part` in its line."""
    seen: list[str] = []

    def observe(line):
        if part in line and not seen:
            seen.append(line)
            action()

    member.server.observers.append(observe)
    return seen


def test_a_user_who_signs_in_meanwhile_is_changed_in_the_loaded_hive(start):
    ansible = start({"desk1": machine(BOB, EVE)})
    member = ansible.fleet["desk1"]
    seen = on_program(member, r"C:\Users\bob\NTUSER.DAT", lambda: member.machine.sign_in(r"CONTOSO\bob"))

    done = ansible.module("desk1", name="Lync")

    assert seen
    assert done.status == "ok", done.result["msg"]
    assert {user["account"]: user["hive"] for user in done.result["users"]} == {
        r"CONTOSO\bob": "loaded",
        r"CONTOSO\eve": "unloaded",
    }
    assert member.machine.default_of(r"CONTOSO\bob") == "Lync"
    assert member.machine.damage == []


def test_a_user_who_signs_out_meanwhile_is_changed_in_the_unloaded_hive(start):
    ansible = start({"desk1": machine(ADA, EVE)})
    member = ansible.fleet["desk1"]
    seen = on_program(member, "reg", lambda: member.machine.sign_out(r"CONTOSO\ada"))

    done = ansible.module("desk1", name="Lync")

    assert seen
    assert done.status == "ok", done.result["msg"]
    assert [user["hive"] for user in done.result["users"]] == ["unloaded", "unloaded"]
    assert member.machine.default_of(r"CONTOSO\ada") == "Lync"


def test_a_user_who_signs_out_before_the_typed_call_is_changed_by_the_command(start):
    ansible = start({"desk1": machine(ADA)})
    member = ansible.fleet["desk1"]

    def sign_out(request, stage):
        if stage == "received" and request.method == "GetStringValue" and member.machine.sessions:
            member.machine.sign_out(r"CONTOSO\ada")

    member.server.interceptors.append(sign_out)
    done = ansible.module("desk1", name="Lync")

    assert done.status == "ok", done.result["msg"]
    assert [(user["hive"], user["after"]) for user in done.result["users"]] == [("unloaded", "Lync")]


def test_our_leftover_is_released_and_the_mount_of_others_is_not_touched(start):
    ansible = start({"desk1": machine(BOB, EVE)})
    member = ansible.fleet["desk1"]
    member.machine.registry.load_hive(r"HKEY_USERS\presence.office.0a1b2c3d.7", r"C:\Users\bob\NTUSER.DAT")
    member.machine.registry.load_hive(r"HKEY_USERS\presence-office", r"C:\Users\eve\NTUSER.DAT")

    done = ansible.module("desk1", name="Lync")

    assert {name: error is None for name, error in errors(done).items()} == {"bob": True, "eve": False}
    mounts = list(member.machine.dump()["mounts"])
    assert [path for path in mounts if path.endswith("presence-office")]
    assert our_mounts(member) == []


def test_a_hive_that_cannot_be_released_fails_and_is_named_and_the_next_run_releases_it(start):
    ansible = start({"desk1": machine(BOB, EVE)})
    member = ansible.fleet["desk1"]
    held = []

    def hold():
        (mount,) = our_mounts(member)
        held.append(member.machine.hold_key(rf"{mount}\Software").path)

    on_program(member, "reg query", lambda: on_program(member, "DefaultIMApp", hold))
    done = ansible.module("desk1", name="Lync")

    assert held
    assert done.status == "failed"
    assert [user["changed"] for user in done.result["users"]] == [False, False]
    assert r"stayed mounted at HKU\presence.office." in errors(done)["bob"]
    assert our_mounts(member)[0].replace("HKEY_USERS", "reg unload HKU") in errors(done)["bob"]
    # Nothing more was mounted.
    assert r"C:\Users\eve\NTUSER.DAT was not looked at: " in errors(done)["eve"]

    member.machine.release()
    assert ansible.module("desk1", name="Lync").status == "ok"
    assert our_mounts(member) == []


def test_machines_that_are_off_or_refuse_us_are_unreachable_and_the_others_are_changed(start):
    ansible = start(
        {
            "on": machine(ADA),
            "off": machine(ADA, power="off"),
            "wrong": machine(ADA),
            "ntlm": machine(ADA, transports=["ntlm"]),
        }
    )
    play = [{"name": "it", "presence.office.default_im_app": {"name": "Lync"}}]
    inventory = ansible.inventory.with_name("wrong.yml")
    inventory.write_text("all: {hosts: {wrong: {ansible_password: no-such-password}}}", encoding="utf-8")

    run = ansible.tasks(play, "-i", str(inventory))

    assert {host: run.of(host).status for host in ("on", "off", "wrong", "ntlm")} == {
        "on": "ok",
        "off": "unreachable",
        "wrong": "unreachable",
        "ntlm": "ok",
    }
    assert "connection refused: no WinRM service listens there" in run.of("off").result["msg"]
    assert "the login was refused: wrong user name or password" in run.of("wrong").result["msg"]
    assert "no-such-password" not in run.output
    assert run.code == 4


def test_a_connection_other_than_winrm_and_psrp_gets_a_clear_message(start):
    ansible = start({"desk1": machine(ADA)})
    done = ansible.tasks([{"presence.office.default_im_app": {"name": "Lync"}}], "-e", "ansible_connection=local")

    assert done.of("desk1").status == "failed"
    assert done.of("desk1").result["msg"] == (
        "presence.office speaks WS-Management and needs the connection 'winrm' or 'psrp', but this host uses 'local': "
        "set ansible_connection to winrm or psrp in the inventory"
    )


@pytest.mark.parametrize("style", list(FaultStyle))
def test_a_busy_machine_is_retried_in_either_style_of_fault(start, style):
    ansible = start({"desk1": machine(ADA, BOB)})
    member = ansible.fleet["desk1"]
    member.server.fault_style = style
    refused = []

    def refuse(request, stage):
        if stage == "received" and request.kind in ("Enumerate", "Create") and request.kind not in refused:
            refused.append(request.kind)
            raise Fault(fault_codes.MAX_SHELLS if request.kind == "Create" else fault_codes.MAX_OPERATIONS)

    member.server.interceptors.append(refuse)
    done = ansible.module("desk1", name="Lync")

    assert refused == ["Enumerate", "Create"]
    assert done.status == "ok", done.result["msg"]


def test_an_account_that_is_no_administrator_gets_a_clear_message(start):
    ansible = start({"desk1": machine(ADA)})
    ansible.fleet["desk1"].machine.administrators.clear()

    done = ansible.module("desk1", name="Lync")

    assert done.status == "failed"
    assert "the account is not an administrator of this machine, or UAC filters its token" in done.result["msg"]


@pytest.mark.parametrize("transport", [["basic"], ["ntlm"]])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_transport_of_the_virtual_machine(start, scheme, transport):
    ansible = start({"desk1": machine(ADA, BOB, transports=transport, scheme=scheme)})

    done = ansible.module("desk1", name="Lync")

    assert done.status == "ok", done.result
    assert done.result["summary"]["changed"] == 2
    assert ansible.fleet["desk1"].server.shells == []


def test_several_winrm_transports_are_tried_in_order(start, connection):
    if connection != "winrm":
        # psrp takes one authentication method: nothing to test.
        return
    ansible = start({"desk1": machine(ADA, transports=["ntlm"])})
    run = ansible.tasks(
        [{"presence.office.default_im_app": {"name": "Lync"}}], ansible_winrm_transport=["basic", "ntlm"]
    )

    assert run.of("desk1").status == "ok", run.of("desk1").result


@pytest.mark.parametrize(("others", "after"), [([], None), ([BOB], JABBER)], ids=["typed calls", "command"])
def test_what_cannot_be_recorded_is_not_overwritten(start, others, after):
    """A failed typed call says nothing about the current value; the command reads it again."""
    ansible = start({"desk1": machine(ADA, *others)})
    member = ansible.fleet["desk1"]
    key = member.machine.user_key(r"CONTOSO\ada") + r"\Software\IM Providers\Lync"
    member.machine.registry.create_key(key)
    member.machine.registry.deny(key, "write")

    done = ansible.module("desk1", name="Lync", record_previous=True)

    assert done.status == "failed"
    ada = next(user for user in done.result["users"] if user["profile"].endswith("ada"))
    assert (ada["changed"], ada["before"], ada["after"]) == (False, JABBER, after)
    assert member.machine.default_of(r"CONTOSO\ada") == JABBER
    assert done.result["changed"] is bool(others)
