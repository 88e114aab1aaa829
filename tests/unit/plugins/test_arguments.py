"""What people write as the arguments of a task, and what the modules get."""

from __future__ import annotations

import datetime as dt
import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.arguments import as_meant

NAMES = {"type": "list", "elements": "str"}
CHOICES = {**NAMES, "choices": ["a", "b"], "default": ["a"]}
NONE_BY_DEFAULT = {**CHOICES, "default": []}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ada", ["ada"]),
        (" ada ,bob,  C\\cy ", ["ada", "bob", "C\\cy"]),
        (["ada ", " Chat, Inc "], ["ada", "Chat, Inc"]),
        (("ada", "bob"), ["ada", "bob"]),
        ('["ada", "bob"]', ["ada", "bob"]),
        (" [ada, 'b, c', C\\d] ", ["ada", "b, c", "C\\d"]),
        ("[]", []),
        ("svc-[ab]", ["svc-[ab]"]),
        ("[ab]*", ["[ab]*"]),
        ("1001", ["1001"]),
        ("no", ["no"]),
        ("", [""]),
        (["  "], ["  "]),  # the option's own sentence quotes it
        ({"a": 1}, {"a": 1}),  # for the argument spec to refuse
    ],
)
def test_lists(written, meant):
    assert as_meant({"users": written}, {"users": NAMES}) == {"users": meant}


def test_an_empty_text_is_no_choice():
    assert as_meant({"views": " "}, {"views": CHOICES}) == {"views": []}
    with pytest.raises(ValueError, match=r"^verdicts has an empty entry: fill it in"):
        as_meant({"verdicts": ""}, {"verdicts": NONE_BY_DEFAULT})
    assert as_meant({"verdicts": []}, {"verdicts": NONE_BY_DEFAULT}) == {"verdicts": []}


@pytest.mark.parametrize(
    ("spec", "written", "sentence"),
    [
        (NAMES, None, "x is there, but has no value: give it one, or leave the option out"),
        ({"type": "bool"}, None, "x is there, but has no value: give it one, or leave the option out"),
        (NAMES, ["ada", None], "x has an empty entry: fill it in or take it out, or leave the option out"),
        (CHOICES, ["a", ""], "x has an empty entry: fill it in or take it out, or leave the option out"),
        (
            NAMES,
            [True],
            (
                "x: YAML took a text for the boolean true (so it does with yes, no, on, off, true and false): "
                "quote it, like 'this'"
            ),
        ),
        (NAMES, 7, "x: YAML took a text for the number 7: quote it, like 'this'"),
        (NAMES, "[7]", "x: YAML took a text for the number 7: quote it, like 'this'"),
        (NAMES, [dt.date(2026, 1, 2)], "x: YAML took a text for the date 2026-01-02: quote it, like 'this'"),
        (NAMES, ["bob", ["ada"]], "x: a name was expected, and a list or a mapping is there; join lists with +"),
        (NAMES, [{"a": 1}], "x: a name was expected, and a list or a mapping is there; join lists with +"),
        ({"type": "str"}, ["a"], "x: a name was expected, and a list or a mapping is there; join lists with +"),
        ({"type": "str"}, 1.5, "x: YAML took a text for the number 1.5: quote it, like 'this'"),
        (NAMES, "[a, {]", "x: it begins and ends with a bracket and is no list; write a list as 'a, b' or as [a, b]"),
        (NAMES, "[a]: [b]", "x: it begins and ends with a bracket and is no list; write a list as 'a, b' or as [a, b]"),
    ],
)
def test_what_is_refused(spec, written, sentence):
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (the text is compared whole)
        as_meant({"x": written}, {"x": spec})

    assert str(refused.value) == sentence


def test_what_is_not_a_text_or_a_list_is_left_to_the_argument_spec():
    spec: dict[str, t.Any] = {"mount": {"type": "bool"}, "state": {"type": "str", "choices": ["present", "absent"]}}
    given: dict[str, object] = {"mount": "yes", "state": True, "unknown": 1}

    assert as_meant(given, spec) == given
