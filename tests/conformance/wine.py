"""Wine for the tests: a prefix that is booted once and deleted afterwards, and the two programs that run in it.

`programs/probe.c` carries out requests inside Wine; `programs/reg.c` runs in front of Wine's reg.exe. The tests build
both with Debian's mingw compiler.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"
COMPILER = "x86_64-w64-mingw32-gcc"
LIBRARIES = {"probe": ["ole32", "oleaut32", "advapi32"], "reg": ["shell32", "advapi32"]}
STAND_IN = r"C:\standin"
SYSTEM_PATH = r"C:\windows\system32;C:\windows"

# Wine derives its code pages from the locale's language. Languages without a legacy code page have UTF-8 for ANSI and
# OEM, like the shells that the collection opens (WINRS_CODEPAGE 65001). glibc finds a locale by the name of its folder.
_LOCALE = "hi_IN.UTF-8"
_LOCALES = ("/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8")


def need(*programs: str) -> None:
    """Skip the test where a program is missing; in CI that is a failure."""
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    sentence = f"{' and '.join(missing)}: not installed"
    if os.environ.get("CI"):
        pytest.fail(f"{sentence}, and CI must not skip this")
    pytest.skip(sentence)


def word(text: str | None) -> str:
    """Return a text encoded for the probe."""
    return "-" if text is None else "." + text.encode("utf-16-be", "surrogatepass").hex()


def plain(written: str) -> str:
    """Return the text that the probe wrote."""
    return bytes.fromhex(written[1:]).decode("utf-16-be", "surrogatepass")


def octets(written: str) -> bytes:
    """Return the bytes that the probe wrote."""
    return bytes.fromhex(written[1:])


@dataclass(frozen=True)
class WineResult:
    """How a command line ended in Wine, and what it printed."""

    code: int
    out: bytes
    err: bytes


@dataclass(frozen=True)
class Wine:
    """A prefix ready for use.

    Attributes:
        folder: holds the prefix, its programs and its locale.
    """

    folder: Path

    @property
    def drive(self) -> Path:
        """The folder that is drive C: inside."""
        return self.folder / "prefix" / "drive_c"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of Wine's programs."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LOCPATH": str(self.folder / "locale"),
            "LC_ALL": _LOCALE,
            "WINEPREFIX": str(self.folder / "prefix"),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "winemenubuilder.exe,mscoree,mshtml=",
        }

    def ask(self, requests: t.Iterable[str]) -> list[list[str]]:
        """Return the probe's answers to requests, split into words."""
        done = subprocess.run(
            ["wine", str(self.folder / "probe.exe")],
            input="".join(f"{request}\n" for request in requests).encode(),
            env=self.environment,
            capture_output=True,
            check=True,
            timeout=120,
        )
        return [line.split() for line in done.stdout.decode("ascii").splitlines()]

    def boot(self) -> None:
        """Make the prefix and build the programs."""
        locale = next((Path(path) for path in _LOCALES if Path(path).is_dir()), None)
        assert locale is not None, "no UTF-8 locale"
        (self.folder / "locale").mkdir(parents=True)
        (self.folder / "prefix").mkdir()
        (self.folder / "locale" / _LOCALE).symlink_to(locale)
        for name, libraries in LIBRARIES.items():
            flags = ["-O1", "-Wall", "-Wextra", "-Werror", *(f"-l{library}" for library in libraries)]
            built = self.folder / f"{name}.exe"
            subprocess.run([COMPILER, PROGRAMS / f"{name}.c", *flags, "-o", built], check=True, timeout=60)
        # Keep the server and its services running: keys directly below HKEY_USERS have no file and would be lost.
        subprocess.run(["wineserver", "--persistent"], env=self.environment, check=True, timeout=60)
        boot = ["wine", "cmd", "/c", "exit"]
        # Services inherit open files, and would keep a pipe open for as long as they run.
        devnull = subprocess.DEVNULL
        subprocess.run(
            boot, stdin=devnull, stdout=devnull, stderr=devnull, env=self.environment, check=True, timeout=120
        )
        (self.drive / "standin").mkdir()
        # Windows has a system profile; Wine has none.
        (self.drive / "windows/system32/config/systemprofile").mkdir(parents=True, exist_ok=True)
        for name in ("reg", "ping"):
            shutil.copy(self.folder / "reg.exe", self.drive / "standin" / f"{name}.exe")

    def delete(self) -> None:
        """End all programs in the prefix and delete it."""
        for option in ("--kill", "--wait"):
            subprocess.run(["wineserver", option], env=self.environment, capture_output=True, check=False, timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)


def run_request(line: str, folder: str, variables: t.Mapping[str, str]) -> str:
    """Return the request that runs a command line as CreateProcess gets it."""
    return " ".join(["run", *map(word, [line, folder, *(text for pair in variables.items() for text in pair)])])


def parse_result(answer: list[str]) -> WineResult:
    """Return the result, from the answer to `run_request`."""
    return WineResult(int(answer[0]), octets(answer[1]), octets(answer[2]))


@contextmanager
def shared(place: Path) -> t.Iterator[Wine]:
    """Share one prefix among all processes of a test run: the first boots it, the last deletes it.

    Args:
        place: a folder that they share.
    """
    wine = Wine(place / "wine")
    users = place / "wine.users"
    with _locked(place):
        count = int(users.read_text() or 0) if users.exists() else 0
        if count == 0:
            wine.boot()
        users.write_text(str(count + 1))
    try:
        yield wine
    finally:
        with _locked(place):
            count = int(users.read_text()) - 1
            users.write_text(str(count))
            if count == 0:
                wine.delete()


@contextmanager
def _locked(place: Path) -> t.Iterator[None]:
    with (place / "wine.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
