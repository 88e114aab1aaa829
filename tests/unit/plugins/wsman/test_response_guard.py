"""Answers of bounded size, and calls of bounded duration."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from requests.structures import CaseInsensitiveDict

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import LostError, ProtocolError
from ansible_collections.presence.office.plugins.plugin_utils.wsman.response_guard import ResponseGuard, within


class Raw:
    closed = False

    def close(self):
        self.closed = True


class Adapter:
    """Turns any answer into the same response, as ``requests`` does without reading its body."""

    def __init__(self, status=200, body=(), **headers):
        self._status = status
        self._body = body
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def send(self, _request):
        return None

    def build_response(self, _request, raw):
        return SimpleNamespace(
            status_code=self._status,
            headers=CaseInsensitiveDict(self._headers),
            raw=raw,
            iter_content=lambda _size, _decode: iter(self._body),
        )


def answered(adapter, guard=None):
    """Return the answer that the guarded adapter gives, and the raw one behind it."""
    raw = Raw()
    session = SimpleNamespace(adapters={"http://": adapter})
    (guard or ResponseGuard()).over(session)
    return adapter.build_response(None, raw), raw


@pytest.mark.parametrize(
    ("adapter", "sentence"),
    [
        (Adapter(302), "redirects us"),
        (Adapter(content_encoding="gzip"), "compressed its answer"),
        (Adapter(content_length=str(limits.ANSWER_BYTES + 1)), "larger than 2,097,152 bytes"),
        (Adapter(content_length="9" * 5_000), "larger than"),
    ],
)
def test_an_answer_that_is_refused_by_its_headers_is_closed_unread(adapter, sentence):
    raw = Raw()
    ResponseGuard().over(SimpleNamespace(adapters={"http://": adapter}))

    with pytest.raises(ProtocolError, match=sentence):
        adapter.build_response(None, raw)
    assert raw.closed


@pytest.mark.parametrize(
    "adapter",
    [Adapter(), Adapter(401), Adapter(content_encoding=" Identity"), Adapter(content_length=str(limits.ANSWER_BYTES))],
)
def test_an_ordinary_answer_passes_and_is_remembered(adapter):
    guard = ResponseGuard()
    response, raw = answered(adapter, guard)

    assert guard.last is response
    assert not raw.closed


def test_a_body_that_grows_too_large_is_cut_off(monkeypatch):
    monkeypatch.setattr(limits, "ANSWER_BYTES", 5)
    response, raw = answered(Adapter(body=[b"123", b"45", b"6", b"7"]))
    pieces = []

    with pytest.raises(ProtocolError, match="larger than 5 bytes"):
        pieces.extend(response.iter_content())
    assert raw.closed


def test_a_body_within_the_limit_arrives_whole():
    response, _raw = answered(Adapter(body=[b"one ", b"two"]))

    assert b"".join(response.iter_content()) == b"one two"


def test_guarding_a_session_again_counts_its_bodies_once(monkeypatch):
    monkeypatch.setattr(limits, "ANSWER_BYTES", 5)
    adapter, guard = Adapter(body=[b"12345"]), ResponseGuard()
    session = SimpleNamespace(adapters={"http://": adapter})
    once = guard.over(session).adapters["http://"].build_response

    assert guard.over(session).adapters["http://"].build_response is once


def test_within_returns_what_the_call_returns_and_raises_what_it_raises():
    assert within(5, lambda: "answer") == "answer"
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)


def test_a_call_that_takes_too_long_is_a_lost_answer():
    end = threading.Event()
    try:
        with pytest.raises(LostError, match="did not finish its answer within 0 seconds"):
            within(0.01, end.wait)
    finally:
        end.set()
