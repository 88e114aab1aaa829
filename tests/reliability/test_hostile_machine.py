"""A managed machine under an attacker's control: bounded time and memory, a clear message, no harm to other hosts."""

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

from . import CONNECTIONS, EXHAUSTIVE, combined
from .hostile_machine import (
    HostileMachine,
    PrintingMachine,
    Request,
    envelope,
    honest_body,
    http,
    list_body,
    profile,
    receive_body,
    reply,
)
from .hostile_output import OUTPUTS
from .measured_run import variables

MiB = 1 << 20

#: Memory (beyond that of the idle process) and seconds that any task may take: see `docs/reliability.md`.
PEAK = 320 * MiB
SECONDS = 60.0

#: The same for facts of a machine with 2,000 users, and the size of their result.
FACTS_PEAK = 192 * MiB
FACTS_SECONDS = 30.0
FACTS_SIZE = 3_000_000


@dataclass(frozen=True)
class Case:
    """A hostile behaviour and its expected result.

    Attributes:
        behaviour: how the machine answers.
        expected: part of the message.
        peak: the most memory that it may take, in bytes.
        limits: replacements for those of `wsman/limits.py`.
    """

    behaviour: t.Callable[[Request], t.Iterator[bytes]]
    expected: str
    peak: int = PEAK
    limits: dict[str, float] = field(default_factory=dict)


def misbehave_on(
    *actions: str,
) -> t.Callable[[t.Callable[[Request], t.Iterator[bytes]]], t.Callable[[Request], t.Iterator[bytes]]]:
    """Apply a behaviour to these requests; answer the others honestly."""

    def decorate(behaviour: t.Callable[[Request], t.Iterator[bytes]]) -> t.Callable[[Request], t.Iterator[bytes]]:
        return lambda request: behaviour(request) if request.action in actions else reply(request, honest_body(request))

    return decorate


@misbehave_on("Enumerate", "Pull")
def endless_list(request: Request) -> t.Iterator[bytes]:
    yield from reply(request, list_body(request, [profile(n) for n in range(1_000)], end=False))


@misbehave_on("Enumerate", "Pull")
def endless_empty_list(request: Request) -> t.Iterator[bytes]:
    yield from reply(request, list_body(request, [], end=False))


@misbehave_on("Enumerate", "Pull")
def a_million_profiles(request: Request) -> t.Iterator[bytes]:
    yield from reply(request, list_body(request, [profile(n) for n in range(2_500)], end=False))


@misbehave_on("Enumerate", "Pull")
def large_answers_without_end(request: Request) -> t.Iterator[bytes]:
    item = f"<w:XmlFragment><LocalPath>{'x' * 1_900_000}</LocalPath></w:XmlFragment>"
    yield from reply(request, list_body(request, [item], end=False))


@misbehave_on("Enumerate", "Pull")
def properties_without_end(request: Request) -> t.Iterator[bytes]:
    item = "".join(f"<p{n}/>" for n in range(45_000))
    yield from reply(request, list_body(request, [f"<w:XmlFragment>{item}</w:XmlFragment>"] * 2, end=False))


def announced_gigabyte(_request: Request) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"
    yield from itertools.repeat(b" " * 65_536, 16_384)


def endless_chunks(_request: Request) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield from itertools.repeat(b"10000\r\n" + b" " * 65_536 + b"\r\n")


def one_endless_chunk(_request: Request) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffff\r\n"
    yield from itertools.repeat(b" " * 65_536)


def body_without_length_or_end(_request: Request) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    yield from itertools.repeat(b" " * 65_536)


def error_without_end(_request: Request) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 500 \r\nConnection: close\r\n\r\n"
    yield from itertools.repeat(b" " * 65_536)


def compressed(_request: Request) -> t.Iterator[bytes]:
    yield http(b"\x1f\x8b" + b"\0" * 1_000, "200 OK", "Content-Encoding: gzip")


def headers_without_end(_request: Request) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    yield from (f"X-{n}: {'x' * 1_000}\r\n".encode() for n in itertools.count())


