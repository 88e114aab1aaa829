# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: the plays that readers copy from the report. Names from machines cannot smuggle YAML or Jinja into them."""

from __future__ import annotations

import json
import re
import typing as t

from ..verdicts import describe

#: Hosts that a play lists; for more of them it uses the verdict's inventory group.
MOST_HOSTS = 5

_SAFE_APP = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()+-]{0,63}")
_SAFE_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

#: What people are asked to do, by verdict: an app that is open already need not be started.
REQUESTS: t.Final[dict[str, tuple[str, str]]] = {
    "not_running": (
        "Ask people to start the app",
        "Please start {app}. Without it, your colleagues cannot see your status.",
    ),
    "stale": (
        "Ask people to start the app again",
        "Please start {app} again. It seems to have crashed, and without it, your colleagues cannot see your status.",
    ),
    "silent": (
        "Ask people to sign in to the app or restart it",
        "Please sign in to {app}, or restart it if you are signed in. Your colleagues cannot see your status.",
    ),
}

#: For the reader to replace, if the name of the app is not safe or there is no such app.
_APP_PLACEHOLDER = "NAME OF THE APP"


def set_default(verdict: str, app: str | None, hosts: list[str], *, if_running: bool) -> str:
    """Return a play that sets the default app of the users who have the verdict at the time it runs.

    Args:
        if_running: only of those users who run the app.
    """
    running = f" | selectattr('evidence.running', 'contains', '{_safe_app(app)}')" if if_running else ""
    return _play(
        verdict,
        hosts,
        "    - name: Find the affected users\n"
        "      presence.office.im_provider_facts:\n"
        "    - name: Set their default app\n"
        "      presence.office.default_im_app:\n"
        f"        name: {json.dumps(_safe_app(app))}\n"
        '        users: "{{ affected_users }}"\n'
        "      vars:\n"
        "        affected_users: >-\n"
        "          {{ ansible_facts.im_presence.users | selectattr('sid') | selectattr('verdict', 'eq', '"
        f"{verdict}'){running}\n"
        "          | map(attribute='sid') | list }}\n"
        "      when: affected_users | length > 0\n",
    )


def ask(verdict: str, app: str | None, hosts: list[str]) -> str:
    """Return a play that shows everybody who is signed in a message: what to do about the verdict."""
    step, request = REQUESTS[verdict]
    message = request.replace("{app}", _safe_app(app))
    return _play(
        verdict,
        hosts,
        f"    - name: {step}\n"
        "      community.windows.win_msg:\n"
        f"        msg: {json.dumps(message)}\n",
    )  # fmt: skip


def register(verdict: str, app: str | None, hosts: list[str]) -> str:
    """Return a play that writes the app's registration; what readers have to fill in stands in capitals."""
    return _play(
        verdict,
        hosts,
        "    - name: Write the registration of the app\n"
        "      presence.office.im_provider:\n"
        f"        name: {json.dumps(_safe_app(app))}\n"
        "        friendly_name: WHAT PEOPLE CALL IT\n"
        '        guid: "{THE-GUID-OF-ITS-CLASS}"\n'
        "        process_name: PROGRAM.EXE\n",
    )


def look(verdict: str, hosts: list[str]) -> str:
    """Return a play that shows the evidence of each affected user and changes nothing."""
    return _play(
        verdict,
        hosts,
        "    - name: Find the affected users\n"
        "      presence.office.im_provider_facts:\n"
        "    - name: Show where it is switched off\n"
        "      ansible.builtin.debug:\n"
        "        msg: >-\n"
        f"          {{{{ ansible_facts.im_presence.users | selectattr('verdict', 'eq', '{verdict}')\n"
        "          | map(attribute='evidence') | list }}\n",
    )


def _play(verdict: str, hosts: list[str], tasks: str) -> str:
    if len(hosts) <= MOST_HOSTS and all(_SAFE_HOST.fullmatch(host) for host in hosts):
        pattern = json.dumps(hosts)
    else:
        pattern = f"im_verdict_{verdict}  # see docs/inventory-groups.md"
    return f"- name: {describe(verdict).label}\n  hosts: {pattern}\n  gather_facts: false\n  tasks:\n{tasks}"


def _safe_app(name: str | None) -> str:
    return name if name is not None and _SAFE_APP.fullmatch(name) else _APP_PLACEHOLDER
