"""CIM data in XML and back ([DSP0230], as WinRM does it): instances, fragments, parameters of methods.

Observed: a property of `SELECT *` is in the namespace of its class, a datetime is in cim:Datetime; in a
w:XmlFragment (the answer to a list of properties) neither property nor Datetime is in any namespace.
"""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from ..wmi import CimType, Data, Embedded, Instance, Method, Parameter, Property, Scalar
from . import fault_codes
from .faults import Fault
from .namespaces import CIM_COMMON, WMI_RESOURCE, WSMAN, XSI, tag
from .xmltext import escape


def instance(name: str, resource: str, properties: t.Iterable[Property], data: Instance) -> str:
    """Return a whole instance of the class `name` at `resource`."""
    children = "".join(_element(f"p:{one.name}", one.array, data[one.name], "cim:Datetime") for one in properties)
    return (
        f'<p:{name} xmlns:xsi="{XSI}" xmlns:p="{escape(resource)}" xmlns:cim="{CIM_COMMON}" '
        f'xsi:type="p:{name}_Type">{children}</p:{name}>'
    )


def fragment(properties: t.Iterable[Property], data: Instance) -> str:
    """Return some properties of an instance."""
    children = "".join(_element(one.name, one.array, data[one.name], "Datetime") for one in properties)
    return f'<w:XmlFragment xmlns:xsi="{XSI}" xmlns:w="{WSMAN}">{children}</w:XmlFragment>'


def output(method: Method, resource: str, data: t.Mapping[str, Data]) -> str:
    """Return the answer of a method."""
    arrays = {one.name for one in method.outputs if one.array}
    children = "".join(_element(f"p:{name}", name in arrays, value, "cim:Datetime") for name, value in data.items())
    return (
        f'<p:{method.name}_OUTPUT xmlns:xsi="{XSI}" xmlns:p="{escape(resource)}" xmlns:cim="{CIM_COMMON}">'
        f"{children}</p:{method.name}_OUTPUT>"
    )


def parameters(method: Method, resource: str, body: Element | None) -> dict[str, Data]:
    """Return the inputs of a method by the names of its signature; those missing from the request have their defaults.

    Raises:
        Fault: the body is not that method's input, or a parameter is unknown, missing or of another type.
    """
    given: dict[str, list[str | None]] = {}
    if body is not None:
        namespace, _unused, name = body.tag.removeprefix("{").rpartition("}")
        if namespace.lower() != resource.lower() or name.lower() != f"{method.name}_INPUT".lower():
            raise Fault(fault_codes.SCHEMA_VALIDATION_ERROR)
        known = {tag(namespace, one.name).lower(): one.name for one in method.inputs}
        for child in body:
            if child.tag.lower() not in known:
                raise Fault(fault_codes.INVALID_PARAMETER_NAME)
            is_nil = child.get(tag(XSI, "nil"), "false") in ("true", "1")
            given.setdefault(known[child.tag.lower()], []).append(None if is_nil else child.text or "")
    return {one.name: _value(one, given.get(one.name, [])) for one in method.inputs}


def _element(name: str, array: bool, value: Data, datetime_name: str) -> str:
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, Embedded):
        return _embedded(name, value)
    items = value if array and isinstance(value, list) else [value]
    return "".join(f"<{name}>{_text(item, datetime_name)}</{name}>" for item in items)


def _embedded(name: str, value: Embedded) -> str:
    """Return an embedded instance, which is the content of its parameter ([DSP0230] 7.2.7)."""
    resource = f"{WMI_RESOURCE}{value.namespace}/{value.class_name}"
    children = "".join(
        _element(f"q:{one.name}", one.array, value.data[one.name], "cim:Datetime") for one in value.properties
    )
    return f'<{name} xmlns:q="{escape(resource)}" xsi:type="q:{value.class_name}_Type">{children}</{name}>'


def _text(value: t.Any, datetime_name: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"<{datetime_name}>{_datetime(value)}</{datetime_name}>"
    return escape(str(value))


def _datetime(value: datetime) -> str:
    # naive ones count as UTC
    moment = value.astimezone(UTC) if value.tzinfo else value
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _value(parameter: Parameter, texts: list[str | None]) -> Data:
    values: list[t.Any] = [_converted(parameter.type, text) for text in texts if text is not None]
    if parameter.array:
        return values or None
    if len(texts) > 1:
        raise Fault(fault_codes.PARAMETER_TYPE_MISMATCH)
    if values:
        value: Scalar = values[0]
        return value
    if parameter.required:
        raise Fault(fault_codes.WMI_INVALID_PARAMETER)
    return parameter.default


def _integer(kind: CimType) -> t.Callable[[str], int]:
    low = -(1 << kind.bits - 1) if kind.signed else 0
    high = (1 << kind.bits - kind.signed) - 1

    def convert(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return convert


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise ValueError(text)
    return text.lower() in ("true", "1")


def _converted(kind: CimType, text: str) -> t.Any:
    if kind is CimType.STRING:
        return text
    convert: t.Callable[[str], t.Any] = _boolean if kind is CimType.BOOLEAN else _integer(kind)
    try:
        return convert(text.strip())
    except ValueError:
        raise Fault(fault_codes.PARAMETER_TYPE_MISMATCH) from None
