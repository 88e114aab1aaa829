"""What a callback in `WinRMServer.interceptors` can raise instead of letting a request go its way.

A callback gets the Request and a stage: "received", before anything is done, or "acted", when the machine has acted
and the answer has not gone out yet. It may block. Besides the two exceptions here it may raise a
`protocol.Fault`; at "acted" that means: done, but the client is told otherwise.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .log import Request

Stage = t.Literal["received", "acted"]
Interceptor = t.Callable[[Request, Stage], None]


class Drop(Exception):
    """Close the TCP connection without an answer."""


@dataclass
class Answer(Exception):
    """Send this instead.

    Attributes:
        status: of HTTP.
        body: sent as it is, but encrypted where the connection is and the status is 200 or 500, which WinRM itself
            sends; any other status comes from http.sys, which knows no encryption.
        content_type: of the body.
    """

    status: int
    body: bytes = b""
    content_type: str = "application/soap+xml;charset=UTF-8"
