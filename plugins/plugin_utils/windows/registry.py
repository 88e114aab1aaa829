# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: the registry of a running machine, through WMI's ``StdRegProv``: each call is one typed request.

Sources: Microsoft's StdRegProv reference; return values: ``docs/windows-facts.md`` and the Win32 error codes.
Over WS-Management the provider runs as a 64-bit process and its view cannot be chosen: the 32-bit view of
``HKLM\SOFTWARE`` is read at its ``WOW6432Node`` path.
"""

from __future__ import annotations

import enum
import typing as t

from ..wsman.errors import ProtocolError, WSManError, WSManFault, may_have_acted
from ..wsman.messages import as_list
from ..wsman.session import Session
from .registry_values import StringValue, ValueState


class Root(enum.IntEnum):
    """``hDefKey``: predefined key handles of winreg.h."""

    HKLM = 0x80000002
    HKU = 0x80000003


class Code(enum.IntEnum):
    """Return values of StdRegProv's methods with a known meaning."""

    DONE = 0
    NO_VALUE = 1
    NO_KEY = 2
    ACCESS_DENIED = 5
    INVALID_HANDLE = 6
    INVALID_PARAMETER = 87
    KEY_DELETED = 1018
    WRONG_TYPE = 0x80041005


_MEANING = {
    Code.NO_KEY: "the key does not exist",
    Code.ACCESS_DENIED: "access denied",
    Code.KEY_DELETED: "the hive is being unloaded",
}


class RegistryError(Exception):
    """One registry call failed; the session can still be used."""

    def __init__(self, doing: str, code: int) -> None:
        self.code = code
        super().__init__(f"{doing}: {_MEANING.get(t.cast(Code, code), 'the registry refused')} (code {code})")


#: What fails one call and leaves the machine within reach: the next key, or the next user, can be tried.
CALL_ERRORS = (RegistryError, WSManFault, ProtocolError)

_Call = tuple[t.Any, ...]


class Registry:
    """Typed access to ``HKLM`` and ``HKU``; raises RegistryError, and the session's errors.

    The session repeats a read whose answer was lost. A write is only repeated after reading that it was not done, since
    something newer may have been written meanwhile.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def string(self, root: Root, key: str, name: str) -> StringValue:
        """Read a REG_SZ value: one request."""
        code, answer = self._call("GetStringValue", root, key, ("sValueName", name))
        if code == Code.DONE:
            return StringValue.of(_text(answer.get("sValue")))
        if code in (Code.NO_VALUE, Code.NO_KEY):
            return StringValue.missing(key_exists=code == Code.NO_VALUE)
        if code == Code.WRONG_TYPE:
            return StringValue(ValueState.OTHER_TYPE)
        raise RegistryError(f"reading {key}\\{name}", code)

    def expanded_string(self, root: Root, key: str, name: str) -> str | None:
        """Read a REG_EXPAND_SZ value, with environment variables expanded on the machine; None if there is none."""
        code, answer = self._call("GetExpandedStringValue", root, key, ("sValueName", name))
        if code in (Code.NO_VALUE, Code.NO_KEY, Code.WRONG_TYPE):
            return None
        _done(f"reading {key}\\{name}", code)
        return _text(answer.get("sValue"))

    def dword(self, root: Root, key: str, name: str) -> int | None:
        """Read a REG_DWORD value; None if it is not there, or of another type."""
        code, answer = self._call("GetDWORDValue", root, key, ("sValueName", name))
        if code in (Code.NO_VALUE, Code.NO_KEY, Code.WRONG_TYPE):
            return None
        _done(f"reading {key}\\{name}", code)
        return _number("GetDWORDValue", "uValue", answer)

    def value_names(self, root: Root, key: str) -> list[str] | None:
        """Return the names of a key's values; None if the key does not exist.

        The default value, which has no name, may be missing: Windows lists nothing where it is the only one. Ask
        ``string`` for it.
        """
        code, answer = self._call("EnumValues", root, key)
        if code == Code.NO_KEY:
            return None
        _done(f"listing the values of {key}", code)
        return as_list(answer.get("sNames"))

    def subkeys(self, root: Root, key: str) -> list[str] | None:
        """Return the names of a key's subkeys as the machine writes them; None if the key does not exist."""
        code, answer = self._call("EnumKey", root, key)
        if code == Code.NO_KEY:
            return None
        _done(f"listing {key}", code)
        return as_list(answer.get("sNames"))

    def set_string(self, root: Root, key: str, name: str, text: str) -> None:
        """Write a REG_SZ value, replacing any other; the key must exist."""
        wanted = StringValue.of(text)
        code = self._change(
            lambda: self.string(root, key, name) == wanted,
            ("SetStringValue", root, key, ("sValueName", name), ("sValue", text)),
        )
        _done(f"writing {key}\\{name}", code)

    def create_key(self, root: Root, key: str) -> None:
        """Create a key and its parents; it may exist already."""
        code = self._change(lambda: self.subkeys(root, key) is not None, ("CreateKey", root, key))
        _done(f"creating {key}", code)

    def delete_value(self, root: Root, key: str, name: str) -> None:
        """Delete a value; it may be gone already."""
        code = self._change(
            lambda: self.string(root, key, name).state is ValueState.MISSING,
            ("DeleteValue", root, key, ("sValueName", name)),
        )
        if code != Code.NO_KEY:
            _done(f"deleting {key}\\{name}", code)

    def delete_key(self, root: Root, key: str) -> None:
        """Delete a key with its values; one that is gone already is fine, one with subkeys is refused."""
        code = self._change(lambda: self.subkeys(root, key) is None, ("DeleteKey", root, key))
        if code != Code.NO_KEY:
            _done(f"deleting {key}", code)

    def _change(self, is_done: t.Callable[[], bool], call: _Call) -> int:
        """Call a method that writes; return its code. After a lost answer it is called again, unless it was done."""
        while True:
            try:
                return self._call(*call, repeatable=False)[0]
            except WSManError as error:
                if not may_have_acted(error):
                    raise
                if is_done():
                    return Code.DONE
                if not self._session.retries.try_again(writes=True):
                    raise

    def _call(
        self, method: str, root: Root, key: str, *parameters: tuple[str, str], repeatable: bool = True
    ) -> tuple[int, dict[str, t.Any]]:
        answer = self._session.invoke(
            "StdRegProv",
            method,
            [("hDefKey", str(int(root))), ("sSubKeyName", key), *parameters],
            namespace="root/default",
            repeatable=repeatable,
        )
        return _number(method, "ReturnValue", answer), answer


def _done(doing: str, code: int) -> None:
    if code != Code.DONE:
        raise RegistryError(doing, code)


def _number(method: str, name: str, answer: t.Mapping[str, t.Any]) -> int:
    raw = answer.get(name)
    if not isinstance(raw, str) or not raw.isdecimal() or len(raw) > 10:
        raise ProtocolError(f"StdRegProv.{method}: the answer holds no {name}")
    return int(raw)


def _text(value: t.Any) -> str:
    return value if isinstance(value, str) else ""
