# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
r"""Internal: texts of others as variables of a remote shell, percent signs and all.

Windows refuses a shell with a ``%`` in one of its variables (fault 87; see ``docs/windows-facts.md``). So a token
stands for it in what is sent, and ``cmd`` puts the ``%`` in (``!name:token=%!``) before the variable is used. That
depends on no pairing of ``%``: the only names that ``cmd`` could find between two of ours contain ``.percents``, which
no machine has. Its result is not parsed again, as that of any delayed expansion.

Source: ``help set`` (replacing text in a variable).
"""

from __future__ import annotations

import itertools
import typing as t

#: Holds the names of the variables that had a ``%``.
_LISTED = "percents"
_LONGEST_TOKEN = 8


def portable(variables: t.Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return variables that a shell can have, and commands that turn them into these; empty if they are these."""
    affected = {name: text for name, text in variables.items() if "%" in text}
    if not affected:
        return dict(variables), ""
    token = _token(affected.values())
    sent = {name: text for name, text in variables.items() if name not in affected}
    sent |= {f"{name}.{_LISTED}": text.replace("%", token) for name, text in affected.items()}
    sent[_LISTED] = " ".join(affected)
    return sent, f"(for %v in (!{_LISTED}!) do (set %v=!%v.{_LISTED}:{token}=%!))"


def size(variables: t.Mapping[str, str]) -> int:
    """Return about how many characters of a shell's environment the variables take, at most."""
    length = 0
    for name, text in variables.items():
        length += len(name) + len(text)
        if "%" in text:
            length += (_LONGEST_TOKEN - 1) * text.count("%") + len(f".{_LISTED}") + len(name) + 1
    return length


def _token(texts: t.Iterable[str]) -> str:
    """Return a token that is in none of the texts, in any case, and that cannot overlap with itself.

    Of its letters and digits, no other character is a form in another case (as the Kelvin sign is of ``k``).
    """
    folded = "\n".join(texts).casefold()
    return next(token for number in itertools.count() if (token := f"pct{number}") not in folded)
