"""What clients register in the classes, of the machine or of a user: COM servers and the type library.

The type library is that of the interfaces through which Office talks to a client. Its values, and that classic Teams
has it in each user's classes: Microsoft, "User presence status issues in Outlook". It is in one place for both views
(Microsoft, "Registry Keys Affected by WOW64").
"""

from __future__ import annotations

from .describe_providers import ProviderDescription
from .describe_users import ClientDescription
from .keys import Key
from .values import Value, ValueType

_TYPE_LIBRARY = r"TypeLib\{B9AA1F11-F480-4054-A84E-B5D9277E40A8}\1.0"
_TITLE = "Unified Collaboration API 1.0 Type Library"
_PLATFORMS = {"x64": "Win64", "x86": "Win32"}


def local_server(classes: Key, provider: ProviderDescription) -> None:
    """Register a provider's COM server, if it has one."""
    if provider.guid is None or provider.com_server is None:
        return
    kind = ValueType.EXPAND_SZ if "%" in provider.com_server else ValueType.SZ
    key = classes.ensure(rf"CLSID\{provider.guid}")
    _set(key, provider.friendly_name or provider.name)
    key.ensure("LocalServer32").set(Value("", kind, provider.com_server))


def machine_type_library(classes: Key, provider: ProviderDescription) -> None:
    """Register the type library for the machine; where its file is, is not known: the path is a stand-in."""
    key = classes.ensure(_TYPE_LIBRARY)
    _set(key, _TITLE)
    for view in provider.views:
        _set(key.ensure(rf"0\{_PLATFORMS[view]}"), rf"C:\Program Files\{provider.client.folder}\Uc.tlb")


def own_class(classes: Key, client: ClientDescription) -> None:
    """Register the COM server of a client that does so for its user, as deployment scripts of classic Teams do."""
    if not client.com_class:
        return
    command = rf'"C:\Program Files (x86)\{client.folder}\{client.process_name}"'
    for below in ("CLSID", r"WOW6432Node\CLSID"):
        _set(classes.ensure(rf"{below}\{client.com_class}\LocalServer"), command)


def own_type_library(classes: Key, client: ClientDescription, profile: str, platform: str) -> None:
    """Register the type library for the user of a client that does so, for Office's bitness."""
    if not client.type_library:
        return
    path = rf"{profile}\{client.type_library}\{'Uc.tlb' if platform == 'x64' else 'Uc.win32.tlb'}"
    key = classes.ensure(_TYPE_LIBRARY)
    _set(key, _TITLE)
    _set(key.ensure(rf"0\{_PLATFORMS[platform]}"), path)
    _set(key.ensure("FLAGS"), "0")
    _set(key.ensure("HELPDIR"), path)


def _set(key: Key, data: str) -> None:
    key.set(Value("", ValueType.SZ, data))
