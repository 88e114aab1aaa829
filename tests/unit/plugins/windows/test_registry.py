"""Typed registry calls: what each code means, and writes that are never repeated blindly."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import (
    Code,
    Registry,
    RegistryError,
    Root,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import LostError, ProtocolError
from ansible_collections.presence.office.plugins.plugin_utils.wsman.retry import RetryBudget

LOST = LostError("lost")
KEY = r"S-1-5-21-1\Software\IM Providers"


class Session:
    """Answers calls from a list: codes, codes with out parameters, or exceptions."""

    def __init__(self, *answers):
        self.calls = []
        self.repeatable = []
        self.retries = RetryBudget(lambda _seconds: None, lambda: 0.0)
        self._answers = iter(answers)

    def invoke(self, class_name, method, parameters, *, namespace, repeatable):
        assert (class_name, namespace) == ("StdRegProv", "root/default")
        self.calls.append((method, dict(parameters)))
        self.repeatable.append(repeatable)
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        code, more = answer if isinstance(answer, tuple) else (answer, {})
        return {"ReturnValue": str(int(code)) if isinstance(code, int) else code, **more}

    def methods(self):
        return [method for method, _parameters in self.calls]


def over(*answers):
    session: t.Any = Session(*answers)
    return Registry(session), session


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ((Code.DONE, {"sValue": "Lync"}), StringValue.of("Lync")),
        ((Code.DONE, {"sValue": None}), StringValue.of("")),
        (Code.NO_VALUE, StringValue.missing()),
        (Code.NO_KEY, StringValue.missing(key_exists=False)),
        (Code.WRONG_TYPE, StringValue(ValueState.OTHER_TYPE)),
    ],
)
def test_reading_a_text(answer, value):
    registry, session = over(answer)

    assert registry.string(Root.HKU, KEY, "DefaultIMApp") == value
    assert session.calls == [
        ("GetStringValue", {"hDefKey": "2147483651", "sSubKeyName": KEY, "sValueName": "DefaultIMApp"})
    ]
    assert session.repeatable == [True]


def test_a_code_that_is_no_answer_is_an_error_with_its_meaning():
    with pytest.raises(RegistryError, match=r"DefaultIMApp: access denied \(code 5\)") as raised:
        over(Code.ACCESS_DENIED)[0].string(Root.HKU, KEY, "DefaultIMApp")
    assert raised.value.code == Code.ACCESS_DENIED


@pytest.mark.parametrize("code", ["", "-1", "1" * 11, "done", None])
def test_an_answer_without_a_code_is_refused(code):
    with pytest.raises(ProtocolError, match="holds no ReturnValue"):
        over((code, {}))[0].subkeys(Root.HKU, KEY)


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ((Code.DONE, {"sNames": ["a", "b"]}), ["a", "b"]),
        ((Code.DONE, {"sNames": "a"}), ["a"]),
        (Code.DONE, []),
        (Code.NO_KEY, None),
    ],
)
def test_listing_keys(answer, names):
    assert over(answer)[0].subkeys(Root.HKU, KEY) == names


@pytest.mark.parametrize(
    ("answer", "text"), [((Code.DONE, {"sValue": "C:\\x"}), "C:\\x"), (Code.NO_KEY, None), (Code.WRONG_TYPE, None)]
)
def test_reading_a_text_with_variables(answer, text):
    assert over(answer)[0].expanded_string(Root.HKLM, KEY, "Default") == text


@pytest.mark.parametrize("code", [Code.DONE, Code.NO_KEY])
def test_deleting_a_value_whose_key_is_gone_is_done(code):
    registry, session = over(code)
    registry.delete_value(Root.HKU, KEY, "DefaultIMApp")

    assert session.repeatable == [False]


def test_a_refused_write_is_an_error_and_not_repeated():
    registry, session = over(Code.ACCESS_DENIED)

    with pytest.raises(RegistryError, match="access denied"):
        registry.set_string(Root.HKU, KEY, "DefaultIMApp", "Lync")
    assert session.methods() == ["SetStringValue"]


# --- After a lost answer ---


def write(registry):
    registry.set_string(Root.HKU, KEY, "DefaultIMApp", "Lync")


def create(registry):
    registry.create_key(Root.HKU, KEY)


def delete(registry):
    registry.delete_value(Root.HKU, KEY, "DefaultIMApp")


@pytest.mark.parametrize(
    ("change", "done", "reads"),
    [
        (write, (Code.DONE, {"sValue": "Lync"}), "GetStringValue"),
        (create, Code.DONE, "EnumKey"),
        (delete, Code.NO_VALUE, "GetStringValue"),
    ],
)
def test_a_change_that_was_made_is_not_made_again(change, done, reads):
    registry, session = over(LOST, done)
    change(registry)

    assert session.methods()[1:] == [reads]


@pytest.mark.parametrize(
    ("change", "not_done"),
    [(write, (Code.DONE, {"sValue": "Zoom"})), (create, Code.NO_KEY), (delete, (Code.DONE, {"sValue": "Lync"}))],
)
def test_a_change_that_was_not_made_is_made_again(change, not_done):
    registry, session = over(LOST, not_done, Code.DONE)
    change(registry)

    assert session.methods()[0] == session.methods()[2]


def test_a_change_is_tried_three_times_at_most():
    registry, session = over(*[LOST, Code.NO_VALUE] * 3)

    with pytest.raises(LostError):
        write(registry)
    assert session.methods().count("SetStringValue") == 3


def test_a_change_that_was_never_sent_is_not_looked_for():
    registry, session = over(LostError("off", connecting=True))

    with pytest.raises(LostError):
        write(registry)
    assert session.methods() == ["SetStringValue"]
