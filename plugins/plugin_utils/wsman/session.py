# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A conversation with one machine: ``enumerate``, ``get``, ``invoke`` and ``run``.

A session knows how to ask and how often; carrying the bytes, with whatever authentication and encryption
the inventory asks for, is the business of a *transport*: one small adapter a connection plugin.
"""

from __future__ import annotations

import time
import typing as t

from . import messages
from .errors import BUSY, FaultCode, ProtocolError, WSManFault
from .messages import ENUMERATION, TRANSFER, WMI, WSMAN, Request, Resource, Value
from .shell import Output, Shell

#: Pauses before a request is sent again, in seconds; when they are used up the fault stands.
BACK_OFF = (0.5, 1.0, 2.0)

#: Items that one enumeration may bring. A machine with more profiles than this is broken or hostile.
MAX_ITEMS = 20_000

#: Answers that one enumeration may take; Windows cuts a long one every 500 kB.
MAX_PULLS = 1_000

_MAX_ELEMENTS = 1_000

_WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"


class Transport(t.Protocol):
    """What a connection plugin gives us: a way to exchange one SOAP message for another."""

    def send(self, message: bytes) -> bytes:
        """Return the body of the HTTP answer, of a fault as well (HTTP 500).

        Raises:
            UnreachableError: there was no answer, or one that says that we may not talk to the service.
        """

    def close(self) -> None:
        """Close the HTTP connection."""


class Session:
    """Ask one machine's WS-Management service.

    Every method raises UnreachableError, ProtocolError or WSManFault, and nothing else.
    """

    def __init__(self, transport: Transport, pause: t.Callable[[float], None] = time.sleep) -> None:
        self._transport = transport
        self._pause = pause

    def close(self) -> None:
        """Close the HTTP connection; nothing is open on the machine by then."""
        self._transport.close()

    def enumerate(self, query: str, namespace: str = "root/cimv2") -> list[dict[str, Value]]:
        """Return the instances that a WQL query finds, each as a dict of the properties it selects."""
        resource = Resource(f"{WMI}/{namespace}/*", query)
        body = self._exchange(
            messages.build(resource, f"{ENUMERATION}/Enumerate", _enumerate_body(query), repeatable=True)
        )
        answer = body.find(f"{{{ENUMERATION}}}EnumerateResponse")
        found: list[dict[str, Value]] = []
        for _pull in range(MAX_PULLS):
            if answer is None:
                raise ProtocolError(f"{query}: the answer holds no enumeration")
            items = answer.find(f"{{{WSMAN}}}Items")
            if items is None:
                items = answer.find(f"{{{ENUMERATION}}}Items")
            found += [messages.properties(item) for item in (items if items is not None else ())]
            if any(messages.local_name(child) == "EndOfSequence" for child in answer):
                return found
            context = answer.findtext(f"{{{ENUMERATION}}}EnumerationContext", "")
            if len(found) > MAX_ITEMS:
                break
            # A Pull moves the cursor: its answer, once lost, cannot be had by asking again.
            pull = messages.build(resource, f"{ENUMERATION}/Pull", _pull_body(context))
            answer = self._exchange(pull).find(f"{{{ENUMERATION}}}PullResponse")
        self._release(resource, context)
        raise ProtocolError(f"{query}: the machine's list does not end (more than {len(found)} items)")

    def get(
        self,
        class_name: str,
        selectors: t.Mapping[str, str],
        *,
        namespace: str = "root/cimv2",
        repeatable: bool = True,
    ) -> dict[str, Value]:
        """Return one instance's properties; ``repeatable``: worth asking again after a time-out."""
        resource = Resource(f"{WMI}/{namespace}/{class_name}", class_name, selectors)
        body = self._exchange(messages.build(resource, f"{TRANSFER}/Get", repeatable=repeatable))
        if len(body) != 1:
            raise ProtocolError(f"{class_name}: the answer holds no instance")
        return messages.properties(body[0])

    def invoke(
        self,
        class_name: str,
        method: str,
        parameters: t.Iterable[tuple[str, str]],
        *,
        namespace: str = "root/cimv2",
        selectors: t.Mapping[str, str] | None = None,
        repeatable: bool,
    ) -> dict[str, Value]:
        """Call a WMI method and return its out parameters, ``ReturnValue`` among them.

        Args:
            parameters: name and text in the order of the method's signature; an array repeats its name.
            repeatable: whether calling it twice does no harm.
        """
        uri = f"{WMI}/{namespace}/{class_name}"
        resource = Resource(uri, f"{class_name}.{method}", selectors or {})
        arguments = "".join(messages.element(f"m:{name}", value) for name, value in parameters)
        body = f"<m:{method}_INPUT xmlns:m={messages.attribute(uri)}>{arguments}</m:{method}_INPUT>"
        answer = self._exchange(messages.build(resource, f"{uri}/{method}", body, repeatable=repeatable))
        output = answer.find(f"{{{uri}}}{method}_OUTPUT")
        if output is None:
            raise ProtocolError(f"{resource.subject}: the answer holds no {method}_OUTPUT")
        return messages.properties(output)

    def run(self, command: str, environment: t.Mapping[str, str], output: Output) -> int:
        """Run one command line in a remote command shell; return its exit code.

        Args:
            command: what ``cmd /c`` shall run. It must end by itself whatever becomes of us.
            environment: variables for it: the way to hand over text that is data and not syntax.
            output: called with each piece of standard output, as bytes in UTF-8.
        """
        return Shell(self._exchange).run(command, environment, output)

    def _exchange(self, request: Request) -> t.Any:
        pauses = iter(BACK_OFF)
        while True:
            try:
                return messages.parse(request, self._transport.send(request.text.encode()))
            except WSManFault as fault:
                again = fault.code in BUSY or (request.repeatable and fault.code == FaultCode.TIMED_OUT)
                pause = next(pauses, None) if again else None
                if pause is None:
                    raise
                self._pause(pause)

    def _release(self, resource: Resource, context: str) -> None:
        body = f'<n:Release xmlns:n="{ENUMERATION}">{messages.element("n:EnumerationContext", context)}</n:Release>'
        self._exchange(messages.build(resource, f"{ENUMERATION}/Release", body))


def _enumerate_body(query: str) -> str:
    return (
        f'<n:Enumerate xmlns:n="{ENUMERATION}"><w:OptimizeEnumeration/>'
        f"<w:MaxElements>{_MAX_ELEMENTS}</w:MaxElements>"
        f"{messages.element('w:Filter', query, Dialect=_WQL)}</n:Enumerate>"
    )


def _pull_body(context: str) -> str:
    return (
        f'<n:Pull xmlns:n="{ENUMERATION}">{messages.element("n:EnumerationContext", context)}'
        f"<n:MaxElements>{_MAX_ELEMENTS}</n:MaxElements></n:Pull>"
    )
