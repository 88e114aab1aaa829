"""Where a machine is, in every error; and a scheme that does not fit the port, told as what it is."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.wsman.endpoint import Endpoint
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    LoginRefusedError,
    LostError,
    UnreachableError,
    WrongSchemeError,
)

SCHEME = "ansible_winrm_scheme"


@pytest.mark.parametrize(
    ("host", "port", "scheme", "shown"),
    [
        ("192.0.2.7", 5985, "http", "192.0.2.7:5985 (HTTP)"),
        ("fe80::1", 5986, "https", "[fe80::1]:5986 (HTTPS)"),
        ("bücher.example", 80, "http", "bücher.example:80 (HTTP)"),
        ("a\x1b[31m", 80, "http", r"a\x1b[31m:80 (HTTP)"),
    ],
)
def test_a_place_is_address_port_and_scheme(host, port, scheme, shown):
    assert str(Endpoint(host, port, scheme, SCHEME)) == shown


@pytest.mark.parametrize(
    ("scheme", "port", "advice"),
    [
        ("https", 5985, "but the inventory says HTTPS: set ansible_winrm_scheme to http or ansible_port to 5986"),
        ("https", 5986, "but the inventory says HTTPS: set ansible_winrm_scheme to http$"),
        ("http", 443, "but the inventory says HTTP: set ansible_winrm_scheme to https or ansible_port to 5985"),
    ],
)
def test_what_speaks_the_other_scheme_is_told_as_such_on_any_port(scheme, port, advice):
    told = Endpoint("desk1", port, scheme, SCHEME).explain(WrongSchemeError("it speaks another"))

    with pytest.raises(UnreachableError, match=f"^it speaks another, {advice}"):
        raise told


@pytest.mark.parametrize(
    "error", [LostError("reset"), LostError("400", status=400), LostError("silent", timed_out=True)]
)
def test_on_the_other_scheme_s_port_silence_and_a_broken_connection_have_a_likely_cause(error):
    told = Endpoint("desk1", 5986, "http", "ansible_psrp_protocol").explain(error)

    assert str(told) == (
        f"{error}; port 5986 is that of HTTPS, but the inventory says HTTP: "
        "set ansible_psrp_protocol to https or ansible_port to 5985"
    )
    assert not isinstance(told, LostError)  # another try would make no difference


@pytest.mark.parametrize(
    ("scheme", "port", "error"),
    [
        ("http", 5985, LostError("reset")),
        ("http", 8080, LostError("reset")),
        ("http", 5986, LostError("refused", connecting=True)),
        ("http", 5986, LostError("busy", status=503)),
        ("http", 5986, LoginRefusedError("401")),
        ("http", 5986, UnreachableError("403")),
        ("https", 5985, UnreachableError("the machine's certificate is not trusted")),
    ],
)
def test_whatever_has_another_cause_is_told_as_it_is(scheme, port, error):
    assert Endpoint("desk1", port, scheme, SCHEME).explain(error) is error
