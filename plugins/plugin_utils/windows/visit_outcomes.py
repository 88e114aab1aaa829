# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what became of each hive that a command was to visit, and the sentences where that is a failure."""

from __future__ import annotations

import typing as t

from .command_output import CommandOutput, HiveOutput
from .hive_command import LOCK_PAUSES, MOUNT, RELEASE_PATIENCE, RELEASE_TRIES
from .hive_files import HiveFile
from .hive_outcomes import Failed, Outcome, Read, Skipped
from .hive_task import HiveTask
from .mounted_hives import mount_of, release_command
from .profiles import HiveKind, SkipReason

T = t.TypeVar("T")


def outcomes(
    hives: list[HiveFile], task: HiveTask[T], output: CommandOutput, *, mounts: bool
) -> dict[HiveFile, Outcome[T]]:
    """Return what became of each hive.

    Args:
        mounts: whether hives that were not loaded were to be mounted.
    """
    pairs = zip(hives, output.hives, strict=True)
    return {hive: _outcome(hive, seen, task, output, mounts=mounts) for hive, seen in pairs}


def _outcome(hive: HiveFile, seen: HiveOutput, task: HiveTask[T], output: CommandOutput, *, mounts: bool) -> Outcome[T]:
    kind = _kind(hive, seen)
    if seen.root == "none" and not mounts:
        return Skipped(HiveKind.UNLOADED, SkipReason.SIGNED_OUT if kind is HiveKind.LOADED else None)
    if why_not := _why_not_visited(hive, seen, output):
        return Failed(kind, why_not, stuck=seen.root == "withheld" and output.stays is not None)
    if seen.root == "absent":
        return task.without_file(hive.now(kind))
    value = task.parse(hive, seen)
    seen.data.clear()
    error = _error(hive, seen, readable=value is not None)
    return Failed(kind, error, value, stuck=seen.stuck) if error or value is None else Read(kind, value)


def _kind(hive: HiveFile, seen: HiveOutput) -> HiveKind:
    """Return where the hive was when the command reached it."""
    if hive.key is None:
        return HiveKind.DEFAULT
    if seen.root == hive.key:
        return HiveKind.LOADED
    return HiveKind.UNLOADED if seen.root is not None and seen.root.startswith(MOUNT) else hive.kind


def _why_not_visited(hive: HiveFile, seen: HiveOutput, output: CommandOutput) -> str:
    """Return why nothing was done in a hive that may be there; empty if that is not so."""
    match seen.root:
        case None:
            return why_not_run(output)
        case "none":
            return _why_not_mounted(hive, output)
        case "withheld":
            return _why_withheld(hive, output)
        case "denied":
            return (
                f"whether there is {hive.label} is not known: this login may not look into the profile's folder. Let "
                f"Administrators read it, or leave it out: {hive.how_to_skip}"
            )
    return ""


def _why_not_mounted(hive: HiveFile, output: CommandOutput) -> str:
    mount = mount_of(hive.path, output.hivelist)
    if mount is not None:
        return (
            f"{hive.label} could not be mounted: another program has mounted it at {mount}. Release it there "
            f"({release_command(mount)}), or leave it out: {hive.how_to_skip}"
        )
    return (
        f"{hive.label} could not be mounted: it is in use (but not by its user's sign-in), damaged, or access is "
        f"denied. Try again later, or leave it out: {hive.how_to_skip}"
    )


def _why_withheld(hive: HiveFile, output: CommandOutput) -> str:
    """Return why a hive that might have been mounted was not."""
    if output.stays is None:
        return (
            f"{hive.label} was not looked at: releasing other users' files took {RELEASE_PATIENCE} seconds, since "
            "something holds each of them open for a while, and nothing more is mounted then. Run again later, or with "
            "fewer users"
        )
    key = rf"HKU\{output.stays}"
    return (
        f"{hive.label} was not looked at: {key} stays mounted, since something holds it open, and nothing more is "
        f"mounted while it does. The next run tries to release it; by hand: {release_command(key)}"
    )


def _error(hive: HiveFile, seen: HiveOutput, *, readable: bool) -> str:
    """Return what went wrong in a hive; empty if nothing did."""
    if seen.stuck:
        return (
            f"{hive.label} stayed mounted at HKU\\{seen.root}: something holds it open, and {RELEASE_TRIES} tries to "
            f"release it failed. The next run tries again; by hand: reg unload HKU\\{seen.root}"
        )
    if not readable:
        return "access is denied in the hive" if seen.read == 0 else "the hive cannot be read"
    if seen.wrote:
        return f"the value cannot be written (reg.exe ended with exit code {seen.wrote})"
    if seen.recorded:
        return (
            "the previous default cannot be recorded, so the default was left unchanged "
            f"(reg.exe ended with exit code {seen.recorded})"
        )
    return ""


def why_not_run(output: CommandOutput) -> str:
    """Return why the command did not visit a hive."""
    if output.expanded:
        return (
            "this machine's cmd expands !name! by itself, and the command that visits hives cannot run there: set "
            r"DelayedExpansion under HKLM\Software\Microsoft\Command Processor to 0, or delete it"
        )
    says = f"; the machine says: {output.said}" if output.said else ""
    if output.held:
        return (
            "another run is at work on this machine's hives: it held the lock file for "
            f"{sum(LOCK_PAUSES):.0f} seconds{says}"
        )
    if not output.started:
        return f"the command that visits hives could not start{says or ', and the machine does not say why'}"
    return f"the command on the machine ended too early{says}"
