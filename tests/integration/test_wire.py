"""Connections that do not come about: which machine, where, what to do; and what a machine that never answers costs."""

from __future__ import annotations

import json

from tests.virtual_windows.fleet import Fleet
from tests.virtual_windows.protocol import Credentials

from .machines import ADA, machine
from .runner import Ansible
from .silence import silent

MODULES = {
    "default_im_app": {"name": "Lync"},
    "im_provider_facts": {},
    "presence_audit": {"name": "Lync"},
    "im_provider": {"name": "Lync", "state": "absent"},
}

SCHEME = {"winrm": "ansible_winrm_scheme", "psrp": "ansible_psrp_protocol"}
TIMES = {
    "winrm": {"ansible_winrm_read_timeout_sec": 2, "ansible_winrm_operation_timeout_sec": 1},
    "psrp": {"ansible_psrp_read_timeout": 2, "ansible_psrp_operation_timeout": 1},
}


def host_variables(ansible, **hosts):
    """Write an inventory with more variables of these hosts; return it as an option."""
    path = ansible.inventory.with_name("more.yml")
    path.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    return "-i", str(path)


def test_a_connection_that_fails_names_its_place_and_a_scheme_that_does_not_fit_is_told_as_such(start, connection):
    ansible = start(
        {
            "http": machine(ADA),
            "https": machine(ADA, scheme="https"),
            "off": machine(ADA, power="off"),
            "wrong": machine(ADA),
        }
    )
    variable = SCHEME[connection]
    more = host_variables(
        ansible, http={variable: "https"}, https={variable: "http"}, wrong={"ansible_password": "no-such-password"}
    )
    run = ansible.tasks([{"name": "it", "presence.office.default_im_app": {"name": "Lync"}}], *more)

    def told(host, scheme):
        member = ansible.fleet[host]
        done = run.of(host)
        assert done.status == "unreachable", done.result
        place, _colon, sentence = done.result["msg"].removeprefix("Task failed: ").partition(f" ({scheme}): ")
        assert place == f"{member.address}:{member.port}"
        return sentence

    assert told("http", "HTTPS") == (
        "what listens there speaks no TLS, but the inventory says HTTPS: "
        f"set {variable} to http or ansible_port to 5986"
    )
    assert told("https", "HTTP").endswith(
        f"; port 5986 is that of HTTPS, but the inventory says HTTP: set {variable} to https or ansible_port to 5985"
    )
    assert told("off", "HTTP") == "connection refused: no WinRM service listens there"
    assert told("wrong", "HTTP").startswith("the login was refused: ")


def test_a_machine_that_never_answers_costs_each_task_one_time_out(start, connection):
    ansible = start({"mute": machine(ADA)})
    tasks = [
        {"name": name, f"presence.office.{name}": options, "ignore_unreachable": True}
        for name, options in MODULES.items()
    ]
    with silent([ansible.fleet["mute"]]) as connected:
        run = ansible.tasks(tasks, *host_variables(ansible, mute=TIMES[connection]))

    assert [(one.task, one.status) for one in run.results] == [(name, "unreachable") for name in MODULES]
    for one in run.results:
        assert "no answer came within the read time-out" in one.result["msg"]
    assert len(connected) == len(MODULES)


def test_names_and_secrets_of_any_letter_work_or_are_told_which_login_can_carry_them(connection, tmp_path):
    secret = "пароль 密码 pä$$'\"<&>%!^€😀"
    fleet = Fleet.load(
        {
            "machines": {
                "ntlm": machine(ADA, transports=["ntlm"]),
                "basic": machine(ADA, transports=["basic"]),
                "line": machine(ADA, transports=["basic"]),
            }
        }
    )
    fleet.credentials = Credentials("Администратор", secret)
    with fleet:
        ansible = Ansible(fleet, connection, tmp_path)
        more = host_variables(ansible, line={"ansible_user": "ada", "ansible_password": "Passw0rd-ünd\n"})
        run = ansible.tasks([{"name": "it", "presence.office.default_im_app": {"name": "Lync"}}], *more, "-vvv")

    assert run.of("ntlm").status == "ok", run.of("ntlm").result
    assert [run.of(host).status for host in ("basic", "line")] == ["unreachable", "unreachable"]
    variable = {"winrm": "ansible_winrm_transport", "psrp": "ansible_psrp_auth"}[connection]
    assert (
        "basic authentication cannot carry the user name, which holds letters beyond Latin-1: "
        f"set {variable} to ntlm, credssp or kerberos" in run.of("basic").result["msg"]
    )
    assert "the password, which holds a control character (a line break at its end?)" in run.of("line").result["msg"]
    for part in (secret, "Passw0rd", "пароль", "😀", r"\u043f\u0430\u0440\u043e\u043b\u044c"):
        assert part not in run.output
