"""Fleet files: their content, how machines are multiplied, and the message for each mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.virtual_windows.fleet_file import read_fleet
from tests.virtual_windows.machine.reader import DescriptionError

README = Path(__file__).parents[2] / "virtual_windows" / "README.md"


def names(source, machines=None):
    return [member.name for member in read_fleet(source, machines)]


def mistake(source):
    with pytest.raises(DescriptionError) as caught:
        read_fleet(source)
    return str(caught.value)


def test_defaults():
    (member,) = read_fleet("machines:\n  desk1:\n")
    assert (member.transports, member.scheme, member.powered, member.latency) == (("ntlm", "basic"), "http", True, 0)


@pytest.mark.parametrize(("text", "powered"), [("on", True), ("off", False), ("'on'", True), ("'off'", False)])
def test_power_with_and_without_quotes(text, powered):
    assert read_fleet(f"machines:\n  desk1: {{power: {text}}}\n")[0].powered is powered


def test_a_file(tmp_path):
    path = tmp_path / "fleet.yml"
    path.write_text("machines: {desk1: {latency_ms: 50, scheme: https, groups: [a]}}", encoding="utf-8")
    (member,) = read_fleet(path)
    assert (member.latency, member.scheme, member.groups) == (0.05, "https", ("a",))
    assert names(str(path)) == ["desk1"]


def test_times():
    assert names({"machines": {"a": {"times": 3}, "b": {"times": 1}}}) == ["a-1", "a-2", "a-3", "b"]


@pytest.mark.parametrize(
    ("machines", "expected"),
    [
        (None, ["a", "b"]),
        (1, ["a"]),
        (2, ["a", "b"]),
        (3, ["a-1", "b-1", "a-2"]),
    ],
)
def test_so_many_in_all(machines, expected):
    assert names({"machines": {"a": {}, "b": {}}}, machines) == expected


def test_anchors():
    text = "x-office: &office {platform: x64}\nmachines:\n  a: {office: *office}\n  b: {office: *office}\n"
    assert [office.platform for member in read_fleet(text) if (office := member.machine.office)] == ["x64", "x64"]


def test_the_example_of_the_readme():
    (text,) = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    (member,) = read_fleet(text)
    assert len(member.machine.users) == 25
    assert len(member.machine.providers) == 3


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({}, "the fleet file: machines is missing or empty"),
        ("a\nb", "the fleet file: must be a mapping, not 'a b'"),
        ({"machine": {}}, "the fleet file: there is no key 'machine' (did you mean 'machines'?)"),
        ("machines:\n  off: {}", "the fleet file: machines has the key false, which must be text (put it in quotes)"),
        ({"machines": {"a": {"power": "of"}}}, "machine a: power must be on or off, not 'of'"),
        ({"machines": {"a": {"scheme": "ftp"}}}, "machine a: scheme must be one of http, https, not 'ftp'"),
        ({"machines": {"a": {"transports": []}}}, "machine a: transports must name at least one"),
        ({"machines": {"a": {"times": 0}}}, "machine a: times must be a number of at least 1, not 0"),
        ({"machines": {"a": {"latency": 1}}}, "machine a: there is no key 'latency' (did you mean 'latency_ms'?)"),
        ({"machines": {"a": {"times": 2}, "A-1": {}}}, "the fleet file: two machines are called A-1"),
        ({"machines": {"a": {"users": {}}}}, "machine a: users must be a list, not a mapping"),
    ],
)
def test_mistakes(source, sentence):
    assert mistake(source) == sentence


def test_unknown_transports():
    assert re.fullmatch(
        r"machine a: transports must be a list from .*basic.*, but 'digest' is in it",
        mistake({"machines": {"a": {"transports": ["digest"]}}}),
    )


def test_files_that_cannot_be_read(tmp_path):
    assert "cannot be read" in mistake(tmp_path / "missing.yml")
    (tmp_path / "bad.yml").write_text("a: [", encoding="utf-8")
    assert mistake(tmp_path / "bad.yml").startswith("the fleet file is not YAML: ")
