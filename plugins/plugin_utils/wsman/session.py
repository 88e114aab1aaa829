# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a session with one machine's WS-Management service: ``enumerate``, ``get``, ``invoke`` and ``run``.

A session implements these and subscriptions to events. Sending the bytes, with the authentication and encryption that
the inventory specifies, is up to a *transport*: one small adapter for each connection plugin.
"""

from __future__ import annotations

import dataclasses
import time
import typing as t
import xml.etree.ElementTree as ET

from . import messages
from .conversation import Conversation, Transport
from .enumeration import Enumeration
from .errors import Asked, NoShellError, ProtocolError
from .messages import TRANSFER, WMI, Resource, Value
from .retry import RetryBudget
from .shell import Output, Shell, ignore
from .subscription import Subscription


class Session:
    """Sends requests to one machine's WS-Management service.

    Every method raises UnreachableError, ProtocolError or WSManFault, ``run`` also NoShellError, and nothing else.
    """

    def __init__(
        self,
        transport: Transport,
        pause: t.Callable[[float], None] = time.sleep,
        clock: t.Callable[[], float] = time.monotonic,
    ) -> None:
        self.retries = RetryBudget(pause, clock)
        self._conversation = Conversation(transport, self.retries)
        self._exchange = self._conversation.exchange
        self._no_shell: NoShellError | None = None

    def close(self) -> None:
        """Close the HTTP connection; nothing is left open on the machine."""
        self._conversation.close()

    def enumerate(self, query: str, namespace: str = "root/cimv2") -> list[dict[str, Value]]:
        """Return the instances that a WQL query finds, each as a dict of the properties it selects."""
        resource = Resource(f"{WMI}/{namespace}/*", query, asked=Asked.QUERY)
        return Enumeration(resource, query, self._exchange, self.retries).rows()

    def get(
        self,
        class_name: str,
        selectors: t.Mapping[str, str],
        *,
        namespace: str = "root/cimv2",
        patient: bool = True,
    ) -> dict[str, Value]:
        """Return one instance's properties; ``patient``: try again after it timed out on the machine."""
        resource = Resource(f"{WMI}/{namespace}/{class_name}", class_name, selectors, Asked.INSTANCE)
        request = messages.build(resource, f"{TRANSFER}/Get", repeatable=True, patient=patient)
        body = self._exchange(request)
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
            repeatable: whether calling it twice is harmless. Otherwise the caller has to handle a lost answer: see
                ``errors.may_have_acted``.
        """
        return messages.properties(
            self._call(class_name, method, parameters, namespace, selectors or {}, repeatable=repeatable)
        )

    def invoke_for_instance(
        self,
        class_name: str,
        method: str,
        parameters: t.Iterable[tuple[str, str]],
        output: str,
        *,
        namespace: str,
    ) -> dict[str, Value]:
        """Call a static WMI method that reads; return the properties of the instance in an out parameter.

        Empty if there is none. ``ReturnValue`` is among them.
        """
        answer = self._call(class_name, method, parameters, namespace, {}, repeatable=True)
        return {**messages.embedded(answer, output), "ReturnValue": messages.properties(answer).get("ReturnValue")}

    def delete(self, class_name: str, selectors: t.Mapping[str, str], *, namespace: str) -> None:
        """Delete one instance. The caller has to handle a lost answer: see ``errors.may_have_acted``."""
        resource = Resource(f"{WMI}/{namespace}/{class_name}", class_name, selectors, Asked.INSTANCE)
        self._exchange(dataclasses.replace(messages.build(resource, f"{TRANSFER}/Delete"), writes=True))

    def _call(
        self,
        class_name: str,
        method: str,
        parameters: t.Iterable[tuple[str, str]],
        namespace: str,
        selectors: t.Mapping[str, str],
        *,
        repeatable: bool,
    ) -> ET.Element:
        """Call a method; return the element with its out parameters."""
        uri = f"{WMI}/{namespace}/{class_name}"
        resource = Resource(uri, f"{class_name}.{method}", selectors, Asked.METHOD)
        arguments = "".join(messages.element(f"m:{name}", value) for name, value in parameters)
        body = f"<m:{method}_INPUT xmlns:m={messages.attribute(uri)}>{arguments}</m:{method}_INPUT>"
        request = messages.build(resource, f"{uri}/{method}", body, repeatable=repeatable)
        # A method that reads can always be repeated, so one that cannot be writes.
        answer = self._exchange(dataclasses.replace(request, writes=not repeatable))
        output = answer.find(f"{{{uri}}}{method}_OUTPUT")
        if output is None:
            raise ProtocolError(f"{resource.subject}: the answer holds no {method}_OUTPUT")
        return output

    def subscribe(self, query: str, namespace: str) -> Subscription:
        """Subscribe to the events that a WQL query describes."""
        resource = Resource(f"{WMI}/{namespace}/*", "subscription to events", asked=Asked.QUERY)
        return Subscription(resource, query, self._exchange)

    def renew(self, seconds: float, most_bytes: int) -> None:
        """Give the session a new budget of tries, time and bytes: for work that lasts longer than a task."""
        self.retries.renew(seconds)
        self._conversation.renew(most_bytes)

    def run(self, command: str, environment: t.Mapping[str, str], output: Output, errors: Output = ignore) -> None:
        """Run one command line in a remote command shell, to its end.

        Args:
            command: what ``cmd /c`` runs. It must end by itself, even if we go away.
            environment: variables for it: the way to pass text that is data and not syntax.
            output: called with each piece of standard output, as bytes in UTF-8.
            errors: the same for standard error.

        Raises:
            NoShellError: the machine allows no shells.
            WSManError: after those that ``errors.may_have_acted`` names, the command may have done everything,
                something or nothing, or may still be running.
        """
        if self._no_shell is not None:
            raise self._no_shell
        try:
            Shell(self._exchange, self.retries).run(command, environment, output, errors)
        except NoShellError as error:
            # Asked once: a policy does not change within a task.
            self._no_shell = error
            raise
