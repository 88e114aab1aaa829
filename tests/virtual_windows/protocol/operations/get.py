"""WS-Transfer Get of one instance of a WMI class."""

from __future__ import annotations

from ... import wmi
from ...wmi import WbemError
from .. import cim, wmi_faults
from ..exchange import Exchange, Reply
from .wmi_address import WmiAddress, address, select, selectors


def get(exchange: Exchange) -> Reply:
    """Return the instance that the selectors name."""
    message = exchange.message
    where = address(message)
    try:
        cls = wmi.find(where.namespace, where.name)
        instance = select(cls(exchange.service.machine), message)
    except WbemError as error:
        keys = ",".join(f'{name}="{value}"' for name, value in selectors(message).items())
        path = f"{where.name}.{keys}" if keys else where.name
        raise wmi_faults.fault(error, "GetObject", path, where.namespace) from error
    resource = WmiAddress(where.namespace, cls.name).resource
    return Reply(cim.instance(cls.name, resource, cls.properties, instance), "a x w p")
