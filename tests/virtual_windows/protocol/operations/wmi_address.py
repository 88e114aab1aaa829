"""From a resource URI and selectors to a namespace, a class and an instance of WMI."""

from __future__ import annotations

from dataclasses import dataclass

from ...wmi import Instance, WmiClass
from .. import fault_codes
from ..envelope import Message
from ..faults import WMI_PLUGIN, Fault
from ..namespaces import WMI_RESOURCE

_CIM_NAMESPACE = "__cimnamespace"


@dataclass(frozen=True)
class WmiAddress:
    """A namespace such as root/cimv2, and a class name in it (or `*`)."""

    namespace: str
    name: str

    @property
    def resource(self) -> str:
        """The resource URI of the class."""
        return f"{WMI_RESOURCE}{self.namespace}/{self.name}"


def is_wmi(resource: str) -> bool:
    """Return whether the resource is WMI's."""
    return resource.lower().startswith(WMI_RESOURCE)


def address(message: Message) -> WmiAddress:
    """Return the address of a request; Fault when the URI names no class or contradicts a `__cimnamespace` selector."""
    namespace, _unused, name = message.resource[len(WMI_RESOURCE) :].rpartition("/")
    if not namespace or not name:
        raise Fault(fault_codes.INVALID_RESOURCE_URI)
    selected = message.selectors.get(_CIM_NAMESPACE)
    if selected is not None and selected.replace("\\", "/").lower() != namespace.lower():
        raise Fault(fault_codes.DIFFERENT_CIM_SELECTOR)
    return WmiAddress(namespace, name)


def selectors(message: Message) -> dict[str, str]:
    """Return the selectors of the instance, by lower-cased name."""
    return {name: value for name, value in message.selectors.items() if name != _CIM_NAMESPACE}


def select(instances_of: WmiClass, message: Message) -> Instance:
    """Return the one instance that the selectors name.

    Raises:
        Fault: they are not just the key properties.
        WbemError: there is no such instance.
    """
    given = selectors(message)
    keys = instances_of.keys()
    if not given and instances_of.singleton:
        return next(iter(instances_of.instances()))
    if not given:
        raise Fault(fault_codes.WMI_NO_KEYS, provider=WMI_PLUGIN)
    if set(given) - {key.lower() for key in keys}:
        raise Fault(fault_codes.UNEXPECTED_SELECTORS, provider=WMI_PLUGIN)
    if len(given) != len(keys):
        raise Fault(fault_codes.INSUFFICIENT_SELECTORS, provider=WMI_PLUGIN)
    return instances_of.find({key: given[key.lower()] for key in keys})
