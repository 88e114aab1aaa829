"""What the demo says, and what it insists on."""

from __future__ import annotations

import sys


def step(title: str) -> None:
    """Print the title of a step."""
    show(f"\n{title}")


def show(text: str) -> None:
    """Print, and flush."""
    print(text, flush=True)


def expect(condition: bool, what: str) -> None:
    """End the demo with an error unless the condition holds."""
    if not condition:
        sys.exit(f"demo: expected that {what}; see above")
    show(f"   ok: {what}")
