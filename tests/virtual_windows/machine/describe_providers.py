"""Providers and Office in a description."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .catalogue import CATALOGUE, VIEWS, KnownProvider, invented_provider, known_provider, made_up_guid
from .reader import Reader, describe, suggest

COM_SERVERS = ("known", "made_up")
_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")


@dataclass(frozen=True)
class ProviderDescription:
    """A registration with Office; a part that is None is not registered.

    Attributes:
        views: which registry views hold it.
        com_server: the command of LocalServer32.
        com_scope: `machine` (HKLM, in the same views) or `user` (each user's own classes).
        com_given: whether the description decides about its COM server; otherwise the client does.
        type_library: whether the machine has its type library.
        client: the behaviour of the program.
    """

    name: str
    friendly_name: str | None
    guid: str | None
    process_name: str | None
    views: tuple[str, ...]
    com_server: str | None
    com_scope: str
    com_given: bool
    type_library: bool
    client: KnownProvider


@dataclass(frozen=True)
class OfficeDescription:
    """An installation of Office.

    Attributes:
        bitness_at: for MSI installations, which view holds `Bitness`.
    """

    platform: str
    installation: str = "click_to_run"
    version: str = "16.0"
    bitness_at: str = "native"


def read_providers(reader: Reader) -> list[ProviderDescription]:
    """Return the providers registered on a machine."""
    result: list[ProviderDescription] = []
    made_up = reader.choice("com_servers", COM_SERVERS, "known") == "made_up"
    for position, entry in enumerate(reader.sequence("providers"), 1):
        where = f"{reader.where}, provider {position}"
        if isinstance(entry, str) and known_provider(entry) is None:
            names = [one.name for one in CATALOGUE.values()]
            raise reader.mistake(
                f"provider '{entry}' is not in the catalogue{suggest(entry, names)}; "
                "describe it with a mapping of name, process_name, ..."
            )
        if isinstance(entry, str) and (known := known_provider(entry)) and not known.views:
            raise reader.mistake(
                f"no registration of '{known.name}' was ever seen (docs/field.md); "
                "describe it with a mapping of name, views, guid, ..."
            )
        provider = _read_provider(Reader({"name": entry} if isinstance(entry, str) else entry, where), made_up)
        if any(provider.name.casefold() == other.name.casefold() for other in result):
            raise reader.mistake(f"provider '{provider.name}' is there twice")
        result.append(provider)
    return result


def _read_provider(reader: Reader, made_up: bool) -> ProviderDescription:
    name = reader.text("name")
    if not name or "\\" in name:
        raise reader.mistake("name must be the name of a registry key: not empty, no backslash")
    known = known_provider(name) or invented_provider(name)
    guid = reader.optional_text("guid", known.clsid)
    if guid is not None and not _GUID.fullmatch(guid) and not reader.flag("odd_guid"):
        raise reader.mistake(
            f"guid must look like {made_up_guid('x')}, not '{guid}' (with odd_guid: true it may be anything)"
        )
    process_name = reader.optional_text("process_name", known.process_name)
    views = reader.words("views", VIEWS, known.views or VIEWS)
    com_given = reader.has("com_server") or reader.has("com_scope")
    folder = r"C:\Program Files" if "x64" in views else r"C:\Program Files (x86)"
    command = rf'"{folder}\{known.folder}\{known.process_name}"'
    has_server = com_given or known.com_server == "invented" or (made_up and known.com_server == "unknown")
    provider = ProviderDescription(
        name=name,
        friendly_name=reader.optional_text("friendly_name", known.friendly_name),
        guid=guid,
        process_name=process_name,
        views=views,
        com_server=reader.optional_text("com_server", command if has_server else None),
        com_scope=reader.choice("com_scope", ("machine", "user"), "machine"),
        com_given=com_given,
        type_library=reader.flag("type_library", known.type_library == "machine"),
        client=known,
    )
    reader.finish(also_known=("odd_guid",))
    return provider


def read_office(reader: Reader) -> OfficeDescription | None:
    """Read the installation of Office, or None."""
    if reader.raw("office") is None:
        return None
    office = Reader(reader.raw("office"), f"{reader.where}, office")
    platform = office.raw("platform")
    if platform not in VIEWS:
        raise office.mistake(f"platform must be x64 or x86, not {describe(platform)}")
    result = OfficeDescription(
        platform=platform,
        installation=office.choice("installation", ("click_to_run", "msi"), "click_to_run"),
        version=office.text("version", "16.0"),
        bitness_at=office.choice("bitness_at", ("native", "wow6432node", "both"), "native"),
    )
    office.finish()
    return result
