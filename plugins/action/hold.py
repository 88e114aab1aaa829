# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.hold``: hold the defaults of all hosts of the play. See the module's documentation."""

from __future__ import annotations

import os
import time
import typing as t

from ansible.errors import AnsibleActionFail
from ansible.utils.display import Display

from ..plugin_utils.arguments import BAD_OPTIONS
from ..plugin_utils.checked_action import CheckedAction
from ..plugin_utils.fleet.connections import HostConnections
from ..plugin_utils.fleet.ending import Ending
from ..plugin_utils.fleet.fleet import Fleet
from ..plugin_utils.fleet.fleet_options import FLEET_OPTIONS, FleetHold, check_batches, check_task, fleet_hold
from ..plugin_utils.fleet.journal import Journal
from ..plugin_utils.fleet.listener import Listener
from ..plugin_utils.fleet.reporter import Reporter
from ..plugin_utils.fleet.summary import Summary
from ..plugin_utils.fleet.terminal import Terminal
from ..plugin_utils.fleet.thread_safety import share_requests
from ..plugin_utils.presence.enforce.policy_options import POLICY_OPTIONS, POLICY_REQUIRED_IF, policy
from ..plugin_utils.presence.options import USER_OPTIONS
from ..plugin_utils.text import counted

_display = Display()


class ActionModule(CheckedAction):
    """Hold the defaults of all hosts of the play, in this process."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "argument_spec": {**POLICY_OPTIONS, **USER_OPTIONS, **FLEET_OPTIONS},
        "required_if": POLICY_REQUIRED_IF,
    }

    def check(self, options: dict[str, t.Any]) -> FleetHold:
        """See ``CheckedAction``."""
        wanted = fleet_hold(options, policy(options))
        task = self._task
        check_task(wanted.hold.seconds, task.timeout, loops=bool(task.loop or task.loop_with or task.until))
        return wanted

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Hold until the end, show the summary, return what became of each host."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        wanted: FleetHold = self.settings(variables)
        names = [str(name) for name in variables["ansible_play_hosts"]]
        try:
            check_batches(names, variables["ansible_play_batch"])
        except ValueError as error:
            raise AnsibleActionFail(str(error), result={"reason": BAD_OPTIONS}) from None
        if self._task.check_mode:
            msg = f"check mode holds nothing; {counted(len(names), 'host')} would be held"
            return {**result, "changed": False, "skipped": True, "skip_reason": msg, "msg": msg}
        if wanted.stop_file is not None and wanted.stop_file.exists():
            raise AnsibleActionFail(
                f"stop_file: {wanted.stop_file} exists already, so nothing is held: remove it first"
            )
        try:
            listener = Listener(wanted.event_socket) if wanted.event_socket is not None else None
        except OSError as error:
            raise AnsibleActionFail(
                f"event_socket: nobody listens at {wanted.event_socket}: {error.strerror}"
            ) from None
        try:
            journal = Journal(wanted.state_file, listener)
        except OSError as error:
            raise AnsibleActionFail(f"state_file: {wanted.state_file} cannot be written: {error.strerror}") from None
        connections = HostConnections(self, variables["hostvars"])
        share_requests()
        with Ending(wanted.hold.seconds, wanted.stop_file, listener=listener) as ending:
            summary = self._hold(names, wanted, connections, ending, journal)
        # Does not return if Ansible no longer waits for a result.
        ending.pass_on()
        return {**result, **summary.to_dict()}

    def _hold(
        self, names: list[str], wanted: FleetHold, connections: HostConnections, ending: Ending, journal: Journal
    ) -> Summary:
        terminal = Terminal(_display.display, ending, quiet=self._task.no_log)
        began = time.monotonic()
        fleet = Fleet(wanted.policy, wanted.hold, ending, connections.connect)
        reporter = Reporter(fleet, terminal, journal)
        reporter.begin(names, wanted, os.getpid())
        fleet.run(names, reporter.tell)
        for details in fleet.bugs() if not ending.abandoned else ():
            _display.vvv(details)
        outcomes = [fleet.outcomes[name] for name in names]
        summary = Summary(outcomes, time.monotonic() - began, ending.reason or "since no host could be held")
        reporter.end(summary)
        return summary
