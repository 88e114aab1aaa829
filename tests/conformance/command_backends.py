"""Run the collection's command lines on a virtual machine and in Wine, with the same registry and files."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass

from tests.virtual_windows.cmd.console import COMSPEC, Console
from tests.virtual_windows.machine import Machine
from tests.virtual_windows.machine.files import FileHandle
from tests.virtual_windows.machine.keys import Key
from tests.virtual_windows.machine.mounts import HIVE_LIST
from tests.virtual_windows.machine.registry import KeyHandle
from tests.virtual_windows.machine.values import ValueType

from .registry_backends import Stored, parse_dump, raw, stored
from .wine import STAND_IN, SYSTEM_PATH, Wine, parse_result, run_request, word

FOLDER = r"C:\windows"
LOG = r"C:\standin\log.txt"
STATE = r"HKEY_LOCAL_MACHINE\Software\presence.office.standin"
BUSY = rf"{STATE}\busy"
MOUNTS = rf"{STATE}\mounts"
HKU = "HKEY_USERS"
USER_HIVES = rf"{HKU}\S-1-5-21-"
OWN_MOUNTS = rf"{HKU}\presence.office."
SYSTEM = "c:\\windows\\"

# The parts of HKEY_LOCAL_MACHINE that the collection reads. Wine needs classes of its own.
CLASSES = tuple(
    rf"HKEY_LOCAL_MACHINE\SOFTWARE\Classes\{key}" for key in ("CLSID", r"WOW6432Node\CLSID", "TypeLib", "PackagedCom")
)
READ = (
    r"HKEY_LOCAL_MACHINE\SOFTWARE\IM Providers",
    r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\IM Providers",
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office",
    r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Office",
)


@dataclass(frozen=True)
class Busy:
    """A hive's file, or the key it is mounted at, held open until `times` tries to load or unload it have failed.

    Or until the command has ended.
    """

    what: str
    times: int

    @property
    def command(self) -> str:
        """The command that fails."""
        return "reg load" if ":" in self.what else "reg unload"


@dataclass(frozen=True)
class Sent:
    """A command line that the collection sent, its environment, and what is held open meanwhile."""

    line: str
    environment: dict[str, str]
    busy: Busy | None = None


@dataclass(frozen=True)
class Done:
    """The result of a command line: its output, its exit code, the programs that it started."""

    out: str
    code: int
    programs: tuple[str, ...]


def _program(line: str) -> str:
    return " ".join(line.split())


class _Holder:
    """Holds what is busy, and releases it after the given number of failed tries."""

    def __init__(self, machine: Machine, busy: Busy | None) -> None:
        self._machine = machine
        self._busy = busy
        self._tries = 0
        self._handle: FileHandle | KeyHandle | None = None

    def __call__(self, program: str) -> None:
        busy = self._busy
        if busy is None or not program.startswith(busy.command) or busy.what not in program:
            return
        self._tries += 1
        if self._tries > busy.times:
            self.release()
        elif self._handle is None and busy.command == "reg load":
            self._handle = self._machine.files.hold(busy.what, "another program")
        elif self._handle is None:
            self._handle = self._machine.registry.hold_open(busy.what.replace("HKU", HKU))

    def release(self) -> None:
        """Hold nothing any more."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None


class VirtualMachine:
    """A virtual machine that also acts as the collection's session."""

    def __init__(self, description: t.Mapping[str, object]) -> None:
        self.machine = Machine("desk1", dict(description), speed=1000)
        self.machine.registry.delete_key(HIVE_LIST)  # Wine has none
        self.busy: Busy | None = None
        self.sent: list[Sent] = []
        self.done: list[Done] = []

    def run(
        self,
        line: str,
        environment: t.Mapping[str, str],
        output: t.Callable[[bytes], object],
        _errors: t.Callable[[bytes], object],
    ) -> int:
        """Run a command line, as the collection's session does."""
        sent = Sent(line, dict(environment), self.busy)
        self.sent.append(sent)
        done = self.replay(sent)
        output(done.out.encode())
        return done.code

    def pause(self, seconds: float) -> None:
        """Do not wait, as the collection would."""

    def replay(self, sent: Sent) -> Done:
        """Run a command line."""
        holder = _Holder(self.machine, sent.busy)
        console = Console(self.machine, FOLDER, sent.environment, threading.Event(), holder)
        result = console.run(sent.line)
        holder.release()
        done = Done(result.out, result.code, tuple(map(_program, result.programs)))
        self.done.append(done)
        return done

    def hives(self) -> dict[str, Key]:
        """Return users' hives by their place: a key below HKEY_USERS, or a file."""
        mounts = self.machine.registry.mounts()
        loaded = {path: hive.root for path, hive in mounts.items() if path.startswith((USER_HIVES, OWN_MOUNTS))}
        unloaded = {one.path: one.root for one in self.machine.files.hives() if not one.in_use}
        return {**loaded, **{path: root for path, root in unloaded.items() if not path.lower().startswith(SYSTEM)}}

    def mounts(self) -> set[str]:
        """Return the keys at which users' hives are loaded."""
        return {path for path in self.hives() if path.startswith(HKU)}

    def stored(self) -> dict[str, tuple[Stored, ...]]:
        """Return the content of the hives, by their place."""
        return {where: stored(root) for where, root in self.hives().items()}


