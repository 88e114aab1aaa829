"""Fleet files: which machines there are and how they are reached."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from .machine.description import MachineDescription, read_machine
from .machine.reader import DescriptionError, Reader, describe
from .protocol.authentication.interface import TRANSPORTS

# The kinds of server certificates.
CERTIFICATES = ("valid", "expired", "other_name", "other_authority", "intercepted")


@dataclass(frozen=True)
class MemberDescription:
    """One machine of a fleet: what it has, and how it is reached."""

    name: str
    transports: tuple[str, ...]
    scheme: str
    certificate: str
    channel_binding: str
    powered: bool
    latency: float
    groups: tuple[str, ...]
    machine: MachineDescription


def read_fleet(source: str | Path | dict[str, t.Any], machines: int | None = None) -> list[MemberDescription]:
    """Read a fleet file.

    Args:
        source: a path, YAML text (anything with a line break in it), or plain data.
        machines: total number of machines, made by repeating those described.

    Raises:
        DescriptionError: for the first mistake, in one sentence.
    """
    top = Reader(_load(source), "the fleet file")
    entries = top.mapping("machines")
    top.finish(also_known=[key for key in top.given() if key.startswith("x-")])
    if not entries:
        raise DescriptionError("the fleet file: machines is missing or empty")
    described = [_read_member(name, entry) for name, entry in entries.items()]
    members = [one for member, times in described for one in _multiply(member, times)]
    members = _limit(members, machines) if machines else members
    names: set[str] = set()
    for member in members:
        if member.name.casefold() in names:
            raise DescriptionError(f"the fleet file: two machines are called {member.name}")
        names.add(member.name.casefold())
    return members


def _load(source: str | Path | dict[str, t.Any]) -> object:
    if isinstance(source, dict):
        return source
    text = source if isinstance(source, str) and "\n" in source else _read(Path(source))
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as failure:
        raise DescriptionError(f"the fleet file is not YAML: {' '.join(str(failure).split())}") from failure


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise DescriptionError(f"the fleet file {path} cannot be read: {failure}") from failure


def _read_member(name: str, entry: object) -> tuple[MemberDescription, int]:
    reader = Reader({} if entry is None else entry, f"machine {name}")
    times = reader.count("times", 1)
    power = reader.raw("power", "on")
    # YAML 1.1 reads a bare on or off as a boolean.
    power = {True: "on", False: "off"}.get(power, power) if isinstance(power, bool) else power
    if power not in ("on", "off"):
        raise reader.mistake(f"power must be on or off, not {describe(power)}")
    transports = reader.words("transports", tuple(TRANSPORTS), ("ntlm", "basic"))
    if not transports:
        raise reader.mistake("transports must name at least one")
    scheme = reader.choice("scheme", ("http", "https"), "http")
    if scheme == "http" and "certificate" in transports:
        raise reader.mistake("the transport certificate needs scheme https")
    member = MemberDescription(
        name=name,
        transports=transports,
        scheme=scheme,
        certificate=reader.choice("certificate", CERTIFICATES, "valid"),
        channel_binding=reader.choice("channel_binding", ("relaxed", "strict"), "relaxed"),
        powered=power == "on",
        latency=reader.number("latency_ms") / 1000,
        groups=reader.words("groups", None, ()),
        machine=read_machine(reader),
    )
    return member, times


def _multiply(member: MemberDescription, times: int) -> list[MemberDescription]:
    if times == 1:
        return [member]
    return [replace(member, name=f"{member.name}-{number}") for number in range(1, times + 1)]


def _limit(members: list[MemberDescription], total: int) -> list[MemberDescription]:
    """Return `total` machines; repeated ones get a number."""
    rounds = -(-total // len(members))
    if rounds == 1:
        return members[:total]
    numbered = (
        replace(member, name=f"{member.name}-{number}") for number in range(1, rounds + 1) for member in members
    )
    return list(itertools.islice(numbered, total))
