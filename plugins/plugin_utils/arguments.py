# Copyright (c) 2026, the presence.office authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Internal: a task's arguments as people write them, before an argument spec sees them.

An argument spec takes an option without a value for one that is not there, splits "a, b" and keeps the space, and makes
the text "True" of a name that YAML took for a boolean. Each of these would do something else than what was written.
"""

from __future__ import annotations

import datetime as dt
import typing as t

import yaml

#: ``reason`` of the result of a task that was written wrong, whatever the machine.
BAD_OPTIONS = "bad_options"

_TEXTS = ("str", "path")


def as_meant(arguments: t.Mapping[str, t.Any], spec: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, t.Any]:
    """Return the arguments with texts split into lists, and without the spaces around the entries of lists.

    Args:
        spec: the argument spec.

    Raises:
        ValueError: with a sentence, for an option without a value, an empty entry, and a text that YAML took for
            something else.
    """
    return {name: _option(name, value, spec.get(name, {})) for name, value in arguments.items()}


def entries(text: str) -> list[t.Any]:
    """Return the entries of a list that was given as a text: "a, b", or with brackets as JSON and YAML have it.

    Raises:
        ValueError: the brackets are not a list that can be read.
    """
    stripped = text.strip()
    if not (stripped.startswith("[") and stripped.endswith("]")):
        return [entry.strip() for entry in text.split(",")]
    try:
        parsed = yaml.safe_load(stripped)
    except yaml.YAMLError:
        parsed = None
    if not isinstance(parsed, list):
        raise ValueError(  # noqa: TRY004  (it is the text that is wrong)
            "it begins and ends with a bracket and is no list; write a list as 'a, b' or as [a, b]"
        )
    return parsed


def _option(name: str, value: object, spec: t.Mapping[str, t.Any]) -> object:
    if value is None:
        raise ValueError(f"{name} is there, but has no value: give it one, or leave the option out")
    if spec.get("type") == "list":
        return _list(name, value, spec)
    if spec.get("type") in _TEXTS and "choices" not in spec:
        _refuse_no_text(name, value)
    return value


def _list(name: str, value: object, spec: t.Mapping[str, t.Any]) -> object:
    if isinstance(value, str):
        if "choices" in spec and spec.get("default") and not value.strip():
            return []  # The option's own sentence says what to name.
        try:
            value = entries(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    if not isinstance(value, list | tuple):
        if not isinstance(value, t.Mapping):  # The argument spec's own sentence says that this is no list.
            _refuse_no_text(name, value)
        return value
    for entry in value:
        if entry is None or ("choices" in spec and isinstance(entry, str) and not entry.strip()):
            raise ValueError(f"{name} has an empty entry: fill it in or take it out, or leave the option out")
        if "choices" not in spec:
            _refuse_no_text(name, entry)
    # A blank entry stays as it is: the option's own sentence quotes it.
    return [(entry.strip() or entry) if isinstance(entry, str) else entry for entry in value]


def _refuse_no_text(name: str, value: object) -> None:
    """Raise ValueError for what is no text: an argument spec would take its Python text for what was written."""
    if isinstance(value, list | tuple | t.Mapping):
        sentence = f"{name}: a name was expected, and a list or a mapping is there; join lists with +"
        raise ValueError(sentence)  # noqa: TRY004  (a mistake in a playbook, which gets a sentence)
    if isinstance(value, bool):
        kind = f"the boolean {str(value).lower()} (so it does with yes, no, on, off, true and false)"
    elif isinstance(value, int | float):
        kind = f"the number {value}"
    elif isinstance(value, dt.date):
        kind = f"the date {value}"
    else:
        return
    raise ValueError(f"{name}: YAML took a text for {kind}: quote it, like 'this'")
