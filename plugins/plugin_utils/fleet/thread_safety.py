# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what ``requests`` does for one thread, made safe for many.

To find out whether a proxy is to be bypassed, ``requests`` sets the environment variable ``no_proxy`` for a moment, for
each message (``requests.utils.set_environ``). With several threads one deletes what the other has set, which ends in a
KeyError, or keeps the other's value.
"""

from __future__ import annotations

import contextlib
import threading
import typing as t

try:
    from requests import utils

    HAS_REQUESTS = True
except ImportError:  # then no connection works, and says so
    HAS_REQUESTS = False

_LOCK = threading.RLock()


def share_requests() -> None:
    """Make ``requests`` safe for the threads of this process, which is a worker of one task."""
    if not HAS_REQUESTS:
        return
    # Typed as what it is, which the stubs of requests do not say.
    set_environ: t.Callable[[str, str | None], t.ContextManager[None]] = utils.set_environ  # type: ignore[assignment]

    @contextlib.contextmanager
    def shared(name: str, value: str | None) -> t.Iterator[None]:
        with _LOCK, set_environ(name, value):
            yield

    utils.set_environ = shared  # type: ignore[assignment]
