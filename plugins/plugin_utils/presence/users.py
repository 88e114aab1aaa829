# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the users of a machine that a task applies to."""

from __future__ import annotations

import typing as t

from ..windows.machine import Machine
from ..windows.profiles import HiveKind, Profile, SkipReason, is_setup_account
from ..windows.registry import CALL_ERRORS
from .selection import Selection


def may_mount(kinds: frozenset[HiveKind]) -> bool:
    """Whether a hive may have to be mounted: not if only those of signed-in users are selected."""
    return kinds != {HiveKind.LOADED}


def select_users(machine: Machine, kinds: frozenset[HiveKind], selection: Selection) -> tuple[list[Profile], list[str]]:
    """Return the selected profiles, the template last, and selected names and SIDs that no profile belongs to."""
    people = machine.profiles()
    names = {p.sid or "": machine.accounts.name(p.sid or "") if selection.needs_names else None for p in people}
    selected = [p for p in people if p.kind in kinds and selection.takes(p.sid or "", names[p.sid or ""])]
    selected = [p.left_alone(SkipReason.NOT_A_PERSON) if _is_setup_account(machine, p) else p for p in selected]
    if selection.excludes_names:
        # A user whose name is not known may be one of those to exclude.
        unknown = [p for p in selected if machine.accounts.is_unknown(p.sid or "")]
        selected = [p.left_alone(SkipReason.NAME_UNKNOWN) if p in unknown else p for p in selected]
    if HiveKind.DEFAULT in kinds:
        selected.append(_template(machine, people))
    return selected, selection.unmatched(names.items())


def _is_setup_account(machine: Machine, profile: Profile) -> bool:
    """Whether a profile is that of Windows Setup: a request, for a folder of such a name only.

    Whoever's name is not known there is left alone. A person may have such a folder: an account can be renamed, its
    folder keeps the name.
    """
    if profile.skip is not None or not profile.may_be_setup_s:
        return False
    name = machine.accounts.name(profile.sid or "")
    return name is None or is_setup_account(name)


def _template(machine: Machine, people: t.Iterable[Profile]) -> Profile:
    """Return the template; where it cannot be found, that costs the template alone."""
    try:
        template = machine.template()
    except CALL_ERRORS as error:
        why = f"it cannot be found: {error}. Mend that value, or leave the template out: profiles without default"
        return Profile(None, "", HiveKind.DEFAULT, error=why)
    shared = any(template.same_folder(one) for one in people)
    return template.left_alone(SkipReason.SHARED_FOLDER) if shared else template
