"""The documentation of every module and role says what its argument spec and its results have."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[3]
PLUGINS = "ansible_collections.presence.office.plugins"
MODULES = sorted(path.stem for path in (CHECKOUT / "plugins" / "modules").glob("*.py"))
ROLES = sorted(path.name for path in (CHECKOUT / "roles").iterdir())
#: The module whose options a role's variables are, where the role has an option of that name.
MODULE_OF_ROLE = {"default_im_app": "default_im_app", "presence_report": "im_provider_facts"}
#: Of a list in a role, Ansible would compare the entries of "loaded, unloaded" with their spaces.
KEYS_OF_ROLE = {True: ("type", "elements", "default", "required"), False: ("type", "choices", "default", "required")}
#: Imported before any test runs: once Ansible's own loader is set up, it imports collections in its own way.
PLUGIN_FILES = [
    (folder, path.stem)
    for folder in ("modules", "action", "doc_fragments")
    for path in (CHECKOUT / "plugins" / folder).glob("*.py")
]
IMPORTED = {(folder, name): importlib.import_module(f"{PLUGINS}.{folder}.{name}") for folder, name in PLUGIN_FILES}
SPEC_KEYS = ("type", "elements", "choices", "default", "required")


def documentation(module):
    return IMPORTED["modules", module]


def documented_options(module):
    """Return a module's documented options, those of its doc fragments included."""
    content = yaml.safe_load(documentation(module).DOCUMENTATION)
    options = dict(content["options"])
    for name in content.get("extends_documentation_fragment", []):
        if not name.startswith("presence.office."):
            continue
        fragment = IMPORTED["doc_fragments", name.rpartition(".")[2]].ModuleDocFragment
        options |= yaml.safe_load(fragment.DOCUMENTATION).get("options", {})
    return options


def as_spec(options):
    return {name: {key: option[key] for key in SPEC_KEYS if key in option} for name, option in options.items()}


def argument_spec(module):
    spec = IMPORTED["action", module].ActionModule.SPEC
    return spec.get("argument_spec", spec)


def role_specs(role):
    content = yaml.safe_load((CHECKOUT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    return content["argument_specs"]


@pytest.mark.parametrize("module", MODULES)
def test_the_options_of_a_module(module):
    assert as_spec(documented_options(module)) == argument_spec(module)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_and_samples_of_a_module_are_yaml(module):
    assert yaml.safe_load(documentation(module).EXAMPLES)
    for entry in yaml.safe_load(documentation(module).RETURN).values():
        check_samples(entry)


def check_samples(entry):
    """Check that a sample of a documented dict, or list of dicts, has the keys that are documented."""
    contains = entry.get("contains")
    samples = entry.get("sample", [])
    if contains and samples:
        for sample in samples if isinstance(samples, list) else [samples]:
            assert set(sample) == set(contains)
    for below in (contains or {}).values():
        check_samples(below)


@pytest.mark.parametrize(("role", "entry_point"), [(role, name) for role in ROLES for name in role_specs(role)])
def test_the_variables_of_a_role(role, entry_point):
    """A variable that is an option of the role's module has the option's type, choices and default.

    A list has its choices in words only.
    """
    options = role_specs(role)[entry_point]["options"]
    module = argument_spec(MODULE_OF_ROLE[role])
    defaults = yaml.safe_load((CHECKOUT / "roles" / role / "defaults" / "main.yml").read_text(encoding="utf-8"))
    for name, option in options.items():
        assert name.startswith(f"{role}_")
        assert option["description"]
        if (spec := module.get(name.removeprefix(f"{role}_"))) is not None:
            (as_documented,) = as_spec({name: option}).values()
            keys = KEYS_OF_ROLE[spec["type"] == "list"]
            assert as_documented == {key: spec[key] for key in keys if key in spec}
            for choice in spec.get("choices", []) if spec["type"] == "list" else []:
                assert f"V({choice})" in str(option["description"])
        assert option.get("default") == defaults.get(name)
    assert set(defaults) <= {name for entry in role_specs(role).values() for name in entry["options"]}


def test_every_option_of_the_main_module_is_a_variable_of_its_role():
    variables = {name.removeprefix("default_im_app_") for name in role_specs("default_im_app")["main"]["options"]}
    assert set(argument_spec("default_im_app")) <= variables


def test_the_facts_are_documented_key_by_key():
    facts = yaml.safe_load(documentation("im_provider_facts").RETURN)["ansible_facts"]["contains"]["im_presence"]
    assert set(facts["contains"]) == {"providers", "office", "users", "guard", "summary", "truncated"}


def test_the_modules_of_an_action_group_share_the_options_of_the_doc_fragment_of_its_name():
    groups = yaml.safe_load((CHECKOUT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    for group, modules in groups.items():
        fragment = yaml.safe_load(IMPORTED["doc_fragments", group].ModuleDocFragment.DOCUMENTATION)["options"]
        having = [module for module in MODULES if set(fragment) <= set(argument_spec(module))]
        assert sorted(modules) == having
