# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fleet as its facts tell it, in types.

Whatever stands in ``im_presence`` (a fact cache keeps what it was given, by any version) becomes a `Machine` of
bounded size: an unknown shape is left out, it never stops the report.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

#: Characters of one text that a report carries at most, users of one machine, providers of one machine or user.
LONGEST_TEXT = 1024
MOST_USERS = 5000
MOST_PROVIDERS = 64

VIEWS = ("x64", "x86")


@dataclass(frozen=True)
class Provider:
    """An IM client that a machine registers with Office."""

    name: str
    friendly_name: str | None
    guid: str | None
    process_name: str | None
    com_server: dict[str, str | None]
    complete: dict[str, bool]

    @property
    def views(self) -> list[str]:
        """The views of the registry that have it."""
        return list(self.complete)

    def works_for(self, platform: str | None) -> bool:
        """Whether Office of that bitness (None: of any) finds a whole registration."""
        return any(whole for view, whole in self.complete.items() if platform in (None, view))


@dataclass(frozen=True)
class ProviderState:
    """One provider, as one user has it."""

    name: str
    registered: str
    up_and_running: str
    process: bool | None


@dataclass(frozen=True)
class Evidence:
    """Which link of the chain the verdict stands on, where it was looked up, and what was found."""

    link: str | None = None
    key: str | None = None
    view: str | None = None
    found: str | None = None
    running: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class User:
    """One hive: a person, or the template that future users start from."""

    sid: str | None
    account: str | None
    profile: str | None
    hive: str
    default: str | None
    previous_default: str | None
    providers: list[ProviderState]
    verdict: str
    evidence: Evidence
    reason: str | None
    error: str | None

    @property
    def is_template(self) -> bool:
        """Whether this is nobody yet."""
        return self.hive == "default"


@dataclass(frozen=True)
class Machine:
    """One host of the play. ``trouble`` says why there are no facts; then all else is empty."""

    name: str
    trouble: str | None = None
    office_version: str | None = None
    office_platform: str | None = None
    providers: list[Provider] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """Whether the machine told anything."""
        return self.trouble is None


def read_machine(name: str, facts: object) -> Machine:
    """Return the machine that ``im_presence`` describes."""
    if not isinstance(facts, t.Mapping):
        return Machine(name, trouble="its facts are not of the shape that presence.office.im_provider_facts gives")
    office = _mapping(facts.get("office"))
    users = _mappings(facts.get("users"))
    truncated = [cut for cut in map(_text, _list(facts.get("truncated"))) if cut]
    if len(users) > MOST_USERS:
        truncated.append(f"the report shows {MOST_USERS} of this machine's {len(users)} users")
    return Machine(
        name=name,
        office_version=_text(office.get("version")),
        office_platform=_word(office.get("platform"), VIEWS, None),
        providers=[_provider(entry) for entry in _mappings(facts.get("providers"))[:MOST_PROVIDERS]],
        users=[_user(entry) for entry in users[:MOST_USERS]],
        truncated=truncated,
    )


def friendly_names(machines: t.Iterable[Machine]) -> dict[str, str]:
    """Return the name for people of each provider, by its key name in lower case; the first machine's word counts."""
    names: dict[str, str] = {}
    for machine in machines:
        for provider in machine.providers:
            if provider.friendly_name and provider.friendly_name.casefold() != provider.name.casefold():
                names.setdefault(provider.name.casefold(), provider.friendly_name)
    return names


def _provider(entry: t.Mapping[str, t.Any]) -> Provider:
    servers, complete = _mapping(entry.get("com_server")), _mapping(entry.get("complete"))
    views = [view for view in VIEWS if view in _list(entry.get("views"))]
    return Provider(
        name=_text(entry.get("name")) or "",
        friendly_name=_text(entry.get("friendly_name")),
        guid=_text(entry.get("guid")),
        process_name=_text(entry.get("process_name")),
        com_server={view: _text(servers.get(view)) for view in views},
        complete={view: complete.get(view) is True for view in views},
    )


def _user(entry: t.Mapping[str, t.Any]) -> User:
    evidence = _mapping(entry.get("evidence"))
    return User(
        sid=_text(entry.get("sid")),
        account=_text(entry.get("account")),
        profile=_text(entry.get("profile")),
        hive=_word(entry.get("hive"), ("loaded", "unloaded", "default"), "loaded"),
        default=_text(entry.get("default")),
        previous_default=_text(entry.get("previous_default")),
        providers=[_state(state) for state in _mappings(entry.get("providers"))[:MOST_PROVIDERS]],
        verdict=_text(entry.get("verdict")) or "unknown",
        evidence=Evidence(
            link=_text(evidence.get("link")),
            key=_text(evidence.get("key")),
            view=_text(evidence.get("view")),
            found=_text(evidence.get("found")),
            running=[name for name in map(_text, _list(evidence.get("running"))[:MOST_PROVIDERS]) if name],
        ),
        reason=_text(entry.get("reason")),
        error=_text(entry.get("error")),
    )


def _state(entry: t.Mapping[str, t.Any]) -> ProviderState:
    process = entry.get("process")
    return ProviderState(
        name=_text(entry.get("name")) or "",
        registered=_text(entry.get("registered")) or "no",
        up_and_running=_text(entry.get("up_and_running")) or "unset",
        process=process if isinstance(process, bool) else None,
    )


def _text(value: object) -> str | None:
    """Return plain, bounded text: None stays None, a number becomes its digits, anything deeper nothing."""
    if isinstance(value, str):
        # Joined anew: ansible-core's strings are a subclass that carries tags.
        return "".join(value[:LONGEST_TEXT]) + ("…" if len(value) > LONGEST_TEXT else "")
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_Default = t.TypeVar("_Default")


def _word(value: object, words: t.Iterable[str], default: _Default) -> str | _Default:
    return next((word for word in words if word == value), default)


def _mapping(value: object) -> t.Mapping[str, t.Any]:
    return value if isinstance(value, t.Mapping) else {}


def _list(value: object) -> list[t.Any]:
    return list(value) if isinstance(value, t.Sequence) and not isinstance(value, str | bytes) else []


def _mappings(value: object) -> list[t.Mapping[str, t.Any]]:
    return [entry for entry in _list(value) if isinstance(entry, t.Mapping)]
