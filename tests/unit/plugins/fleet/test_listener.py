"""Who listens to a hold gets its lines, and takes it along when it goes."""

from __future__ import annotations

import socket

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.fleet.ending import Ending
from ansible_collections.presence.office.plugins.plugin_utils.fleet.journal import Journal
from ansible_collections.presence.office.plugins.plugin_utils.fleet.listener import Listener


@pytest.fixture
def server(tmp_path):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "events"))
        listening.listen()
        yield listening


def test_a_listener_gets_each_line_and_ends_the_hold_when_it_goes(server, tmp_path):
    listener = Listener(tmp_path / "events")
    accepted, _address = server.accept()
    ending = Ending(0, None, lambda: 0.0, listener)
    journal = Journal(tmp_path / "state", listener)
    journal.note("start", hosts=1)

    with accepted:
        assert accepted.recv(1_000) == (tmp_path / "state").read_bytes()
        assert not ending.look()
    assert listener.is_gone()
    journal.note("status")
    assert Ending(0, None, lambda: 0.0, listener).look()
    assert len((tmp_path / "state").read_text(encoding="ascii").splitlines()) == 2
    journal.close()


def test_nobody_listens(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        Listener(tmp_path / "events")
