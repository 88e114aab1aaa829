# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the facts of one user. To add a field: add it here, fill it in ``assemble``, document it in the module."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ...verdicts import Verdict
from ...windows.profiles import TEMPLATE, HiveKind, SkipReason
from ..plain_data import INTERNAL, NAME
from ..provider_states import ProviderState
from .diagnosis import Diagnosis, Evidence
from .notes import Note


@dataclass
class UserFacts:
    """One entry of ``users``: the fields are its keys, in this order.

    Args:
        default: the default provider; None if there is none, if it is not a REG_SZ value, or if it is not known.
        error: why something could not be read, or what else went wrong.
        default_known: whether ``DefaultIMApp`` was read, whatever it holds.
        providers_cut: the user has more providers than are listed.
        stuck: a hive stays mounted: the one of this user, or one on account of which this one was not mounted.
    """

    sid: str | None
    account: str | None = field(default=None, metadata=NAME, kw_only=True)
    profile: str | None
    hive: HiveKind
    default: str | None = field(default=None, metadata=NAME, kw_only=True)
    previous_default: str | None = field(default=None, metadata=NAME, kw_only=True)
    providers: list[ProviderState] = field(default_factory=list, kw_only=True)
    verdict: Verdict | None = field(default=None, kw_only=True)
    evidence: Evidence = field(default_factory=Evidence, kw_only=True)
    notes: list[Note] = field(default_factory=list, kw_only=True)
    reason: SkipReason | None = None
    error: str | None = None
    default_known: bool = field(default=False, metadata=INTERNAL, kw_only=True)
    providers_cut: bool = field(default=False, metadata=INTERNAL, kw_only=True)
    stuck: bool = field(default=False, metadata=INTERNAL, kw_only=True)

    @property
    def is_fine(self) -> bool:
        """Whether nothing about the user needs attention."""
        return self.error is None and (self.verdict is None or self.verdict.is_fine)

    @property
    def label(self) -> str:
        """The user as people call them: the account, else the profile's folder, else the SID."""
        return self.account or self.profile or self.sid or TEMPLATE

    def set_diagnosis(self, diagnosis: Diagnosis) -> None:
        """Set the verdict and its evidence."""
        self.verdict, self.evidence = diagnosis.verdict, diagnosis.evidence


def most_relevant(states: t.Iterable[ProviderState], default: str | None, most: int) -> list[ProviderState]:
    """Return the states that matter most, in their own order: the default, what is registered, what runs."""
    states = list(states)
    folded_default = (default or "").casefold()

    def rank(state: ProviderState) -> tuple[bool, bool, bool]:
        return state.name.casefold() != folded_default, state.registered == "no", not state.really_runs

    chosen = {id(state) for state in sorted(states, key=rank)[:most]}
    return [state for state in states if id(state) in chosen]
