"""The gate: so many at a time, and nobody keeps the others out for long."""

from __future__ import annotations

import threading

from ansible_collections.presence.office.plugins.plugin_utils.wsman.gate import Gate, GatedTransport


class Inside:
    """A passage in a thread of its own, until it is told to leave."""

    def __init__(self, gate):
        self.entered = threading.Event()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(gate,))
        self._thread.start()

    def leave(self):
        self._leave.set()
        self._thread.join(10)

    def _run(self, gate):
        with gate.passage():
            self.entered.set()
            self._leave.wait(10)


def test_so_many_are_inside_and_the_next_one_enters_when_one_leaves():
    gate = Gate(2, patience=60)
    first, second = Inside(gate), Inside(gate)
    assert first.entered.wait(10)
    assert second.entered.wait(10)
    third = Inside(gate)

    assert not third.entered.wait(0.1)
    first.leave()
    assert third.entered.wait(10)
    second.leave()
    third.leave()


def test_one_that_takes_too_long_no_longer_counts():
    gate = Gate(1, patience=0.1)
    slow = Inside(gate)
    assert slow.entered.wait(10)
    next_one = Inside(gate)

    assert next_one.entered.wait(10)
    slow.leave()
    next_one.leave()


class Transport:
    operation_timeout = 20

    def __init__(self, gate):
        self.gate = gate
        self.free = []

    def send(self, message):
        entered = Inside(self.gate)
        self.free.append(entered.entered.wait(0.05))
        threading.Thread(target=entered.leave).start()
        return message

    def close(self):
        self.free.append("closed")


def test_a_message_takes_a_place_unless_there_is_no_gate():
    gate = Gate(1, patience=60)
    below = Transport(gate)
    transport = GatedTransport(below, gate)

    assert transport.send(b"x") == b"x"
    transport.gate = None
    transport.send(b"x")
    transport.close()
    assert transport.operation_timeout == 20
    assert below.free == [False, True, "closed"]
