"""Dataclasses as plain data of bounded size."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass, field

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.presence.plain_data import (
    INTERNAL,
    NAME,
    RUNNING_NAMES,
    plain,
)
from ansible_collections.presence.office.plugins.plugin_utils.text import LONGEST_TEXT


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Inner:
    colour: Colour
    name: str = field(default="", metadata=NAME)


@dataclass
class Outer:
    inner: Inner
    text: str = ""
    running: tuple[str, ...] = field(default=(), metadata=RUNNING_NAMES)
    secret: str = field(default="hidden", metadata=INTERNAL)


@pytest.mark.parametrize("value", [None, True, 3, "text"])
def test_plain_values_stay_as_they_are(value):
    assert plain(value) == value


def test_fields_become_keys_and_internal_ones_are_left_out():
    data = plain(Outer(Inner(Colour.RED, "Lync"), "text", ("Zoom",)))

    assert data == {"inner": {"colour": "red", "name": "Lync"}, "text": "text", "running": ["Zoom"]}
    assert json.loads(json.dumps(data)) == data


def test_texts_and_lists_are_cut_at_their_own_length():
    data = plain(Outer(Inner(Colour.RED, "x" * 300), "x" * 5_000, ("y" * 300,) * 100))

    assert data["inner"]["name"] == "x" * 255 + "…"
    assert data["text"] == "x" * LONGEST_TEXT + "…"
    assert data["running"] == ["y" * 255 + "…"] * limits.RUNNING


def test_characters_that_databases_refuse_are_replaced():
    assert plain(["a\0b", "\ud800"]) == ["a\ufffdb", "\ufffd"]
