"""Texts in WQL queries."""

from ansible_collections.presence.office.plugins.plugin_utils.wsman.wql import quoted


def test_texts_are_quoted():
    assert quoted(r"o'neil \' OR 1=1") == r"'o\'neil \\\' OR 1=1'"
