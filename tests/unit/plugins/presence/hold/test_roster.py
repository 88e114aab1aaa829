"""Who is held: a machine that ever invents new people gets no further than a bound, and that is said."""

from __future__ import annotations

from ansible_collections.presence.office.plugins.plugin_utils.presence.hold import roster
from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.happenings import What
from ansible_collections.presence.office.plugins.plugin_utils.presence.hold.watcher import Watcher
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind

from .support import INTERVAL, policy, settings, simulation, user


def test_no_more_people_than_a_bound_are_held(monkeypatch):
    monkeypatch.setattr(roster, "MOST_PEOPLE", 2)
    others = [{"account": rf"CONTOSO\u{n}", "default": "Teams"} for n in range(3)]
    where = simulation(user(default="Lync"), *others)
    happened = []
    with where.machine() as machine:
        watcher = Watcher(machine, policy(kinds=[HiveKind.LOADED]), settings())
        watcher.start()
        for n in range(3):
            where.windows.sign_in(f"u{n}")
            where.pause(3 * INTERVAL)
            happened += watcher.step()
        watcher.close()

    assert len(watcher.held) == 2
    assert [one.what for one in happened].count(What.FAILED) == 1
    assert "not all who sign in are held" in next(one.detail for one in happened if one.what is What.FAILED)
    assert [where.default(name) for name in ("u0", "u1", "u2")] == ["Lync", "Teams", "Teams"]
