# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Which Office a machine has: its bitness decides which view of the registry counts.

Source: ``domain.md``'s keys. Click-to-Run says it in one place; Windows Installer editions write ``Bitness`` for
Outlook, below the key of their version (14.0 is Office 2010, the first with both), in one view or the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from .questions import keys
from .transcript import Frame

_CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_INSTALLER = r"Microsoft\Office\%v\Outlook"

#: Asks, as a part of the command that visits hives; answered in one frame, ``office``.
QUESTION = (
    rf'echo !mark! answer office& (reg query "{_CLICK_TO_RUN}" /v VersionToReport 2>nul)& '
    rf'(reg query "{_CLICK_TO_RUN}" /v Platform 2>nul)& (if not !errorlevel!==0 (for %v in (16.0 15.0 14.0) do '
    rf'((reg query "HKLM\SOFTWARE\{_INSTALLER}" /v Bitness 2>nul)& '
    rf'(reg query "HKLM\SOFTWARE\WOW6432Node\{_INSTALLER}" /v Bitness 2>nul))))'
)

_PLATFORMS = ("x64", "x86")


@dataclass(frozen=True)
class Office:
    """An Office; what is not known is None."""

    version: str | None
    platform: str | None


def read_office(frame: Frame) -> Office | None:
    """Return the Office that the answer tells of; the newest if there are several."""
    by_path: dict[str, dict[str, str]] = {}
    for key in keys(frame):
        # Each of the questions prints the key's name again.
        by_path.setdefault(key.path, {}).update({name: value.data for name, value in key.values.items()})
    for path, values in by_path.items():
        said = (values.get("platform") or values.get("bitness") or "").strip().casefold()
        version = values.get("versiontoreport") or (path.split("\\")[-2] if "bitness" in values else None)
        return Office(version, said if said in _PLATFORMS else None)
    return None
