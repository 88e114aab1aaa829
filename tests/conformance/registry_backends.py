"""Run registry cases by reg.exe and by StdRegProv, on a virtual machine and in Wine."""

from __future__ import annotations

import os
import re
import struct
import typing as t
import zlib
from dataclasses import dataclass

from tests.virtual_windows.cmd.console import COMSPEC, Console
from tests.virtual_windows.machine import Machine
from tests.virtual_windows.machine.keys import Key
from tests.virtual_windows.machine.values import Value, ValueType
from tests.virtual_windows.wmi import Data, find

from .registry_cases import Case
from .wine import octets, parse_result, plain, run_request, word

# Workers of pytest-xdist share Wine's registry.
OWN_KEY = f"presence.office.table.{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"

# Number of probes that work in parallel, each below a key of its own.
PARTS = 2

FOLDER = r"C:\users\Public"

_ROOTS = {"HKEY_CURRENT_USER": 0x80000001, "HKEY_LOCAL_MACHINE": 0x80000002, "HKEY_USERS": 0x80000003}
_METHOD_OF_TYPE = {
    ValueType.SZ: "String",
    ValueType.EXPAND_SZ: "ExpandedString",
    ValueType.MULTI_SZ: "MultiString",
    ValueType.DWORD: "DWORD",
    ValueType.QWORD: "QWORD",
    ValueType.BINARY: "Binary",
}

Stored = tuple[str, str, int, bytes]  # key, name, type, data; for a key itself no name, type -1, no data


@dataclass(frozen=True)
class Outcome:
    """The answer, as text to compare and read, and the content of the registry afterwards."""

    answer: str
    after: tuple[Stored, ...]


@dataclass(frozen=True)
class Call:
    """A call of StdRegProv."""

    method: str
    root: int
    key: str
    name: str | None = None
    value: Value | None = None


def own_key(case: Case) -> str:
    """Return the case's own key."""
    return f"{case.root}\\{OWN_KEY}.{part(case)}"


def part(case: Case) -> int:
    """Return the number of the probe that runs the case."""
    return zlib.crc32(case.title.encode()) % PARTS


def reg_line(case: Case) -> str:  # noqa: PLR0911 - a return a verb
    """Return the command line of reg.exe for the case."""
    key = _quoted(f"{own_key(case)}\\{case.key}" if case.key else own_key(case))
    target = _quoted(f"{own_key(case)}\\{case.target}")
    name = f"/v {_quoted(case.value.name)}" if case.value.name else "/ve"
    match case.verb:
        case "put":
            return f"reg add {key} {name} /t {case.value.type.registry_name} /d {_data(case.value)} /f"
        case "get":
            return f"reg query {key} {name}"
        case "delete":
            return f"reg delete {key} {name} /f"
        case "create":
            return f"reg add {key} /f"
        case "delete_key":
            return f"reg delete {key} /f"
        case "list":
            return f"reg query {key}"
        case "list_all":
            return f"reg query {key} /s"
        case "copy":
            return f"reg copy {key} {target} /f"
        case "copy_all":
            return f"reg copy {key} {target} /s /f"


def calls(case: Case) -> list[Call]:  # noqa: PLR0911 - a return a verb
    """Return the calls of StdRegProv for the case; none where it has no method."""
    root, _unused, below = own_key(case).partition("\\")
    handle, key = _ROOTS[root], f"{below}\\{case.key}" if case.key else below
    kind = _METHOD_OF_TYPE.get(case.value.type)
    match case.verb:
        case "put":
            return [Call(f"Set{kind}Value", handle, key, case.value.name, case.value)] if kind else []
        case "get":
            return [Call(f"Get{kind}Value", handle, key, case.value.name)] if kind else []
        case "delete":
            return [Call("DeleteValue", handle, key, case.value.name)]
        case "create":
            return [Call("CreateKey", handle, key)]
        case "delete_key":
            return [Call("DeleteKey", handle, key)]
        case "list":
            return [Call("EnumKey", handle, key), Call("EnumValues", handle, key)]
        case "list_all" | "copy" | "copy_all":
            return []


def _quoted(text: str) -> str:
    """Quote an argument for the C runtime ("Parsing C command-line arguments", Microsoft Learn)."""
    return '"' + re.sub(r'(\\*)(\Z|")', lambda match: match[1] * 2 + ('\\"' if match[2] else ""), text) + '"'


def _data(value: Value) -> str:
    if isinstance(value.data, list):
        return _quoted("\\0".join(value.data))
    if isinstance(value.data, bytes):
        return _quoted(value.data.hex())
    return _quoted(str(value.data))


def raw(value: Value) -> bytes:
    """Return the bytes of a value's data, as RegQueryValueEx gives them."""
    if isinstance(value.data, bytes):
        return value.data
    if isinstance(value.data, int):
        return struct.pack("<Q" if value.type is ValueType.QWORD else "<I", value.data)
    texts = [*value.data, ""] if isinstance(value.data, list) else [value.data]
    return "".join(f"{text}\0" for text in texts).encode("utf-16-le", "surrogatepass")


