"""The input and output of an operation."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .envelope import Message
from .log import Request

if t.TYPE_CHECKING:
    from .service import Service


@dataclass
class Exchange:
    """A request on its way through an operation.

    Attributes:
        service: the service.
        message: the request.
        request: its entry in the log.
        principal: the account.
        peer: the client's address.
        chunked: whether the body came in chunks.
    """

    service: Service
    message: Message
    request: Request
    principal: str
    peer: str
    chunked: bool = False


@dataclass(frozen=True)
class Reply:
    """The content of s:Body, and the prefixes that it needs; its action is that of the request plus `Response`."""

    body: str
    prefixes: str


Operation = t.Callable[[Exchange], Reply]
