"""What the operations of reg.exe have in common: key names, switches, questions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from .call import Call

_ROOTS = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_SOFTWARE = r"hkey_local_machine\software"
_REDIRECTED = "wow6432node"


class Mistake(Exception):
    """The command line is wrong.

    Args:
        key: the message.
        usage: whether the hint at `/?` follows.
    """

    def __init__(self, key: str, *, usage: bool = False) -> None:
        self.key = key
        self.usage = usage
        super().__init__(key)


@dataclass
class Arguments:
    """The key of an operation and its switches, in lower case, with their values.

    Attributes:
        shown: the key as reg.exe prints it: the full name of the root, and the rest as it was typed.
        second: likewise, of an operation on two keys.
    """

    shown: str
    second: str = ""
    switches: dict[str, str] = field(default_factory=dict)

    def __contains__(self, switch: str) -> bool:
        return switch in self.switches

    @property
    def path(self) -> str:
        r"""The key to use: /reg:32 means the 32-bit view of HKLM\Software."""
        return self._in_view(self.shown)

    @property
    def second_path(self) -> str:
        """Likewise, the second key."""
        return self._in_view(self.second)

    def _in_view(self, key: str) -> str:
        folded = key.lower()
        if "reg:32" in self.switches and (folded + "\\").startswith(_SOFTWARE + "\\"):
            rest = key[len(_SOFTWARE) :]
            if not (rest.lower() + "\\").startswith(f"\\{_REDIRECTED}\\"):
                return f"{key[: len(_SOFTWARE)]}\\WOW6432Node{rest}"
        return key


def key_name(text: str, *, root_alone: bool = True) -> str:
    r"""Return a key's full name from `HKLM\X` or `HKEY_LOCAL_MACHINE\X`; one backslash at the end is ignored."""
    root, separator, rest = text.partition("\\")
    full = _ROOTS.get(root.upper(), root.upper())
    if full not in _ROOTS.values() or (separator and not rest and not root_alone):
        raise Mistake("reg_invalid_key", usage=True)
    rest = rest.removesuffix("\\")
    if rest.startswith("\\") or rest.endswith("\\"):
        raise Mistake("reg_invalid_key", usage=True)
    return f"{full}\\{rest}" if rest else full


def parse(
    call: Call, *, flags: tuple[str, ...], valued: tuple[str, ...], root_alone: bool = True, keys: int = 1
) -> Arguments:
    r"""Return the arguments after the operation: a key, then switches in any order, each at most once.

    Args:
        call: the start of reg.exe.
        flags: switches that stand alone.
        valued: switches with a value in the next argument.
        root_alone: whether `HKCU\` is a key.
        keys: how many keys there are, one or two.
    """
    words = iter(call.arguments[1:])
    names = [key_name(word, root_alone=root_alone) for word in itertools.islice(words, keys)]
    if len(names) < keys:
        raise Mistake("reg_invalid_syntax", usage=True)
    arguments = Arguments(names[0], names[-1] if keys > 1 else "")
    for word in words:
        switch = word[1:].lower()
        if word[:1] not in ("/", "-") or switch not in (*flags, *valued, "reg:32", "reg:64"):
            raise Mistake("reg_invalid_syntax", usage=True)
        value = next(words, None) if switch in valued else ""
        if value is None or switch in arguments:
            raise Mistake("reg_invalid_syntax", usage=True)
        arguments.switches[switch] = value
    _exclude(arguments, "reg:32", "reg:64")
    _exclude(arguments, "v", "ve", "va")
    return arguments


def _exclude(arguments: Arguments, *switches: str) -> None:
    if sum(switch in arguments for switch in switches) > 1:
        raise Mistake("reg_invalid_syntax", usage=True)


def confirmed(call: Call, key: str, *arguments: object) -> bool:
    """Ask and read the answer; without any input, which is how WinRM starts it, the answer is no."""
    call.streams.get(1).write(call.text(key, *arguments).encode())
    answer = call.streams.get(0).read_line().strip().lower()
    if answer[:1] in (b"y", b"j"):
        return True
    call.out(call.text("reg_cancelled"))
    return False
