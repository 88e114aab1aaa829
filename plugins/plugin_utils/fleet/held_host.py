# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: one host of a fleet while it is held: a watcher driven by a thread of its own.

A host that cannot be reached at first is tried again like one that goes away later. A login that was refused is tried
again only after a long time: with a wrong password, every try brings the account closer to being locked out.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import traceback
import typing as t

from .. import limits
from ..presence.enforce.policy import Policy
from ..presence.guard.contradiction import contradiction
from ..presence.hold.happenings import Happening, What
from ..presence.hold.hold_options import Hold
from ..presence.hold.result import HoldResult
from ..presence.hold.watcher import LONGEST_ABSENCE, Watcher
from ..presence.refusal import RefusalError
from ..windows.machine import Machine
from ..windows.registry import RegistryError
from ..wsman.errors import LoginRefusedError, WSManError
from ..wsman.gate import Gate, GatedTransport
from ..wsman.session import Session
from .ending import Ending

#: The longest wait for an event, so that the end is noticed.
LONGEST_WAIT = 5.0

#: Seconds until a login that was refused is tried again.
LOGIN_AGAIN = 900.0

NOT_REACHED = "the hold ended before this host was reached"

Failure = WSManError | RegistryError


class State(enum.Enum):
    """What a host is; the values are for results and files."""

    WAITING = "waiting"
    HELD = "held"
    LOST = "lost"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a host.

    Args:
        problem: why it is lost or failed, in a sentence; empty otherwise.
        result: what happened in all; None if it never could be held, or its end is not known.
        user_seconds: seconds for which users were watched, added up.
    """

    name: str
    state: State
    problem: str = ""
    result: HoldResult | None = None
    user_seconds: float = 0.0


@dataclasses.dataclass(frozen=True)
class Gates:
    """What hosts of a fleet have to wait for.

    Args:
        starting: for whole starts.
        exchanges: for exchanges with hosts that answer.
        absent: for tries to reach those that do not.
    """

    starting: Gate
    exchanges: Gate
    absent: Gate


class HeldHost:
    """One host.

    Args:
        tell: called with what happens, in the host's thread.

    Attributes:
        name: its name in the inventory.
        state: what it is now.
        details: of a bug, for the person who looks for it.
    """

    def __init__(
        self,
        name: str,
        transport: GatedTransport,
        policy: Policy,
        hold: Hold,
        gates: Gates,
        ending: Ending,
        tell: t.Callable[[str, Happening], None],
    ) -> None:
        self.name = name
        self.state = State.WAITING
        self.details = ""
        self._problem = ""
        self._result: HoldResult | None = None
        self._user_seconds = 0.0
        self._transport = transport
        self._session = Session(transport, ending.wait)
        self._clock = self._session.retries.clock
        self._policy = policy
        self._hold = hold
        self._gates = gates
        self._ending = ending
        self._tell = tell

    def outcome(self) -> Outcome:
        """Return what became of the host; to be called when ``run`` has ended."""
        state, problem = self.state, self._problem
        if state is State.WAITING:
            state, problem = State.LOST, NOT_REACHED
        return Outcome(self.name, state, problem, self._result, self._user_seconds)

    def run(self) -> None:
        """Hold the host until the end."""
        try:
            with Machine(self._session) as machine:
                watcher = self._started(machine)
                if watcher is not None:
                    self._watch(machine, watcher)
        except RefusalError as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001  (a bug must not end the other hosts, and must not be silent)
            self.details = traceback.format_exc()
            self._fail(f"an error in presence.office, please report it: {type(error).__name__}")

    def _started(self, machine: Machine) -> Watcher | None:
        """Return a watcher that has started; None if the hold ends before the host can be reached."""
        pause = self._hold.settings.interval
        while not self._ending.is_over():
            machine.renew_budget(limits.TASK_TIME, limits.TASK_BYTES)
            watcher = Watcher(machine, self._policy, self._hold.settings)
            self._transport.gate = self._gates.exchanges if self.state is State.WAITING else self._gates.absent
            try:
                # Only for the first time: those that are off must not keep the others out of their start.
                with self._gates.starting.passage() if self.state is State.WAITING else contextlib.nullcontext():
                    if self._ending.is_over():
                        return None
                    happenings = watcher.start()
            except (WSManError, RegistryError) as error:
                self._lose(error)
                self._ending.wait(LOGIN_AGAIN if isinstance(error, LoginRefusedError) else pause)
                pause = min(2 * pause, LONGEST_ABSENCE)
                continue
            self._note(Happening(What.HELD, self._clock()), *happenings)
            return watcher
        return None

    def _watch(self, machine: Machine, watcher: Watcher) -> None:
        began = before = self._clock()
        failure: Failure | None = None
        try:
            while not self._ending.is_over():
                self._wait(watcher)
                self._transport.gate = self._gates.absent if watcher.gone else self._gates.exchanges
                self._note(*watcher.step())
                now = self._clock()
                if not watcher.gone:
                    self._user_seconds += (now - before) * sum(one.signed_in for one in watcher.held.values())
                before = now
            self._note(*watcher.finish())
        except (WSManError, RegistryError) as error:
            failure = error
        finally:
            watcher.close()
        result = HoldResult.of(watcher, self._hold, self._clock() - began, failure)
        if failure is None and not result.lost and (warning := contradiction(machine, result.new_defaults)):
            result = result.with_notice(warning)
        self._result = result
        if failure is not None:
            self._lose(failure)

    def _wait(self, watcher: Watcher) -> None:
        if isinstance(watcher.gone, LoginRefusedError):
            self._ending.wait(LOGIN_AGAIN)
            return
        # What waits on the machine keeps nobody out.
        self._transport.gate = None
        watcher.wait(min(watcher.next_wake(), self._clock() + LONGEST_WAIT))

    def _note(self, *happenings: Happening) -> None:
        for happening in happenings:
            if happening.what is What.LOST:
                self.state, self._problem = State.LOST, happening.detail
            elif happening.what in (What.HELD, What.BACK):
                self.state, self._problem = State.HELD, ""
            self._tell(self.name, happening)

    def _lose(self, error: Failure) -> None:
        if self.state is not State.LOST:
            self._note(Happening(What.LOST, self._clock(), detail=str(error)))
        self._problem = str(error)

    def _fail(self, sentence: str) -> None:
        self.state, self._problem = State.FAILED, sentence
        self._tell(self.name, Happening(What.FAILED, self._clock(), detail=sentence))
