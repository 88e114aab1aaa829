"""One TCP connection: its requests, its answers, and its login."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import struct
import threading
import typing as t
from contextlib import suppress
from dataclasses import dataclass

from .authentication import Authenticator, Handshake, Peer
from .encryption import Sealer, is_encrypted
from .envelope import MAX_ENVELOPE_SIZE
from .http import BadRequest, HttpRequest, HttpResponse, read_request
from .interceptors import Answer, Drop
from .log import Request, RequestLog
from .service import Service

SOAP_TYPE = "application/soap+xml;charset=UTF-8"
# What encryption and its framing may add to a message.
_OVERHEAD = 8_192
# How long a client whose TLS handshake failed may take to disconnect.
_LINGER = 1.0

# SO_LINGER with a time of 0: closing the socket discards unsent data and sends RST.
_DISCARD_UNSENT = struct.pack("ii", 1, 0)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Endpoint:
    """What all connections of a server share.

    Attributes:
        service, log, authenticators: of the server.
        tls: None over HTTP, where a login that agrees on keys must be followed by encrypted messages.
        latency: seconds that a round trip takes longer.
        stopping: set when the server stops.
    """

    service: Service
    log: RequestLog
    authenticators: t.Sequence[Authenticator]
    tls: ssl.SSLContext | None
    latency: float
    stopping: threading.Event


class Connection:
    """Serves a client until either side closes the connection."""

    def __init__(self, endpoint: Endpoint, raw: socket.socket) -> None:
        self._endpoint = endpoint
        self._socket = raw
        self._peer = Peer(raw.getpeername()[0])
        self._principal = ""
        self._per_request = False
        self._sealer: Sealer | None = None
        self._handshake: tuple[Authenticator, Handshake] | None = None
        # the last token of a login, not yet sent
        self._token = ""

    def close(self) -> None:
        """End the connection, also under a thread that reads from it."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._socket.close()

    def serve(self) -> None:
        """Answer requests until the connection ends."""
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._endpoint.tls is not None:
                secured = self._endpoint.tls.wrap_socket(self._socket, server_side=True, do_handshake_on_connect=False)
                self._socket = secured
                secured.do_handshake()
                self._peer = Peer(self._peer.address, secured.getpeercert(binary_form=True))
            with self._socket.makefile("rb") as stream:
                while self._one(stream):
                    pass
        except ssl.SSLError as error:
            if error.reason == "HTTP_REQUEST":
                self._reset()
            else:
                self._linger()
        except (OSError, ValueError):
            # the client has gone, or the server is being stopped
            pass
        finally:
            self.close()

    def _reset(self) -> None:
        """End a connection on which HTTP came instead of TLS. How Windows does is not known; this says the least."""
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DISCARD_UNSENT)

    def _linger(self) -> None:
        """Let the client read the alert with which TLS ended; closing at once would reset the connection instead."""
        with suppress(OSError, ValueError), socket.socket(fileno=os.dup(self._socket.fileno())) as plain:
            plain.shutdown(socket.SHUT_WR)
            plain.settimeout(_LINGER)
            while plain.recv(65_536):
                pass

    def _one(self, stream: t.BinaryIO) -> bool:
        """Serve one round trip; return False after the last."""
        try:
            http = read_request(stream, self._socket, MAX_ENVELOPE_SIZE + _OVERHEAD)
        except BadRequest as error:
            _log.debug("bad request: %s", error)
            self._socket.sendall(HttpResponse(400, close=True).pack())
            return False
        if http is None or self._endpoint.stopping.is_set():
            return False
        entry = self._endpoint.log.begin()
        entry.bytes_in = http.size
        if self._endpoint.latency:
            self._endpoint.stopping.wait(self._endpoint.latency)
        try:
            response = self._respond(http, entry)
        except Drop:
            return False
        response.close = response.close or not http.keep_alive
        data = response.pack()
        entry.status = response.status
        entry.bytes_out = len(data)
        self._socket.sendall(data)
        return not response.close

    def _respond(self, http: HttpRequest, entry: Request) -> HttpResponse:
        if http.path.rstrip("/").lower() != "/wsman":
            return HttpResponse(404)
        if http.method != "POST":
            return HttpResponse(405, headers=[("Allow", "POST")])
        offers = self._authenticate(http)
        anonymous = http.headers.get("wsmanidentify", "").lower() == "unauthenticated" and not self._principal
        if offers is not None and not anonymous:
            entry.authentication = True
            return HttpResponse(401, headers=[("WWW-Authenticate", offer) for offer in offers])
        token = [("WWW-Authenticate", self._token)] if self._token else []
        if http.body is None:
            return HttpResponse(413)
        if not http.body:
            entry.authentication = True
            return HttpResponse(200, headers=token)
        response = self._message(http, http.body, entry, "" if anonymous else self._principal)
        response.headers += token
        return response

    def _message(self, http: HttpRequest, body: bytes, entry: Request, principal: str) -> HttpResponse:
        encrypted = is_encrypted(http.headers.get("content-type", ""))
        entry.encrypted = encrypted
        sealer = self._sealer
        if encrypted:
            if sealer is None:
                return HttpResponse(400)
            try:
                body = sealer.unseal(http.headers["content-type"], body)
            except ValueError:
                return HttpResponse(400)
        elif sealer is not None and self._endpoint.tls is None:
            # AllowUnencrypted is false: WinRM answers 500 without a reason.
            return HttpResponse(500)
        if len(body) > MAX_ENVELOPE_SIZE:
            return HttpResponse(413)
        try:
            status, answer = self._endpoint.service.handle(body, entry, principal, self._peer.address, http.chunked)
            content_type = SOAP_TYPE
        except Answer as replacement:
            status, answer, content_type = replacement.status, replacement.body, replacement.content_type
        if encrypted and sealer is not None and answer and status in (200, 500):
            content_type, answer = sealer.seal(answer)
        return HttpResponse(status, answer, [("Content-Type", content_type)] if answer else [])

    # -- the login

    def _authenticate(self, http: HttpRequest) -> list[str] | None:
        """Return None when the client is known, else what to offer it."""
        self._token = ""
        authorization = http.headers.get("authorization", "")
        if not authorization:
            return None if self._principal and not self._per_request else self._challenges()
        authenticator = self._authenticator(authorization)
        if authenticator is None:
            return self._challenges()
        if self._handshake is None or self._handshake[0] is not authenticator:
            self._handshake = (authenticator, authenticator.begin(self._peer))
            self._principal, self._sealer = "", None
        step = self._handshake[1].step(authorization)
        if step.refused:
            self._handshake = None
            return self._challenges()
        if not step.principal:
            return [step.header]
        self._handshake = None
        self._principal, self._sealer, self._token = step.principal, step.sealer, step.header
        self._per_request = step.per_request
        return None

    def _authenticator(self, authorization: str) -> Authenticator | None:
        """Return the authenticator for this header: where several accept a scheme, the kind of token decides."""
        able = [one for one in self._endpoint.authenticators if one.accepts(authorization)]
        return max(able, key=lambda one: one.precedence, default=None)

    def _challenges(self) -> list[str]:
        self._principal, self._sealer = "", None
        # Negotiate stands for NTLM and for Kerberos, and is offered once.
        return list(dict.fromkeys(offer for one in self._endpoint.authenticators for offer in one.challenges))
