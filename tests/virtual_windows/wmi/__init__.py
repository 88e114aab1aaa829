"""The WMI classes of a virtual machine: one file a class, found by importing this package.

Adding a class is adding a file with a subclass of `WmiClass` that is decorated with `@wmi_class(namespace, ...)`.
"""

from __future__ import annotations

import importlib
import pkgutil

from .catalogue import find, known, wmi_class
from .errors import WbemError, WbemStatus
from .model import CimType, Data, Embedded, Instance, Method, Parameter, Property, Scalar, WmiClass, method

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = [
    "CimType",
    "Data",
    "Embedded",
    "Instance",
    "Method",
    "Parameter",
    "Property",
    "Scalar",
    "WbemError",
    "WbemStatus",
    "WmiClass",
    "find",
    "known",
    "method",
    "wmi_class",
]
