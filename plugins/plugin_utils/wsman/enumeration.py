# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a WQL query and its rows: Enumerate, Pull until the end, and Release if a list is not read to its end.

Each Pull moves a cursor on the machine, so rows whose answer was lost cannot be requested again: the query starts
over. A list that is no longer read is released; if its context was in the lost answer, that is not possible, and
Windows drops it after a minute.

Source: WS-Enumeration; [MS-WSMV] 3.1.4.8 to 3.1.4.10.
"""

from __future__ import annotations

import contextlib
import typing as t
import xml.etree.ElementTree as ET

from .. import limits
from . import messages
from .errors import FaultCode, ProtocolError, WSManError, WSManFault, may_have_acted
from .messages import ENUMERATION, WSMAN, Request, Resource, Value
from .retry import RetryBudget

Rows = list[dict[str, Value]]

#: Items per request.
BATCH = 1_000

#: The dialect of a query.
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"

_RESPONSES = {"Enumerate": f"{{{ENUMERATION}}}EnumerateResponse", "Pull": f"{{{ENUMERATION}}}PullResponse"}


class _BrokenListError(Exception):
    """A list broke off after it had begun."""

    def __init__(self, cause: WSManError) -> None:
        self.cause = cause
        super().__init__(str(cause))


class Enumeration:
    """Runs one query; ``exchange`` sends a request and returns the answer's body."""

    def __init__(
        self,
        resource: Resource,
        query: str,
        exchange: t.Callable[[Request], ET.Element],
        retries: RetryBudget,
    ) -> None:
        self._resource = resource
        self._query = query
        self._exchange = exchange
        self._retries = retries
        self._context = ""

    def rows(self) -> Rows:
        """Return the matching instances, each as a dict of the properties the query selects."""
        while True:
            try:
                return self._read()
            except _BrokenListError as broken:
                if not self._retries.try_again():
                    raise broken.cause from None

    def _read(self) -> Rows:
        self._context = ""
        beginning = messages.build(
            self._resource, f"{ENUMERATION}/Enumerate", _enumerate_body(self._query), repeatable=True
        )
        answer = self._exchange(beginning).find(_RESPONSES["Enumerate"])
        rows: Rows = []
        try:
            for _pull in range(limits.PULLS):
                if self._take(answer, rows):
                    return rows
                answer = self._pull()
            raise self._too_long(rows)
        except WSManError as error:
            self._release()
            if may_have_acted(error) or _forgotten(error):
                raise _BrokenListError(error) from error
            raise

    def _take(self, answer: ET.Element | None, rows: Rows) -> bool:
        """Add the rows of an answer; return whether they were the last."""
        if answer is None:
            raise ProtocolError(f"{self._query}: the answer holds no enumeration")
        items = answer.find(f"{{{WSMAN}}}Items")
        if items is None:
            items = answer.find(f"{{{ENUMERATION}}}Items")
        rows += [messages.properties(item) for item in (items if items is not None else ())]
        self._context = answer.findtext(f"{{{ENUMERATION}}}EnumerationContext", "")
        if len(rows) > limits.ITEMS or sum(map(len, rows)) > limits.PROPERTIES:
            raise self._too_long(rows)
        return any(messages.local_name(child) == "EndOfSequence" for child in answer)

    def _pull(self) -> ET.Element | None:
        pull = messages.build(self._resource, f"{ENUMERATION}/Pull", _pull_body(self._context))
        return self._exchange(pull).find(_RESPONSES["Pull"])

    def _too_long(self, rows: Rows) -> ProtocolError:
        return ProtocolError(f"{self._query}: the machine's list does not end (more than {len(rows)} items)")

    def _release(self) -> None:
        """Release the list on the machine."""
        if not self._context:
            return
        context = messages.element("n:EnumerationContext", self._context)
        body = f'<n:Release xmlns:n="{ENUMERATION}">{context}</n:Release>'
        with contextlib.suppress(WSManError):
            self._exchange(messages.build(self._resource, f"{ENUMERATION}/Release", body))


def _forgotten(error: WSManError) -> bool:
    return isinstance(error, WSManFault) and error.code == FaultCode.LIST_GONE


def _enumerate_body(query: str) -> str:
    return (
        f'<n:Enumerate xmlns:n="{ENUMERATION}"><w:OptimizeEnumeration/>'
        f"<w:MaxElements>{BATCH}</w:MaxElements>"
        f"{messages.element('w:Filter', query, Dialect=WQL)}</n:Enumerate>"
    )


def _pull_body(context: str) -> str:
    return (
        f'<n:Pull xmlns:n="{ENUMERATION}">{messages.element("n:EnumerationContext", context)}'
        f"<n:MaxElements>{BATCH}</n:MaxElements></n:Pull>"
    )
