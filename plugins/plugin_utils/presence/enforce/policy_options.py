# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: options that describe a policy: their argument spec, and the policy.

Their documentation is in ``plugins/doc_fragments/policy.py``.
"""

from __future__ import annotations

import typing as t

from ..options import kinds, provider_names, selection
from .policy import Policy

#: Argument spec of the doc fragment ``policy``.
POLICY_OPTIONS: dict[str, t.Any] = {
    "name": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "require_registered": {"type": "bool", "default": True},
    "unregistered": {"type": "str", "choices": ["fail", "skip"], "default": "fail"},
}

#: What the options of ``POLICY_OPTIONS`` require of each other.
POLICY_REQUIRED_IF = [("state", "present", ("name",))]


def policy(options: t.Mapping[str, t.Any], *, record_previous: bool = False) -> Policy:
    """Return the policy that the options of ``POLICY_OPTIONS`` and ``USER_OPTIONS`` describe."""
    present = options["state"] == "present"
    names = provider_names(options["name"])
    if present and not names:
        raise ValueError("name is empty: name the provider to set, or several in order of preference")
    if record_previous and not present:
        raise ValueError("record_previous needs state present: with state absent no provider takes over")
    return Policy(
        names=names,
        present=present,
        kinds=kinds(options),
        selection=selection(options),
        require_registered=options["require_registered"],
        record_previous=record_previous,
        skip_unregistered=options["unregistered"] == "skip",
    )
