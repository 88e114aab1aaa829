# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.presence_report``: a fleet's facts as three files. See the module's documentation."""

from __future__ import annotations

import datetime as dt
import typing as t
from pathlib import Path

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..plugin_utils.report.document import Report, make_report, to_json, totals
from ..plugin_utils.report.files import write_all
from ..plugin_utils.report.hosts import hosts_to_come, machines
from ..plugin_utils.report.page import to_html
from ..plugin_utils.report.spreadsheet import to_csv

WRITERS: t.Final[dict[str, t.Callable[[Report], bytes]]] = {
    "presence.html": to_html,
    "presence.csv": to_csv,
    "presence.json": to_json,
}


class ActionModule(ActionBase):
    """Write the report once for all hosts of the play."""

    BYPASS_HOST_LOOP = True
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False
    TRANSFERS_FILES = False

    SPEC: t.ClassVar[dict[str, t.Any]] = {
        "directory": {"type": "path", "required": True},
        "title": {"type": "str", "default": "Presence report"},
        "hosts": {"type": "list", "elements": "str"},
        "registered": {"type": "str"},
    }

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Collect, render, then write: whatever goes wrong before the end leaves the last report in place."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        self._load_name = self._task.resolved_action or self._task.action
        _validation, options = self.validate_argument_spec(argument_spec=self.SPEC)
        if not self._task.args.get("directory"):
            raise AnsibleActionFail("directory is empty: name the folder that the report goes to")
        to_come = hosts_to_come(variables)
        if options["hosts"] is None and to_come:
            msg = f"{to_come} machines of this play are still to be asked: the last batch writes the report"
            return {**result, "changed": False, "skipped": True, "skip_reason": msg, "msg": msg}

        hosts = options["hosts"] if options["hosts"] is not None else variables["ansible_play_hosts_all"]
        strangers = [host for host in hosts if host not in variables["hostvars"]]
        if strangers:
            raise AnsibleActionFail(f"hosts: not in the inventory: {', '.join(strangers[:5])}")
        report = make_report(
            options["title"],
            dt.datetime.now(dt.UTC),
            machines(map(str, hosts), variables["hostvars"], options["registered"]),
        )
        directory = Path(options["directory"]).absolute()
        if not self._task.check_mode:
            contents = {name: write(report) for name, write in WRITERS.items()}
            try:
                write_all(directory, contents)
            except OSError as error:
                raise AnsibleActionFail(f"the report could not be written to {directory}: {error.strerror}") from None
        return {**result, "changed": True, **_told(report, directory)}


def _told(report: Report, directory: Path) -> dict[str, t.Any]:
    counted = totals(report)
    unanswered = [machine.name for machine in report.machines if not machine.answered]
    msg = (
        f"{counted['broken']} of {counted['users']} users show no presence; "
        f"{len(unanswered)} of {counted['machines']} machines did not answer. "
        f"Open {directory / 'presence.html'}"
    )
    files = {name.rpartition(".")[2]: str(directory / name) for name in WRITERS}
    return {"msg": msg, "files": files, "totals": counted, "unanswered": unanswered}
