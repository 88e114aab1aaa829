"""Patterns of hosts, read as Ansible reads them."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.presence.office.plugins.plugin_utils.inventory import Inventory

GROUPS = {
    "all": ["desk1", "desk2", "desk3", "server"],
    "office": ["desk1", "desk2", "desk3"],
    "off": ["desk2"],
    "ungrouped": ["server"],
}


def hosts(*patterns, limit=None, groups=None):
    return set(Inventory(GROUPS if groups is None else groups, DataLoader()).hosts(patterns, limit))


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["desk1"], {"desk1"}),
        (["office"], {"desk1", "desk2", "desk3"}),
        (["office", "!off"], {"desk1", "desk3"}),
        (["office:!off"], {"desk1", "desk3"}),
        (["desk*:&off"], {"desk2"}),
        (["office[0:1]"], {"desk1", "desk2"}),
        (["off:!desk2"], set()),
    ],
)
def test_patterns(patterns, expected):
    assert hosts(*patterns) == expected


@pytest.mark.parametrize(
    ("patterns", "unknown"),
    [
        (["ofice"], "ofice"),
        (["office", "!of"], "of"),
        (["all:&x:!y"], "x, y"),
        (["~["], "~"),
        (["["], "["),
        (["~("], "~("),
        (["!"], ""),
    ],
)
def test_a_part_that_matches_nobody_is_named(patterns, unknown):
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (the text is compared whole)
        hosts(*patterns)

    assert str(refused.value) == f"not in the inventory: {unknown}"


def test_a_limit_counts_only_where_it_is_asked_for(tmp_path):
    retry = tmp_path / "again.retry"
    retry.write_text("desk3\n", encoding="utf-8")

    assert hosts("office", limit="off,server") == {"desk2"}
    assert hosts("off", limit="desk1") == set()
    assert hosts("office", limit=f"@{retry}") == {"desk3"}


def test_an_empty_inventory():
    with pytest.raises(ValueError, match=r"^the inventory is empty$"):
        hosts("all", groups={"all": [], "ungrouped": []})
