# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: which Office a machine has: its bitness decides which view of the registry it reads.

Source: ``docs/domain.md``. Click-to-Run stores it in one place; Windows Installer editions write ``Bitness`` for
Outlook below the key of their version (14.0 is Office 2010, the first with both editions), in either view.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .command_output import Output
from .reg_query import parse_keys
from .registry import Registry, Root
from .registry_values import StringValue, ValueState
from .registry_view import View

_CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_CLICK_TO_RUN_KEY = _CLICK_TO_RUN.removeprefix("HKLM\\")
_INSTALLER = r"Microsoft\Office\%v\Outlook"
_VERSIONS = "16.0 15.0 14.0"

#: Asks, as a part of the command that visits hives; answered in one output, ``office``. It leaves the name of the
#: installed version's keys (``16.0``, else ``none``) in the variable ``office``: Click-to-Run writes this key from
#: version 16.0 on (Office 2013's Click-to-Run has it below ``15.0``, which is not looked at).
QUESTION = (
    rf'echo !mark! answer office& (set office=16.0)& (reg query "{_CLICK_TO_RUN}" /v VersionToReport 2>nul)& '
    rf'(reg query "{_CLICK_TO_RUN}" /v Platform 2>nul)& (if not !errorlevel!==0 ((set office=none)& '
    rf"(for %v in ({_VERSIONS}) do ("
    + "& ".join(
        rf'(reg query "HKLM\{view.software(_INSTALLER)}" /v Bitness 2>nul)& '
        "(if !errorlevel!==0 (if !office!==none (set office=%v)))"
        for view in View
    )
    + "))))"
)


@dataclass(frozen=True)
class Office:
    """An Office; unknown fields are None. Its platform is the view of the registry that it reads."""

    version: str | None
    platform: View | None

    @property
    def key_version(self) -> str | None:
        """The version as it names keys: ``16.0`` for 16.0.17328.20162.

        Only Click-to-Run's key may lack a version, and it is that of 16.0 (see ``QUESTION``).
        """
        return ".".join(self.version.split(".")[:2]) if self.version else "16.0"


def parse_office(output: Output) -> Office | None:
    """Return the Office in the answer; the newest if there are several."""
    by_path: dict[str, dict[str, str | None]] = {}
    for key in parse_keys(output):
        # Each of the questions prints the key's name again.
        by_path.setdefault(key.path, {}).update({name: value.text for name, value in key.values.items()})
    for path, values in by_path.items():
        platform = values.get("platform") or values.get("bitness")
        if platform is None:
            continue
        version = values.get("versiontoreport") or (path.split("\\")[-2] if "bitness" in values else None)
        return Office(version, View.parse(platform))
    return None


def read_platform(registry: Registry) -> View | None:
    """Return the view that this machine's Office reads, by typed calls; None if it is not known."""
    return View.parse(read_platform_name(registry) or "")


def read_platform_name(registry: Registry) -> str | None:
    """Return what this machine's Office says of its platform, by typed calls; None if there is no Office.

    The first answer counts, so this is one request for Click-to-Run and up to seven where there is no Office.
    """
    return next((value.name for _version, value in _platforms(registry) if value.state is ValueState.TEXT), None)


def read_office(registry: Registry) -> Office | None:
    """Return this machine's Office, by typed calls: one request more than ``read_platform_name``, for Click-to-Run."""
    for version, value in _platforms(registry):
        if value.state is ValueState.TEXT:
            reported = version or registry.string(Root.HKLM, _CLICK_TO_RUN_KEY, "VersionToReport").text
            return Office(reported, View.parse(value.name))
    return None


def _platforms(registry: Registry) -> t.Iterator[tuple[str | None, StringValue]]:
    """Yield what says a platform, with the version that its key names."""
    yield None, registry.string(Root.HKLM, _CLICK_TO_RUN_KEY, "Platform")
    for version in _VERSIONS.split():
        for view in View:
            yield version, registry.string(Root.HKLM, view.software(_INSTALLER.replace("%v", version)), "Bitness")
