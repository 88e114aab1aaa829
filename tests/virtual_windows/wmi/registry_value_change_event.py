"""RegistryValueChangeEvent: that a registry value has changed, neither to what nor by whom.

Microsoft's reference of the class: it is in root/default; the query has to name hive, key and value;
HKEY_CLASSES_ROOT and HKEY_CURRENT_USER are not supported. What it does about a key that does not exist is not said:
here it refuses the whole query, so that nobody relies on the opposite.
"""

from __future__ import annotations

import itertools
import typing as t

from ..machine import Machine, Win32Error
from ..machine.value_watch import ValueWatch
from .catalogue import wmi_class
from .errors import WbemError, WbemStatus
from .model import CimType, Instance, Property, WmiClass
from .wql import Query

_HIVES = ("HKEY_LOCAL_MACHINE", "HKEY_USERS", "HKEY_CURRENT_CONFIG")
# From 1601 to 1970, in units of 100 ns (FILETIME).
_EPOCH = 116_444_736_000_000_000


@wmi_class("root/default")
class RegistryValueChangeEvent(WmiClass):
    """The event, which has no instances to list."""

    name = "RegistryValueChangeEvent"
    properties = (
        Property("Hive"),
        Property("KeyPath"),
        Property("SECURITY_DESCRIPTOR", CimType.UINT8, array=True),
        Property("TIME_CREATED", CimType.UINT64),
        Property("ValueName"),
    )


def watch(machine: Machine, query: Query, tell: t.Callable[[Instance], None]) -> list[ValueWatch]:
    """Watch the values that a query is about; `tell` is called with each event, under the machine's lock.

    Raises:
        WbemError: the query names no hive, key or value, or one that cannot be watched.
    """
    _properties, condition = query.bind(RegistryValueChangeEvent.properties)
    named = itertools.product(*(query.compared_to(name) for name in ("Hive", "KeyPath", "ValueName")))
    watches: list[ValueWatch] = []
    try:
        for hive, key, value in dict.fromkeys(named):
            event = {"Hive": hive, "KeyPath": key, "ValueName": value}
            if condition(event):
                watches.append(_watch(machine, event, tell))
    except BaseException:
        for one in watches:
            one.close()
        raise
    if not watches:
        raise WbemError(WbemStatus.INVALID_QUERY, query.text)
    return watches


def _watch(machine: Machine, event: dict[str, str], tell: t.Callable[[Instance], None]) -> ValueWatch:
    if event["Hive"].upper() not in _HIVES:
        raise WbemError(WbemStatus.INVALID_QUERY, event["Hive"])

    def changed() -> None:
        created = _EPOCH + int(machine.clock.now().timestamp() * 10_000_000)
        tell({**event, "SECURITY_DESCRIPTOR": None, "TIME_CREATED": created})

    try:
        return ValueWatch(machine.registry, rf"{event['Hive']}\{event['KeyPath']}", event["ValueName"], changed)
    except Win32Error as error:
        raise WbemError(WbemStatus.NOT_FOUND, event["KeyPath"]) from error
