# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the facts of a fleet as dataclasses. A new field of a user is one line in `User`.

The fact ``im_presence`` may come from a fact cache, and so from any version: what is unexpected in it is left out and
never stops the report. The names of the fields are the keys of ``presence.json``.
"""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import dataclass, field

from ..text import counted
from ..verdicts import UNKNOWN
from .reading import (
    boolean,
    by_key,
    mapping,
    mappings,
    one_of,
    read,
    record,
    records,
    sequence,
    subset_of,
    text,
    text_or,
    texts,
)

#: Users of one machine, and providers of one machine or user, that a report has at most.
MOST_USERS = 5000
MOST_PROVIDERS = 64

#: Notes on one user that a report has at most.
MOST_NOTES = 64

VIEWS = ("x64", "x86")
REGISTRIES = ("registry", "click_to_run")
HIVES = ("loaded", "unloaded", "default")

Text = t.Annotated[str | None, text]
Name = t.Annotated[str, text_or("")]
Flag = t.Annotated[bool | None, boolean]


@dataclass(frozen=True)
class Office:
    """The Office of a machine."""

    version: Text = None
    platform: t.Annotated[str | None, one_of(VIEWS, None)] = None


@dataclass(frozen=True)
class Provider:
    """A provider that is registered on a machine."""

    name: Name
    friendly_name: Text
    guid: Text
    process_name: Text
    views: t.Annotated[list[str], subset_of(VIEWS)]
    registered_in: t.Annotated[dict[str, str | None], by_key(VIEWS, one_of(REGISTRIES, None))]
    com_server: t.Annotated[dict[str, str | None], by_key(VIEWS, text)]
    complete: t.Annotated[dict[str, bool], by_key(VIEWS, lambda value: value is True)]

    def works_for(self, platform: str | None) -> bool:
        """Return whether its registration is complete for Office of this platform (None: of any)."""
        return any(complete for view, complete in self.complete.items() if platform in (None, view))


@dataclass(frozen=True)
class ProviderState:
    """A provider from the point of view of one user."""

    name: Name
    registered: t.Annotated[str, text_or("no")]
    up_and_running: t.Annotated[str, text_or("unset")]
    process: Flag


@dataclass(frozen=True)
class Evidence:
    """What the verdict is based on: the link of the chain, the registry key and its content, and other running apps."""

    link: Text
    key: Text
    view: Text
    found: Text
    running: t.Annotated[list[str], texts(MOST_PROVIDERS)]


@dataclass(frozen=True)
class Note:
    """A known cause of missing presence that decides no verdict, and the registry key that shows it."""

    code: Name
    found: Text
    key: Text
    view: Text


def _notes(value: object) -> list[Note]:
    """Read the notes that say anything."""
    notes = (read(Note, entry) for entry in mappings(value))
    return list(itertools.islice((note for note in notes if note.code or note.found), MOST_NOTES))


@dataclass(frozen=True)
class User:
    """One hive: a person's, or the template for future users."""

    sid: Text
    account: Text
    profile: Text
    hive: t.Annotated[str, one_of(HIVES, "loaded")]
    default: Text
    previous_default: Text
    providers: t.Annotated[list[ProviderState], records(ProviderState, MOST_PROVIDERS)]
    verdict: t.Annotated[str, text_or(UNKNOWN)]
    evidence: t.Annotated[Evidence, record(Evidence)]
    notes: t.Annotated[list[Note], _notes]
    reason: Text
    error: Text

    @property
    def is_template(self) -> bool:
        """Whether this is the template for future users, and not a person."""
        return self.hive == "default"

    @property
    def default_app(self) -> str | None:
        """The default provider, empty for none, or None if it could not be read."""
        return None if self.verdict == UNKNOWN and self.default is None else self.default or ""

    @property
    def display_name(self) -> str:
        """The account, or the next best name for it."""
        if self.account:
            return self.account
        if self.is_template:
            return "Future users (template)"
        return (self.profile or "").rpartition("\\")[2] or self.sid or "Unknown user"


@dataclass(frozen=True)
class Machine:
    """One host of the play. `no_answer` says why there are no facts; everything else is empty then.

    Args:
        asked: whether a task asked it, or earlier facts stand for that.
    """

    name: str
    no_answer: str | None = None
    asked: bool = True
    office: Office = field(default_factory=Office)
    providers: list[Provider] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """Whether there are facts."""
        return self.no_answer is None


def read_machine(name: str, facts: object) -> Machine:
    """Read a machine's ``im_presence``."""
    if not isinstance(facts, t.Mapping):
        return Machine(name, no_answer="its fact im_presence was not set by presence.office.im_provider_facts")
    entries = mapping(facts)
    truncated = [sentence for sentence in map(text, sequence(entries.get("truncated"))) if sentence]
    users = len(mappings(entries.get("users")))
    if users > MOST_USERS:
        truncated.append(f"the report shows {MOST_USERS} of {counted(users, 'user')}")
    return Machine(
        name=name,
        office=read(Office, entries.get("office")),
        providers=records(Provider, MOST_PROVIDERS)(entries.get("providers")),
        users=records(User, MOST_USERS)(entries.get("users")),
        truncated=truncated,
    )
