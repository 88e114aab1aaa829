"""What a callback in `WinRMServer.interceptors` can raise to replace the answer to a request.

A callback gets the Request and a stage: "received", before the machine acts, or "acted", after it has acted
and before the answer is sent. It may block. Besides the two exceptions here it may raise a
`protocol.Fault`; at "acted" the client gets a fault although the machine has acted.
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
