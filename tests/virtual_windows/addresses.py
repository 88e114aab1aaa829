"""Loopback addresses for a fleet: one per machine, used by nothing else.

On Linux, every address of 127.0.0.0/8 belongs to this computer, so each machine can have one, with WinRM's real port.
Several fleets may run at once, such as those of parallel test workers: a fleet takes whole blocks of addresses and
marks each as taken by occupying a port at its last address.
"""

from __future__ import annotations

import errno
import random
import socket
import typing as t

# Below the range that the kernel uses for outgoing connections, so no client has one of these ports.
WINRM_PORTS = {"http": 5985, "https": 5986}
_MARK_PORT = 5984
_MACHINES_A_BLOCK = 250
_ATTEMPTS = 200


class AddressError(RuntimeError):
    """No address or port is left for a machine."""


class Addresses:
    """Hands out addresses; `close()` gives them back."""

    def __init__(self) -> None:
        self._marks: list[socket.socket] = []
        self._random = random.SystemRandom()
        self._addresses = self._generate()

    def take(self) -> str:
        """Return an address that belongs to this fleet alone."""
        return next(self._addresses)

    def control(self) -> str:
        """Return an address for the fleet itself: the last but one of its first block."""
        return self._own(253)

    def domain(self) -> str:
        """Return an address for the KDC of the fleet."""
        return self._own(252)

    def close(self) -> None:
        """Give all addresses back."""
        for mark in self._marks:
            mark.close()
        self._marks.clear()
        self._addresses = self._generate()

    def _generate(self) -> t.Iterator[str]:
        if not self._marks:
            self._mark_block()
        while True:
            block = str(self._marks[-1].getsockname()[0]).rpartition(".")[0]
            for number in range(1, _MACHINES_A_BLOCK + 1):
                yield f"{block}.{number}"
            self._mark_block()

    def _own(self, number: int) -> str:
        if not self._marks:
            self._mark_block()
        return f"{str(self._marks[0].getsockname()[0]).rpartition('.')[0]}.{number}"

    def _mark_block(self) -> None:
        for _unused in range(_ATTEMPTS):
            # 127.0.* and 127.1.* are popular with resolvers and other tests.
            block = f"127.{self._random.randint(16, 250)}.{self._random.randint(0, 254)}"
            mark = _bound(f"{block}.254", _MARK_PORT)
            if mark is not None:
                self._marks.append(mark)
                return
        raise AddressError(f"no block of loopback addresses is free (port {_MARK_PORT} is taken on all tried)")


def free_port(address: str, scheme: str) -> int:
    """Return WinRM's own port if it is free at that address, else a free one below the ephemeral range."""
    usual = WINRM_PORTS[scheme]
    for port in (usual, *random.SystemRandom().sample(range(10_000, 30_000), _ATTEMPTS)):
        probe = _bound(address, port)
        if probe is not None:
            probe.close()
            return port
    raise AddressError(f"no port is free at {address}")


def _bound(address: str, port: int) -> socket.socket | None:
    """Return a socket that occupies a port without listening, so that connections are refused; None if taken."""
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        one.bind((address, port))
    except OSError as failure:
        one.close()
        if failure.errno == errno.EADDRINUSE:
            return None
        raise AddressError(
            f"{address} cannot be used ({failure.strerror}): virtual machines need Linux, "
            "where all of 127.0.0.0/8 is this computer"
        ) from failure
    return one
