r"""Speak to a running fleet's control interface, from Python or from a terminal.

python -m tests.virtual_windows.control_client CONTROL.json list
python -m tests.virtual_windows.control_client CONTROL.json desk1 sign-in 'CONTOSO\ada'
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
import typing as t
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

from .control_actions import ACTIONS

_SECONDS = 60


class ControlError(Exception):
    """The fleet refused, or does not answer."""


class Control:
    """A fleet's control interface.

    Args:
        url: where it is.
        token: its bearer token.
    """

    def __init__(self, url: str, token: str) -> None:
        self._address = urlsplit(url).netloc
        self._token = token

    @classmethod
    def read(cls, path: str | Path) -> Control:
        """Return the interface that a control file names."""
        try:
            facts = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls(facts["url"], facts["token"])
        except (OSError, ValueError, KeyError, TypeError) as failure:
            raise ControlError(f"{path} is no control file: {failure}") from failure

    def machines(self) -> list[dict[str, t.Any]]:
        """Return all machines, in short."""
        machines: list[dict[str, t.Any]] = self._ask("GET", "/machines", None)["machines"]
        return machines

    def do(self, machine: str, action: str, **arguments: t.Any) -> dict[str, t.Any]:
        """Do an action (see `control_actions`) on a machine and return its result.

        Raises:
            ControlError: when it cannot be done.
        """
        return self._ask("POST", f"/machines/{quote(machine, safe='')}/{quote(action, safe='')}", arguments)

    def _ask(self, method: str, path: str, arguments: dict[str, t.Any] | None) -> dict[str, t.Any]:
        connection = HTTPConnection(self._address, timeout=_SECONDS)
        try:
            body = None if arguments is None else json.dumps(arguments)
            connection.request(method, path, body, {"Authorization": f"Bearer {self._token}"})
            answer = connection.getresponse()
            data: dict[str, t.Any] = json.loads(answer.read())
        except (OSError, ValueError) as failure:
            raise ControlError(f"the fleet at {self._address} does not answer: {failure}") from failure
        finally:
            connection.close()
        if "error" in data:
            raise ControlError(data["error"])
        return data


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parser = _parser()
    given = vars(parser.parse_args(arguments))
    control_file, machine, action = given.pop("control"), given.pop("machine"), given.pop("action", None)
    if action is None and machine != "list":
        parser.error(f"say what {machine} is to do: {', '.join(sorted(ACTIONS))}")
    try:
        control = Control.read(control_file)
        if machine == "list":
            print(_machines(control.machines()))
            return 0
        if isinstance(given.get("description"), str):
            given["description"] = json.loads(Path(given["description"]).read_text(encoding="utf-8"))
        result = control.do(machine, action, **{name: value for name, value in given.items() if value is not None})
    except (ControlError, OSError, ValueError) as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    print(_requests(result) if action == "requests" else result.get("message") or json.dumps(result, indent=2))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.virtual_windows.control_client")
    parser.add_argument("control", metavar="CONTROL.json", help="written beside the inventory")
    parser.add_argument("machine", help="the name of a machine, or `list`")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    for name, function in sorted(ACTIONS.items()):
        one = actions.add_parser(name, help=(function.__doc__ or "").splitlines()[0])
        _add_arguments(one, function)
    return parser


def _add_arguments(parser: argparse.ArgumentParser, function: t.Callable[..., t.Any]) -> None:
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        if parameter.default is inspect.Parameter.empty:
            kind = _bare if name == "data" else str
            parser.add_argument(name, type=kind, metavar="FILE.json" if name == "description" else None)
        elif parameter.default is False:
            parser.add_argument(f"--{name}", action="store_true")
        else:
            parser.add_argument(f"--{name}")


def _bare(text: str) -> object:
    """Return a number if it looks like one, so that `set ... UpAndRunning 2` writes a REG_DWORD."""
    return int(text) if text.isdigit() else text


def _machines(machines: list[dict[str, t.Any]]) -> str:
    rows = [
        (one["name"], f"{one['address']}:{one['port']}", one["power"], ", ".join(one["signed_in"]) or "-")
        for one in machines
    ]
    text = _table([("machine", "address", "power", "signed in"), *rows])
    damage = [f"{one['name']}: {sentence}" for one in machines for sentence in one["damage"]]
    return "\n".join([text, *(["", "damage:", *damage] if damage else [])])


def _requests(result: dict[str, t.Any]) -> str:
    rows = [
        (
            str(one["number"]),
            "(authentication)" if one["authentication"] else one["kind"],
            f"{one['status']}{' fault ' + str(one['fault']) if one['fault'] else ''}",
            f"{one['bytes_in']}/{one['bytes_out']}",
            one["detail"],
        )
        for one in result["requests"]
    ]
    summary = f"{result['count']} requests, {result['writes']} of them writing"
    return "\n".join([_table([("no.", "kind", "status", "bytes", "detail"), *rows]), summary])


def _table(rows: t.Sequence[t.Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    raise SystemExit(main())
