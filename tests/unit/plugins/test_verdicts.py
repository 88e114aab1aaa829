"""Every verdict is described, and all documentation that lists verdicts agrees with their one table."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
import yaml

from ansible_collections.presence.office.plugins.modules.im_provider_facts import RETURN
from ansible_collections.presence.office.plugins.plugin_utils.verdicts import (
    ALL_DESCRIPTIONS,
    DESCRIPTIONS,
    SKIP_REASONS,
    UNKNOWN,
    Verdict,
    describe,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import SkipReason

CHECKOUT = Path(__file__).resolve().parents[3]
ROLE = CHECKOUT / "roles" / "default_im_app" / "meta" / "argument_specs.yml"
REPORT = CHECKOUT / "docs" / "report.md"
SCHEMA = CHECKOUT / "docs" / "report.schema.json"
USERS = yaml.safe_load(RETURN)["ansible_facts"]["contains"]["im_presence"]["contains"]["users"]["contains"]


def placeholders(template):
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name}


def test_every_verdict_is_described():
    assert set(DESCRIPTIONS) == set(Verdict)
    assert set(ALL_DESCRIPTIONS) == {verdict.value for verdict in Verdict} | {UNKNOWN}


@pytest.mark.parametrize("verdict", Verdict)
def test_a_description_is_complete(verdict):
    description = DESCRIPTIONS[verdict]
    assert all([description.label, description.definition, description.meaning, description.summary])
    assert placeholders(description.summary) <= {"app", "running"}
    assert (description.help is not None) == (description.kind == "bad")
    if description.help:
        texts = (description.help.title, description.help.why, description.help.fix)
        assert all(texts)
        assert all(placeholders(text) <= {"app", "other"} for text in texts)


def test_labels_differ():
    assert len({description.label for description in ALL_DESCRIPTIONS.values()}) == len(ALL_DESCRIPTIONS)


def test_what_is_fine():
    """What is not known, or not there, is nothing to repair; what is not over yet is not fine."""
    fine = {Verdict.PRESENT, Verdict.READY, Verdict.UNCONFIRMED, Verdict.NO_OFFICE}
    assert {verdict for verdict in Verdict if verdict.is_fine} == fine
    kinds = {verdict: DESCRIPTIONS[verdict].kind for verdict in Verdict}
    assert {kinds[verdict] for verdict in (Verdict.UNCONFIRMED, Verdict.NO_OFFICE)} == {"unknown"}
    assert [verdict for verdict in Verdict if kinds[verdict] == "wait"] == [Verdict.STARTING]


def test_a_verdict_of_a_newer_version():
    assert (describe("new").label, describe("new").kind) == ("new", "unknown")


def test_the_audit_takes_every_verdict():
    options = yaml.safe_load(ROLE.read_text(encoding="utf-8"))["argument_specs"]["audit"]["options"]
    named = re.findall(r"V\((\w+)\)", options["default_im_app_audit_verdicts"]["description"][0])
    assert named == [verdict.value for verdict in Verdict]


def test_the_module_documents_every_verdict():
    *documented, null = USERS["verdict"]["description"]
    assert documented == [f"V({verdict.value}) - {DESCRIPTIONS[verdict].definition}" for verdict in Verdict]
    assert null.startswith("Null ")


def test_the_report_documents_every_verdict():
    section = REPORT.read_text(encoding="utf-8").partition("\n## The results\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    assert rows[2:] == [
        f"| {description.label} | `{verdict}` | {description.meaning} |"
        for verdict, description in ALL_DESCRIPTIONS.items()
    ]


def test_every_reason_to_skip_a_hive_is_described():
    reasons = [reason.value for reason in SkipReason]
    assert list(SKIP_REASONS) == reasons
    module = " ".join(USERS["reason"]["description"])
    assert re.findall(r"V\((\w+)\)", module) == reasons
    schema = SCHEMA.read_text(encoding="utf-8")
    assert f"Why the hive was skipped: {', '.join(reasons)}." in schema
