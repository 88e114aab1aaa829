"""`timeout`, which needs a console: over WinRM there is none, and it gives up at once."""

from __future__ import annotations

from .call import Call


def timeout(call: Call) -> int:
    """Refuse to wait, as it does whenever its input is not a console."""
    call.err(call.text("timeout_input"))
    return 1
