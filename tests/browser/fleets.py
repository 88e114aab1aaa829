"""Made-up facts of `presence.office.im_provider_facts`: realistic fleets of any size, and a hostile one."""

from __future__ import annotations

import random
from typing import Any

JABBER = "Cisco Jabber"
APPS = {
    "Lync": ("Skype for Business", "lync.exe", "{8885370D-B33E-44B7-875D-28E403CF9270}"),
    "MsTeams": ("Microsoft Teams", "ms-teams.exe", "{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}"),
    "Teams": ("Microsoft Teams (classic)", "Teams.exe", "{00425F68-FFC1-445F-8EDF-EF78B84BA1C7}"),
    JABBER: (JABBER, "CiscoJabber.exe", "{0B7F4B3C-8A5F-4F0B-9C8E-6B3A1F5D2E11}"),
}
NAMES = [
    "ada", "grace", "alan", "edsger", "barbara", "donald", "margaret", "ken", "dennis", "frances", "john",
    "radia", "tim", "leslie", "katherine", "niklaus", "adele", "sophie", "dana", "karen", "shafi", "silvio",
    "whitfield", "ralph", "vint", "lynn", "evelyn", "annie", "mary", "dorothy", "hedy", "joan",
]  # fmt: skip
IM_KEY = r"Software\IM Providers"

_STATE = "HKU\\{sid}\\" + IM_KEY + "\\{app}"
_KEY = "HKLM\\" + IM_KEY + "\\{app}"

# The evidence for each verdict: link, key, view, and what is there.
_EVIDENCE = {
    "present": (None, _STATE, None, "UpAndRunning is 2, and {process} runs"),
    "ready": (None, _KEY, "x64", "every link that can be checked holds"),
    "starting": ("up_and_running", _STATE, None, "UpAndRunning is 1: it is starting"),
    "shadowed": ("up_and_running", _STATE, None, "UpAndRunning is 0; {running} runs instead"),
    "not_running": ("up_and_running", _STATE, None, "UpAndRunning is 0, and nothing else runs"),
    "stale": ("process", _STATE, None, "UpAndRunning is 2, but {process} does not run"),
    "not_registered": ("registration", _KEY, "x64", "{app} is not registered"),
    "bad_registration": ("registration", _KEY, "x64", "GUID is missing"),
    "no_default": ("default", "HKU\\{sid}\\" + IM_KEY, None, "DefaultIMApp is not there"),
}

_WEIGHTS = {
    "present": 52, "ready": 22, "shadowed": 9, "not_running": 6, "starting": 1, "stale": 2, "not_registered": 3,
    "bad_registration": 2, "no_default": 2, "unknown": 1,
}  # fmt: skip


def provider(name: str, complete: bool = True) -> dict[str, Any]:
    """A registered provider."""
    friendly, process, guid = APPS.get(name, (name, f"{name}.exe", "{00000000-0000-0000-0000-000000000000}"))
    server = f'"C:\\Program Files\\{name}\\{process}"' if complete else None
    return {
        "name": name, "friendly_name": friendly, "guid": guid, "process_name": process, "views": ["x64", "x86"],
        "registered_in": {"x64": "registry", "x86": "click_to_run"},
        "com_server": {"x64": server, "x86": server}, "complete": {"x64": complete, "x86": complete},
    }  # fmt: skip


def user(account: str, verdict: str, app: str | None, running: str = "Lync", number: int = 1000) -> dict[str, Any]:
    """One entry of `users`."""
    sid = f"S-1-5-21-1004336348-1177238915-682003330-{number}"
    login = account.rpartition("\\")[2]
    unknown = verdict == "unknown"
    loaded = verdict not in ("ready", "unknown")
    values = {
        "sid": sid, "app": app, "process": APPS.get(app or "", ("", f"{app}.exe", ""))[1], "running": running,
        "guid": APPS.get(app or "", ("", "", "{}"))[2],
    }  # fmt: skip
    link, key, view, found = _EVIDENCE.get(verdict, (None, None, None, None))
    states = {"present": "running", "starting": "starting", "stale": "running"}

    def state(name: str) -> dict[str, Any]:
        runs = name == running if verdict == "shadowed" else verdict == "present" and name == app
        reported = "running" if runs else states.get(verdict, "not_running") if name == app else "unset"
        return {"name": name, "registered": "machine", "up_and_running": reported, "process": runs if loaded else None}

    return {
        "sid": sid, "account": account, "profile": f"C:\\Users\\{login}", "hive": "loaded" if loaded else "unloaded",
        "default": None if verdict in ("no_default", "unknown") else app,
        "previous_default": running if verdict == "shadowed" else None,
        "providers": [] if unknown else [state(name) for name in ("Lync", JABBER)],
        "verdict": None if unknown else verdict,
        "evidence": {
            "link": link, "key": key and key.format(**values), "view": view, "found": found and found.format(**values),
            "running": [running] if verdict == "shadowed" else [],
        },
        "notes": [], "reason": "no_hive_file" if unknown else None, "error": None,
    }  # fmt: skip


