"""Two users, and the tasks that tests give a visitor of hives: a value, a tree of keys, COM classes, or nothing."""

from __future__ import annotations

import typing as t

from ansible_collections.presence.office.plugins.plugin_utils.windows.com_classes import UserClasses
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_task import HiveTask
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import read_trees
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_values import HiveValues, ValueName
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_visits import HiveVisitor
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from .support import IM_PROVIDERS, Seen, hive

VALUE = ValueName(IM_PROVIDERS, "DefaultIMApp")
LYNC = StringValue.of("Lync")
ADA, BOB = hive(1), hive(2)
GONE = Seen("loaded", ("{mark} missing 1",), read=1)
SID = "S-1-5-21-1-2-3-1"
CLSID = "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"


class Task(HiveTask[str]):
    """Needs no variables of its own."""

    action = "read"

    def parse(self, _hive, _output):
        return ""


def read_value(session, *hives, mounts=True):
    """Read DefaultIMApp."""
    return HiveValues(session, HiveVisitor(session)).read(hives, VALUE, mounts=mounts)


def read_tree(session, *hives, mounts=True, questions=""):
    """Read the key and those below it."""
    return read_trees(HiveVisitor(session), hives, IM_PROVIDERS, questions, mounts=mounts)


def read_classes(session, one, *, mounts=True):
    """Read the COM server of one CLSID."""
    classes = UserClasses(t.cast(t.Any, None), HiveVisitor(session))
    return classes.servers({one: {View.X64: CLSID}}, None, mounts=mounts)