class VirtualMachine:
    """The virtual machine's side."""

    def __init__(self) -> None:
        self.machine = Machine("desk1", speed=1000)
        self._console = Console(self.machine, cwd=FOLDER)
        self._provider = find("root/default", "StdRegProv")(self.machine)

    def reg(self, case: Case) -> Outcome:
        """Return the outcome of reg.exe."""
        self._prepare(case)
        done = self._console.run(reg_line(case))
        return Outcome(_reg_answer(case, done.code, done.out), self._after(case))

    def wmi(self, case: Case) -> Outcome:
        """Return the outcome of StdRegProv."""
        self._prepare(case)
        answers = [_wmi_answer(call.method, self._call(call)) for call in calls(case)]
        return Outcome("; ".join(answers), self._after(case))

    def _call(self, call: Call) -> dict[str, Data]:
        data: Data = None
        if call.value is not None:
            data = list(call.value.data) if isinstance(call.value.data, bytes) else call.value.data
        method = self._provider.method(call.method)
        given: dict[str, Data] = {"hDefKey": call.root, "sSubKeyName": call.key, "sValueName": call.name}
        given |= {"sValue": data, "uValue": data}
        return self._provider.invoke(method, None, {one.name: given[one.name] for one in method.inputs})

    def _prepare(self, case: Case) -> None:
        registry, own = self.machine.registry, own_key(case)
        if registry.exists(own):
            registry.delete_key(own, recursive=True)
        registry.ensure(own)
        for key, values in case.given.items():
            made = registry.ensure(f"{own}\\{key}")
            for value in values:
                made.set(value)

    def _after(self, case: Case) -> tuple[Stored, ...]:
        registry, own = self.machine.registry, own_key(case)
        if not registry.exists(own):
            return ()
        return stored(registry.key(own))


def stored(root: Key) -> tuple[Stored, ...]:
    """Return the content of a key of a virtual machine, and below it."""
    entries: list[Stored] = []
    for path, key in root.walk():
        entries.append((path, "", -1, b""))
        entries += [(path, one.name, int(one.type), raw(one)) for one in key.values()]
    return tuple(sorted(entries))


def reg_requests(case: Case) -> list[str]:
    """Return the requests to the probe for a case by reg.exe."""
    line = f'{COMSPEC} /C "{reg_line(case)}"'
    return [*_preparation(case), run_request(line, FOLDER, {}), f"dump {word(own_key(case))}"]


def wmi_requests(case: Case) -> list[str]:
    """Return the requests to the probe for a case by StdRegProv."""
    return [*_preparation(case), *map(_wmi_request, calls(case)), f"dump {word(own_key(case))}"]


def reg_outcome(case: Case, answers: t.Iterator[list[str]]) -> Outcome:
    """Return the outcome, from the answers to `reg_requests`."""
    for _unused in _preparation(case):
        next(answers)
    done = parse_result(next(answers))
    return Outcome(_reg_answer(case, done.code, done.out.decode()), parse_dump(next(answers)))


def wmi_outcome(case: Case, answers: t.Iterator[list[str]]) -> Outcome:
    """Return the outcome, from the answers to `wmi_requests`."""
    for _unused in _preparation(case):
        next(answers)
    results = [_parse_wmi_answer(call.method, next(answers)) for call in calls(case)]
    return Outcome("; ".join(results), parse_dump(next(answers)))


def _preparation(case: Case) -> list[str]:
    own = own_key(case)
    lines = [f"wipe {word(own)}", f"key {word(own)}"]
    for key, values in case.given.items():
        path = word(f"{own}\\{key}" if key else own)
        lines.append(f"key {path}")
        lines += [f"seed {path} {word(value.name)} {int(value.type)} .{raw(value).hex()}" for value in values]
    return lines


def _wmi_request(call: Call) -> str:
    data = "-"
    if call.value is not None and isinstance(call.value.data, (str, int)):
        data = word(call.value.data) if isinstance(call.value.data, str) else str(call.value.data)
    return f"wmi {word(call.method)} {call.root} {word(call.key)} {word(call.name)} {data}"


def _reg_answer(case: Case, code: int, out: str) -> str:
    # Its message about success is in the machine's language, and ignored.
    return f"{code} {out!r}" if case.verb in ("get", "list", "list_all") else str(code)


def _wmi_answer(method: str, outputs: dict[str, Data]) -> str:
    # An empty array and NULL look alike in WS-Management.
    others = {name: data for name, data in outputs.items() if name != "ReturnValue" and data not in (None, [])}
    return f"{method} {outputs['ReturnValue']} {others}"


def _parse_wmi_answer(method: str, answer: list[str]) -> str:
    if answer[0] != "done":
        return f"{method} {' '.join(answer)}"
    outputs: dict[str, Data] = {}
    words = answer[1:]
    while words:
        name = words.pop(0)
        items: list[str] = []
        while words and (words[0].startswith(".") or words[0].lstrip("-").isdecimal()):
            items.append(words.pop(0))
        if name == "Types":
            outputs[name] = [int(item) for item in items]
        elif name == "sNames":
            outputs[name] = [plain(item) for item in items]
        else:
            outputs[name] = plain(items[0]) if items[0].startswith(".") else int(items[0])
    return _wmi_answer(method, outputs)


def parse_dump(answer: list[str]) -> tuple[Stored, ...]:
    """Return the content of a key, and below it, from a dump of the probe."""
    entries: list[Stored] = []
    words = answer[1:]
    while words:
        if words.pop(0) == "key":
            entries.append((plain(words.pop(0)), "", -1, b""))
        else:
            name, kind, data = words[:3]
            del words[:3]
            entries.append((entries[-1][0], plain(name), int(kind), octets(data)))
    return tuple(sorted(entries))
