"""A session: WMI instances and methods, as dicts of their properties."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils import limits
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import FaultCode, ProtocolError, WSManFault

from .support import CLASS, OUTPUT, Wire, invoke


def test_an_instance_is_a_dict_of_its_properties():
    wire = Wire('<Win32_SID xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><A>1</A><B i:nil="true"/></Win32_SID>')

    assert wire.session().get("Win32_SID", {"SID": "S-1-1-0"}) == {"A": "1", "B": None}
    assert wire.sent == ["Get"]


@pytest.mark.parametrize("answer", ["", "<a/><b/>"])
def test_an_answer_that_is_not_one_instance_is_refused(answer):
    with pytest.raises(ProtocolError, match="Win32_SID: the answer holds no instance"):
        Wire(answer).session().get("Win32_SID", {})


def test_a_method_returns_its_out_parameters():
    assert invoke(Wire(OUTPUT), repeatable=False) == {"ReturnValue": "0"}


def test_the_output_of_another_method_is_refused():
    other = f'<m:GetStringValue_OUTPUT xmlns:m="{CLASS}"/>'

    with pytest.raises(ProtocolError, match=r"StdRegProv\.EnumKey: the answer holds no EnumKey_OUTPUT"):
        invoke(Wire(other), repeatable=False)


@pytest.mark.parametrize(("repeatable", "tries"), [(True, limits.READ_TRIES), (False, limits.WRITE_TRIES)])
def test_a_method_that_may_not_be_repeated_counts_as_one_that_writes(repeatable, tries):
    wire = Wire(*[FaultCode.OPERATION_QUOTA] * 5)

    with pytest.raises(WSManFault, match="too many operations"):
        invoke(wire, repeatable=repeatable)
    assert len(wire.sent) == tries