def one_header_without_end(_request: Request) -> t.Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX: "
    yield from itertools.repeat(b"x" * 65_536)


def continue_without_end(_request: Request) -> t.Iterator[bytes]:
    yield from itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")


def entity_expansion(request: Request) -> t.Iterator[bytes]:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    document = f'<!DOCTYPE x [<!ENTITY l0 "lol">{levels}]>'.encode() + envelope(request, "&l11;")
    yield http(document)


def external_entity(request: Request) -> t.Iterator[bytes]:
    yield http(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + envelope(request, "&e;"))


def deep_nesting(request: Request) -> t.Iterator[bytes]:
    yield from reply(request, "<a>" * 150_000 + "</a>" * 150_000)


def many_elements(request: Request) -> t.Iterator[bytes]:
    yield from reply(request, "<a/>" * 500_000)


def not_utf8(request: Request) -> t.Iterator[bytes]:
    yield http(envelope(request, "") + b"\xff\xfe\xc0\x80")


def answer_to_another_request(request: Request) -> t.Iterator[bytes]:
    yield http(envelope(Request(request.action, "uuid:0", ""), honest_body(request)))


def answer_of_another_kind(request: Request) -> t.Iterator[bytes]:
    yield from reply(request, receive_body(b"", running=False))


def not_http(_request: Request) -> t.Iterator[bytes]:
    yield b"220 smtp.example.org ESMTP\r\n" * 1_000


@misbehave_on("Receive")
def endless_output(request: Request) -> t.Iterator[bytes]:
    yield from reply(request, receive_body(b"x" * 350_000, running=True))


@misbehave_on("Receive")
def command_without_end(request: Request) -> t.Iterator[bytes]:
    yield from reply(request, receive_body(b"", running=True))


def many_providers(request: Request) -> t.Iterator[bytes]:
    """Answer typed calls about a signed-in user with 50,000 providers."""
    names = "".join(f"<m:sNames>p{n}</m:sNames>" for n in range(50_000))
    body = honest_body(request).replace("<m:sNames>Lync</m:sNames>", names)
    yield from reply(request, body.replace("<Loaded>false</Loaded>", "<Loaded>true</Loaded>"))


CASES = {
    "a list without end": Case(endless_list, "list does not end"),
    "a list of nothing without end": Case(endless_empty_list, "list does not end"),
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
    "another one's answer": Case(answer_to_another_request, "belongs to another request", 16 * MiB),
    "the answer to another question": Case(answer_of_another_kind, "the answer holds no enumeration", 16 * MiB),
    "no HTTP": Case(not_http, "", 16 * MiB),
    "output without end": Case(endless_output, "printed more than 33,554,432 bytes", 128 * MiB),
    "a command without end": Case(
        command_without_end, "did not end within", 64 * MiB, {"COMMAND_TIME": 1.0, "TASK_TIME": 30.0}
    ),
    "50,000 providers": Case(many_providers, "not usable", 96 * MiB),
}


def measure(connection: str, port: int, limits: dict[str, float], task: str = "default_im_app") -> dict[str, t.Any]:
    """Run a task in a process of its own; return its result with the time and memory that it took."""
    command = [sys.executable, "-m", "tests.reliability.measured_run", connection, str(port), task]
    command += [f"{name}={value}" for name, value in limits.items()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS * 2, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, t.Any] = json.loads(done.stdout)
    return result


def record_numbers(
    record_property: t.Callable[[str, object], None], name: str, connection: str, measured: dict[str, t.Any]
) -> None:
    """Record the numbers that the summary prints."""
    record_property("hostile answers", 1)
    record_property("peak memory of a hostile answer, in bytes", measured["peak"])
    record_property("seconds of the slowest hostile answer", measured["seconds"])
    print(f"{name}, {connection}: {measured['seconds']} s, {measured['peak'] / MiB:.0f} MiB: {measured['msg'][:150]}")


