# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the names of variables of this collection's roles and playbooks.

To Ansible a misspelt variable is one that nobody reads: the policy it should have limited then holds for everybody.
"""

from __future__ import annotations

import difflib
import typing as t
from pathlib import Path

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ROLES = Path(__file__).resolve().parents[2] / "roles"

_COLLECTION = "presence.office"

#: Variables of the playbooks, which have no argument spec.
PLAYBOOKS = "presence_office"
_OF_PLAYBOOKS = frozenset(
    f"{PLAYBOOKS}_{name}"
    for name in (
        "hosts",
        "allow_no_hosts",
        "guard_name",
        "guard_state",
        "guard_period",
        "guard_require_registered",
    )
)

#: How alike a name without our prefix has to be to a variable of ours to be taken for a slip.
_ALIKE = 0.9


def check_variables(variables: t.Mapping[str, t.Any], role: str | None = None) -> None:
    """Raise ValueError, with a sentence, for variables that look like the playbooks' or the role's and are not.

    Results that were registered under such a name are left alone.

    Args:
        variables: the host's variables, whose values are looked at for their type only.
        role: a role of this collection by its full name; anything else has no variables that could be checked.
    """
    known: dict[str, t.Collection[str]] = {PLAYBOOKS: _OF_PLAYBOOKS}
    if name := prefix(role or ""):
        known[name] = _of_role(name)
    _check(variables, known)


def prefix(role: str) -> str | None:
    """Return what the variables of a role begin with; None if it is not a role of this collection."""
    collection, _dot, name = role.rpartition(".")
    return name if collection == _COLLECTION else None


def _check(variables: t.Mapping[str, t.Any], known: t.Mapping[str, t.Collection[str]]) -> None:
    for name in sorted(map(str, variables)):
        for prefix, names in known.items():
            if name in names or not _looks_like(name, prefix) or isinstance(variables[name], t.Mapping):
                continue
            near = difflib.get_close_matches(name.casefold(), names, n=1, cutoff=0)[0]
            if name.startswith(f"{prefix}_") or difflib.SequenceMatcher(None, name.casefold(), near).ratio() >= _ALIKE:
                raise ValueError(f"there is no variable {name}: did you mean {near}? Nothing was done")


def _looks_like(name: str, prefix: str) -> bool:
    """Return whether a name is longer than the prefix and begins like it, in any case and with or without "_"."""
    plain, begin = (text.replace("_", "").casefold() for text in (name, prefix))
    return plain.startswith(begin) and plain != begin


def _of_role(role: str) -> frozenset[str]:
    text = (_ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    content = yaml.load(text, _LOADER)  # noqa: S506  (a safe loader; libyaml's takes a tenth of the time)
    return frozenset(name for entry in content["argument_specs"].values() for name in entry["options"])
