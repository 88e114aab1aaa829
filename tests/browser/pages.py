"""Reports made from made-up fleets, without Ansible."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from ansible_collections.presence.office.plugins.plugin_utils.report.document import Report, make_report
from ansible_collections.presence.office.plugins.plugin_utils.report.facts import Machine, read_machine
from ansible_collections.presence.office.plugins.plugin_utils.report.page import to_html

MOMENT = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)


def report(hosts: dict[str, Any], title: str = "Presence report") -> Report:
    """The report of a fleet of `tests.browser.fleets`."""
    machines = [
        Machine(name, no_answer=facts) if isinstance(facts, str) else read_machine(name, facts)
        for name, facts in hosts.items()
    ]
    return make_report(title, MOMENT, machines)


def write_page(hosts: dict[str, Any], path: Path, title: str = "Presence report") -> Path:
    """Write the page of a fleet; return where."""
    path.write_bytes(to_html(report(hosts, title)))
    return path
