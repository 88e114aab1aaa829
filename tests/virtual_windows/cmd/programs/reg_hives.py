"""`reg load` and `reg unload`."""

from __future__ import annotations

from .. import paths
from .call import Call
from .reg_arguments import Mistake, key_name


def load(call: Call) -> int:
    r"""Run `reg load HKLM\name file` or `reg load HKU\name file`."""
    key, file = _arguments(call, 2)
    call.machine.registry.load_hive(_mount_point(key), paths.full(file, call.cwd))
    call.out(call.text("done"))
    return 0


def unload(call: Call) -> int:
    r"""Run `reg unload HKLM\name` or `reg unload HKU\name`."""
    (key,) = _arguments(call, 1)
    call.machine.registry.unload_hive(_mount_point(key))
    call.out(call.text("done"))
    return 0


def _arguments(call: Call, count: int) -> list[str]:
    words = [word for word in call.arguments[1:] if word.lower() not in ("/reg:32", "/reg:64")]
    if len(words) != count:
        raise Mistake("reg_invalid_syntax", usage=True)
    return words


def _mount_point(key: str) -> str:
    full = key_name(key, root_alone=False)
    if not full.startswith(("HKEY_LOCAL_MACHINE\\", "HKEY_USERS\\")):
        raise Mistake("reg_invalid_key", usage=True)
    return full
