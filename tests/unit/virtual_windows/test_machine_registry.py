"""The registry answers like the Win32 functions: names, types, limits, links, access."""

from __future__ import annotations

import pytest

from tests.virtual_windows.machine import Machine, Value, ValueType, Win32Error
from tests.virtual_windows.machine.keys import fold

SOFTWARE = r"HKEY_LOCAL_MACHINE\SOFTWARE"
LYNC = rf"{SOFTWARE}\IM Providers\Lync"


def sz(name, data):
    return Value(name, ValueType.SZ, data)


def code_of(call, *args, **kwargs):
    """Return the code of the Win32Error that a call raises."""
    with pytest.raises(Win32Error) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.fixture
def registry():
    return Machine("desk1").registry


def test_names_are_looked_up_in_any_case_and_keep_their_own(registry):
    registry.create_key(LYNC)
    registry.set_value(LYNC.upper(), sz("UpAndRunning", "x"))
    registry.set_value(LYNC.lower(), sz("UPANDRUNNING", "y"))
    assert registry.values(LYNC) == [sz("UpAndRunning", "y")]
    assert registry.key_name(r"hkey_local_machine\software\im providers\LYNC") == LYNC
    assert registry.create_key(LYNC.upper()) is False


def test_case_is_folded_one_character_to_one():
    assert fold("straße") == "STRAßE"
    assert fold("Ωμέγα") == "ΩΜΈΓΑ"
    assert fold("ŉ") == "ŉ"  # has no single upper-case character


def test_a_key_is_created_with_all_above_it(registry):
    assert registry.create_key(rf"{SOFTWARE}\a\b\c") is True
    assert registry.subkeys(rf"{SOFTWARE}\a") == ["b"]


def test_subkeys_are_sorted_values_are_not(registry):
    for name in ("b", "A", "c"):
        registry.create_key(rf"{SOFTWARE}\order\{name}")
        registry.set_value(rf"{SOFTWARE}\order", sz(name, ""))
    assert registry.subkeys(rf"{SOFTWARE}\order") == ["A", "b", "c"]
    assert [value.name for value in registry.values(rf"{SOFTWARE}\order")] == ["b", "A", "c"]


def test_the_unnamed_value(registry):
    registry.create_key(LYNC)
    assert code_of(registry.value, LYNC, "") == 2
    registry.set_value(LYNC, sz("", "default"))
    assert registry.value(LYNC, "").data == "default"
    registry.delete_value(LYNC, "")
    assert registry.values(LYNC) == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (ValueType.SZ, "", 1),
        (ValueType.EXPAND_SZ, "%x%", b""),
        (ValueType.BINARY, b"\0", "00"),
        (ValueType.NONE, b"", ""),
        (ValueType.DWORD, 2**32 - 1, 2**32),
        (ValueType.DWORD, 0, True),
        (ValueType.QWORD, 2**64 - 1, -1),
        (ValueType.MULTI_SZ, ["a", ""], "a"),
        (ValueType(77), b"odd", "odd"),
    ],
)
def test_types_take_only_their_own_data(registry, kind, good, bad):
    registry.create_key(LYNC)
    registry.set_value(LYNC, Value("v", kind, good))
    assert registry.value(LYNC, "V").data == good
    assert code_of(registry.set_value, LYNC, Value("v", kind, bad)) == 87
    assert registry.value(LYNC, "v").type == kind


def test_types_have_the_names_of_reg_exe():
    assert [ValueType(number).registry_name for number in (0, 2, 11)] == ["REG_NONE", "REG_EXPAND_SZ", "REG_QWORD"]
    assert ValueType.from_registry_name("reg_multi_sz") is ValueType.MULTI_SZ


def test_missing_keys_and_values_are_error_2(registry):
    missing = rf"{SOFTWARE}\no\such"
    assert not registry.exists(missing)
    for call in (registry.subkeys, registry.values, registry.key_name, registry.delete_key):
        assert code_of(call, missing) == 2
    assert code_of(registry.set_value, missing, sz("a", "b")) == 2
    assert code_of(registry.delete_value, SOFTWARE, "no") == 2


def test_a_key_with_subkeys_is_only_deleted_with_all_of_them(registry):
    registry.create_key(rf"{LYNC}\sub")
    assert code_of(registry.delete_key, LYNC) == 5
    registry.delete_key(LYNC, recursive=True)
    assert not registry.exists(LYNC)


def test_key_names_have_at_most_255_characters(registry):
    assert registry.create_key(rf"{SOFTWARE}\{'x' * 255}") is True
    assert code_of(registry.create_key, rf"{SOFTWARE}\{'x' * 256}") == 87


