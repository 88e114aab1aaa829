"""What an operation works on, and what it answers."""

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
        service: which was asked.
        message: what.
        request: its entry in the log.
        principal: by whom.
        peer: from which address.
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
    """What goes into s:Body, and the prefixes it needs; its action is that of the request plus `Response`."""

    body: str
    prefixes: str


Operation = t.Callable[[Exchange], Reply]
