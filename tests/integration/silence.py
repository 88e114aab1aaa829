"""Machines that accept a connection and never answer: a service that hangs behind a kernel that still accepts."""

from __future__ import annotations

import socket
import threading
import typing as t
from contextlib import contextmanager, suppress

from tests.virtual_windows.fleet import Member


@contextmanager
def silent(members: t.Iterable[Member]) -> t.Iterator[list[str]]:
    """Switch the machines off and accept connections in their place; yield the addresses connected to, one each."""
    connected: list[str] = []
    kept: list[socket.socket] = []
    listeners = []
    for member in members:
        member.power_off()
        listener = socket.create_server((member.address, member.port), backlog=128)
        listeners.append(listener)
        threading.Thread(target=_accept, args=(listener, member.address, connected, kept), daemon=True).start()
    try:
        yield connected
    finally:
        for one in [*listeners, *kept]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _accept(listener: socket.socket, address: str, connected: list[str], kept: list[socket.socket]) -> None:
    while True:
        try:
            connection, _unused = listener.accept()
        except OSError:
            return
        connected.append(address)
        kept.append(connection)
