"""The shape of an answer: its elements, their namespaces, order and attributes; no text."""

from __future__ import annotations

from xml.etree.ElementTree import Element

WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
NAMESPACES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
    "ev": "http://schemas.xmlsoap.org/ws/2004/08/eventing",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
    "rsp": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
    "f": "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
    "e": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError",
    "b": "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd",
    "cim": "http://schemas.dmtf.org/wbem/wscim/1/common",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}


def shape(element: Element, depth: int = 0) -> list[str]:
    """Return a line per element, indented by its depth; a sibling like the previous one is left out.

    The namespace of a WMI class has the prefix `c:`, whatever the class.
    """
    attributes = "".join(f" @{name}" for name in sorted(map(prefixed, element.attrib)))
    lines = [f"{'  ' * depth}{prefixed(element.tag)}{attributes}"]
    before: list[str] = []
    for child in element:
        block = shape(child, depth + 1)
        if block != before:
            lines += block
        before = block
    return lines


def prefixed(tag: str) -> str:
    """Return a name with the prefix of its namespace."""
    uri, brace, name = tag.removeprefix("{").rpartition("}")
    if not brace:
        return name
    return f"{'c' if uri.startswith(WMI) else _PREFIXES.get(uri, f'{{{uri}}}')}:{name}"