# Each takes seconds, so without `make reliability` every second one.
@pytest.mark.parametrize(("name", "connection"), combined(list(CASES)[:: 1 if EXHAUSTIVE else 2], CONNECTIONS))
def test_a_hostile_answer_costs_little_and_ends_with_a_message(name, connection, record_property):
    case = CASES[name]
    with HostileMachine(case.behaviour) as hostile:
        measured = measure(connection, hostile.port, case.limits)

    assert measured["status"] in ("failed", "unreachable")
    assert case.expected in measured["msg"]
    assert "Traceback" not in measured["msg"]
    assert "cannot be decoded" not in measured["msg"]
    assert measured["length"] < 3_000, "a message is for people"
    assert measured["seconds"] < SECONDS
    assert measured["peak"] < case.peak, f"{measured['peak'] / MiB:.0f} MiB: {measured}"
    record_numbers(record_property, name, connection, measured)


#: Each takes ten seconds.
_OUTPUTS = list(OUTPUTS) if EXHAUSTIVE else ["marks", "users' keys", "providers"]


@pytest.mark.parametrize(("name", "connection"), combined(_OUTPUTS, CONNECTIONS))
def test_facts_of_a_machine_that_prints_without_end_cost_little_and_are_bounded(name, connection, record_property):
    with HostileMachine(PrintingMachine(2_000, OUTPUTS[name])) as hostile:
        measured = measure(connection, hostile.port, {}, "im_provider_facts")

    assert measured["status"] == "ok", measured["msg"]
    assert measured["length"] < 3_000, "a message is for people"
    assert measured["size"] < FACTS_SIZE
    assert measured["seconds"] < FACTS_SECONDS
    assert measured["peak"] < FACTS_PEAK, f"{measured['peak'] / MiB:.0f} MiB: {measured}"
    record_numbers(record_property, name, connection, measured)


@pytest.mark.parametrize("connection", ["winrm", "psrp"])
@pytest.mark.parametrize("part", ["head", "body"])
def test_a_machine_that_trickles_its_answer_is_given_up(part, connection):
    def trickle(request: Request) -> t.Iterator[bytes]:
        if part == "body":
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        while hostile.pause(0.05):
            yield b"x"

    with HostileMachine(trickle) as hostile:
        measured = measure(connection, hostile.port, {"EXCHANGE_TIME": 0.5})

    assert measured["status"] == "unreachable"
    assert "did not finish its answer within" in measured["msg"]
    assert measured["seconds"] < 20


@pytest.mark.parametrize(
    ("status", "connection"), combined(["301 Moved", "302 Found", "307 Temporary", "308 Permanent"], CONNECTIONS)
)
def test_a_redirect_is_refused_and_not_followed(status, connection):
    with HostileMachine(lambda request: reply(request, honest_body(request))) as elsewhere:

        def redirect(_request: Request) -> t.Iterator[bytes]:
            yield http(b"", status, f"Location: http://127.0.0.1:{elsewhere.port}/wsman")

        with HostileMachine(redirect) as hostile:
            measured = measure(connection, hostile.port, {})

    assert measured["status"] == "failed"
    assert "redirect" in measured["msg"]
    assert elsewhere.actions == []


@pytest.mark.parametrize("connection", ["winrm", "psrp"])
def test_the_other_hosts_of_a_play_are_not_affected(connection, tmp_path):
    with Fleet.load({"machines": {"honest": machine(ADA)}}) as fleet, HostileMachine(endless_chunks) as hostile:
        ansible = Ansible(fleet, connection, tmp_path)
        hosts = {"hostile": {"ansible_connection": connection, **variables(connection, hostile.port)}}
        inventory = tmp_path / "hostile.yml"
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")

        run = ansible.tasks([{"presence.office.default_im_app": {"name": "Lync"}}], "-i", str(inventory))

        assert run.of("honest").status == "ok", run.output
        assert fleet["honest"].machine.default_of(r"CONTOSO\ada") == "Lync"
        assert run.of("hostile").status == "failed"
        assert "larger than 2,097,152 bytes" in run.of("hostile").result["msg"]
