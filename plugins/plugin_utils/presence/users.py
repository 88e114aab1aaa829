# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the users of a machine that a task applies to."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..text import counted, printable
from ..windows.machine import Machine
from ..windows.profiles import HiveKind, Profile, SkipReason, is_setup_account
from ..windows.registry import CALL_ERRORS
from ..wsman.errors import ProtocolError, WSManFault
from .refusal import RefusalError
from .selection import MissingUser, People, Selection, Unmatched


class MissingUsersError(RefusalError):
    """An entry means nobody who has a profile on the machine, and the options make that an error."""

    def __init__(self, unmatched: t.Sequence[Unmatched]) -> None:
        self.users = [entry for one in unmatched for entry in one.plain]
        sentences = [sentence for one in unmatched for sentence in one.sentences()]
        super().__init__(f"{'; '.join(sentences)}; nothing was read or changed")

    def details(self) -> dict[str, t.Any]:
        """See ``RefusalError``."""
        return {"unmatched_users": self.users}


class UnclearUserError(RefusalError):
    """Whether an entry means a user cannot be decided, so nobody is guessed to be meant or not."""

    def details(self) -> dict[str, t.Any]:
        """See ``RefusalError``."""
        return {"reason": "unclear_user"}


@dataclass(frozen=True)
class SelectedUsers:
    """The users that a task applies to.

    Args:
        profiles: theirs, the template last.
        unmatched: names and SIDs that no profile belongs to.
        notices: sentences about entries that mean nobody, for people to see.
        not_listed: why the machine's users are not known, a sentence; None if they are.
    """

    profiles: list[Profile]
    unmatched: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    not_listed: str | None = None


def may_mount(kinds: frozenset[HiveKind]) -> bool:
    """Whether a hive may have to be mounted: not if only those of signed-in users are selected."""
    return kinds != {HiveKind.LOADED}


def select_users(machine: Machine, kinds: frozenset[HiveKind], selection: Selection) -> SelectedUsers:
    """Select users: no request beside the list of profiles, unless names, or the template, are asked for.

    Raises:
        MissingUsersError: see ``MissingUser.FAIL``.
        UnclearUserError: somebody may or may not be meant.
    """
    try:
        people = machine.profiles()
    except CALL_ERRORS as error:
        # A machine that cannot list its users may still have a template. Whom an entry means cannot be said.
        template = [_template(machine, [])] if HiveKind.DEFAULT in kinds else []
        return SelectedUsers(template, not_listed=f"the users of this machine could not be listed: {error}")
    names = {p.sid or "": machine.accounts.name(p.sid or "") if selection.needs_names else None for p in people}
    if unclear := selection.unclear(names):
        entry, account = unclear
        raise UnclearUserError(
            f"{selection.option_of(entry)}: '{printable(entry.text)}' may mean {printable(account)}, but Windows tells "
            f"the NetBIOS names of domains and not their DNS names. If so, write '{printable(account)}', else the SID; "
            "nothing was read or changed"
        )
    computer = _computer_name(machine, selection)
    unmatched = selection.unmatched(names, computer)
    if selection.missing is MissingUser.FAIL and unmatched:
        raise MissingUsersError(unmatched)
    selected = [p for p in people if p.kind in kinds and selection.takes(p.sid or "", names[p.sid or ""], computer)]
    selected = [p.left_alone(SkipReason.NOT_A_PERSON) if _is_setup_account(machine, p) else p for p in selected]
    if selection.excludes_names:
        # A user whose name is not known may be one of those to exclude.
        unknown = [p for p in selected if machine.accounts.is_unknown(p.sid or "")]
        selected = [p.left_alone(SkipReason.NAME_UNKNOWN) if p in unknown else p for p in selected]
    if HiveKind.DEFAULT in kinds:
        selected.append(_template(machine, people))
    plain = tuple(entry for one in unmatched for entry in one.plain)
    return SelectedUsers(selected, plain, tuple(_notices(selection, unmatched, names)))


def _computer_name(machine: Machine, selection: Selection) -> str:
    """Return the machine's name if an entry needs it: one request."""
    local = next((entry for entry in selection.entries if entry.is_local), None)
    if local is None:
        return ""
    try:
        return machine.accounts.computer_name()
    except (WSManFault, ProtocolError) as error:
        raise UnclearUserError(
            f"{selection.option_of(local)}: '{printable(local.text)}' means an account of the machine itself, whose "
            f"name could not be read ({error}): write the computer's name, or the SID; nothing was read or changed"
        ) from None


def _notices(selection: Selection, unmatched: t.Sequence[Unmatched], names: People) -> t.Iterator[str]:
    if selection.missing is MissingUser.IGNORE:
        return
    nameless = sum(name is None for name in names.values()) if selection.needs_names else 0
    unknown = ""
    if nameless:
        unknown = (
            f"; the {'name' if nameless == 1 else 'names'} of {counted(nameless, 'account')} could not be looked up"
        )
    for one in unmatched:
        for sentence in one.sentences():
            yield f"{sentence}{unknown} (see missing_user)"


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
