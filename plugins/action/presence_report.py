# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``presence.office.presence_report``: write a fleet's facts to three files. See the module's documentation."""

from __future__ import annotations

import datetime as dt
import typing as t
from pathlib import Path

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ..plugin_utils.report.document import Report, make_report, to_json, totals
from ..plugin_utils.report.files import write_all
from ..plugin_utils.report.hosts import pending_hosts, read_machines
from ..plugin_utils.report.page import to_html
from ..plugin_utils.report.spreadsheet import to_csv
from ..plugin_utils.text import counted

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
        """Render everything before writing anything, so that a failure keeps the previous report."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        self._load_name = self._task.resolved_action or self._task.action
        _validation, options = self.validate_argument_spec(argument_spec=self.SPEC)
        if not self._task.args.get("directory"):
            raise AnsibleActionFail("directory is empty: set it to the folder for the report")
        pending = pending_hosts(variables)
        if options["hosts"] is None and pending:
            verb = "is" if pending == 1 else "are"
            msg = f"{counted(pending, 'host')} of this play {verb} still to come; the last batch writes the report"
            return {**result, "changed": False, "skipped": True, "skip_reason": msg, "msg": msg}

        hosts = options["hosts"] if options["hosts"] is not None else variables["ansible_play_hosts_all"]
        unknown = [host for host in hosts if host not in variables["hostvars"]]
        if unknown:
            raise AnsibleActionFail(f"hosts: not in the inventory: {', '.join(unknown[:5])}")
        report = make_report(
            options["title"],
            dt.datetime.now(dt.UTC),
            read_machines(map(str, hosts), variables["hostvars"], options["registered"]),
        )
        directory = Path(options["directory"]).absolute()
        if not self._task.check_mode:
            contents = {name: write(report) for name, write in WRITERS.items()}
            try:
                write_all(directory, contents)
            except OSError as error:
                raise AnsibleActionFail(f"the report could not be written to {directory}: {error.strerror}") from None
        return {**result, "changed": True, **_summary(report, directory)}


def _summary(report: Report, directory: Path) -> dict[str, t.Any]:
    counts = totals(report)
    unanswered = [machine.name for machine in report.machines if not machine.answered]
    msg = (
        f"{counts['broken']} of {counted(counts['users'], 'user')} "
        f"{'shows' if counts['broken'] == 1 else 'show'} no presence; "
        f"{len(unanswered)} of {counted(counts['machines'], 'machine')} did not answer. "
        f"Open {directory / 'presence.html'}"
    )
    files = {name.rpartition(".")[2]: str(directory / name) for name in WRITERS}
    return {"msg": msg, "files": files, "totals": counts, "unanswered": unanswered}
