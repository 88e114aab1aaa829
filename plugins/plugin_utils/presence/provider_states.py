# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the providers of one user: who registered each, the state its client reports, and whether it runs."""

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass, field

from ..windows.processes import RunningPrograms
from ..windows.reg_query import PrintedKey
from ..windows.registry_view import View
from .keys import FRIENDLY_NAME, GUID, LONGEST_NAME, PROCESS_NAME, UP_AND_RUNNING
from .plain_data import NAME
from .providers import Provider, Providers


class UpAndRunning(enum.Enum):
    """The state that a client reports: 0, 1, 2, nothing, or something else."""

    NOT_RUNNING = "not_running"
    STARTING = "starting"
    RUNNING = "running"
    UNSET = "unset"
    INVALID = "invalid"


_UP_AND_RUNNING = {0: UpAndRunning.NOT_RUNNING, 1: UpAndRunning.STARTING, 2: UpAndRunning.RUNNING}


@dataclass(frozen=True)
class ProviderState:
    """One provider of one user; its fields are keys of the facts.

    Args:
        registered: ``machine``, ``user`` (for that user only), or ``no``.
        process: whether its program runs in the user's session; None if that is not known.
    """

    name: str = field(metadata=NAME)
    registered: str
    up_and_running: UpAndRunning
    process: bool | None = None

    @property
    def really_runs(self) -> bool:
        """Whether it runs, and its value is not a leftover of a crash."""
        return self.up_and_running is UpAndRunning.RUNNING and self.process is not False


def provider_states(
    keys: t.Mapping[str, PrintedKey],
    providers: Providers,
    listed: t.Iterable[Provider],
    platform: View | None,
    is_running: t.Callable[[str], bool | None],
) -> dict[str, ProviderState]:
    """Return the listed providers and the user's own, by folded name.

    Args:
        keys: the user's key ``IM Providers`` and those below it, by folded path.
        providers: the machine's.
        listed: those of them that the facts list for everyone.
        is_running: whether a program of this name runs in the user's session.
    """
    own_keys = {folded: key for folded, key in keys.items() if folded and "\\" not in folded}
    names = {provider.name.casefold(): provider.name for provider in listed}
    for folded, key in own_keys.items():
        name = key.path.rpartition("\\")[2]
        if len(name) <= LONGEST_NAME:
            names.setdefault(folded, providers[folded].name if folded in providers else name)
    states = {}
    for folded, name in names.items():
        own_key, provider = own_keys.get(folded), providers.get(folded)
        alive = _any_running([is_running(program) for program in _programs(provider, own_key, platform)])
        states[folded] = ProviderState(name, _registered(provider, own_key), up_and_running(own_key), alive)
    return states


def own_programs(keys: t.Mapping[str, PrintedKey]) -> t.Iterator[str]:
    """Yield the programs of providers that are registered for one user."""
    for key in keys.values():
        if program := key.text(PROCESS_NAME):
            yield program


def _registered(provider: Provider | None, key: PrintedKey | None) -> str:
    if provider is not None:
        return "machine"
    return "user" if key and any(key.value(name) for name in (FRIENDLY_NAME, GUID, PROCESS_NAME)) else "no"


def _programs(provider: Provider | None, key: PrintedKey | None, platform: View | None) -> list[str]:
    if provider is None:
        own = key.text(PROCESS_NAME) if key else None
        return [own] if own else []
    views = [platform] if platform in provider.registrations else list(provider.registrations)
    return [name for view in views if view and (name := provider.registrations[view].process_name)]


def _any_running(running: list[bool | None]) -> bool | None:
    if True in running:
        return True
    return None if None in running or not running else False


def up_and_running(key: PrintedKey | None) -> UpAndRunning:
    """Return what a client says of itself in the user's own key of it."""
    value = key.value(UP_AND_RUNNING) if key else None
    if value is None:
        return UpAndRunning.UNSET
    return UpAndRunning.INVALID if value.number is None else _UP_AND_RUNNING.get(value.number, UpAndRunning.INVALID)


def runs_for(sid: str | None, running: RunningPrograms | None) -> t.Callable[[str], bool | None]:
    """Return a function that says whether a program runs in this user's session; None: it was not looked for."""

    def is_running(program: str) -> bool | None:
        return running.is_running(sid, program) if sid is not None and running is not None else None

    return is_running
