"""Record the answers of a virtual machine and play them back: the input of the mutation tests."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from ansible_collections.presence.office.plugins.plugin_utils.wsman.conversation import Transport
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import UnreachableError

_MARK = re.compile(rb'Name="mark">([0-9a-f]+)<')
_STREAM = re.compile(rb'(<rsp:Stream Name="stdout"[^>]*>)([^<]+)(</rsp:Stream>)')
_ID = re.compile(rb"<a:MessageID>(.*?)</a:MessageID>")
_RELATES_TO = re.compile(rb"(<a:RelatesTo>)(.*?)(</a:RelatesTo>)")
_ACTION = re.compile(rb"<a:Action[^>]*>(.*?)</a:Action>")

#: More messages than a normal run sends; after that the machine is unreachable.
_MAX_MESSAGES = 200


@dataclass
class Recording:
    """The answers of one run, in order, with the output of commands decoded and their marks replaced by MARK."""

    actions: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    _mark: bytes = b"?"

    def of(self, transport: Transport) -> Recorder:
        """Return a transport that records."""
        return Recorder(self, transport)

    def keep(self, message: bytes, answer: bytes) -> None:
        """Record an exchange."""
        if mark := _MARK.search(message):
            self._mark = mark[1]
        action = _ACTION.search(message)
        self.actions.append(action[1].decode().rsplit("/", 1)[-1] if action else "")
        plain = _STREAM.sub(lambda m: m[1] + base64.b64decode(m[2]).replace(self._mark, b"MARK") + m[3], answer)
        self.answers.append(plain)


@dataclass
class Recorder:
    """See `Recording.of`."""

    recording: Recording
    transport: Transport

    @property
    def operation_timeout(self) -> int:
        """See `Transport`."""
        return self.transport.operation_timeout

    def send(self, message: bytes) -> bytes:
        """See `Transport`."""
        answer = self.transport.send(message)
        self.recording.keep(message, answer)
        return answer

    def close(self) -> None:
        """See `Transport`."""
        self.transport.close()


class Player:
    """A transport that replays answers, related to the current requests."""

    operation_timeout = 20

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._next = 0
        self._mark = b"?"

    def send(self, message: bytes) -> bytes:
        """See `Transport`."""
        if self._next >= _MAX_MESSAGES:
            raise UnreachableError("the recording is over")
        if mark := _MARK.search(message):
            self._mark = mark[1]
        answer = self._answers[self._next % len(self._answers)]
        self._next += 1
        message_id = _ID.search(message)
        assert message_id
        related = _RELATES_TO.sub(lambda m: m[1] + message_id[1] + m[3], answer, count=1)
        return _STREAM.sub(lambda m: m[1] + base64.b64encode(m[2].replace(b"MARK", self._mark)) + m[3], related)

    def close(self) -> None:
        """Do nothing: nothing is open."""
