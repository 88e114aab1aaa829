"""COM servers of single users: by typed calls for few who are signed in, else by one command."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.com_classes import UserClasses, local_server
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import classes_hive
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import Failed, Read
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_visits import COMMAND_REQUESTS, HiveVisitor
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind, Profile
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Code, RegistryError, Root
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue, ValueState
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_view import View
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import NoShellError

from .support import CommandSession, Seen

CLSID = "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"
UNSET = "(value not set)"


class Registry:
    """Default values by key; an exception is raised."""

    def __init__(self, **values):
        self.keys = []
        self._values = values
        self.default = values.pop("default", StringValue.missing(key_exists=False))

    def string(self, root, key, name):
        self.keys.append((root, key, name))
        if isinstance(self.default, Exception):
            raise self.default
        return self._values.get(key.rpartition("\\")[2], self.default)

    def expanded_string(self, root, key, name):
        self.keys.append((root, key, name))
        return self._values.get("expanded")


def user(number, kind=HiveKind.LOADED):
    return classes_hive(Profile(f"S-1-5-21-1-2-3-{number}", rf"C:\Users\u{number}", kind))


def user_classes(registry, session):
    return UserClasses(registry, HiveVisitor(session))


def servers(wanted, *runs, mounts=True, **values):
    """Return the outcomes, the registry and the session."""
    registry, session = Registry(**values), CommandSession(*runs)
    outcomes = user_classes(registry, session).servers(wanted, UNSET, mounts=mounts)
    return outcomes, registry, session


def printed(*commands, at="loaded", key="LocalServer32"):
    """Return what is printed for these views and lines."""
    lines = []
    for view, line in commands:
        lines += ["", rf"HKEY_USERS\{{root}}\{view.clsid_key}\{CLSID}\{key}", line, ""]
    return Seen(at, tuple(lines))


# A class costs two calls at most.
CLASSES = COMMAND_REQUESTS // 2


def test_up_to_the_price_of_a_command_each_class_costs_a_call_or_two():
    wanted = {user(n): {View.X64: CLSID} for n in range(CLASSES)}
    outcomes, registry, session = servers(wanted)

    assert outcomes == dict.fromkeys(wanted, Read(HiveKind.LOADED, {View.X64: None}))
    assert (len(registry.keys), session.lines) == (2 * CLASSES, [])


@pytest.mark.parametrize(("users", "views"), [(CLASSES + 1, [View.X64]), (CLASSES // 2 + 1, list(View))])
def test_beyond_it_one_command_reads_them_all(users, views):
    wanted = {user(n): dict.fromkeys(views, CLSID) for n in range(users)}
    outcomes, registry, session = servers(wanted, [printed()] * users)

    assert outcomes == dict.fromkeys(wanted, Read(HiveKind.LOADED, dict.fromkeys(views)))
    assert (registry.keys, len(session.lines)) == ([], 1)


def test_a_hive_that_is_not_loaded_needs_the_command():
    ada, bob = user(1), user(2, HiveKind.UNLOADED)
    wanted = {ada: {View.X64: CLSID}, bob: {View.X86: CLSID}}
    server = "    (Default)    REG_SZ    app.exe"
    outcomes, registry, session = servers(
        wanted, [printed((View.X64, server)), printed((View.X86, server), at="mounted")]
    )

    assert outcomes == {
        ada: Read(HiveKind.LOADED, {View.X64: "app.exe"}),
        bob: Read(HiveKind.UNLOADED, {View.X86: "app.exe"}),
    }
    assert registry.keys == []
    (environment,) = session.environments
    assert environment["x64_1"] == rf"CLSID\{CLSID}"
    assert environment["x86_2"] == rf"WOW6432Node\CLSID\{CLSID}"
    assert not {"x86_1", "x64_2"} & set(environment)


@pytest.mark.parametrize(
    ("line", "server"),
    [
        ("    (Default)    REG_EXPAND_SZ    %x%\\app.exe", "%x%\\app.exe"),
        (f"    (Default)    REG_SZ    {UNSET}", None),
        ("    (Default)    REG_SZ", None),
        ("    (Default)    REG_DWORD    0x1", None),
    ],
)
@pytest.mark.parametrize("key", ["LocalServer32", "LocalServer"])
def test_what_counts_as_a_server_in_the_output(key, line, server):
    one = user(1, HiveKind.UNLOADED)
    outcomes, _registry, _session = servers({one: {View.X64: CLSID}}, [printed((View.X64, line), key=key)])

    assert outcomes == {one: Read(HiveKind.LOADED, {View.X64: server})}


def test_the_key_of_another_class_is_not_taken_for_the_one_that_is_looked_up():
    one = user(1, HiveKind.UNLOADED)
    other = printed((View.X86, "    (Default)    REG_SZ    app.exe"))
    outcomes, _registry, _session = servers({one: {View.X64: CLSID}}, [other])

    assert outcomes == {one: Read(HiveKind.LOADED, {View.X64: None})}


def test_a_user_without_classes_has_no_servers_and_no_error():
    one = user(1, HiveKind.UNLOADED)
    outcomes, _registry, _session = servers({one: {View.X64: CLSID}}, [Seen("absent")])

    assert outcomes == {one: Read(HiveKind.UNLOADED, {})}


def test_classes_that_cannot_be_read_are_an_error():
    one = user(1, HiveKind.UNLOADED)
    outcomes, _registry, _session = servers({one: {View.X64: CLSID}}, [Seen("mounted", read=5)])

    assert outcomes == {one: Failed(HiveKind.UNLOADED, "the hive cannot be read")}


def test_a_denied_class_is_one_user_s_error():
    one = user(1)
    denied = RegistryError("reading", Code.ACCESS_DENIED)
    outcomes, _registry, _session = servers({one: {View.X64: CLSID}}, default=denied)

    assert outcomes == {one: Failed(HiveKind.LOADED, "reading: access denied (code 5)")}


NOTHING, OTHER = StringValue.missing(), StringValue(ValueState.OTHER_TYPE)


@pytest.mark.parametrize(
    ("values", "server", "asked"),
    [
        ({"default": StringValue.of("app.exe")}, "app.exe", "LocalServer32"),
        ({"default": StringValue.of("")}, None, "LocalServer32 LocalServer"),
        ({}, None, "LocalServer32 LocalServer"),
        ({"LocalServer32": NOTHING, "LocalServer": StringValue.of("old.exe")}, "old.exe", "LocalServer32 LocalServer"),
        ({"default": OTHER, "expanded": r"C:\app.exe"}, r"C:\app.exe", "LocalServer32 LocalServer32"),
        ({"default": OTHER}, None, "LocalServer32 LocalServer32 LocalServer LocalServer"),
    ],
)
def test_a_server_by_typed_calls(values, server, asked):
    registry: t.Any = Registry(**values)
    clsid = rf"SOFTWARE\Classes\WOW6432Node\CLSID\{CLSID}"

    assert local_server(registry, Root.HKLM, r"SOFTWARE\Classes", View.X86, CLSID) == server
    assert registry.keys == [(Root.HKLM, rf"{clsid}\{key}", "") for key in asked.split()]


def test_without_a_shell_typed_calls_read_the_classes_of_signed_in_users_however_many():
    wanted = {user(number): {View.X64: CLSID} for number in range(COMMAND_REQUESTS)}
    far = user(9, HiveKind.UNLOADED)
    outcomes, _registry, _session = servers(
        {**wanted, far: {View.X64: CLSID}}, NoShellError(), LocalServer32=StringValue.of("app.exe")
    )

    assert outcomes.pop(far).error.startswith("this machine allows no remote shells")
    assert list(outcomes.values()) == [Read(HiveKind.LOADED, {View.X64: "app.exe"})] * COMMAND_REQUESTS
