"""The description of one machine: what is under its name in a fleet file, checked and typed."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .describe_providers import OfficeDescription, ProviderDescription, read_office, read_providers
from .describe_users import HiveDescription, UserDescription, read_hive, read_users
from .describe_values import Values, full_path, read_values
from .reader import Reader

# The profile of the WinRM account: a network logon does not create one, an earlier interactive logon may have.
ADMINISTRATOR_PROFILES = ("none", "unloaded", "loaded")

# The languages of the machine's tools.
LANGUAGES = ("en", "de")


@dataclass(frozen=True)
class MachineDescription:
    """The described content of a machine.

    Attributes:
        mounts: hives left mounted: the key, and the file or the account of the hive.
        events: whether its WMI tells of registry changes over WS-Management.
        task_classes: whether WMI has classes of scheduled tasks.
    """

    office: OfficeDescription | None
    providers: list[ProviderDescription]
    users: list[UserDescription]
    default_profile: HiveDescription
    services: tuple[str, ...]
    processes: int
    administrator_profile: str
    language: str
    registry: Values
    mounts: dict[str, str]
    events: bool = True
    task_classes: bool = True


def read_machine(reader: Reader, also_known: t.Iterable[str] = ()) -> MachineDescription:
    """Read the part of a description about the machine itself.

    Args:
        reader: the mapping under the machine's name.
        also_known: keys that are read elsewhere, such as those about the network.

    Raises:
        DescriptionError: for the first mistake.
    """
    providers = read_providers(reader)
    default_profile = Reader(reader.mapping("default_profile"), f"{reader.where}, default_profile")
    description = MachineDescription(
        office=read_office(reader),
        providers=providers,
        users=read_users(reader, providers),
        default_profile=read_hive(default_profile),
        services=reader.words("services", None, ("MSSQL$SQLEXPRESS",)),
        processes=reader.count("processes", 0, 0),
        administrator_profile=reader.choice("administrator_profile", ADMINISTRATOR_PROFILES, "none"),
        language=reader.choice("language", LANGUAGES, "en"),
        registry=read_values(reader, "registry", full_paths=True),
        mounts=_read_mounts(reader),
        events=reader.flag("events", True),
        task_classes=reader.flag("task_classes", True),
    )
    default_profile.finish()
    reader.finish(also_known)
    for service in description.services:
        if not re.fullmatch(r"[^\\/]{1,256}", service):
            raise reader.mistake(f"services has {service!r}, which cannot be the name of a service")
    return description


def _read_mounts(reader: Reader) -> dict[str, str]:
    mounts = Reader(reader.mapping("mounts"), f"{reader.where}, mounts")
    return {full_path(key, mounts, "the list"): mounts.text(key) for key in mounts.given()}