class WineMachine:
    """Wine with the registry and the files of a virtual machine."""

    def __init__(self, wine: Wine, virtual: VirtualMachine) -> None:
        self._wine = wine
        self._virtual = virtual
        requests = [f"wipe {word(STATE)}", *(f"wipe {word(path)}" for path in READ)]
        for path in (*READ, *CLASSES):
            if virtual.machine.registry.exists(path):
                requests += _seeds(path, virtual.machine.registry.key(path))
        for number, (where, root) in enumerate(virtual.hives().items()):
            requests += self._hive(number, where, root)
        self._ask(requests)

    def _ask(self, requests: list[str]) -> list[list[str]]:
        answers = self._wine.ask(requests)
        pairs = zip(requests, answers, strict=True)
        failed = [f"{request}: {answer}" for request, answer in pairs if _failed(request, answer)]
        assert not failed, failed
        return answers

    def _hive(self, number: int, where: str, root: Key) -> list[str]:
        """Return the requests that make a hive, loaded at the same key as on the virtual machine."""
        if where.startswith(HKU):
            file = self._virtual.machine.registry.mounts()[where].path
            self._make(file)
            return [f"wipe {word(where)}", *_seeds(where, root), _mounted(where, file)]
        self._make(where)
        seed = rf"{HKU}\seed.{number}"
        return [*_seeds(seed, root), _mounted(seed, where), _reg(f'unload "{seed}"')]

    def _make(self, file: str) -> None:
        """Create a file of that name, for `if exist`."""
        path = self._wine.drive.joinpath(*file.split("\\")[1:])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def replay(self, sent: Sent) -> Done:
        """Run a command line as WinRM does."""
        log = self._wine.drive.joinpath(*LOG.split("\\")[1:])
        log.unlink(missing_ok=True)
        variables = {"PATH": rf"{STAND_IN};{SYSTEM_PATH}", "STANDIN_LOG": LOG, **sent.environment}
        busy = sent.busy
        times = f"{(busy.times if busy else 0).to_bytes(4, 'little').hex()}"
        what = word(busy.what.replace("HKU", HKU) if busy else "")
        held = f"seed {word(BUSY)} {what} {int(ValueType.DWORD)} .{times}"
        run = run_request(f'{COMSPEC} /C "{sent.line}"', FOLDER, variables)
        *_unused, answer = self._ask([f"wipe {word(BUSY)}", held, run])
        result = parse_result(answer)
        programs = log.read_text("utf-8").splitlines() if log.exists() else []
        return Done(result.out.decode(), result.code, tuple(map(_program, programs)))

    def stored(self) -> dict[str, tuple[Stored, ...]]:
        """Return the content of the hives, by their place on the virtual machine."""
        places = list(self._virtual.hives())
        requests = [f"wipe {word(BUSY)}"]
        for number, where in enumerate(places):
            if where.startswith(HKU):
                requests.append(f"dump {word(where)}")
            else:
                seed = rf"{HKU}\seed.{number}"
                requests += [_reg(f'load "{seed}" "{where}"'), f"dump {word(seed)}", _reg(f'unload "{seed}"')]
        answers = zip(self._ask(requests), requests, strict=True)
        dumps = [answer for answer, request in answers if request.startswith("dump")]
        return {where: parse_dump(dump) for where, dump in zip(places, dumps, strict=True)}

    def mounts(self) -> set[str]:
        """Return the keys below HKEY_USERS at which hives are loaded."""
        (answer,) = self._ask([f"dump {word(MOUNTS)}"])
        return {name for _key, name, kind, _data in parse_dump(answer) if kind >= 0}


def _failed(request: str, answer: list[str]) -> bool:
    """Return whether a request failed that should not; what is deleted may be missing."""
    return request.startswith(("key ", "seed ")) and answer != ["0"]


def _seeds(path: str, root: Key) -> list[str]:
    lines = []
    for below, key in root.walk():
        where = word(f"{path}\\{below}" if below else path)
        lines.append(f"key {where}")
        lines += [f"seed {where} {word(value.name)} {int(value.type)} .{raw(value).hex()}" for value in key.values()]
    return lines


def _mounted(where: str, file: str) -> str:
    data = f"{file}\0".encode("utf-16-le").hex()
    return f"seed {word(MOUNTS)} {word(where)} {int(ValueType.SZ)} .{data}"


def _reg(arguments: str) -> str:
    return run_request(rf"{STAND_IN}\reg.exe {arguments}", FOLDER, {})
