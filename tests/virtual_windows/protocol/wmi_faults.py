"""The fault that WinRM makes of an error of WMI, which depends on the operation."""

from __future__ import annotations

from dataclasses import replace

from ..wmi import WbemError, WbemStatus
from . import fault_codes
from .faults import WMI_PLUGIN, Fault

_ALWAYS = {
    WbemStatus.NOT_FOUND: fault_codes.RESOURCE_NOT_FOUND,
    WbemStatus.INVALID_OBJECT_PATH: fault_codes.RESOURCE_NOT_FOUND,
    WbemStatus.INVALID_QUERY: fault_codes.CANNOT_PROCESS_FILTER,
    WbemStatus.PROVIDER_NOT_CAPABLE: fault_codes.WMI_NOT_CAPABLE,
    WbemStatus.INVALID_METHOD: fault_codes.CANNOT_PROCESS_FILTER,
    WbemStatus.INVALID_METHOD_PARAMETERS: fault_codes.WMI_INVALID_PARAMETER,
    WbemStatus.ACCESS_DENIED: fault_codes.WMI_PROVIDER_ACCESS_DENIED,
}
# A query or a call names the class in its content, a Get in its address.
_BY_OPERATION = {
    "ExecQuery": fault_codes.CANNOT_PROCESS_FILTER,
    "ExecMethod": fault_codes.CANNOT_PROCESS_FILTER,
}
_KNOWN = frozenset(WbemStatus)
_MESSAGES = {
    WbemStatus.INVALID_CLASS: "The specified class does not exist in the given namespace. ",
    WbemStatus.INVALID_NAMESPACE: "The specified namespace does not exist on the machine. ",
    WbemStatus.INVALID_METHOD: "The specified method does not exist in the given class. ",
    WbemStatus.INVALID_QUERY: "The WQL query is invalid. ",
}


def fault(error: WbemError, operation: str, parameter: str, namespace: str) -> Fault:
    """Return the fault for an error.

    Args:
        error: the error of WMI.
        operation: the operation: ExecQuery, ExecMethod, GetObject, DeleteInstance or CreateInstanceEnum.
        parameter: the query, method or object of that.
        namespace: where.
    """
    code = _ALWAYS.get(WbemStatus(error.status)) if error.status in _KNOWN else None
    if code is None and error.status in (WbemStatus.INVALID_CLASS, WbemStatus.INVALID_NAMESPACE):
        code = _BY_OPERATION.get(operation, fault_codes.RESOURCE_NOT_FOUND)
    provider = replace(WMI_PLUGIN, operation=operation, parameter=parameter, namespace=namespace)
    if code is None:
        return Fault(int(error.status), provider=provider)
    message = _MESSAGES.get(WbemStatus(error.status), "") if code == fault_codes.CANNOT_PROCESS_FILTER else ""
    return Fault(code, message, provider=provider)
