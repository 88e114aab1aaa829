# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.default_im_app``: options, survey, plan, enforcement, result. See the module's documentation."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from ..plugin_utils.action import MachineAction
from ..plugin_utils.presence import options as option
from ..plugin_utils.presence import result as tell
from ..plugin_utils.presence.enforcement import carry_out, shortfall
from ..plugin_utils.presence.plan import Entry, make_plan
from ..plugin_utils.presence.policy import Policy
from ..plugin_utils.presence.providers import (
    Choice,
    NotRegisteredError,
    Registration,
    choose,
    registrations,
)
from ..plugin_utils.presence.result import Outcome
from ..plugin_utils.presence.survey import survey
from ..plugin_utils.windows.machine import Machine
from ..plugin_utils.windows.profiles import Profile
from ..plugin_utils.windows.registry import StringValue
from ..plugin_utils.windows.visited import Visited
from ..plugin_utils.wsman.errors import WSManError

#: Names that are looked up for the result, a request each; beyond it the profile's folder tells who it is.
ACCOUNT_LOOKUPS = 6


@dataclasses.dataclass(frozen=True)
class Wish:
    """The valid options."""

    policy: Policy
    fail_on_missing_user: bool


class ActionModule(MachineAction):
    """Keep ``DefaultIMApp`` where it should be in every selected user hive of one machine."""

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "argument_spec": {
            "name": {"type": "list", "elements": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            **option.USER_OPTIONS,
            "missing_user": {"type": "str", "choices": ["report", "fail"], "default": "report"},
            "require_registered": {"type": "bool", "default": True},
            "record_previous": {"type": "bool", "default": False},
        },
        "required_if": [("state", "present", ("name",))],
    }

    def check(self, options: dict[str, t.Any]) -> Wish:
        """See ``MachineAction``."""
        present = options["state"] == "present"
        names = option.provider_names(options["name"])
        if present and not names:
            raise ValueError("name is empty: name the provider to set, or several in order of preference")
        if options["record_previous"] and not present:
            raise ValueError("record_previous goes with state present: with state absent no provider takes over")
        policy = Policy(
            names=names,
            present=present,
            kinds=option.kinds(options),
            selection=option.selection(options),
            require_registered=options["require_registered"],
            record_previous=options["record_previous"],
        )
        return Wish(policy, options["missing_user"] == "fail")

    def perform(self, machine: Machine, wish: Wish) -> dict[str, t.Any]:
        """See ``MachineAction``."""
        registered: list[Registration] = registrations(machine.registry) if wish.policy.present else []
        try:
            choice = _choice(wish.policy, registered)
        except NotRegisteredError as error:
            return {
                "failed": True,
                "changed": False,
                "msg": str(error),
                "reason": "not_registered",
                "provider": None,
            }
        found = survey(machine, wish.policy)
        unmatched = list(found.unmatched_users)
        if unmatched and wish.fail_on_missing_user:
            msg = f"users: no profile on this machine belongs to {', '.join(unmatched)}; nothing was changed"
            return {"failed": True, "changed": False, "msg": msg, "unmatched_users": unmatched}
        plan = make_plan(wish.policy, choice, found)
        visited = {} if self._task.check_mode else carry_out(machine, plan, wish.policy)
        outcomes = [_outcome(entry, visited, self._task.check_mode) for entry in plan]
        lost = any(one.lost for one in visited.values())
        return self._result(outcomes if lost else _named(machine, outcomes), choice, unmatched, lost)

    def _result(
        self, outcomes: list[Outcome], choice: Choice | None, unmatched: list[str], lost: bool
    ) -> dict[str, t.Any]:
        result: dict[str, t.Any] = {
            "changed": any(o.changed for o in outcomes),
            "provider": tell.provider(choice),
            "users": [o.result() for o in outcomes],
            "unmatched_users": unmatched,
            "summary": tell.summary(outcomes),
            "msg": tell.message(outcomes, self._task.check_mode),
        }
        lines = [o.diff_line() for o in outcomes if o.changed]
        if self._task.diff and lines:
            result["diff"] = {"prepared": "".join(f"{line}\n" for line in lines)}
        if any(o.error is not None for o in outcomes):
            # To Ansible a host is one or the other.
            result["unreachable" if lost else "failed"] = True
        return result


def _choice(policy: Policy, registered: list[Registration]) -> Choice | None:
    return choose(policy.names, registered, policy.require_registered) if policy.present else None


def _outcome(entry: Entry, visited: dict[Profile, Visited], check_mode: bool) -> Outcome:
    before = entry.surveyed.visited
    if not entry.changes:
        return Outcome(entry, before.kind, False, before.error, entry.before, before.unusable)
    if check_mode:
        return Outcome(entry, before.kind, True, None, tell.planned(entry))
    after = visited[entry.profile]
    error = shortfall(entry, after)
    changed = error is None or _differ(entry.before, after.value)
    return Outcome(entry, after.kind, changed and after.unusable is None, error, after.value, after.unusable)


def _differ(before: StringValue | None, after: StringValue | None) -> bool:
    """Whether something was written even though the hive failed, as where it could not be released afterwards."""
    if before is None or after is None:
        return False
    return (before.found, before.text) != (after.found, after.text)


def _named(machine: Machine, outcomes: list[Outcome]) -> list[Outcome]:
    """Name the people that somebody will read about: whose hive changes, drifts or fails."""
    read_about = [o.entry.profile.sid for o in outcomes if o.changed or o.error]
    # All is done by now: a machine that goes away before it has told the names does not undo the result.
    with contextlib.suppress(WSManError):
        for sid in [sid for sid in read_about if sid][:ACCOUNT_LOOKUPS]:
            machine.accounts.name(sid)
    return [dataclasses.replace(o, account=machine.accounts.known(o.entry.profile.sid or "")) for o in outcomes]
