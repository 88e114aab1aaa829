"""The audit as a gate in CI: ansible-core's junit callback, with the variables from docs/ci.md."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from .machines import ADA, JABBER, machine

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ci.md"
BOB = {"account": r"CONTOSO\bob", "default": JABBER}
CYD = {"account": r"CONTOSO\cyd", "default": "Lync"}


def test_every_host_is_one_test_case(start, tmp_path, monkeypatch):
    exported = dict(re.findall(r"^export (\w+)='?([^'\n]+)'?$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    fleet = {"shadowed": machine(ADA), "fine": machine(BOB), "off": machine(BOB, power="off")}
    ansible = start(fleet | {"held": machine(BOB, CYD), "denied": machine(BOB)})
    ansible.fleet["denied"].machine.administrators.clear()
    ansible.fleet["held"].machine.hold_hive(BOB["account"])
    for name, value in exported.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JUNIT_OUTPUT_DIR", str(tmp_path / "reports"))

    run = ansible.playbook(
        "presence.office.audit", default_im_app_name=JABBER, default_im_app_audit_verdicts=["shadowed"]
    )

    assert run.code == 4
    (report,) = (tmp_path / "reports").glob("*.xml")
    cases = {
        case.get("name", "").partition("]")[0].strip("["): case for case in ET.parse(report).getroot().iter("testcase")
    }
    # Whether a failed task is a failure or an error depends on the version of ansible-core; pipelines show both.
    failed = {host: case.findall("failure") + case.findall("error") for host, case in cases.items()}
    assert {host: bool(elements) for host, elements in failed.items()} == {
        "shadowed": True,
        "fine": False,
        "held": True,
        "denied": True,
    }
    message = ET.tostring(cases["shadowed"], encoding="unicode")
    assert "Lync does; Office connects to Cisco Jabber only" in message
    # A machine that answers and cannot be audited is a test case as well.
    assert "the account is not an administrator of this machine" in ET.tostring(cases["denied"], encoding="unicode")
    # One user's trouble does not hide another's drift.
    both = ET.tostring(cases["held"], encoding="unicode")
    assert r"CONTOSO\cyd: Lync -&gt; Cisco Jabber" in both
    assert r"CONTOSO\bob is unknown: C:\Users\bob\NTUSER.DAT could not be mounted" in both
