"""The control interface: HTTP and JSON on loopback, to control the machines of a running fleet.

`GET /machines` lists them; `POST /machines/<name>/<action>` with the action's arguments as a JSON object
does one of `control_actions`. Every request needs the bearer token that is written beside the inventory.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import typing as t
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from .control_actions import ActionError, perform

if t.TYPE_CHECKING:
    from .fleet import Fleet

_LARGEST_BODY = 16 * 1024 * 1024


class ControlServer:
    """The control interface of one fleet.

    Attributes:
        token: the bearer token of clients.
    """

    def __init__(self, fleet: Fleet, address: str) -> None:
        self.token = secrets.token_urlsafe(24)
        handler = type("_BoundHandler", (_Handler,), {"fleet": fleet, "token": self.token})
        self._server = ThreadingHTTPServer((address, 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="control", daemon=True
        )

    @property
    def url(self) -> str:
        """Where it is."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Start answering."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    fleet: t.ClassVar[Fleet]
    token: t.ClassVar[str]

    def do_GET(self) -> None:
        if not self._authorized():
            return
        if self.path != "/machines":
            self._answer(HTTPStatus.NOT_FOUND, {"error": f"there is nothing at {self.path}"})
            return
        self._answer(HTTPStatus.OK, {"machines": [summary(member) for member in self.fleet]})

    def do_POST(self) -> None:
        if not self._authorized():
            return
        first, name, action = ([unquote(part) for part in self.path.split("/")[1:]] + ["", "", ""])[:3]
        if first != "machines" or not action:
            self._answer(HTTPStatus.NOT_FOUND, {"error": f"there is nothing at {self.path}"})
            return
        try:
            member = self.fleet[name]
        except KeyError as failure:
            self._answer(HTTPStatus.NOT_FOUND, {"error": failure.args[0]})
            return
        try:
            result = perform(member, action, self._arguments())
        except ActionError as failure:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": str(failure)})
        else:
            self._answer(HTTPStatus.OK, result)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: the terminal belongs to the user who started the fleet."""

    def _authorized(self) -> bool:
        given = self.headers.get("Authorization", "").encode("utf-8", "replace")
        if hmac.compare_digest(given, f"Bearer {self.token}".encode()):
            return True
        self._answer(HTTPStatus.UNAUTHORIZED, {"error": "the token is missing or wrong"})
        return False

    def _arguments(self) -> dict[str, t.Any]:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            raise ActionError("the request has no sensible length")
        try:
            arguments = json.loads(self.rfile.read(int(length)) or b"{}")
        except ValueError as failure:
            raise ActionError(f"the request is not JSON: {failure}") from failure
        if not isinstance(arguments, dict):
            raise ActionError("the arguments must be a JSON object")
        return arguments

    def _answer(self, status: HTTPStatus, data: dict[str, t.Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def summary(member: t.Any) -> dict[str, t.Any]:
    """Return the entry of a machine in the list."""
    machine = member.machine
    with machine.lock:
        users = [account for session in machine.sessions if (account := machine.accounts.by_sid(session.sid))]
        return {
            "name": member.name,
            "address": member.address,
            "port": member.port,
            "power": "on" if member.powered else "off",
            "signed_in": [account.full_name for account in users],
            "damage": list(machine.damage),
        }
