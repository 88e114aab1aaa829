"""Texts with percent signs as variables of a remote shell, put together again by the machine's cmd."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.windows.shell_variables import portable, size
from tests.virtual_windows.cmd.console import Console
from tests.virtual_windows.machine import Machine

TEXTS = st.text(st.sampled_from('%%%!^"&|<>()=*~:;, apctPCT01é默\U0001f600\\'), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def machine():
    """Yield a machine."""
    one = Machine("desk1", speed=1000)
    yield one
    one.close()


def arrived(machine, variables):
    """Return what the variables are where the command runs, as a command inside a loop sees them."""
    sent, commands = portable(variables)
    assert not any("%" in text or not text for text in sent.values())
    prints = f"(for /l %i in (1,1,{len(variables)}) do (echo [!text%i!]))"
    line = f'cmd /v:on /d /q /c "{f"{commands}& " if commands else ""}{prints}"'
    printed = Console(machine, environment=sent).run(line).out.split("\r\n")[:-1]
    return {f"text{number}": text[1:-1] for number, text in enumerate(printed, 1)}


@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_whatever_the_text_is_it_arrives(machine, texts):
    variables = {f"text{number}": text for number, text in enumerate(texts, 1)}

    assert arrived(machine, variables) == variables


def test_a_text_that_holds_the_token_arrives_as_well(machine):
    variables = {"text1": "PCT0%pct0", "text2": "pct1", "text3": "%"}

    assert arrived(machine, variables) == variables


def test_without_a_percent_sign_nothing_is_added():
    assert portable({"file1": r"C:\Users\carol", "kind1": "loaded"}) == (
        {"file1": r"C:\Users\carol", "kind1": "loaded"},
        "",
    )


@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_the_size_is_never_less_than_what_is_sent(texts):
    variables = {f"text{number}": text for number, text in enumerate(texts, 1)}
    sent, _commands = portable(variables)

    assert size(variables) + len("percents") >= sum(len(name) + len(text) for name, text in sent.items())
