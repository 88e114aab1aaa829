"""Which of the two connections a test runs over.

All tests run over both with `make integration`, which `.ci/run` calls. In `make test` only those do whose subject is
what is sent; any other one runs over one connection, chosen by its name, so that half of them run over each.
"""

from __future__ import annotations

import zlib

from tests.reliability import CONNECTIONS, EXHAUSTIVE

#: Modules whose subject is what is sent.
OVER_BOTH = {"test_main_job", "test_failures", "test_requests", "test_wire"}


def connections(test: str, module: str = "") -> list[str]:
    """Return the connections for a test, or for a fixture that a module's tests share.

    Args:
        test: its name.
        module: of the test, dotted.
    """
    if EXHAUSTIVE or module.rpartition(".")[2] in OVER_BOTH:
        return [*CONNECTIONS]
    return [CONNECTIONS[zlib.crc32(test.encode()) % len(CONNECTIONS)]]
