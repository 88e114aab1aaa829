"""What users can use on a machine that a test describes: from printed keys, and by typed calls that are counted."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.presence.office.plugins.plugin_utils.presence.printed_availability import PrintedAvailability
from ansible_collections.presence.office.plugins.plugin_utils.presence.registrations import (
    parse_registrations,
    registration_keys,
)
from ansible_collections.presence.office.plugins.plugin_utils.presence.typed_availability import (
    TypedAvailability,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import HiveFile
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_trees import HiveTree
from ansible_collections.presence.office.plugins.plugin_utils.windows.office import Office
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

from .register.support import FakeRegistry, Values
from .support import key, printed

X64, X86 = View.X64, View.X86
ADA = HiveFile(r"C:\Users\ada\NTUSER.DAT", "S-1-5-21-1-2-3-1", HiveKind.LOADED, "")
ADAS = rf"{ADA.key}\Software\IM Providers"
BOB = HiveFile(r"C:\Users\bob\NTUSER.DAT", "S-1-5-21-1-2-3-2", HiveKind.LOADED, "")
TEMPLATE = HiveFile(r"C:\Users\Default\NTUSER.DAT", None, HiveKind.DEFAULT, "")
CONFIGURATION = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
RAN: dict[str, str | int] = {"UpAndRunning": 2}

#: Values of a provider's own key: a text, or a number for a REG_DWORD.
Own = dict[str, dict[str, "str | int"]]


@dataclass
class Has:
    """What a machine registers, and what ada has used there.

    Args:
        platform: of its Office; None: no Office was found.
        x64, x86: names that the views register.
        own_x64, own_x86: those that Click-to-Run's own registry has.
        ada: her own keys.
    """

    platform: View | None = X64
    x64: t.Sequence[str] = ()
    x86: t.Sequence[str] = ()
    own_x64: t.Sequence[str] = ()
    own_x86: t.Sequence[str] = ()
    ada: Own = field(default_factory=dict)

    def registrations(self) -> dict[str, t.Sequence[str]]:
        """Return the names by the keys that register them."""
        names = ((self.x64, self.own_x64), (self.x86, self.own_x86))
        keys = (registration_keys(view) for view in View)
        return {
            path: some
            for two, some_names in zip(keys, names, strict=True)
            for (path, _click_to_run), some in zip(two, some_names, strict=True)
        }


def by_command(has: Has) -> PrintedAvailability:
    """Return what is known from the command's output."""
    labels = ("x64", "click_to_run.x64", "x86", "click_to_run.x86")
    answers = {}
    for label, (path, names) in zip(labels, has.registrations().items(), strict=True):
        lines = [
            line
            for name in names
            for line in ("", rf"HKEY_LOCAL_MACHINE\{path}\{name}", f"    FriendlyName    REG_SZ    Friendly {name}")
        ]
        answers[label] = [printed(*lines)]
    root = rf"HKEY_USERS\{ADA.key}\Software\IM Providers"
    keys = {"": key(root), **{name.casefold(): key(rf"{root}\{name}", **one) for name, one in has.ada.items()}}
    office = Office("16.0.1", has.platform) if has.platform else None
    # Whatever stands below a provider's key is no provider.
    below = {rf"{name.casefold()}\below": key(rf"{root}\{name}\Below", UpAndRunning=2) for name in has.ada}
    trees = {ADA: HiveTree({**keys, **below}), BOB: HiveTree({}), TEMPLATE: HiveTree(keys)}
    return PrintedAvailability(parse_registrations(answers).providers, office, trees)


class Registry(FakeRegistry):
    """Also has numbers, which are kept as texts."""

    def dword(self, _root: int, path: str, name: str) -> int | None:
        """See ``Registry``."""
        values = self._called("dword", path, name) or {}
        text = values.get(name) or ""
        return int(text[2:]) if text.startswith("0x") else None


def registry_of(has: Has) -> Registry:
    """Return the machine's registry."""
    keys: dict[str, Values] = {f"{hive.key}": {} for hive in (ADA, BOB)}
    for path, names in has.registrations().items():
        keys |= {path: {}} if names else {}
        keys |= {rf"{path}\{name}": {"FriendlyName": f"Friendly {name}"} for name in names}
    root = rf"{ADA.key}\Software\IM Providers"
    keys |= {root: {}} if has.ada else {}
    for name, one in has.ada.items():
        keys[rf"{root}\{name}"] = {n: v if isinstance(v, str) else f"0x{v}" for n, v in one.items()}
    if has.platform:
        keys[CONFIGURATION] = {"Platform": has.platform.value}
    return Registry(keys)


def by_calls(has: Has) -> TypedAvailability:
    """Return what is found by typed calls."""
    return typed(registry_of(has))


def typed(registry: t.Any) -> TypedAvailability:
    """Return what is found in a registry."""
    return TypedAvailability(registry)