@pytest.mark.parametrize("root", ["HKEY_LOCAL_MACHINE", "HKEY_USERS"])
def test_nothing_can_be_created_directly_below_the_roots(registry, root):
    assert code_of(registry.create_key, rf"{root}\new") == 87
    assert code_of(registry.create_key, rf"{root}\new\deeper") == 87
    assert code_of(registry.delete_key, root, recursive=True) == 5
    assert code_of(registry.delete_key, r"HKEY_LOCAL_MACHINE\SOFTWARE", recursive=True) == 5


def test_unknown_roots_and_leading_separators(registry):
    assert code_of(registry.exists, r"HKEY_NOWHERE\x") == 6
    assert code_of(registry.exists, r"\HKEY_USERS") == 161
    assert registry.exists(r"HKEY_LOCAL_MACHINE\\SOFTWARE\\")


def test_the_32_bit_view_is_a_tree_of_its_own_but_for_the_classes(registry):
    registry.create_key(rf"{SOFTWARE}\WOW6432Node\IM Providers\Lync")
    assert not registry.exists(rf"{SOFTWARE}\IM Providers")
    registry.create_key(rf"{SOFTWARE}\WOW6432Node\Classes\CLSID\{{1}}")
    assert registry.subkeys(rf"{SOFTWARE}\Classes\WOW6432Node\CLSID") == ["{1}"]
    assert "{1}" not in registry.subkeys(rf"{SOFTWARE}\Classes\CLSID")
    assert registry.key_name(rf"{SOFTWARE}\wow6432node\classes\clsid") == rf"{SOFTWARE}\WOW6432Node\Classes\CLSID"


def test_roots_that_are_views_of_others(registry):
    registry.create_key(r"HKEY_CLASSES_ROOT\.x")
    assert registry.exists(rf"{SOFTWARE}\Classes\.x")
    registry.create_key(r"HKEY_CURRENT_USER\Software\own")
    assert registry.exists(r"HKEY_USERS\.DEFAULT\Software\own")
    assert registry.exists(r"HKEY_USERS\S-1-5-18\Software\own")
    assert registry.exists(r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Control")
    assert registry.key_name(r"HKEY_CURRENT_USER\software\OWN") == r"HKEY_CURRENT_USER\Software\own"


def test_current_user_is_the_winrm_account_once_its_hive_is_loaded():
    machine = Machine("desk1")
    machine.seed({"administrator_profile": "loaded"})
    machine.registry.create_key(r"HKEY_CURRENT_USER\Software\own")
    assert machine.registry.exists(rf"HKEY_USERS\{machine.administrator.sid}\Software\own")
    assert not machine.registry.exists(r"HKEY_USERS\.DEFAULT\Software\own")


def test_denied_keys_answer_5_with_all_below_them(registry):
    registry.create_key(rf"{LYNC}\below")
    registry.set_value(LYNC, sz("a", "b"))
    registry.deny(LYNC, "write")
    assert registry.value(LYNC, "a").data == "b"
    for call in (
        lambda: registry.set_value(LYNC, sz("a", "c")),
        lambda: registry.set_value(rf"{LYNC}\below", sz("a", "c")),
        lambda: registry.create_key(rf"{LYNC}\new"),
        lambda: registry.delete_value(LYNC, "a"),
        lambda: registry.delete_key(rf"{SOFTWARE}\IM Providers", recursive=True),
    ):
        assert code_of(call) == 5
    registry.deny(LYNC, "read")
    assert registry.exists(LYNC)
    assert code_of(registry.value, LYNC, "a") == 5
    registry.deny(LYNC)
    registry.set_value(LYNC, sz("a", "c"))


def test_administrators_may_not_look_into_the_security_databases(registry):
    assert code_of(registry.subkeys, r"HKEY_LOCAL_MACHINE\SAM\SAM") == 5
    assert code_of(registry.values, r"HKEY_LOCAL_MACHINE\SECURITY\Policy") == 5


def test_watchers_hear_of_every_change(registry):
    seen: list[str] = []
    registry.watchers.append(seen.append)
    registry.create_key(rf"{SOFTWARE}\w")
    registry.set_value(rf"{SOFTWARE}\W", sz("a", "b"))
    registry.delete_value(rf"{SOFTWARE}\w", "a")
    registry.delete_key(rf"{SOFTWARE}\w")
    assert seen == [SOFTWARE, rf"{SOFTWARE}\w", rf"{SOFTWARE}\w", SOFTWARE]
