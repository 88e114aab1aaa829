"""The parts of a WMI class: typed properties, methods with typed parameters, instances as plain data.

A class reads the machine and uses plain Python data: str, int, bool, datetime, None for NULL, a list for an array.
It knows no XML.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ..machine import Machine
from .errors import WbemError, WbemStatus

Scalar = str | int | bool | datetime | None
Data = t.Union[Scalar, list[str], list[int], "Embedded"]
Instance = t.Mapping[str, Data]
Function = t.TypeVar("Function", bound=t.Callable[..., t.Any])


class CimType(Enum):
    """CIM types in use; the value is the number of bits of an integer, 0 for the others."""

    STRING = ("string", 0, False)
    BOOLEAN = ("boolean", 0, False)
    DATETIME = ("datetime", 0, False)
    OBJECT = ("object", 0, False)
    UINT8 = ("uint8", 8, False)
    UINT16 = ("uint16", 16, False)
    UINT32 = ("uint32", 32, False)
    UINT64 = ("uint64", 64, False)
    SINT16 = ("sint16", 16, True)
    SINT32 = ("sint32", 32, True)

    @property
    def bits(self) -> int:
        """The width of an integer; 0 for other types."""
        return self.value[1]

    @property
    def signed(self) -> bool:
        """Whether an integer can be negative."""
        return self.value[2]


@dataclass(frozen=True)
class Property:
    """A property of a class."""

    name: str
    type: CimType = CimType.STRING
    array: bool = False
    key: bool = False


@dataclass(frozen=True)
class Embedded:
    """An instance of a class that is the value of an output."""

    class_name: str
    namespace: str
    properties: tuple[Property, ...]
    data: Instance


@dataclass(frozen=True)
class Parameter:
    """A parameter of a method; an input that is `required` must not be NULL; others default to `default`."""

    name: str
    type: CimType = CimType.STRING
    array: bool = False
    required: bool = True
    default: Data = None


@dataclass(frozen=True)
class Method:
    """A method: called with its inputs by name, it answers a value for each output and, last, ReturnValue."""

    name: str
    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...]
    static: bool
    attribute: str


def method(
    name: str, inputs: t.Iterable[Parameter] = (), outputs: t.Iterable[Parameter] = (), *, static: bool = False
) -> t.Callable[[Function], Function]:
    """Make the decorated function of a class the method `name`.

    A static one is called with the inputs in their order, the other kind with the instance before them. Both
    return the ReturnValue, or a tuple of it and a mapping with the outputs (those left out are NULL).
    """

    def mark(function: Function) -> Function:
        marked = Method(name, tuple(inputs), tuple(outputs), static, function.__name__)
        function.__wmi_method__ = marked  # type: ignore[attr-defined]
        return function

    return mark


class WmiClass:
    """A class of WMI on one machine."""

    name: t.ClassVar[str] = ""
    # Sorted by name, without regard to case: the order in which WinRM writes them, whatever a query asked for.
    properties: t.ClassVar[tuple[Property, ...]] = ()
    methods: t.ClassVar[t.Mapping[str, Method]] = {}
    # Whether the class has just one instance, which needs no keys.
    singleton: t.ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: t.Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.properties = tuple(sorted(cls.properties, key=lambda one: one.name.lower()))
        marked = [getattr(one, "__wmi_method__", None) for one in vars(cls).values()]
        cls.methods = {one.name.lower(): one for one in marked if one is not None}

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def instances(self) -> t.Iterable[Instance]:
        """Return all instances; a class whose provider cannot list them refuses."""
        raise WbemError(WbemStatus.PROVIDER_NOT_CAPABLE, self.name)

    def find(self, keys: t.Mapping[str, str]) -> Instance:
        """Return the instance with these values (as text) of all its key properties, by their names."""
        for instance in self.instances():
            if all(str(instance[name]).lower() == value.lower() for name, value in keys.items()):
                return instance
        raise WbemError(WbemStatus.NOT_FOUND, self.name)

    def delete(self, instance: Instance) -> None:  # noqa: ARG002
        """Delete an instance; most providers refuse."""
        raise WbemError(WbemStatus.PROVIDER_NOT_CAPABLE, self.name)

    @classmethod
    def keys(cls) -> list[str]:
        """Return the names of the key properties."""
        return [one.name for one in cls.properties if one.key]

    @classmethod
    def method(cls, name: str) -> Method:
        """Return the method of that name; WbemError when there is none."""
        method = cls.methods.get(name.lower())
        if method is None:
            raise WbemError(WbemStatus.INVALID_METHOD, f"{cls.name}.{name}")
        return method

    def invoke(self, method: Method, instance: Instance | None, arguments: t.Mapping[str, Data]) -> dict[str, Data]:
        """Call a method; return the outputs in the order of the signature, ReturnValue last."""
        target = [] if method.static else [instance]
        inputs = [arguments[one.name] for one in method.inputs]
        result = getattr(self, method.attribute)(*target, *inputs)
        status, outputs = result if isinstance(result, tuple) else (result, {})
        return {**{one.name: outputs.get(one.name) for one in method.outputs}, "ReturnValue": status}
