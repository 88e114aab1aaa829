"""The facts of a machine on which no command can run."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.presence.availability import NotKnownError
from ansible_collections.presence.office.plugins.plugin_utils.presence.facts.reading import read_by_typed_calls
from ansible_collections.presence.office.plugins.plugin_utils.windows.office import Office
from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import Code, RegistryError
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import NoShellError

from ..availability_support import ADA, BOB, CONFIGURATION, X64, X86, Has, Registry, registry_of

KEY_64, KEY_86 = (rf"SOFTWARE\{below}IM Providers" for below in ("", "WOW6432Node\\"))
DENIED = RegistryError("reading", Code.ACCESS_DENIED)


def read(registry, *, com_servers=False):
    """Read ada's and bob's machine."""
    fake: t.Any = registry
    return read_by_typed_calls(fake, [ADA, BOB], NoShellError(), com_servers=com_servers, mounts=True)


def test_registrations_are_merged_as_office_sees_them():
    reading = read(registry_of(Has(X86, x64=["Lync"], x86=["LYNC"], own_x86=["Lync", "Zoom"])))

    assert [one.name for one in reading.registered.providers.values()] == ["Lync", "Zoom"]
    assert list(reading.registered.providers["lync"].registrations) == [X64, X86]
    assert reading.registered.providers["zoom"].registrations[X86].click_to_run
    assert reading.registered.providers["lync"].registrations[X86].friendly_name == "Friendly LYNC"
    assert (reading.office, reading.not_known, reading.available) == (Office(None, X86), (), None)


def test_one_view_that_cannot_be_read_is_named_and_decides_for_nobody():
    registry = registry_of(Has(x64=["Lync"], x86=["Zoom"]))
    registry.errors = {("subkeys", KEY_64): DENIED}
    reading = read(registry)

    assert list(reading.registered.providers) == ["zoom"]
    assert reading.not_known == (
        "which providers the view x64 registers is not known: reading: access denied (code 5)",
    )
    assert reading.available is not None
    with pytest.raises(NotKnownError):
        reading.available.find("Lync", ADA)


def test_an_office_that_cannot_be_read_is_named():
    registry = registry_of(Has(x64=["Lync"]))
    registry.errors = {("string", CONFIGURATION, "Platform"): DENIED}
    reading = read(registry)

    assert (reading.office, list(reading.registered.providers)) == (None, ["lync"])
    assert reading.not_known[0].startswith("which Office this machine has is not known: reading: access denied")


def test_com_servers_that_cannot_be_read_cost_a_note():
    registry = registry_of(Has(x64=["Lync"]))
    registry.keys[rf"{KEY_64}\Lync"] = {"GUID": "{5F3C1A52-9C0B-4A39-9A9D-0E5C1F2B7A11}"}

    class Denies(Registry):
        def _called(self, *call: str) -> t.Any:
            if r"\Classes" in call[1] and call[0] in ("string", "subkeys"):
                raise DENIED
            return super()._called(*call)

    reading = read(Denies(registry.keys), com_servers=True)

    assert not reading.registered.providers["lync"].registrations[X64].com_server_known
    assert (reading.com.type_library, reading.not_known) == (None, ())