def icons_off(key: str = r"HKU\S-1-5-21-1\Software\Microsoft\Office\16.0\Common\PersonaMenu") -> dict[str, Any]:
    """A note: Outlook shows no presence icons in messages."""
    return {
        "code": "icons_off_in_mail",
        "found": "Enabled is 0: no presence icons in messages",
        "key": key,
        "view": None,
    }


def machine(*users: dict[str, Any], providers: tuple[str, ...] = ("Lync", JABBER, "MsTeams")) -> dict[str, Any]:
    """One host's `im_presence`."""
    return {
        "providers": [provider(name) for name in providers],
        "office": {"version": "16.0.17928.20114", "platform": "x64"},
        "users": list(users),
        "summary": {},
        "truncated": [],
    }


def fleet(machines: int, people: int, silent: int = 0, seed: int = 1) -> dict[str, Any]:
    """Facts by host name (a text instead of facts: why the machine did not answer)."""
    dice = random.Random(seed)
    verdicts, weights = zip(*_WEIGHTS.items(), strict=True)
    hosts: dict[str, Any] = {f"desk-{n:04}.contoso.com": machine() for n in range(1, machines - silent + 1)}
    names = list(hosts)
    for n in range(people):
        verdict = dice.choices(verdicts, weights)[0]
        app = dice.choices(["MsTeams", "Lync", JABBER, "Teams"], [50, 30, 15, 5])[0]
        if verdict == "shadowed":
            app = JABBER
        if verdict == "not_registered":
            app = dice.choice(["Teams", "RCIM"])
        account = f"CONTOSO\\{NAMES[n % len(NAMES)]}{n // len(NAMES) or ''}"
        host = names[n % len(names)]
        hosts[host]["users"].append(user(account, verdict, app, number=1000 + n))
    for n in range(silent):
        hosts[f"laptop-{n + 1:03}.contoso.com"] = "could not be reached: the connection timed out"
    return hosts


#: What a machine or a person might have put into the registry.
HOSTILE = {
    "script": "<script>document.title='owned'</script>",
    "end": "</script><script>document.title='owned'</script>",
    "image": '"><img src=x onerror="document.title=\'owned\'">',
    "comment": "<!--<script>",
    "jinja": "{{ lookup('pipe', 'touch /tmp/presence-owned') }}{% raw %}",
    "formula": '=cmd|" /C calc"!A0',
    "controls": "a\x00b\x1b[31mc\r\nd\te",
    "bidi": "user\u202etxt.exe\u2066",
    "lines": "one\u2028two\u2029three",
    "surrogate": "lone\ud800end",
    "long": "x" * 100_000,
    "yaml": "Lync\n      when: false\n    - ansible.builtin.command: id #",
    "mark": "<!--presence:script-->{app}{other}",
}


def hostile_fleet() -> dict[str, Any]:
    """Machines whose registry holds `HOSTILE`, everywhere a text can stand."""
    hosts: dict[str, Any] = {}
    for n, (name, text) in enumerate(HOSTILE.items()):
        entry = user(text, "shadowed", text, running=text, number=n)
        entry |= {"profile": text, "previous_default": text, "error": text}
        entry["evidence"] |= {"key": text, "found": text}
        entry["notes"] = [{"code": text, "found": text, "key": text, "view": text}]
        entry["providers"].append({"name": text, "registered": text, "up_and_running": text, "process": None})
        facts = machine(entry, providers=("Lync", text))
        facts["office"]["version"] = text
        facts["truncated"] = [text]
        hosts[f"evil-{name}"] = facts
    hosts["evil-silent"] = f"answered with an error: {HOSTILE['image']}"
    return hosts
