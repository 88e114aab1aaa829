# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: what the facts need of a machine's registry; and how it is read where no command can run.

A command reads all of it at once (``collect``). A machine that allows no remote shells is asked by typed calls: about
twelve for each user who is signed in, and three for each registration. Users who are signed out are out of reach there.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...windows.hive_files import HiveFile
from ...windows.hive_outcomes import Outcome
from ...windows.hive_trees import HiveTree
from ...windows.office import Office, read_office
from ...windows.registry import CALL_ERRORS, Registry
from ...windows.typed_trees import TreeValues, read_loaded_trees
from ...wsman.errors import NoShellError
from ..availability import Availability
from ..keys import (
    DEFAULT_IM_APP,
    FRIENDLY_NAME,
    GUID,
    PREVIOUS_DEFAULT_IM_APP,
    PROCESS_NAME,
    TYPE_LIBRARY,
    UP_AND_RUNNING,
)
from ..providers import Registrations
from ..typed_availability import TypedAvailability
from ..typed_registrations import read_registrations
from .com_servers import ComAnswers
from .office_settings import setting_values
from .typed_com_servers import read_com_servers, read_type_library


@dataclass(frozen=True)
class Reading:
    """What was read.

    Args:
        not_known: sentences about what could not be read, so that there can be no verdict.
        available: what users can use, where that is not to be decided from the rest.
    """

    outcomes: t.Mapping[HiveFile, Outcome[HiveTree]]
    registered: Registrations
    office: Office | None
    com: ComAnswers
    not_known: tuple[str, ...] = ()
    available: Availability | None = None


def read_by_typed_calls(
    registry: Registry, hives: t.Iterable[HiveFile], error: NoShellError, *, com_servers: bool, mounts: bool
) -> Reading:
    """Read what needs no command.

    Args:
        error: why no command can run.
        com_servers: whether COM servers and the type library are wanted.
        mounts: whether hives that are not loaded should have been read as well.
    """
    registered, not_known = read_registrations(registry)
    office = None
    try:
        office = read_office(registry)
    except CALL_ERRORS as failure:
        not_known.append(f"which Office this machine has is not known: {failure}")
    values = TreeValues(
        DEFAULT_IM_APP,
        (UP_AND_RUNNING, PREVIOUS_DEFAULT_IM_APP, FRIENDLY_NAME, GUID, PROCESS_NAME),
        setting_values(office.key_version if office else None),
        (rf"_Classes\{TYPE_LIBRARY}",) if com_servers else (),
    )
    return Reading(
        read_loaded_trees(registry, hives, values, error, mounts=mounts),
        read_com_servers(registry, registered) if com_servers else registered,
        office,
        read_type_library(registry) if com_servers else ComAnswers(),
        tuple(not_known),
        TypedAvailability(registry, error) if not_known else None,
    )
