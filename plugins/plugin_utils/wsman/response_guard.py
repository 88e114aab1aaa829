# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: HTTP answers of bounded size from a ``requests`` session, and calls of bounded duration.

pywinrm and pypsrp read whole bodies, follow redirects and inflate what is compressed, as ``requests`` does by
itself. A ``ResponseGuard`` puts a check behind each adapter of their session, where every answer passes before its
body is read, those of a login's handshake included.

Relied on: ``HTTPAdapter.build_response`` is what turns urllib3's answer into requests' (since requests 1.0), and
``Response.content`` reads the body by ``iter_content``. It is not read here: requests-ntlm looks at the socket
behind an answer, which is gone once the body has been read.
"""

from __future__ import annotations

import threading
import typing as t

from .. import limits
from .errors import LostError, ProtocolError

_PIECE = 65_536
_MARK = "_presence_office_guarded"


class ResponseGuard:
    """Bounds what a session's answers may be.

    Attributes:
        last: the last answer; None if there was none since this was reset.
    """

    def __init__(self) -> None:
        self.last: t.Any = None

    def over(self, session: t.Any) -> t.Any:
        """ResponseGuard the session; return it. Guarding it again changes nothing."""
        for adapter in session.adapters.values():
            if not hasattr(adapter, _MARK):
                setattr(adapter, _MARK, True)
                adapter.build_response = self._checked(adapter.build_response)
        return session

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


def _check_headers(response: t.Any) -> None:
    if 300 <= response.status_code < 400:
        raise ProtocolError("the machine redirects us to another address, which WinRM never does")
    if response.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
        raise ProtocolError("the machine compressed its answer, which we did not ask for")
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and (len(announced) > 18 or int(announced) > limits.ANSWER_BYTES):
        raise _too_large()


def _counted(response: t.Any) -> t.Callable[..., t.Iterator[bytes]]:
    """Return the answer's ``iter_content``, which ends with an error where the body gets too large."""
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
    """Return what ``call`` returns, or raise LostError after so many seconds.

    A socket's time-out starts again with every byte, so a machine that sends one now and then could hold us for ever.
    The thread of a call that took too long is left behind; it ends when the machine gives up, or with the process.
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
        raise LostError(f"the machine did not finish its answer within {seconds:.0f} seconds")
    return results[0]
