# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report as one HTML file that needs nothing else: no network, no server.

What machines sent stands in it once, as JSON in a ``<script type="application/json">`` that cannot end early, and the
page's own script shows it as text. A Content-Security-Policy lets that script and the style run, by their
hashes, and nothing else, whatever the data may be.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import typing as t
from pathlib import Path

from .document import Report, totals
from .facts import Machine, ProviderState, User, friendly_names
from .visible import visible
from .words import REASONS, VERDICTS, word

ASSETS = Path(__file__).with_name("assets")

#: What the page is put together from, in this order.
STYLES = ("vendor/charts.css", "page.css")
SCRIPTS = ("vendor/table-core.js", "page.js")

#: Hosts that one piece of advice lists; the page says how many more there are, and filters the table for all.
LISTED_HOSTS = 12

_MARK = re.compile(r"<!--presence:([a-z]+)-->")
_IN_SCRIPT = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def to_html(report: Report) -> bytes:
    """Return ``presence.html``."""
    style, script = _joined(STYLES), _joined(SCRIPTS)
    parts = {
        "policy": f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">',
        "style": f"<style>{style}</style>",
        "script": f"<script>{script}</script>",
        "data": f'<script type="application/json" id="data">{in_script(page_data(report))}</script>',
    }
    template = (ASSETS / "page.html").read_text(encoding="utf-8")
    return _MARK.sub(lambda match: parts[match.group(1)], template).encode("utf-8")


def in_script(data: object) -> str:
    """Return ``data`` as JSON that may stand inside a script element: nothing in it can end the element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT)


def page_data(report: Report) -> dict[str, t.Any]:
    """Return what the page shows, every text made visible. Users are rows of numbers into ``strings``."""
    strings = _Strings()
    numbers = {machine.name: n for n, machine in enumerate(report.machines)}
    friendly = friendly_names(report.machines)
    counted = totals(report)
    return {
        "title": visible(report.title),
        "generated": report.generated.isoformat(timespec="seconds"),
        "totals": {key: value for key, value in counted.items() if isinstance(value, int)},
        "verdicts": [
            {"id": visible(name), "label": visible(word(name).label), "kind": word(name).kind,
             "meaning": word(name).meaning, "count": counted["verdicts"].get(name, 0)}
            for name in counted["verdicts"]
        ],
        "defaults": [
            {"name": visible(name), "count": count}
            for name, count in counted["defaults"].items()
        ],
        "friendly": {visible(name): visible(known) for name, known in friendly.items()},
        "first": [
            {"verdict": advice.verdict, "provider": visible(advice.provider or ""), "title": visible(advice.title),
             "why": visible(advice.why), "fix": visible(advice.fix), "task": advice.task, "users": advice.users,
             "hosts": [visible(host) for host in advice.hosts[:LISTED_HOSTS]], "hostCount": len(advice.hosts)}
            for advice in report.advice
        ],
        "machines": [_machine(machine) for machine in report.machines],
        "users": [
            _user(user, numbers[machine.name], strings) for machine in report.machines for user in machine.users
        ],
        "strings": strings.all,
        "reasons": REASONS,
        "words": list(VERDICTS),
    }  # fmt: skip


def _seen(text: str | None) -> str | None:
    return None if text is None else visible(text)


class _Strings:
    """Texts by number, each kept once: most of a fleet's texts are the same few."""

    def __init__(self) -> None:
        self._numbers: dict[str | None, int] = {None: 0}
        self.all: list[str | None] = [None]

    def number(self, text: str | None) -> int:
        if text not in self._numbers:
            self._numbers[text] = len(self.all)
            self.all.append(_seen(text))
        return self._numbers[text]


def _user(user: User, machine: int, strings: _Strings) -> list[t.Any]:
    """Return one row; ``page.js`` names its columns."""
    n = strings.number
    evidence = user.evidence
    texts = (
        user.account, user.sid, user.profile, user.hive, user.default, user.previous_default, user.verdict,
        evidence.link, evidence.key, evidence.view, evidence.found, user.reason, user.error,
    )  # fmt: skip
    return [machine, *map(n, texts), [n(name) for name in evidence.running], [_state(s, n) for s in user.providers]]


def _state(state: ProviderState, n: t.Callable[[str], int]) -> list[t.Any]:
    return [n(state.name), n(state.registered), n(state.up_and_running), state.process]


def _machine(machine: Machine) -> dict[str, t.Any]:
    shown: dict[str, t.Any] = {"name": visible(machine.name)}
    if machine.trouble is not None:
        shown["trouble"] = visible(machine.trouble)
    if machine.office_version or machine.office_platform:
        bits = {"x86": "32 bit", "x64": "64 bit"}.get(machine.office_platform or "", "")
        shown["office"] = ", ".join(part for part in (visible(machine.office_version or ""), bits) if part)
    if machine.truncated:
        shown["truncated"] = [visible(text) for text in machine.truncated]
    return shown


def _joined(names: t.Iterable[str]) -> str:
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in names)


def _policy(style: str, script: str) -> str:
    """Return the policy: this style and this script, no request, no frame, no form."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"
