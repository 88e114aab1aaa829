"""The classes by namespace."""

from __future__ import annotations

import typing as t

from .errors import WbemError, WbemStatus
from .model import WmiClass

_Class = t.TypeVar("_Class", bound=type[WmiClass])
_classes: dict[str, dict[str, type[WmiClass]]] = {}


def wmi_class(*namespaces: str) -> t.Callable[[_Class], _Class]:
    """Register the decorated class in these namespaces, e.g. "root/cimv2", under its `name`."""

    def register(cls: _Class) -> _Class:
        for namespace in namespaces:
            _classes.setdefault(namespace.lower(), {})[cls.name.lower()] = cls
        return cls

    return register


def find(namespace: str, name: str) -> type[WmiClass]:
    """Return the class of that name.

    Raises:
        WbemError: no such namespace, or no such class in it.
    """
    classes = _classes.get(namespace.replace("\\", "/").lower())
    if classes is None:
        raise WbemError(WbemStatus.INVALID_NAMESPACE, namespace)
    if name.lower() not in classes:
        raise WbemError(WbemStatus.INVALID_CLASS, name)
    return classes[name.lower()]


def known() -> dict[str, list[str]]:
    """Return the names of all classes by namespace."""
    return {namespace: sorted(cls.name for cls in classes.values()) for namespace, classes in _classes.items()}
