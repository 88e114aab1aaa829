"""`reg.exe`: run the operation and print its errors; the operations are in `reg_*`.

Exit codes are 0 and 1 and nothing else, but for `reg compare`. Syntax, layout and codes: Wine's programs/reg/tests,
recorded on Windows; key names and value names are printed as given, not as stored.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ...machine.errors import FILE_NOT_FOUND, Win32Error
from .. import messages
from ..errors import Refused
from ..streams import Pipe
from . import reg_add, reg_compare, reg_copy, reg_delete, reg_hives, reg_query
from .call import Call
from .reg_arguments import Mistake

_OPERATIONS: dict[str, t.Callable[[Call], int]] = {
    "add": reg_add.add,
    "compare": reg_compare.compare,
    "copy": reg_copy.copy,
    "delete": reg_delete.delete,
    "load": reg_hives.load,
    "query": reg_query.query,
    "unload": reg_hives.unload,
}
_REFUSED = ("export", "flags", "import", "restore", "save")


def reg(call: Call) -> int:
    """Run `reg operation ...`; each operation is atomic."""
    operation = call.arguments[0].lower() if call.arguments else ""
    if operation in _REFUSED or operation in ("/?", "/h", "-h", "-?") or _asks_for_help(call):
        raise Refused(f"reg {' '.join(call.arguments)}")
    output = Pipe()
    try:
        with call.machine.lock:  # nothing is written while it is held: the client may be slow
            code = _OPERATIONS.get(operation, _unknown)(replace(call, streams=call.streams.replaced(1, output)))
    except Mistake as mistake:
        text = call.text("error", call.text(mistake.key))
        if mistake.usage:
            text += f"\r\n{call.text('reg_usage', f'REG {operation.upper()}'.strip())}"
        call.err(text)
        code = 1
    except Win32Error as error:
        key_found = error.code != FILE_NOT_FOUND
        text = messages.system_text(call.machine, error) if key_found else call.text("reg_not_found")
        call.err(call.text("error", text))
        code = 1
    call.streams.get(1).write(output.read())
    return code


def _unknown(_unused: Call) -> int:
    raise Mistake("reg_invalid_syntax", usage=True)


def _asks_for_help(call: Call) -> bool:
    return len(call.arguments) == 2 and call.arguments[1].lower() in ("/?", "-?", "/h", "-h")
