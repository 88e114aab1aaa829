# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.presence_report``: write a fleet's facts to three files. See the module's documentation."""

from __future__ import annotations

import datetime as dt
import typing as t
from pathlib import Path

from ansible.errors import AnsibleActionFail

from ..plugin_utils.checked_action import CheckedAction
from ..plugin_utils.inventory import Inventory
from ..plugin_utils.report.document import Report, make_report, to_json, totals
from ..plugin_utils.report.files import write_all
from ..plugin_utils.report.hosts import pending_hosts, read_machines, refused_options
from ..plugin_utils.report.page import to_html
from ..plugin_utils.report.previous import read_previous
from ..plugin_utils.report.spreadsheet import to_csv
from ..plugin_utils.text import counted, some

WRITERS: t.Final[dict[str, t.Callable[[Report], bytes]]] = {
    "presence.html": to_html,
    "presence.csv": to_csv,
    "presence.json": to_json,
}


class ActionModule(CheckedAction):
    """Write the report once for all hosts of the play."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "argument_spec": {
            "directory": {"type": "path", "required": True},
            "title": {"type": "str", "default": "Presence report"},
            "hosts": {"type": "list", "elements": "str"},
            "registered": {"type": "str"},
            "replace": {"type": "bool", "default": False},
        },
    }

    def check(self, options: dict[str, t.Any]) -> dict[str, t.Any]:
        """See ``CheckedAction``."""
        if not options["directory"].strip():
            raise ValueError("directory is empty: set it to the folder for the report")
        if options["hosts"] is not None and not any(host.strip() for host in options["hosts"]):
            raise ValueError("hosts is empty: name hosts or groups, or leave hosts out for all hosts of the play")
        return options

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Render everything before writing anything, so that a failure keeps the previous report."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        options = self.settings(variables)
        pending = pending_hosts(variables)
        if options["hosts"] is None and pending:
            verb = "is" if pending == 1 else "are"
            msg = f"{counted(pending, 'host')} of this play {verb} still to come; the last batch writes the report"
            return {**result, "changed": False, "skipped": True, "skip_reason": msg, "msg": msg}

        hosts = self._hosts(options["hosts"], variables)
        if refused := refused_options(hosts, variables["hostvars"], options["registered"]):
            raise AnsibleActionFail(f"no facts were collected, and no report was written: {refused}")
        machines = read_machines(hosts, variables["hostvars"], options["registered"])
        report = make_report(options["title"], dt.datetime.now(dt.UTC), machines)
        directory = Path(options["directory"]).absolute()
        if previous := read_previous(directory / "presence.json"):
            loss = previous.loss(report)
            if loss and not options["replace"]:
                raise AnsibleActionFail(
                    f"the report of {previous.generated} in {directory} stays as it is: {loss}. Choose another folder, "
                    "or set replace to true (of the role: presence_report_replace)",
                    result={"reason": "emptier", "not_asked": previous.not_asked(report)},
                )
            left_out = previous.without_answer(report, variables["hostvars"])
            report = make_report(options["title"], report.generated, [*machines, *left_out])
        if not self._task.check_mode:
            contents = {name: write(report) for name, write in WRITERS.items()}
            try:
                write_all(directory, contents)
            except OSError as error:
                raise AnsibleActionFail(f"the report could not be written to {directory}: {error.strerror}") from None
        return {**result, "changed": True, **_summary(report, directory)}

    def _hosts(self, patterns: list[str] | None, variables: t.Mapping[str, t.Any]) -> list[str]:
        """Return the hosts to report on: those that were named, or all of the play."""
        if patterns is None:
            return [str(host) for host in variables["ansible_play_hosts_all"]]
        try:
            hosts = Inventory(variables["groups"], self._loader).hosts(patterns)
        except ValueError as error:
            raise AnsibleActionFail(f"hosts: {error}") from None
        if not hosts:
            raise AnsibleActionFail("hosts: nobody is left of these patterns")
        return hosts


def _summary(report: Report, directory: Path) -> dict[str, t.Any]:
    counts = totals(report)
    unanswered = [machine.name for machine in report.machines if not machine.answered]
    not_asked = [machine.name for machine in report.machines if not machine.asked]
    msg = (
        f"{counts['broken']} of {counted(counts['users'], 'user')} "
        f"{'shows' if counts['broken'] == 1 else 'show'} no presence; "
        f"{len(unanswered)} of {counted(counts['machines'], 'machine')} did not answer"
        f"{f' (not asked: {some(not_asked, 5)})' if not_asked else ''}. "
        f"Open {directory / 'presence.html'}"
    )
    files = {name.rpartition(".")[2]: str(directory / name) for name in WRITERS}
    return {"msg": msg, "files": files, "totals": counts, "unanswered": unanswered, "not_asked": not_asked}
