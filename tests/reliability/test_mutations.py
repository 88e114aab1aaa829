"""Answers of every kind, changed in thousands of ways: only our own errors are raised, and every run ends.

Answers are recorded from a virtual machine, then played back with one or a few of them changed: bytes, pieces,
texts and attributes of elements, whole answers. Outputs of commands are changed before they are encoded.
"""

from __future__ import annotations

import re
import typing as t

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.windows.registry import RegistryError
from ansible_collections.presence.office.plugins.plugin_utils.wsman.errors import WSManError
from tests.integration.machines import ADA, JABBER, machine
from tests.virtual_windows.fleet import Fleet

from . import EXHAUSTIVE
from .driver import Driver
from .record_replay import Player, Recording

#: Examples of each of the six tests: 12,000 in all, or 1,800.
EXAMPLES = 2_000 if EXHAUSTIVE else 300

DESCRIBED = machine(
    ADA,
    {"account": r"CONTOSO\bob", "default": JABBER},
    {"account": r"CONTOSO\carol", "default": 5, "default_type": "REG_DWORD"},
    default_profile={"default": JABBER},
)
SIGNED_IN = machine(ADA, {"account": r"CONTOSO\carol", "signed_in": True})

RUNS: dict[str, tuple[dict[str, t.Any], str, dict[str, t.Any]]] = {
    "enforce by command": (DESCRIBED, "default_im_app", {"name": ["Lync"], "record_previous": True}),
    "enforce by typed calls": (SIGNED_IN, "default_im_app", {"name": ["Lync"], "record_previous": True}),
    "remove by typed calls": (SIGNED_IN, "default_im_app", {"state": "absent"}),
    "select by name": (SIGNED_IN, "default_im_app", {"name": ["Lync"], "users": ["ada", "nobody*"]}),
    "facts": (DESCRIBED, "im_provider_facts", {"profiles": ["loaded", "unloaded", "default"]}),
    "facts without mounts": (SIGNED_IN, "im_provider_facts", {"mount": False}),
}

# Bytes that parsers trip over.
TOKENS = [
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u00b2".encode(),
    "\u0663".encode(),
    "\U0001f984\u202e\u0130".encode(),
    b"-1",
    b"1e9",
    b"NaN",
    b"99999999999999999999999999",
    b"4294967296",
    b"<",
    b"<a>",
    b"</s:Body>",
    b"<s:Fault/>",
    b"<!DOCTYPE x>",
    b"&lol;",
    b"&#0;",
    b"&#x1F;",
    b"]]>",
    b'" & del C:\\',
    b"..\\..\\%SystemRoot%!mark!",
    b"S-1-5-21-1-2-3-4",
    b"MARK root none 1",
    b"\r\nMARK root S-1-5-21-1-2-3-4 2\r\n",
    b"\r\nMARK wrote x\r\nMARK read -5\r\nMARK done\r\n",
    b"\r\nMARK answer office\r\n",
    b"    DefaultIMApp    REG_SZ    \r\n",
    b"HKEY_USERS\\x\r\n",
    b"x" * 70_000,
    b'<n:EnumerationContext xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration">c</n:EnumerationContext>',
    b'<p:ReturnValue xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wmi/root/default/StdRegProv">9</p:ReturnValue>',
]

_PARTS = {
    "text": re.compile(rb"(?<=>)[^<>]+(?=<)"),
    "attribute": re.compile(rb'(?<=")[^"<>]*(?=")'),
    "element": re.compile(rb"<([\w:]+)[^<>]*>[^<>]*</\1>"),
    "tag": re.compile(rb"</?[\w:]+[^<>]*>"),
    "line": re.compile(rb"^[^\r\n]*\r\n", re.MULTILINE),
}

CHANGE = st.one_of(
    st.tuples(st.just("flip"), st.integers(0, 1 << 20), st.integers(1, 255)),
    st.tuples(st.just("cut"), st.integers(0, 1 << 20), st.integers(1, 500)),
    st.tuples(st.just("end"), st.integers(0, 1 << 20), st.just(0)),
    st.tuples(st.just("insert"), st.integers(0, 1 << 20), st.integers(0, len(TOKENS) - 1)),
    *[st.tuples(st.just(part), st.integers(0, 500), st.integers(0, len(TOKENS) - 1)) for part in _PARTS],
    *[st.tuples(st.just(f"twice {part}"), st.integers(0, 500), st.integers(2, 50)) for part in _PARTS],
    st.tuples(st.just("other"), st.integers(0, 40), st.just(0)),
)
MUTATION = st.lists(st.tuples(st.integers(0, 40), CHANGE), min_size=1, max_size=4)


def change_answer(answers: list[bytes], which: int, what: tuple[str, int, int]) -> None:
    """Change one of the answers in place, as `CHANGE` describes."""
    which %= len(answers)
    answer = answers[which]
    kind, where, amount = what
    if kind == "other":
        answers[which] = answers[where % len(answers)]
    elif part := _PARTS.get(kind.removeprefix("twice ")):
        matches = list(part.finditer(answer))
        if matches:
            match = matches[where % len(matches)]
            new = match[0][:10_000] * amount if kind.startswith("twice") else TOKENS[amount]
            answers[which] = answer[: match.start()] + new + answer[match.end() :]
    else:
        at = where % (len(answer) + 1)
        answers[which] = {
            "flip": lambda: answer[:at] + bytes(b ^ amount for b in answer[at : at + 1]) + answer[at + 1 :],
            "cut": lambda: answer[:at] + answer[at + amount :],
            "end": lambda: answer[:at],
            "insert": lambda: answer[:at] + TOKENS[amount] + answer[at:],
        }[kind]()


@pytest.fixture(scope="module", params=RUNS)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Driver, str, Recording]:
    """Return a driver, the name of its run, and the recording of that run."""
    described, module, arguments = RUNS[request.param]
    with Fleet.load({"machines": {"desk1": described}}) as fleet:
        driver = Driver(fleet, "winrm", tmp_path_factory.mktemp("recorded"))
        recording = Recording()
        outcome = driver.run(module, recording.of, **arguments)
        assert outcome.status == "ok", outcome.message
    return driver, request.param, recording


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.timeout(900)
def test_only_our_own_errors_are_raised(recorded, record_property):
    driver, name, recording = recorded
    _unused, module, arguments = RUNS[name]
    count = 0
    kinds: set[str] = set()

    def play(answers: list[bytes]) -> t.Any:
        return driver.run(module, lambda _transport: Player(answers), **arguments)

    unchanged = play(list(recording.answers))
    assert unchanged.status == "ok", unchanged.message

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(MUTATION)
    def mutate(changes: list[tuple[int, tuple[str, int, int]]]) -> None:
        nonlocal count
        answers = list(recording.answers)
        for which, what in changes:
            change_answer(answers, which, what)
            kinds.add(recording.actions[which % len(answers)])
        count += 1
        # The driver only catches the two errors of Ansible's that our own become. A ValueError (to the action, a wrong
        # option) becomes one as well, and would be a bug here.
        outcome = play(answers)
        assert outcome.cause is None or isinstance(outcome.cause, (WSManError, RegistryError)), repr(outcome.cause)
        assert outcome.status in ("ok", "failed", "unreachable")
        assert len(outcome.message) < 20_000
        assert outcome.message.isprintable(), ascii(outcome.message)

    mutate()

    assert kinds == set(recording.actions), "answers of every kind"
    record_property("mutations", count)
