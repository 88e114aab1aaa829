"""A session whose commands print, hive by hive, what a test says."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_command import HELD
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import HiveFile
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.wsman.retry import RetryBudget

#: cmd.exe takes no longer line ("Command prompt line string limitation", Microsoft).
LONGEST_LINE = 8_191

#: What WinRM puts around a line (``<COMSPEC> /C "..."``), and what cmd puts into it for the two ``%SystemRoot%`` of the
#: lock file, at most: three paths, each as long as a path can be (MAX_PATH, 260 characters).
AROUND_A_LINE = len(' /C ""') + 3 * 260

IM_PROVIDERS = r"Software\IM Providers"


def hive(number, kind=HiveKind.LOADED):
    """Return the hive of a user with this number."""
    sid = f"S-1-5-21-1-2-3-{number}"
    return HiveFile(rf"C:\Users\u{number}\NTUSER.DAT", sid, kind, f"exclude_users: [{sid}]")


@dataclass(frozen=True)
class Seen:
    """What the command prints about one hive; ``{root}`` in a line is the hive's key, ``{mark}`` the mark.

    Args:
        at: ``loaded``, ``mounted``, ``absent`` or ``none``.
        read: exit code of reading.
    """

    at: str = "loaded"
    lines: tuple[str, ...] = ()
    read: int | None = 0
    stuck: bool = False


def value(text, *, at="loaded", before=()):
    """Return what is printed about a hive with this text in DefaultIMApp."""
    key = rf"HKEY_USERS\{{root}}\{IM_PROVIDERS}"
    return Seen(at, (*before, "", key, f"    DefaultIMApp    REG_SZ    {text}", ""))


def no_value(*, at="loaded", before=()):
    """Return what is printed about a hive whose key has no DefaultIMApp."""
    return Seen(at, (*before, "{mark} missing 0"))


class CommandSession:
    """Runs commands from a list.

    Each is a list with a ``Seen`` for each hive, None if another run holds the lock, an exception, or what ``cmd`` says
    where it does not start.
    """

    def __init__(self, *runs, clock=lambda: 0.0):
        self.pauses: list[float] = []
        self.retries = RetryBudget(self.pauses.append, clock)
        self.lines = []
        self.environments = []
        self._runs = iter(runs)

    @property
    def paths(self):
        """The files of the hives that each command was given."""
        return [
            [text for name, text in environment.items() if name.startswith("file")] for environment in self.environments
        ]

    def run(self, line, environment, output, errors):
        """Print what the next run of the list says."""
        self.lines.append(line)
        self.environments.append(environment)
        run = next(self._runs)
        if isinstance(run, Exception):
            raise run
        if run is None:
            errors(b"The process cannot access the file.\r\n")
            output(f"{HELD}\r\n".encode())
            return
        if isinstance(run, str):
            errors(run.encode())
            return
        for number, seen in enumerate(run, 1):
            self._print(output, environment, number, seen)
        output(f"{environment['mark']} done\r\n".encode())

    def _print(self, output, environment, number, seen):
        mark = environment["mark"]
        mounted = f"presence.office.{environment['run']}.{number}"
        root = {"loaded": environment[f"sid{number}"], "mounted": mounted}.get(seen.at, seen.at)
        lines = [f"{mark} root {root} {number}"]
        if seen.at in ("loaded", "mounted"):
            lines += [line.replace("{root}", root).replace("{mark}", mark) for line in seen.lines]
            lines += [] if seen.read is None else [f"{mark} read {seen.read}"]
            lines += [f"{mark} stuck"] if seen.stuck else []
        output("".join(f"{line}\r\n" for line in lines).encode())
