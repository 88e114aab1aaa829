"""Secrets to look for in output, in the forms in which they may appear there."""

from __future__ import annotations

import base64
import typing as t
from pathlib import Path


def secret_forms(passwords: t.Iterable[str], keys: t.Iterable[Path]) -> t.Iterator[str]:
    """Yield all secrets, in plain text and as a login sends them."""
    for password in passwords:
        yield password
        for user in ("ansible", "ansible@VIRTUAL.EXAMPLE"):
            yield base64.b64encode(f"{user}:{password}".encode()).decode()
        for encoding in ("utf-8", "utf-16-le"):
            yield base64.b64encode(password.encode(encoding)).decode()
            yield password.encode(encoding).hex()
    for key in keys:
        body = [line for line in key.read_text(encoding="ascii").splitlines() if not line.startswith("-")]
        assert body
        yield from body
