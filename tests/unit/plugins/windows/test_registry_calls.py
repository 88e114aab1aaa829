"""Typed registry calls: what answers mean, and writes whose answer is lost."""

from __future__ import annotations

import typing as t
from types import SimpleNamespace

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Registry, RegistryError, Root
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import LostError, ProtocolError

KEY = r"SOFTWARE\IM Providers\Lync"
WRONG_TYPE = 0x80041005


def registry(*answers, tries=2):
    """Return a registry that gets these answers (return value and outputs, or an error), and the methods called."""
    left, methods, retries = iter(answers), [], iter([True] * tries)

    def invoke(_class, method, _parameters, **_more):
        methods.append(method)
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        code, outputs = answer if isinstance(answer, tuple) else (answer, {})
        return {"ReturnValue": str(code), **outputs}

    budget = SimpleNamespace(try_again=lambda **_more: next(retries, False))
    return Registry(t.cast(t.Any, SimpleNamespace(invoke=invoke, retries=budget))), methods


@pytest.mark.parametrize(
    ("answer", "number"),
    [((0, {"uValue": "2"}), 2), ((0, {"uValue": "0"}), 0), (1, None), (2, None), (WRONG_TYPE, None)],
)
def test_a_number(answer, number):
    reader, _unused = registry(answer)
    assert reader.dword(Root.HKU, KEY, "UpAndRunning") == number


@pytest.mark.parametrize("wrong", [None, "", "-1", "x", "9" * 11, ["1", "2"]])
def test_what_is_no_number_is_no_answer(wrong):
    reader, _unused = registry((0, {"uValue": wrong}))
    with pytest.raises(ProtocolError, match=r"StdRegProv\.GetDWORDValue: the answer holds no uValue"):
        reader.dword(Root.HKU, KEY, "UpAndRunning")


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ((0, {"sNames": ["GUID", "Icon"], "Types": ["1", "2"]}), ["GUID", "Icon"]),
        ((0, {"sNames": "GUID", "Types": "1"}), ["GUID"]),
        ((0, {"sNames": None, "Types": None}), []),
        (2, None),
    ],
)
def test_names_of_values(answer, names):
    reader, _unused = registry(answer)
    assert reader.value_names(Root.HKLM, KEY) == names


def test_names_of_values_that_may_not_be_read():
    reader, _unused = registry(5)
    with pytest.raises(RegistryError, match=r"listing the values of .*: access denied \(code 5\)"):
        reader.value_names(Root.HKLM, KEY)


@pytest.mark.parametrize("code", [0, 2])
def test_a_key_that_is_gone_is_deleted(code):
    writer, methods = registry(code)
    writer.delete_key(Root.HKLM, KEY)
    assert methods == ["DeleteKey"]


def test_a_key_that_may_not_be_deleted():
    writer, _unused = registry(5)
    with pytest.raises(RegistryError, match=r"deleting .*Lync: access denied"):
        writer.delete_key(Root.HKLM, KEY)


def test_a_key_whose_deletion_was_not_answered_is_looked_for_before_anything_is_deleted_again():
    writer, methods = registry(LostError("lost"), 2)
    writer.delete_key(Root.HKLM, KEY)
    assert methods == ["DeleteKey", "EnumKey"]

    writer, methods = registry(LostError("lost"), (0, {"sNames": None}), 0)
    writer.delete_key(Root.HKLM, KEY)
    assert methods == ["DeleteKey", "EnumKey", "DeleteKey"]


def test_when_the_tries_are_used_up_the_answer_stays_lost():
    writer, methods = registry(LostError("lost"), 0, tries=0)
    with pytest.raises(LostError):
        writer.delete_key(Root.HKLM, KEY)
    assert methods == ["DeleteKey", "EnumKey"]
