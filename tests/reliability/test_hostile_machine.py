"""A managed machine that is in somebody else's hands: bounded time, bounded memory, a sentence, no harm to others."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import typing as t
from dataclasses import dataclass, field

import pytest

from tests.integration.machines import ADA, machine
from tests.integration.runner import Ansible
from tests.virtual_windows.fleet import Fleet

from . import CONNECTIONS, combined
from .hostile_machine import Asked, Liar, Printing, envelope, honest, http, items, profile, received, reply
from .hostile_output import PRINTED
from .measured_run import variables

MiB = 1 << 20

#: What a task may take beyond what the process has anyway, whatever the machine does: see `docs/reliability.md`.
PEAK = 320 * MiB
SECONDS = 60.0

#: The same for facts of a machine with 2,000 users, and the size of what is told of them.
FACTS_PEAK = 192 * MiB
FACTS_SECONDS = 30.0
FACTS_SIZE = 3_000_000


@dataclass(frozen=True)
class Case:
    """A lie, and what is told of it.

    Attributes:
        lie: what the machine answers.
        sign: what the message says.
        peak: bytes.
        shorter: limits of `wsman/limits.py` that are made shorter.
    """

    lie: t.Callable[[Asked], t.Iterator[bytes]]
    sign: str
    peak: int = PEAK
    shorter: dict[str, float] = field(default_factory=dict)


def lies_to(
    *actions: str,
) -> t.Callable[[t.Callable[[Asked], t.Iterator[bytes]]], t.Callable[[Asked], t.Iterator[bytes]]]:
    """Lie to these requests, be honest to others."""

    def decorate(lie: t.Callable[[Asked], t.Iterator[bytes]]) -> t.Callable[[Asked], t.Iterator[bytes]]:
        return lambda asked: lie(asked) if asked.action in actions else reply(asked, honest(asked))

    return decorate


@lies_to("Enumerate", "Pull")
def endless_list(asked: Asked) -> t.Iterator[bytes]:
    yield from reply(asked, items(asked, [profile(n) for n in range(1_000)], end=False))


@lies_to("Enumerate", "Pull")
def endless_list_of_nothing(asked: Asked) -> t.Iterator[bytes]:
    yield from reply(asked, items(asked, [], end=False))


@lies_to("Enumerate", "Pull")
def a_million_profiles(asked: Asked) -> t.Iterator[bytes]:
    yield from reply(asked, items(asked, [profile(n) for n in range(2_500)], end=False))


@lies_to("Enumerate", "Pull")
def large_answers_without_end(asked: Asked) -> t.Iterator[bytes]:
    item = f"<w:XmlFragment><LocalPath>{'x' * 1_900_000}</LocalPath></w:XmlFragment>"
    yield from reply(asked, items(asked, [item], end=False))


@lies_to("Enumerate", "Pull")
def properties_without_end(asked: Asked) -> t.Iterator[bytes]:
    item = "".join(f"<p{n}/>" for n in range(45_000))
    yield from reply(asked, items(asked, [f"<w:XmlFragment>{item}</w:XmlFragment>"] * 2, end=False))


def announced_gigabyte(_asked: Asked) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"
    yield from itertools.repeat(b" " * 65_536, 16_384)


def endless_chunks(_asked: Asked) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield from itertools.repeat(b"10000\r\n" + b" " * 65_536 + b"\r\n")


def one_endless_chunk(_asked: Asked) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffff\r\n"
    yield from itertools.repeat(b" " * 65_536)


def body_without_length_or_end(_asked: Asked) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    yield from itertools.repeat(b" " * 65_536)


def error_without_end(_asked: Asked) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 500 \r\nConnection: close\r\n\r\n"
    yield from itertools.repeat(b" " * 65_536)


def compressed(_asked: Asked) -> t.Iterator[bytes]:
    yield http(b"\x1f\x8b" + b"\0" * 1_000, "200 OK", "Content-Encoding: gzip")


def headers_without_end(_asked: Asked) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    yield from (f"X-{n}: {'x' * 1_000}\r\n".encode() for n in itertools.count())


def one_header_without_end(_asked: Asked) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX: "
    yield from itertools.repeat(b"x" * 65_536)


def continue_without_end(_asked: Asked) -> t.Iterator[bytes]:
    yield from itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")


def entity_expansion(asked: Asked) -> t.Iterator[bytes]:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    document = f'<!DOCTYPE x [<!ENTITY l0 "lol">{levels}]>'.encode() + envelope(asked, "&l11;")
    yield http(document)


def external_entity(asked: Asked) -> t.Iterator[bytes]:
    yield http(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + envelope(asked, "&e;"))


def deep_nesting(asked: Asked) -> t.Iterator[bytes]:
    yield from reply(asked, "<a>" * 150_000 + "</a>" * 150_000)


def many_elements(asked: Asked) -> t.Iterator[bytes]:
    yield from reply(asked, "<a/>" * 500_000)


def not_utf8(asked: Asked) -> t.Iterator[bytes]:
    yield http(envelope(asked, "") + b"\xff\xfe\xc0\x80")


def another_s_answer(asked: Asked) -> t.Iterator[bytes]:
    yield http(envelope(Asked(asked.action, "uuid:0", ""), honest(asked)))


def answer_to_another_question(asked: Asked) -> t.Iterator[bytes]:
    yield from reply(asked, received(b"", running=False))


def not_http(_asked: Asked) -> t.Iterator[bytes]:
    yield b"220 smtp.example.org ESMTP\r\n" * 1_000


@lies_to("Receive")
def endless_output(asked: Asked) -> t.Iterator[bytes]:
    yield from reply(asked, received(b"x" * 350_000, running=True))


@lies_to("Receive")
def command_without_end(asked: Asked) -> t.Iterator[bytes]:
    yield from reply(asked, received(b"", running=True))


@lies_to("EnumKey")
def many_providers(asked: Asked) -> t.Iterator[bytes]:
    body = honest(asked).replace(
        "<m:sNames>Lync</m:sNames>", "".join(f"<m:sNames>p{n}</m:sNames>" for n in range(50_000))
    )
    yield from reply(asked, body)


CASES = {
    "a list without end": Case(endless_list, "list does not end"),
    "a list of nothing without end": Case(endless_list_of_nothing, "list does not end"),
    "a million profiles": Case(a_million_profiles, "list does not end"),
    "large answers without end": Case(large_answers_without_end, "sent more than 67,108,864 bytes"),
    "properties without end": Case(properties_without_end, "list does not end"),
    "1 GB, announced": Case(announced_gigabyte, "larger than 2,097,152 bytes", 16 * MiB),
    "chunks without end": Case(endless_chunks, "larger than 2,097,152 bytes", 32 * MiB),
    "a chunk without end": Case(one_endless_chunk, "larger than 2,097,152 bytes", 32 * MiB),
    "a body without end": Case(body_without_length_or_end, "larger than 2,097,152 bytes", 32 * MiB),
    "an error without end": Case(error_without_end, "larger than 2,097,152 bytes", 32 * MiB),
    "a compressed body": Case(compressed, "compressed its answer", 16 * MiB),
    "headers without end": Case(headers_without_end, "headers", 16 * MiB),
    "a header without end": Case(one_header_without_end, "header line", 16 * MiB),
    "100 Continue without end": Case(
        continue_without_end, "did not finish its answer", 16 * MiB, {"EXCHANGE_TIME": 1.0}
    ),
    "entity expansion": Case(entity_expansion, "document type", 16 * MiB),
    "an external entity": Case(external_entity, "document type", 16 * MiB),
    "deep nesting": Case(deep_nesting, "nested deeper than", 32 * MiB),
    "half a million elements": Case(many_elements, "elements", 96 * MiB),
    "invalid UTF-8": Case(not_utf8, "not UTF-8", 16 * MiB),
    "another one's answer": Case(another_s_answer, "belongs to another request", 16 * MiB),
    "the answer to another question": Case(answer_to_another_question, "the answer holds no EnumKey_OUTPUT", 16 * MiB),
    "no HTTP": Case(not_http, "", 16 * MiB),
    "output without end": Case(endless_output, "printed more than 33,554,432 bytes", 128 * MiB),
    "a command without end": Case(
        command_without_end, "did not end within", 64 * MiB, {"COMMAND_TIME": 1.0, "TASK_TIME": 30.0}
    ),
    "50,000 providers": Case(many_providers, "not registered", 96 * MiB),
}


def visit(connection: str, port: int, shorter: dict[str, float], task: str = "default_im_app") -> dict[str, t.Any]:
    command = [sys.executable, "-m", "tests.reliability.measured_run", connection, str(port), task]
    command += [f"{name}={value}" for name, value in shorter.items()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS * 2, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, t.Any] = json.loads(done.stdout)
    return found


def count(record_property: t.Callable[[str, object], None], name: str, connection: str, seen: dict[str, t.Any]) -> None:
    """For the numbers at the end."""
    record_property("lies", 1)
    record_property("peak memory of a lie, in bytes", seen["peak"])
    record_property("seconds of the slowest lie", seen["seconds"])
    print(f"{name}, {connection}: {seen['seconds']} s, {seen['peak'] / MiB:.0f} MiB: {seen['msg'][:150]}")


@pytest.mark.parametrize(("name", "connection"), combined(list(CASES), CONNECTIONS))
def test_a_lie_costs_little_and_ends_with_a_sentence(name, connection, record_property):
    case = CASES[name]
    with Liar(case.lie) as liar:
        seen = visit(connection, liar.port, case.shorter)

    assert seen["status"] in ("failed", "unreachable")
    assert case.sign in seen["msg"]
    assert "Traceback" not in seen["msg"]
    assert "cannot be decoded" not in seen["msg"]
    assert seen["length"] < 3_000, "a message is for people"
    assert seen["seconds"] < SECONDS
    assert seen["peak"] < case.peak, f"{seen['peak'] / MiB:.0f} MiB: {seen}"
    count(record_property, name, connection, seen)


@pytest.mark.parametrize(("name", "connection"), combined(list(PRINTED), CONNECTIONS))
def test_facts_of_a_machine_that_prints_without_end_cost_little_and_are_bounded(name, connection, record_property):
    with Liar(Printing(2_000, PRINTED[name])) as liar:
        seen = visit(connection, liar.port, {}, "im_provider_facts")

    assert seen["status"] == "ok", seen["msg"]
    assert seen["length"] < 3_000, "a message is for people"
    assert seen["size"] < FACTS_SIZE
    assert seen["seconds"] < FACTS_SECONDS
    assert seen["peak"] < FACTS_PEAK, f"{seen['peak'] / MiB:.0f} MiB: {seen}"
    count(record_property, name, connection, seen)


@pytest.mark.parametrize("connection", ["winrm", "psrp"])
@pytest.mark.parametrize("part", ["head", "body"])
def test_a_machine_that_trickles_is_given_up(part, connection):
    def trickle(asked: Asked) -> t.Iterator[bytes]:
        if part == "body":
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        while liar.pause(0.05):
            yield b"x"

    with Liar(trickle) as liar:
        seen = visit(connection, liar.port, {"EXCHANGE_TIME": 0.5})

    assert seen["status"] == "unreachable"
    assert "did not finish its answer within" in seen["msg"]
    assert seen["seconds"] < 20


@pytest.mark.parametrize(
    ("status", "connection"), combined(["301 Moved", "302 Found", "307 Temporary", "308 Permanent"], CONNECTIONS)
)
def test_a_redirect_is_refused_and_nobody_else_is_asked(status, connection):
    with Liar(lambda asked: reply(asked, honest(asked))) as elsewhere:

        def redirect(_asked: Asked) -> t.Iterator[bytes]:
            yield http(b"", status, f"Location: http://127.0.0.1:{elsewhere.port}/wsman")

        with Liar(redirect) as liar:
            seen = visit(connection, liar.port, {})

    assert seen["status"] == "failed"
    assert "redirect" in seen["msg"]
    assert elsewhere.asked == []


@pytest.mark.parametrize("connection", ["winrm", "psrp"])
def test_the_other_hosts_of_a_play_are_not_affected(connection, tmp_path):
    with Fleet.load({"machines": {"honest": machine(ADA)}}) as fleet, Liar(endless_chunks) as liar:
        ansible = Ansible(fleet, connection, tmp_path)
        hosts = {"liar": {"ansible_connection": connection, **variables(connection, liar.port)}}
        inventory = tmp_path / "liar.yml"
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")

        run = ansible.tasks([{"presence.office.default_im_app": {"name": "Lync"}}], "-i", str(inventory))

        assert run.of("honest").status == "ok", run.output
        assert fleet["honest"].machine.default_of(r"CONTOSO\ada") == "Lync"
        assert run.of("liar").status == "failed"
        assert "larger than 2,097,152 bytes" in run.of("liar").result["msg"]
