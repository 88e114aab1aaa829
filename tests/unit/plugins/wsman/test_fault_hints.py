"""What a fault means depends on what was asked, and so does whether the machine may have acted."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import (
    Asked,
    FaultCode,
    WSManFault,
    cannot_have_acted,
    may_have_acted,
)
from ansible_collections.presence.office.plugins.plugin_utils.wsman.fault_hints import fault

from .support import CREATED, Wire

QUERY = "SELECT SID FROM Win32_UserProfile"

ASKED = {
    "query": lambda session: session.enumerate(QUERY),
    "instance": lambda session: session.get("Win32_SID", {"SID": "S-1-5-18"}),
    "method": lambda session: session.invoke("StdRegProv", "EnumKey", [], repeatable=False),
    "shell": lambda session: session.run("ver", {}, lambda piece: None),
}


@pytest.mark.parametrize(
    ("code", "asked", "sentence"),
    [
        (FaultCode.NOT_FOUND, "query", f"{QUERY}: this machine does not know the class or its namespace"),
        (FaultCode.NOT_FOUND, "instance", "Win32_SID: there is no such instance on this machine"),
        (FaultCode.NOT_FOUND, "method", "StdRegProv.EnumKey: .*the instance whose method was called is not there"),
        (FaultCode.NOT_FOUND, "shell", "command shell: this machine has no such remote shell"),
        (
            FaultCode.CANNOT_PROCESS_FILTER,
            "query",
            "cannot process the query: it does not know the class or one of its",
        ),
        (FaultCode.CANNOT_PROCESS_FILTER, "instance", "Win32_SID: this machine does not know the class"),
        (
            FaultCode.CANNOT_PROCESS_FILTER,
            "method",
            "StdRegProv.EnumKey: this machine does not know the class or method",
        ),
        (FaultCode.SHELL_GONE, "instance", "Win32_SID: this machine knows the class by another key"),
        (FaultCode.SHELL_GONE, "method", "StdRegProv.EnumKey: this machine knows the class by another key"),
        (FaultCode.SHELL_GONE, "shell", "command shell: the shell is gone from the machine"),
        (FaultCode.ACCESS_DENIED, "shell", "command shell: access denied: the account is not an administrator"),
    ],
)
def test_the_hint_fits_what_was_asked(code, asked, sentence):
    wire = Wire(CREATED, code, "") if asked == "shell" else Wire(code)
    with pytest.raises(WSManFault, match=sentence):
        ASKED[asked](wire.session())


def test_selectors_that_are_refused_mean_that_nothing_was_done_unless_a_shell_is_gone():
    refused = fault("Win32_Process.GetOwnerSid", Asked.METHOD, FaultCode.SHELL_GONE, "w:InvalidSelectors", "")
    gone = fault("command shell", Asked.SHELL, FaultCode.SHELL_GONE, "w:InvalidSelectors", "")

    assert (may_have_acted(refused), cannot_have_acted(refused)) == (False, True)
    assert (may_have_acted(gone), cannot_have_acted(gone)) == (True, False)


def test_what_has_no_hint_is_told_in_the_machine_s_words():
    assert str(fault("x", Asked.OTHER, 123, "w:InternalError", "Kaputt.")) == (
        "x: Kaputt. (WS-Management fault 0x0000007B)"
    )
    assert str(fault("x", Asked.OTHER, None, "", "")) == "x: the request failed (WS-Management fault no code)"
