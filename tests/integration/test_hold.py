"""Holding defaults by one task, with real Ansible: against clients that fight, by polling and by events.

The machines' clocks run a hundred times as fast: a client that is back after 100 of their seconds is back after one of
ours. Shares of time and whatever takes long: `tests/unit/plugins/presence/hold`.
"""

from __future__ import annotations

from .machines import JABBER, machine

TASK = "presence.office.default_im_app : Default IM provider of every user"


def fought_over(**more):
    """Return a machine on which Jabber takes the default back after a second."""
    fighting = {"state": "running", "fights": True, "fights_after": 100}
    ada = {
        "account": r"CONTOSO\ada",
        "signed_in": True,
        "default": JABBER,
        "clients": {"Lync": "running", JABBER: fighting},
    }
    return machine(ada, **more)


def test_a_task_holds_the_default_and_names_who_comes_back(start):
    ansible = start({"polled": fought_over(), "told": fought_over(), "old": fought_over(events=False)})
    run = ansible.tasks(
        [
            {
                "name": "cut off",
                "presence.office.default_im_app": {"name": "Lync", "hold": 10},
                "timeout": 35,
                "ignore_errors": True,
            },
            {
                "name": "compared",
                "presence.office.default_im_app": {"name": "Lync", "hold": 900},
                "check_mode": True,
            },
            {"name": "held", "ansible.builtin.import_role": {"name": "presence.office.default_im_app"}},
        ],
        default_im_app_name="Lync",
        default_im_app_hold=4,
        default_im_app_hold_interval=1,
        default_im_app_watch="{{ 'poll' if inventory_hostname == 'polled' else 'events' }}",
        default_im_app_contested="{{ 'fail' if inventory_hostname == 'told' else 'warn' }}",
    )

    refused = run.of("polled", "cut off")
    assert refused.status == "failed"
    assert "10 seconds do not fit into this task's timeout of 35 seconds" in refused.result["msg"]
    assert run.of("polled", "compared").result.get("hold") is None
    # The role does not read again what a hold has read; that task is skipped.
    results = {one.host: one for one in run.results if one.task == TASK and one.status != "skipped"}
    assert {host: one.status for host, one in results.items()} == {"polled": "ok", "told": "failed", "old": "ok"}
    for host, one in results.items():
        (user,) = one.result["users"]
        (fighter,) = user["contested"]
        assert (user["after"], user["restored"] >= 2) == ("Lync", True), host
        assert (fighter["provider"], fighter["program"], fighter["running"]) == (JABBER, "CiscoJabber.exe", True)
        member = ansible.fleet[host]
        written = {(it.method, it.parameters["sValueName"]) for it in member.log.writes()}
        assert written == {("SetStringValue", "DefaultIMApp")}
        assert (member.server.subscriptions.all(), member.server.shells) == ([], [])
    assert {host: one.result["hold"]["watch"] for host, one in results.items()} == {
        "polled": "poll",
        "told": "events",
        "old": "poll",
    }
    assert results["told"].result["reason"] == "contested"
    assert len(results["old"].result["warnings"]) == 2
