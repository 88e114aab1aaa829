"""Every way to log in, over both connections, and every way in which each can fail."""

from __future__ import annotations

import json

import pytest
from ansible.release import __version__ as ansible_version

from tests.integration.machines import JABBER, our_mounts

from .login_cases import CONNECTIONS, DONE, login_cases
from .login_runs import REPORT
from .results_table import PATH, message, render
from .secret_scan import secret_forms

CASES = [
    pytest.param(connection, case, id=f"{connection}-{case.name}")
    for connection in CONNECTIONS
    for case in login_cases()
    if case.variables(connection) is not None
]
USERS = (r"CONTOSO\ada", r"CONTOSO\bob")


@pytest.mark.parametrize(("connection", "case"), CASES)
def test_login(outcomes, connection, case):
    outcome = outcomes[connection]
    member = outcome.fleet[case.name]
    enforce, facts = (outcome.run.of(case.name, task) for task in ("enforce", "facts"))
    expected = case.expects(connection)

    assert our_mounts(member) == []
    assert member.server.shells == []
    if expected == DONE:
        assert (enforce.status, facts.status) == ("ok", "ok"), (enforce.result, facts.result)
        assert enforce.result["summary"]["changed"] == 2
        assert len(facts.result["ansible_facts"]["im_presence"]["users"]) == 2
        assert {member.machine.default_of(user) for user in USERS} == {"Lync"}
        messages = [entry for entry in member.log.entries if not entry.authentication]
        assert messages
        if case.sealed:
            assert all(entry.encrypted for entry in messages)
    else:
        for task in (enforce, facts):
            assert task.status == "unreachable", task.result
            assert expected.replace("{address}", member.address) in task.result["msg"]
            assert "\n" not in task.result["msg"]
        assert {member.machine.default_of(user) for user in USERS} == {JABBER}


def test_other_modules_get_to_a_machine_by_several_methods_where_we_do(outcomes):
    outcome = outcomes["winrm"]
    tried = [case for case in outcome.cases if case.name.startswith("tried-")]
    assert len(tried) > 5
    for case in tried:
        reached = outcome.run.of(case.name, "other").status != "unreachable"
        # Where kinit fails, Ansible gives up; we go on to the next method.
        assert reached == (case.expects("winrm") == DONE and case.name != "tried-no-kinit"), case.name


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_the_report_says_why_a_machine_did_not_answer(outcomes, connection):
    outcome = outcomes[connection]
    report = json.loads((outcome.folder / REPORT / "presence.json").read_text(encoding="utf-8"))
    shown = json.dumps(report, ensure_ascii=False)
    for case in outcome.cases:
        if case.expects(connection) != DONE:
            expected = message(outcome.run.of(case.name, "facts").result["msg"])
            assert json.dumps(expected, ensure_ascii=False)[1:40] in shown, case.name


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_no_secret_is_shown_anywhere(outcomes, connection):
    outcome = outcomes[connection]
    outputs = {"output of -vvvvv": outcome.run.output}
    for path in [outcome.folder / "record.jsonl", *sorted((outcome.folder / REPORT).iterdir())]:
        outputs[path.name] = path.read_text(encoding="utf-8")
    assert len(outputs) == 5
    # Make sure that the search would find the secrets, and that there is enough output to show them.
    known = outcome.secrets
    secrets = list(secret_forms((known.password, known.wrong), known.keys))
    inventory = "".join(
        (outcome.folder / name).read_text(encoding="utf-8") for name in ("inventory.yml", "login_cases.yml")
    )
    assert len([one for one in secrets if one in inventory]) == 2
    if tuple(map(int, ansible_version.split(".")[:2])) >= (2, 19):
        assert "Traceback (most recent call last)" in outcome.run.output
    assert outcome.run.output.count("ESTABLISH WINRM CONNECTION FOR USER") > 50 or connection == "psrp"

    for place, text in outputs.items():
        for secret in secrets:
            assert secret not in text, f"{place} shows a secret"


def test_the_table_in_the_documentation_is_this_one(outcomes, pytestconfig):
    document = PATH.read_text(encoding="utf-8")
    text = render(outcomes, document)
    if pytestconfig.getoption("--write-table"):
        PATH.write_text(text, encoding="utf-8")
    else:
        assert document == text, "docs/reliability.md is stale: make authentication ARGS=--write-table"
