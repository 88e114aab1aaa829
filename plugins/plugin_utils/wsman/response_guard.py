# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: HTTP answers of bounded size from a ``requests`` session, and calls of bounded duration.

pywinrm and pypsrp read whole bodies, follow redirects and inflate what is compressed, as ``requests`` does by
itself. A ``ResponseGuard`` adds a check to each adapter of their session, through which every answer passes before its
body is read, including those of a login's handshake.

Relied on: ``HTTPAdapter.send`` sends one request and ``HTTPAdapter.build_response`` turns urllib3's answer into
requests' (since requests 1.0); ``Response.content`` reads the body by ``iter_content``. The body is not read here:
requests-ntlm looks at the socket behind an answer, which is gone once the body has been read.
"""

from __future__ import annotations

import base64
import threading
import typing as t

from .. import limits
from .errors import LostError, ProtocolError

_PIECE = 65_536

# The beginning of NTLM's first token, also inside SPNEGO's ([MS-NLMP] 2.2.1.1).
_NTLM_NEGOTIATE = b"NTLMSSP\0\x01\0\0\0"
_MARK = "_presence_office_guarded"


class ResponseGuard:
    """Bounds what a session's answers may be, and knows how far an exchange has come.

    Attributes:
        last: the last answer; None if there was none since ``begin``.
        sent: whether the message itself was sent in a way that the service may act on: the steps of a login before it
            are not.
        sealed: whether what was sent last was encrypted (by a login's keys, not by TLS).
    """

    def __init__(self) -> None:
        self.last: t.Any = None
        self.sent = False
        self.sealed = False

    def begin(self, *, logged_in: bool) -> None:
        """Begin an exchange; without a login there is nothing but the message to send."""
        self.last = None
        self.sent = logged_in

    def over(self, session: t.Any) -> t.Any:
        """Guard the session; return it. Guarding it again changes nothing."""
        for adapter in session.adapters.values():
            if not hasattr(adapter, _MARK):
                setattr(adapter, _MARK, True)
                adapter.build_response = self._checked(adapter.build_response)
                adapter.send = self._noted(adapter.send)
        return session

    def _noted(self, send: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
        def sending(request: t.Any, *args: t.Any, **kwargs: t.Any) -> t.Any:
            status = self.last.status_code if self.last is not None else None
            self.sent = self.sent or _may_be_acted_on(request, status)
            self.sealed = _is_sealed(_header(request, "Content-Type"))
            return send(request, *args, **kwargs)

        return sending

    def _checked(self, build_response: t.Callable[[t.Any, t.Any], t.Any]) -> t.Callable[[t.Any, t.Any], t.Any]:
        def build(request: t.Any, raw: t.Any) -> t.Any:
            try:
                response = build_response(request, raw)
                _check_headers(response)
            except BaseException:
                raw.close()
                raise
            response.iter_content = _counted(response)
            self.last = response
            return response

        return build


def _may_be_acted_on(request: t.Any, last_status: int | None) -> bool:
    """Return whether a request of an exchange that begins with a login carries the message, with a login complete.

    An encrypted message, one after the login's 200, or one that brings all that its login needs (Basic, a Kerberos
    ticket, the last token of NTLM). The first token of NTLM and the tokens of CredSSP are answered with 401.
    """
    if not request.body:
        return False
    if _is_sealed(_header(request, "Content-Type")) or last_status == 200:
        return True
    scheme, _unused, token = _header(request, "Authorization").partition(" ")
    return scheme not in ("", "CredSSP") and _NTLM_NEGOTIATE not in _decoded(token)


def is_encrypted(response: t.Any) -> bool:
    """Return whether an answer is encrypted by a login's keys ([MS-WSMV] 2.2.9.1)."""
    return _is_sealed(_header(response, "Content-Type"))


def _is_sealed(content_type: str) -> bool:
    return content_type.lower().startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))


def _header(request: t.Any, name: str) -> str:
    value = request.headers.get(name, "")
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _decoded(token: str) -> bytes:
    try:
        return base64.b64decode(token)
    except ValueError:
        return b""


def _check_headers(response: t.Any) -> None:
    if 300 <= response.status_code < 400:
        raise ProtocolError("the machine redirects us to another address, which WinRM never does")
    if response.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
        raise ProtocolError("the machine compressed its answer, which we did not ask for")
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and (len(announced) > 18 or int(announced) > limits.ANSWER_BYTES):
        raise _too_large()


def _counted(response: t.Any) -> t.Callable[..., t.Iterator[bytes]]:
    """Return the answer's ``iter_content``, which raises an error once the body gets too large."""
    pieces = response.iter_content

    def iter_content(chunk_size: int | None = 1, decode_unicode: bool = False) -> t.Iterator[bytes]:
        size = 0
        for piece in pieces(min(chunk_size or _PIECE, _PIECE), decode_unicode):
            size += len(piece)
            if size > limits.ANSWER_BYTES:
                response.raw.close()
                raise _too_large()
            yield piece

    return iter_content


def _too_large() -> ProtocolError:
    return ProtocolError(f"the machine's answer is larger than {limits.ANSWER_BYTES:,} bytes")


_Result = t.TypeVar("_Result")


def within(seconds: float, call: t.Callable[[], _Result]) -> _Result:
    """Return what ``call`` returns, or raise LostError if it takes longer than ``seconds``.

    A socket's time-out restarts with every byte, so a machine that sends one now and then could block us forever.
    The thread of a call that took too long is abandoned; it ends when the machine gives up, or with the process.
    """
    results: list[_Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001  (raised again below, in the calling thread)
            errors.append(error)

    thread = threading.Thread(target=run, name="WS-Management exchange", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise LostError(f"the machine did not finish its answer within {seconds:.0f} seconds", timed_out=True)
    return results[0]
