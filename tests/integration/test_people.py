"""Whom people mean, however they write an account, and what is said of users whom nobody could look at."""

from __future__ import annotations

import unicodedata

from tests.virtual_windows.machine.users import account_sid

from .machines import ADA, JABBER, machine

BOB = {"account": r"CONTOSO\bob", "default": JABBER}
EVE = {"account": r".\eve", "default": JABBER}
JOERG = {"account": r"CONTOSO\jörg", "default": JABBER}
EVERYBODY = ["ada", "bob", "eve", "jörg"]
DISK = "no NTUSER.DAT, as of a profile disk that is not attached"

# What is excluded; who would be changed then, or what the failure says. Nobody is changed by a failure.
EXCLUDED = [
    (r".\eve", ["ada", "bob", "jörg"]),
    (r".\ada", EVERYBODY),
    (r"desk1\EVE", ["ada", "bob", "jörg"]),
    (r"contoso\ADA", ["bob", "eve", "jörg"]),
    (unicodedata.normalize("NFD", r"CONTOSO\jörg"), ["ada", "bob", "eve"]),
    (account_sid("CONTOSO", "bob").lower(), ["ada", "eve", "jörg"]),
    ("svc-*", EVERYBODY),
    (
        "bob@contoso.com",
        (
            "exclude_users: 'bob@contoso.com' is a user principal name, and Windows does not tell those of a machine's "
            r"users: write DOMAIN\name as whoami shows it, the name alone, or the SID"
        ),
    ),
    (
        r"contoso.com\bob",
        (
            r"exclude_users: 'contoso.com\bob' may mean CONTOSO\bob, but Windows tells the NetBIOS names of domains "
            r"and not their DNS names. If so, write 'CONTOSO\bob', else the SID; nothing was read or changed"
        ),
    ),
    (r"contoso.com\carol", EVERYBODY),
    ("CONTOSO/bob", "exclude_users: 'CONTOSO/bob' contains a slash, and no account's name does: "),
    (r"CONTOSO\\bob", r"exclude_users: 'CONTOSO\\bob' contains more than one backslash"),
]
# Those of them that mean nobody on the machine.
NOBODY = {r".\ada": "belongs to", "svc-*": "matches", r"contoso.com\carol": "belongs to"}


def changed(done):
    """Return the names of those who would be changed."""
    return sorted(user["account"].rpartition("\\")[2] for user in done.result["users"] if user["changed"])


def test_an_account_is_understood_however_it_is_written_or_refused_by_name(start):
    ansible = start({"desk1": machine(ADA, BOB, EVE, JOERG)})
    tasks = [
        {
            "name": str(number),
            "presence.office.default_im_app": {"name": "Lync", "exclude_users": [entry]},
            "check_mode": not isinstance(expected, str),
            "ignore_errors": True,
        }
        for number, (entry, expected) in enumerate(EXCLUDED)
    ]

    run = ansible.tasks(tasks)

    for number, (entry, expected) in enumerate(EXCLUDED):
        done = run.of("desk1", str(number))
        if isinstance(expected, str):
            assert (done.status, done.result["msg"][: len(expected)]) == ("failed", expected), entry
        else:
            assert (done.status, changed(done)) == ("ok", expected), entry
        told = NOBODY.get(entry)
        warnings = [f"exclude_users: no profile on this machine {told} {entry} (see missing_user)"] if told else []
        assert done.result.get("warnings", []) == warnings, entry
    assert r"exclude_users: no profile on this machine belongs to .\ada" in " ".join(run.output.split())
    assert ansible.fleet["desk1"].log.writes() == []


def test_what_is_said_is_said_of_those_who_were_looked_at_and_the_others_are_seen(start):
    """Disks that are not attached, names out of reach, a hive that is held: each told on the terminal by default."""
    gone = {"account": r"CONTOSO\gone", "default": JABBER, "profile": "deleted_account"}
    detached = [{"account": rf"CONTOSO\{name}", "default": JABBER, "profile": "no_hive"} for name in ("bob", "cyd")]
    ansible = start(
        {
            "disks": machine(*detached),
            "nameless": machine(gone),
            "held": machine(ADA, BOB),
            "fine": machine({"account": r"CONTOSO\dan", "default": "Lync"}),
        }
    )
    ansible.fleet["held"].machine.hold_hive(r"CONTOSO\bob")
    variables = {"default_im_app_name": "Lync", "default_im_app_exclude_users": [r"CONTOSO\svc"]}

    run = ansible.playbook("presence.office.audit", **variables)

    said = {host: run.of(host).result["msg"] for host in ("disks", "nameless", "held", "fine")}
    nobody = rf"nobody could be looked at: left alone 2 of 2 users (CONTOSO\bob, CONTOSO\cyd: {DISK})"
    nameless = (
        r"nobody could be looked at: left alone 1 of 1 user (C:\Users\gone: account name not found, while "
        "exclude_users goes by name (SIDs always work))"
    )
    compared = {one.host: one.result for one in run.results if "passed" in one.result}
    assert {host: one["passed"] for host, one in compared.items()} == {
        "disks": True,
        "nameless": True,
        "held": False,
        "fine": True,
    }
    assert (compared["disks"]["msg"], compared["nameless"]["msg"]) == (nobody, nameless)
    assert compared["fine"]["msg"] == "presence passes the audit"
    assert said["held"].startswith(
        r"Users drift: enforcing would change 1 of 2 users (CONTOSO\ada: Cisco Jabber -> Lync). Nothing was changed. "
        r"CONTOSO\bob: C:\Users\bob\NTUSER.DAT could not be mounted: it is in use"
    )
    terminal = run.said
    for sentence in (f"not everybody was audited: {nobody}", f"not everybody was audited: {nameless}", said["held"]):
        assert sentence in terminal

    run = ansible.playbook("presence.office.audit", **variables, default_im_app_audit_skipped_user="fail")
    assert run.of("disks").status == run.of("nameless").status == "failed"
    assert run.of("disks").result["msg"] == f"Not everybody was audited: {nobody}."
    assert run.of("fine").status == "ok"

    run = ansible.playbook("presence.office.enforce", "--check", **variables)
    assert run.of("held").result["msg"].endswith("; check mode changes nothing")
    assert r"would change 1 of 2 users (CONTOSO\ada: Cisco Jabber -> Lync)" in run.of("held").result["msg"]
    terminal = run.said
    assert nobody in terminal
    assert nameless in terminal
