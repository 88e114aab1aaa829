"""A method of a WMI class, static or of one instance ([MS-WSMV] 3.1.4.1.32, [DSP0230] 10.3)."""

from __future__ import annotations

from ... import wmi
from ...wmi import WbemError
from .. import cim, fault_codes, wmi_faults
from ..exchange import Exchange, Reply
from ..faults import WMI_PLUGIN, Fault
from .wmi_address import address, select, selectors


def invoke(exchange: Exchange) -> Reply:
    """Call the method that the action names."""
    message = exchange.message
    where = address(message)
    name = message.action.rpartition("/")[2]
    try:
        cls = wmi.find(where.namespace, where.name)
        method = cls.method(name)
        target = cls(exchange.service.machine)
        if method.static and selectors(message):
            raise Fault(fault_codes.UNEXPECTED_SELECTORS, provider=WMI_PLUGIN)
        chosen = None if method.static else select(target, message)
        arguments = cim.parameters(method, message.resource, message.body)
        result = target.invoke(method, chosen, arguments)
    except WbemError as error:
        raise wmi_faults.fault(error, "ExecMethod", f"{where.name}::{name}", where.namespace) from error
    return Reply(cim.output(method, message.resource, result), "a w p")
