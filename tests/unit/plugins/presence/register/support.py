"""A registry of single keys in memory, for the tests of registrations."""

from __future__ import annotations

import typing as t

from ansible_collections.presence.office.plugins.plugin_utils.presence.register.desired import Desired
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Code, RegistryError
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View

X64 = r"SOFTWARE\IM Providers"
X86 = r"SOFTWARE\WOW6432Node\IM Providers"
VALUES = {
    "FriendlyName": "Microsoft Teams",
    "GUID": "{88435F68-FFC1-445F-8EDF-EF78B84BA1C7}",
    "ProcessName": "ms-teams.exe",
}
TEAMS = Desired("MsTeams", VALUES, frozenset({View.X64}))
GONE = Desired("MsTeams", None, frozenset({View.X64}))

Values = dict[str, str | None]


class FakeRegistry:
    """Keys by path, with their values: None is one that is no REG_SZ. As Windows, it hides a default value on its own.

    Attributes:
        requests: each call with its key and name.
        errors: raised, by call, instead of an answer.
    """

    def __init__(self, keys: dict[str, Values]) -> None:
        self.keys = keys
        self.requests: list[tuple[str, ...]] = []
        self.errors: dict[tuple[str, ...], Exception] = {}

    def string(self, _root: int, key: str, name: str) -> StringValue:
        """See ``Registry``."""
        values = self._called("string", key, name)
        if values is None or name not in values:
            return StringValue.missing(key_exists=values is not None)
        text = values[name]
        return StringValue(ValueState.OTHER_TYPE) if text is None else StringValue.of(text)

    def value_names(self, _root: int, key: str) -> list[str] | None:
        """See ``Registry``."""
        values = self._called("value_names", key)
        return None if values is None else [] if set(values) == {""} else list(values)

    def subkeys(self, _root: int, key: str) -> list[str] | None:
        """See ``Registry``."""
        if self._called("subkeys", key) is None:
            return None
        return [path[len(key) + 1 :] for path in self.keys if path.rpartition("\\")[0] == key]

    def create_key(self, _root: int, key: str) -> None:
        """See ``Registry``."""
        self._called("create_key", key)
        self.keys.setdefault(key, {})

    def set_string(self, _root: int, key: str, name: str, text: str) -> None:
        """See ``Registry``."""
        self._existing("set_string", key, name)[name] = text

    def delete_value(self, _root: int, key: str, name: str) -> None:
        """See ``Registry``."""
        self._existing("delete_value", key, name).pop(name, None)

    def delete_key(self, _root: int, key: str) -> None:
        """See ``Registry``."""
        self._called("delete_key", key)
        self.keys.pop(key, None)

    def _existing(self, *call: str) -> Values:
        values = self._called(*call)
        if values is None:
            raise RegistryError(call[0], Code.NO_KEY)
        return values

    def _called(self, *call: str) -> Values | None:
        self.requests.append(call)
        for length in (1, 2, 3):
            if error := self.errors.get(call[:length]):
                raise error
        return self.keys.get(call[1])


def registry(keys: dict[str, Values] | None = None) -> t.Any:
    """Return a registry with these keys below both keys of registrations."""
    return FakeRegistry({X64: {}, X86: {}, **(keys or {})})
