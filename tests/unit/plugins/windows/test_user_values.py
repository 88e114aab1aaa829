"""The cheaper way to users' values: typed calls for few, one command for many."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_files import HiveFile
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_outcomes import (
    Failed,
    Read,
    Skipped,
    error_of,
    value_of,
)
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_values import Change, ValueName
from ansible_collections.presence.office.plugins.plugin_utils.windows.hive_visits import COMMAND_REQUESTS
from ansible_collections.presence.office.plugins.plugin_utils.windows.profiles import HiveKind
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Code, RegistryError
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry_values import StringValue
from ansible_collections.presence.office.plugins.plugin_utils.windows.user_values import UserValues
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import NoShellError, UnreachableError

VALUE = ValueName(r"Software\IM Providers", "DefaultIMApp")
LYNC = StringValue.of("Lync")


def user(number, kind=HiveKind.LOADED):
    return HiveFile(rf"C:\Users\u{number}\NTUSER.DAT", f"S-1-5-21-1-2-3-{number}", kind, "")


class Registry:
    """Every call is one request; keys under a SID in ``gone`` are not there any more."""

    def __init__(self, gone=(), codes=None):
        self.requests = []
        self.gone = gone
        self.codes = codes or {}
        self.most = 1_000

    def lose_after(self, requests):
        self.most = requests

    def _call(self, what, key):
        if len(self.requests) >= self.most:
            raise UnreachableError("lost")
        self.requests.append((what, key))
        sid = key.split("\\")[0]
        if what in self.codes:
            raise RegistryError(what, self.codes[what])
        return sid in self.gone

    def string(self, root, key, name):
        return StringValue.missing(key_exists=False) if self._call("string", key) else LYNC

    def subkeys(self, root, key):
        return None if self._call("subkeys", key) else []

    def create_key(self, root, key):
        if self._call("create_key", key):
            raise RegistryError("creating", Code.INVALID_PARAMETER)

    def set_string(self, root, key, name, text):
        if self._call("set_string", key):
            raise RegistryError("writing", Code.NO_KEY)

    def delete_value(self, root, key, name):
        self._call("delete_value", key)


class HiveValues:
    """Remembers what was read or written by a command."""

    def __init__(self):
        self.visits = []

    def read(self, hives, value, *, mounts):
        self.visits.append(list(hives))
        return {hive: Read(hive.kind, LYNC) for hive in hives}

    def write(self, changes, value, record_name, *, mounts):
        return self.read(changes, value, mounts=mounts)


def values(**kwargs):
    registry, hives = Registry(**kwargs), HiveValues()
    return UserValues(t.cast(t.Any, registry), t.cast(t.Any, hives)), registry, hives


def test_up_to_the_price_of_a_command_each_signed_in_user_costs_a_request():
    reader, registry, hives = values()
    users = [user(n) for n in range(COMMAND_REQUESTS)]

    assert {value_of(v) for v in reader.read(users, VALUE, mounts=True).values()} == {LYNC}
    assert len(registry.requests) == COMMAND_REQUESTS
    assert not hives.visits


def test_beyond_it_one_command_reads_them_all():
    reader, registry, hives = values()
    users = [user(n) for n in range(COMMAND_REQUESTS + 1)]
    reader.read(users, VALUE, mounts=True)

    assert not registry.requests
    assert hives.visits == [users]


def test_the_command_that_an_unloaded_hive_needs_takes_the_loaded_ones_along():
    reader, registry, hives = values()
    users = [user(1), user(2, HiveKind.UNLOADED)]
    reader.read(users, VALUE, mounts=True)

    assert not registry.requests
    assert hives.visits == [users]


def test_writing_goes_by_the_requests_it_would_cost_not_by_the_users():
    writer, registry, hives = values()
    no_key = StringValue.missing(key_exists=False)
    changes = {user(n): Change(no_key, "Lync") for n in range(3)}  # each wants its key created: six requests
    writer.write(changes, VALUE, "", mounts=True)

    assert not registry.requests
    assert len(hives.visits) == 1


def test_the_previous_default_is_recorded_before_the_new_one_is_set():
    writer, registry, _unused = values()
    ada = user(1)
    writer.write({ada: Change(LYNC, "Teams", "Lync")}, VALUE, "PreviousDefaultIMApp", mounts=True)

    key = rf"{ada.key}\Software\IM Providers"
    assert registry.requests == [("create_key", rf"{key}\Teams"), ("set_string", rf"{key}\Teams"), ("set_string", key)]


def test_a_user_who_signs_out_under_our_hands_is_visited_by_the_command():
    ada, bob = user(1), user(2)
    reader, _unused, hives = values(gone=(ada.key,))
    outcomes = reader.read([ada, bob], VALUE, mounts=True)

    assert hives.visits == [[ada]]
    assert set(outcomes) == {ada, bob}


def test_a_user_who_signs_out_before_the_write_is_visited_by_the_command():
    ada = user(1)
    writer, _unused, hives = values(gone=(ada.key,))
    writer.write({ada: Change(StringValue.of("Jabber"), "Lync")}, VALUE, "", mounts=True)

    assert hives.visits == [[ada]]


@pytest.mark.parametrize("code", [Code.ACCESS_DENIED, 1450])
def test_one_user_s_broken_hive_is_reported_and_the_others_are_done(code):
    ada, bob = user(1), user(2)
    reader, registry, hives = values(codes={"string": code})
    outcomes = reader.read([ada, bob], VALUE, mounts=True)

    assert [error_of(v) is not None for v in outcomes.values()] == [True, True]
    assert len(registry.requests) == 2
    assert not hives.visits


def test_a_machine_that_is_lost_in_the_middle_of_writing_does_not_take_the_result_with_it():
    """What was written by then is in the result; the rest is not known."""
    ada, bob = user(1), user(2)
    writer, registry, _unused = values()
    registry.lose_after(1)
    outcomes = writer.write(dict.fromkeys([ada, bob], Change(LYNC, "Teams")), VALUE, "", mounts=True)

    assert outcomes[ada] == Read(HiveKind.LOADED, StringValue.of("Teams"))
    assert outcomes[bob] == Failed(HiveKind.LOADED, "lost", lost=True)


def test_a_machine_that_is_lost_while_only_was_read_is_lost():
    reader, registry, _unused = values()
    registry.lose_after(0)
    with pytest.raises(UnreachableError):
        reader.read([user(1)], VALUE, mounts=True)


# --- A machine that allows no remote shells ---


class NoShell(HiveValues):
    """No command can run."""

    def read(self, hives, value, *, mounts):
        super().read(hives, value, mounts=mounts)
        raise NoShellError


def without_shell(**kwargs):
    registry, hives = Registry(**kwargs), NoShell()
    return UserValues(t.cast(t.Any, registry), t.cast(t.Any, hives)), registry


@pytest.mark.parametrize("kind", [HiveKind.UNLOADED, HiveKind.DEFAULT])
def test_without_a_shell_typed_calls_reach_the_loaded_hives_and_the_others_are_named(kind):
    values, registry = without_shell()
    far = user(9, kind) if kind is HiveKind.UNLOADED else HiveFile("X", None, kind, "profiles without default")
    outcomes = values.read([user(1), far, user(2)], VALUE, mounts=True)

    assert [value_of(outcomes[hive]) for hive in (user(1), user(2))] == [LYNC, LYNC]
    assert outcomes[far].kind is kind
    error = error_of(outcomes[far]) or ""
    assert error.startswith("this machine allows no remote shells")
    assert error.endswith("profiles without default" if kind is HiveKind.DEFAULT else "profiles: [loaded]")
    assert len(registry.requests) == 2


def test_without_a_shell_many_are_read_and_written_by_typed_calls():
    values, registry = without_shell()
    hives = [user(number) for number in range(COMMAND_REQUESTS + 1)]

    assert {value_of(one) for one in values.read(hives, VALUE, mounts=True).values()} == {LYNC}
    changes = {hive: Change(LYNC, "Teams", "Lync") for hive in hives}
    outcomes = values.write(changes, VALUE, "PreviousDefaultIMApp", mounts=True)
    assert {value_of(one) for one in outcomes.values()} == {StringValue.of("Teams")}
    assert len(registry.requests) == len(hives) * (1 + 3)


@pytest.mark.parametrize("mounts", [True, False])
def test_without_a_shell_who_signs_out_meanwhile_is_out_of_reach_or_skipped(mounts):
    values, _registry = without_shell(gone=[user(1).key])
    outcome = values.read([user(1), user(2)], VALUE, mounts=mounts)[user(1)]

    assert outcome.kind is HiveKind.UNLOADED
    assert isinstance(outcome, Failed if mounts else Skipped)


def test_loaded_hives_are_read_and_written_by_typed_calls_however_many():
    registry = Registry(gone={"S-1-5-21-1-2-3-3"})
    values = UserValues(registry, None)  # type: ignore[arg-type]
    hives = [user(number) for number in range(3 * COMMAND_REQUESTS)]
    read = values.read_loaded(hives, VALUE)
    assert [number for number, hive in enumerate(hives) if isinstance(read[hive], Skipped)] == [3]
    assert len(registry.requests) == len(hives) + 1
    written = values.write_loaded({hive: Change(LYNC, "Teams") for hive in hives if hive is not hives[3]}, VALUE)
    assert {value_of(outcome) for outcome in written.values()} == {StringValue.of("Teams")}
    registry.lose_after(len(registry.requests) + 2)
    with pytest.raises(UnreachableError):
        values.read_loaded(hives, VALUE)
