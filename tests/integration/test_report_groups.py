"""The documented inventory groups: what docs/inventory/presence_groups.yml makes of cached facts."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap

import ansible.release
import pytest
import yaml

from tests.browser.fleets import JABBER, machine, user
from tests.conftest import CHECKOUT

GROUPS = CHECKOUT / "docs" / "inventory" / "presence_groups.yml"


def with_summary(facts):
    """Add the `summary` that im_provider_facts gives."""
    counts: dict[str, dict[str, int]] = {"defaults": {}, "verdicts": {}}
    for entry in facts["users"]:
        for kind, word in (("defaults", entry["default"] or ""), ("verdicts", entry["verdict"])):
            counts[kind][word] = counts[kind].get(word, 0) + 1
    return facts | {"summary": {"users": len(facts["users"]), **counts}}


def inventory(folder, hosts, cached):
    """Return what ansible-inventory makes of these hosts and cached facts: host names by group."""
    environment = os.environ | {
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "cache"),
    }
    (folder / "facts.json").write_text(json.dumps(cached), encoding="ascii")
    remember = {
        "cacheable": True,
        "im_presence": "{{ (lookup('ansible.builtin.file', 'facts.json') | from_json)[inventory_hostname] }}",
    }
    play = {"hosts": list(cached), "gather_facts": False, "tasks": [{"ansible.builtin.set_fact": remember}]}
    (folder / "play.yml").write_text(yaml.safe_dump([play]), encoding="utf-8")
    (folder / "hosts.yml").write_text(
        yaml.safe_dump({"all": {"hosts": {name: {} for name in hosts}}}), encoding="utf-8"
    )
    subprocess.run(
        ["ansible-playbook", "-i", "hosts.yml", "play.yml"],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=True,
    )
    listed = subprocess.run(
        ["ansible-inventory", "-i", str(folder / "hosts.yml"), "-i", str(GROUPS), "--list"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "WARNING" not in listed.stderr
    return {name: group["hosts"] for name, group in json.loads(listed.stdout).items() if group.get("hosts")}


def test_groups_by_default_verdict_and_provider(tmp_path):
    cached = {
        "desk1": with_summary(machine(user(r"C\ada", "shadowed", JABBER), user(r"C\bob", "present", "Lync"))),
        "desk2": with_summary(machine(user(r"C\eve", "no_default", None), providers=("Teams",))),
        "server": with_summary(machine(providers=())),
        "brief": {
            "providers": None,
            "users": None,
            "office": None,
            "summary": {"users": 0, "defaults": {}, "verdicts": {}},
        },
    }
    groups = inventory(tmp_path, ["desk1", "desk2", "server", "brief", "unasked"], cached)
    expected = {
        "im_default_cisco_jabber": ["desk1"],
        "im_default_lync": ["desk1"],
        "im_default_none": ["desk2"],
        "im_verdict_shadowed": ["desk1"],
        "im_verdict_present": ["desk1"],
        "im_verdict_no_default": ["desk2"],
        "im_has_lync": ["desk1"],
        "im_has_cisco_jabber": ["desk1"],
        "im_has_msteams": ["desk1"],
        "im_has_teams": ["desk2"],
    }
    assert {name: hosts for name, hosts in groups.items() if name.startswith("im_")} == expected


@pytest.mark.skipif(
    ansible.release.__version__.startswith(("2.17.", "2.18.")),
    reason="before 2.19, ansible.builtin.constructed evaluates templates in cached facts: see docs/inventory-groups.md",
)
def test_names_from_a_registry_are_never_evaluated(tmp_path):
    marker = tmp_path / "owned"
    name = "{{ lookup('pipe', 'touch " + str(marker) + "') }}"
    cached = {"desk": with_summary(machine(user(r"C\ada", "shadowed", name), providers=(name, "a\nb")))}
    groups = inventory(tmp_path, ["desk"], cached)
    assert "im_verdict_shadowed" in groups
    assert all(name.replace("_", "").isalnum() for name in groups)
    assert not marker.exists()


def test_the_documentation_shows_the_file():
    page = (CHECKOUT / "docs" / "inventory-groups.md").read_text(encoding="utf-8")
    shown = textwrap.dedent(page.partition("   ```yaml\n")[2].partition("   ```")[0])
    assert yaml.safe_load(shown) == yaml.safe_load(GROUPS.read_text(encoding="utf-8"))
