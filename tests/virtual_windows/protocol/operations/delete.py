"""WS-Transfer Delete of one instance of a WMI class ([MS-WSMV] 3.1.4.5; the answer's body is empty)."""

from __future__ import annotations

from ... import wmi
from ...wmi import WbemError
from .. import wmi_faults
from ..exchange import Exchange, Reply
from .wmi_address import address, select, selectors


def delete(exchange: Exchange) -> Reply:
    """Delete the instance that the selectors name."""
    message = exchange.message
    where = address(message)
    try:
        cls = wmi.find(where.namespace, where.name)
        target = cls(exchange.service.machine)
        target.delete(select(target, message))
    except WbemError as error:
        keys = ",".join(f'{name}="{value}"' for name, value in selectors(message).items())
        raise wmi_faults.fault(error, "DeleteInstance", f"{where.name}.{keys}", where.namespace) from error
    return Reply("", "a x w")
