"""Lines for the terminal: printable, and few."""

from __future__ import annotations

from ansible_collections.presence.office.plugins.plugin_utils.fleet.lines import Lines, shown
from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.happenings import Happening, What


def test_what_is_said():
    lines = Lines()
    ada = {"sid": "S-1-5-21-1", "user": r"CONTOSO\ada"}

    def said(what, **more):
        return lines.line("desk1", Happening(what, 0.0, **more))

    assert said(What.RESTORED, **ada, provider="Ev\x1bil", wanted="Lync") == (
        r"desk1, CONTOSO\ada: Lync again instead of Ev\x1bil"
    )
    assert said(What.RESTORED, sid="S-2", user="bob", provider="Lync") == (
        "desk1, bob: no default again instead of Lync"
    )
    assert said(What.SIGNED_IN, **ada, wanted="Lync") == r"desk1, CONTOSO\ada: signed in; Lync is held"
    assert said(What.HELD) is None
    assert said(What.LOST, detail="connection refused") == "desk1: lost: connection refused"
    assert said(What.BACK) == "desk1: back"
    assert said(What.HELD) == "desk1: held now"


def test_what_happens_again_and_again_is_said_ever_more_seldom():
    lines = Lines()
    happening = Happening(What.RESTORED, 0.0, "S-1", "ada", "Teams", "Lync")
    said = [line for _n in range(1_000) if (line := lines.line("desk1", happening)) is not None]

    assert len(said) == 10
    assert said[-1].endswith("(512 times so far)")
    assert lines.line("desk2", happening) == "desk2, ada: Lync again instead of Teams"


def test_a_host_with_ever_new_users_does_not_fill_the_terminal():
    lines = Lines()
    said = [
        line
        for n in range(10_000)
        if (line := lines.line("desk1", Happening(What.SIGNED_IN, 0.0, f"S-{n}", f"u{n}"))) is not None
    ]
    assert len(said) < 90


def test_some_hosts():
    assert shown(["a", "b"]) == "a, b"
    assert shown([f"desk{n}" for n in range(8)], 2) == "desk0, desk1, 6 more"
