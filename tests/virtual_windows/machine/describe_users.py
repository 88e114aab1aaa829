"""Users and their IM clients in a description."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from .catalogue import KnownProvider, known_provider
from .describe_providers import ProviderDescription
from .describe_values import Values, read_values, typed_data, value_type
from .reader import Reader, describe, suggest
from .values import Data, Value, ValueType

PROFILES = ("normal", "roaming", "mandatory", "temporary", "corrupted", "no_hive", "deleted_account")
STATES = ("stopped", "starting", "running", "crashed")
_SYSTEM_SIDS = ("S-1-5-18", "S-1-5-19", "S-1-5-20")
_SID = re.compile(r"S-1(-\d+){2,16}")


@dataclass(frozen=True)
class ClientDescription:
    """An IM client of a user.

    Attributes:
        state: its current state; `crashed` leaves UpAndRunning at 2 without a process.
        fights: while it runs it puts itself back into DefaultIMApp when that changes.
        fights_after: seconds of machine time it takes to notice.
        at_start: what it does about DefaultIMApp when it starts.
        autostart: it starts when its user signs in.
        says_starting, deletes_at_stop, volatile: see `KnownProvider`.
        com_class: the CLSID that it registers in its user's classes, or empty.
        type_library: the folder in the profile with the type library that it registers for its user, or empty.
        folder: where it is installed, below Program Files.
    """

    name: str
    process_name: str
    state: str = "stopped"
    fights: bool = False
    fights_after: float = 0.5
    at_start: str = "leave"
    remembers: bool = False
    autostart: bool = False
    says_starting: bool = True
    deletes_at_stop: bool = False
    volatile: bool = False
    com_class: str = ""
    type_library: str = ""
    folder: str = ""


@dataclass(frozen=True)
class HiveDescription:
    """The content of a hive beyond that of every hive."""

    default: Value | None = None
    registry: Values = field(default_factory=dict)


@dataclass(frozen=True)
class UserDescription:
    """A user with a profile on a machine.

    Attributes:
        set_aside: the folder of a second profile of the user that Windows lists as damaged, or empty.
    """

    account: str
    sid: str
    path: str
    profile: str
    signed_in: bool
    hive: HiveDescription
    clients: tuple[ClientDescription, ...]
    denied: tuple[str, ...]
    set_aside: str = ""


def read_hive(reader: Reader) -> HiveDescription:
    """Read `default`, `default_type` and `registry` of a user or of the default profile."""
    return HiveDescription(_read_default(reader), read_values(reader, "registry"))


def _read_default(reader: Reader) -> Value | None:
    kind = value_type(reader, "default_type", "REG_SZ")
    data: t.Any = reader.raw("default")
    if data is None:
        return None
    if kind in (ValueType.SZ, ValueType.EXPAND_SZ) and not isinstance(data, str):
        raise reader.mistake(f"default must be the name of a provider, not {describe(data)}")
    if kind is ValueType.DWORD and isinstance(data, str):
        raise reader.mistake(f"default must be a number when default_type is REG_DWORD, not {describe(data)}")
    fitting: Data = typed_data(reader, kind, data)
    return Value("DefaultIMApp", kind, fitting)


def read_users(reader: Reader, providers: list[ProviderDescription]) -> list[UserDescription]:
    """Return all users of a machine, with `count` multiplied out."""
    result: list[UserDescription] = []
    for position, entry in enumerate(reader.sequence("users"), 1):
        result += _read_user(Reader(entry, f"{reader.where}, user {position}"), providers)
    seen: set[str] = set()
    for user in result:
        for identity in filter(None, (user.account.casefold(), user.sid)):
            if identity in seen:
                raise reader.mistake(f"the user '{user.account}' is there twice")
            seen.add(identity)
    return result


def _read_user(reader: Reader, providers: list[ProviderDescription]) -> list[UserDescription]:
    account = reader.text("account")
    if not account:
        raise reader.mistake("account is missing")
    reader.where = f"{reader.where} ({account})"
    count = reader.count("count", 1)
    if count > 1 and "{n}" not in account:
        raise reader.mistake(f"count is {count}, so account must have {{n}} where the number goes")
    sid = reader.text("sid")
    if sid and not _SID.fullmatch(sid):
        raise reader.mistake(f"sid must look like S-1-5-21-..., not '{sid}'")
    if sid in _SYSTEM_SIDS:
        raise reader.mistake(f"sid {sid} belongs to a service that every machine has")
    path = reader.text("path")
    if count > 1 and (sid or (path and "{n}" not in path)):
        raise reader.mistake(f"count is {count}, so sid cannot be given and path must have {{n}}")
    profile = reader.choice("profile", PROFILES, "normal")
    signed_in = reader.flag("signed_in")
    if signed_in and profile in ("corrupted", "deleted_account"):
        raise reader.mistake(f"a user whose profile is {profile} cannot be signed in")
    user = UserDescription(
        account=account,
        sid=sid,
        path=path,
        profile=profile,
        signed_in=signed_in,
        hive=read_hive(reader),
        clients=_read_clients(reader, providers, signed_in),
        denied=reader.words("denied", ("read", "write"), ()),
        set_aside=reader.text("set_aside"),
    )
    reader.finish()
    if not reader.has("count"):
        return [user]
    return [_numbered(user, number) for number in range(1, count + 1)]


def _numbered(user: UserDescription, number: int) -> UserDescription:
    values = dict(vars(user))
    values["account"] = user.account.replace("{n}", str(number))
    values["path"] = user.path.replace("{n}", str(number))
    return UserDescription(**values)


def _read_clients(
    reader: Reader, providers: list[ProviderDescription], signed_in: bool
) -> tuple[ClientDescription, ...]:
    clients = []
    for name, entry in reader.mapping("clients").items():
        where = f"{reader.where}, client {name}"
        client = Reader({"state": entry} if isinstance(entry, str) else entry, where)
        provider = next((one for one in providers if one.name.casefold() == name.casefold()), None)
        known = provider.client if provider else known_provider(name)
        if known is None:
            names = [one.name for one in providers]
            raise client.mistake(f"nothing is known about this client{suggest(name, names)}; register it in providers")
        clients.append(_read_client(client, provider, known, signed_in))
    return tuple(clients)


def _read_client(
    reader: Reader, provider: ProviderDescription | None, known: KnownProvider, signed_in: bool
) -> ClientDescription:
    state = reader.choice("state", STATES, "stopped")
    if state in ("starting", "running") and not signed_in:
        raise reader.mistake(f"the client of a user who is not signed in cannot be {state}")
    registered = provider.process_name if provider and provider.process_name else known.process_name
    has_own_class = known.com_server == "user" and not (provider and provider.com_given)
    client = ClientDescription(
        name=provider.name if provider else known.name,
        process_name=reader.text("process_name", registered),
        state=state,
        fights=reader.flag("fights"),
        fights_after=reader.number("fights_after", 0.5),
        at_start=reader.choice("at_start", ("take", "if_empty", "leave"), known.at_start),
        remembers=reader.flag("remembers", known.remembers),
        autostart=reader.flag("autostart"),
        says_starting=known.says_starting,
        deletes_at_stop=known.deletes_at_stop,
        volatile=known.volatile,
        com_class=((provider.guid if provider else None) or known.clsid) if has_own_class else "",
        type_library=known.library_folder if known.type_library == "user" else "",
        folder=known.folder,
    )
    reader.finish()
    return client
