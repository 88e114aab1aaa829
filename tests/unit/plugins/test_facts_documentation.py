"""What the documentation of the facts says is what the argument spec, the audit and the diagnosis have."""

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.presence.office.plugins.action.im_provider_facts import ActionModule
from ansible_collections.presence.office.plugins.doc_fragments.users import ModuleDocFragment
from ansible_collections.presence.office.plugins.modules.im_provider_facts import DOCUMENTATION, EXAMPLES, RETURN
from ansible_collections.presence.office.plugins.plugin_utils.presence.diagnosis import Verdict

ROLE = Path(__file__).resolve().parents[3] / "roles" / "default_im_app" / "meta" / "argument_specs.yml"


def test_options():
    documented = yaml.safe_load(DOCUMENTATION)["options"] | yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    told = {
        name: {key: option[key] for key in ("type", "elements", "choices", "default", "required") if key in option}
        for name, option in documented.items()
    }

    assert told == ActionModule.SPEC["argument_spec"]


def test_examples_and_samples_are_yaml():
    assert yaml.safe_load(EXAMPLES)
    facts = yaml.safe_load(RETURN)["ansible_facts"]["contains"]["im_presence"]["contains"]
    assert set(facts) == {"providers", "office", "users", "summary", "truncated"}
    for name in ("providers", "users"):
        for sample in facts[name]["sample"]:
            assert set(sample) == set(facts[name]["contains"])


def test_every_verdict_is_explained_and_can_be_audited():
    users = yaml.safe_load(RETURN)["ansible_facts"]["contains"]["im_presence"]["contains"]["users"]
    explained = " ".join(users["contains"]["verdict"]["description"])
    options = yaml.safe_load(ROLE.read_text(encoding="utf-8"))["argument_specs"]["audit"]["options"]

    assert all(f"V({verdict.value})" in explained for verdict in Verdict)
    assert options["default_im_app_audit_verdicts"]["choices"] == [verdict.value for verdict in Verdict]
