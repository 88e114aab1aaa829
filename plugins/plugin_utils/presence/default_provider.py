# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a user's default provider, in what was read of the user's key ``IM Providers``."""

from __future__ import annotations

from ..windows.hive_outcomes import Failed, Outcome, Read, Skipped
from ..windows.hive_trees import HiveTree
from ..windows.registry_values import StringValue
from .keys import DEFAULT_IM_APP


def default_in(tree: HiveTree) -> StringValue | None:
    """Return what stands in ``DefaultIMApp``; None if not as much was read."""
    top = tree.keys.get("")
    value = top.value(DEFAULT_IM_APP.name) if top else None
    if value is not None:
        return StringValue.printed(value.type, value.data)
    return None if tree.cut else StringValue.missing(key_exists=top is not None)


def default_outcome(outcome: Outcome[HiveTree]) -> Outcome[StringValue]:
    """Return the outcome of reading the default provider, from that of reading everything beside it."""
    if isinstance(outcome, Skipped):
        return outcome
    default = default_in(outcome.value) if outcome.value else None
    if isinstance(outcome, Failed):
        return Failed(outcome.kind, outcome.error, default, outcome.stuck, outcome.lost)
    if default is None:
        return Failed(outcome.kind, "the key IM Providers holds more than is read of it")
    return Read(outcome.kind, default)
