"""The documentation of the facts agrees with the argument spec, and its examples and samples are valid."""

from __future__ import annotations

import yaml

from ansible_collections.presence.office.plugins.action.im_provider_facts import ActionModule
from ansible_collections.presence.office.plugins.doc_fragments.users import ModuleDocFragment
from ansible_collections.presence.office.plugins.modules.im_provider_facts import DOCUMENTATION, EXAMPLES, RETURN


def test_options():
    documented = yaml.safe_load(DOCUMENTATION)["options"] | yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    spec = {
        name: {key: option[key] for key in ("type", "elements", "choices", "default", "required") if key in option}
        for name, option in documented.items()
    }

    assert spec == ActionModule.SPEC["argument_spec"]


def test_examples_and_samples_are_yaml():
    assert yaml.safe_load(EXAMPLES)
    facts = yaml.safe_load(RETURN)["ansible_facts"]["contains"]["im_presence"]["contains"]
    assert set(facts) == {"providers", "office", "users", "summary", "truncated"}
    for name in ("providers", "users"):
        for sample in facts[name]["sample"]:
            assert set(sample) == set(facts[name]["contains"])
