"""The report's three forms, made from facts of every kind: what they say, and that data stays data."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.report import files
from ansible_collections.presence.office.plugins.plugin_utils.report.advice import advise
from ansible_collections.presence.office.plugins.plugin_utils.report.document import to_json, totals
from ansible_collections.presence.office.plugins.plugin_utils.report.facts import read_machine
from ansible_collections.presence.office.plugins.plugin_utils.report.hosts import hosts_to_come, machines
from ansible_collections.presence.office.plugins.plugin_utils.report.page import ASSETS, SCRIPTS, in_script, to_html
from ansible_collections.presence.office.plugins.plugin_utils.report.spreadsheet import COLUMNS, cell, to_csv
from ansible_collections.presence.office.plugins.plugin_utils.report.visible import visible
from ansible_collections.presence.office.plugins.plugin_utils.report.words import VERDICTS
from tests.browser.fleets import HOSTILE, JABBER, fleet, hostile_fleet, machine, user
from tests.browser.pages import report

CHECKOUT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((CHECKOUT / "docs" / "report.schema.json").read_text(encoding="utf-8"))

TEXT = st.text(st.characters(), max_size=40)  # surrogates, too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def valid(document):
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_the_schema_is_one_and_describes_every_member():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    undescribed = [
        name
        for part in [SCHEMA, *SCHEMA["$defs"].values()]
        for name, member in part.get("properties", {}).items()
        if "description" not in member
    ]
    assert undescribed == []


@pytest.mark.parametrize("hosts", [fleet(20, 100, silent=2), hostile_fleet(), {}, {"off": "could not be reached"}])
def test_json_is_what_the_schema_says(hosts):
    document = json.loads(to_json(report(hosts)))
    valid(document)
    assert [m["name"] for m in document["machines"]] == list(hosts)


def test_json_keeps_what_the_machine_sent():
    document = json.loads(to_json(report(hostile_fleet())))
    defaults = {m["name"]: m["users"][0]["default"] for m in document["machines"] if m["users"]}
    for name, text in HOSTILE.items():
        assert defaults[f"evil-{name}"] == (text if len(text) <= 1024 else text[:1024] + "…")


def test_totals_count_people_and_not_the_template():
    template = user("", "ready", "Lync") | {"account": None, "sid": None, "hive": "default"}
    ada, bob = user(r"C\ada", "shadowed", JABBER), user(r"C\bob", "ready", "lync")
    counted = totals(report({"one": machine(ada, bob, template), "two": "off"}))
    assert (counted["users"], counted["broken"], counted["good"]) == (2, 1, 1)
    assert (counted["machines"], counted["answered"], counted["unanswered"]) == (2, 1, 1)
    assert counted["defaults"] == {JABBER: 1, "lync": 1}
    assert set(counted["verdicts"]) == set(VERDICTS)


@given(JSON)
@settings(max_examples=150)
def test_facts_of_any_shape_make_a_report(facts):
    a_report = report({"host": facts if not isinstance(facts, str) else None})
    valid(json.loads(to_json(a_report)))
    to_html(a_report)
    to_csv(a_report)


@given(TEXT)
@settings(max_examples=150)
def test_any_text_is_data_in_every_form(text):
    entry = user(text, "shadowed", text, running=text) | {"profile": text, "error": text}
    a_report = report({"host": machine(entry, providers=("Lync", text))})
    valid(json.loads(to_json(a_report)))
    rows = list(csv.reader(io.StringIO(to_csv(a_report).decode("utf-8-sig"), newline=""), strict=True))
    assert [len(row) for row in rows] == [len(COLUMNS)] * 2
    page = to_html(a_report).decode("utf-8")
    element = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert element is not None
    data = json.loads(element.group(1))
    assert visible(text) in [*data["strings"], ""]
    assert not set("<>&\u2028\u2029") & set(element.group(1))
    assert page.lower().count("</script") == 2  # the data's and the program's


def test_json_in_a_script_element_survives_the_way_there_and_back():
    data = {"a": '</script><!-- & "\u2028\u2029'}
    assert json.loads(in_script(data)) == data
    assert not set("<>&\u2028\u2029") & set(in_script(data))


def test_the_page_is_whole_and_allows_nothing_else():
    page = to_html(report(fleet(2, 5))).decode("utf-8")
    assert "<!--presence:" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy.group(1).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy.group(1)
    program = (ASSETS / SCRIPTS[-1]).read_text(encoding="utf-8")
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "fetch(",
        'setTimeout("',
    ):
        assert forbidden not in program
    assert not re.findall(r'(?:src|href)="(?!#)', page.split('<script type="application/json"')[0])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'⟨U+0009⟩=1"),
        ("\r=1", "'⟨U+000D⟩=1"),
        ("  =1", "'  =1"),
        ("S-1-5-21", "S-1-5-21"),
        ("a=1", "a=1"),
        # Where the list separator is another one, a text is several cells.
        ("a;=cmd|'/C calc'!A0;b", "a;'=cmd|'/C calc'!A0;b"),
        ("a; @SUM(A1)", "a;' @SUM(A1)"),
        ("a|-1,+2,3", "a|'-1,'+2,3"),
        ('a;"=1+1"', 'a;\'"=1+1"'),
        ("a;;=1", "a;;'=1"),
        ("Wien; Graz, Linz - und so", "Wien; Graz, Linz - und so"),
        (None, ""),
    ],
)
def test_cells_are_never_formulas(text, shown):
    assert cell(text) == shown


@given(st.text(" ;,|\"'=+-@\ta", max_size=12), st.sampled_from(";,|\t"))
@settings(max_examples=300)
def test_no_separator_makes_a_cell_a_formula(text, separator):
    entry = user(text, "shadowed", text, running=text) | {"profile": text, "error": text}
    content = to_csv(report({"host": machine(entry)})).decode("utf-8-sig")
    cells = [one for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator) for one in row]
    assert not [one for one in cells if one.lstrip(" ").startswith(("=", "+", "-", "@"))]


def test_csv_lists_everybody_and_every_silent_machine():
    content = to_csv(report({"one": machine(user(r"C\a, b", "shadowed", JABBER)), "two": "could not be reached: =no"}))
    assert content.startswith(b"\xef\xbb\xbfmachine,account,")
    assert content.endswith(b"\r\n")
    one, two = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert (one["account"], one["verdict"], one["running"]) == (r"C\a, b", "shadowed", "Lync")
    assert (two["machine"], two["verdict"], two["error"]) == ("two", "no_answer", "could not be reached: =no")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ä ß 漢 🙂", "ä ß 漢 🙂"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("\x00", "⟨U+0000⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\u200b", "⟨U+200B⟩"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text, shown):
    assert visible(text) == shown


def test_the_most_common_broken_link_comes_first_with_its_hosts_and_task():
    shadowed = [user(rf"C\u{n}", "shadowed", JABBER, running="Lync", number=n) for n in range(3)]
    first, second = advise(
        [
            read_machine("desk1", machine(*shadowed[:2], user(r"C\v", "no_default", None))),
            read_machine("desk2", machine(shadowed[2], user(r"C\w", "present", "MsTeams"))),
        ]
    )
    assert (first.verdict, first.provider, first.users, first.hosts) == ("shadowed", JABBER, 3, ["desk1", "desk2"])
    assert "Cisco Jabber" in first.title
    assert "Skype for Business (Lync)" in first.title
    (play,) = yaml.safe_load(first.task)
    assert play["hosts"] == ["desk1", "desk2"]
    assert play["tasks"][1]["presence.office.default_im_app"] == {"name": "Lync", "users": "{{ them }}"}
    task = yaml.safe_load(second.task)[0]["tasks"][1]
    assert task["presence.office.default_im_app"] == {"name": "MsTeams", "users": "{{ them }}"}


def test_the_fleet_is_looked_through_once_however_many_groups_there_are():
    class Fleet(list[Any]):
        times = 0

        def __iter__(self):
            Fleet.times += 1
            return super().__iter__()

    def times(groups):
        Fleet.times = 0
        users = [user(rf"C\u{n}", "not_registered", f"app{n}", number=n) for n in range(groups)]
        assert len(advise(Fleet([read_machine("h", machine(*users))]))) == groups
        return Fleet.times

    assert times(50) == times(1)


def test_a_large_group_is_named_by_its_inventory_group():
    many = {f"h{n}": machine(user(rf"C\u{n}", "stale", JABBER, number=n)) for n in range(9)}
    (advice,) = report(many).advice
    assert yaml.safe_load(advice.task)[0]["hosts"] == "im_verdict_stale"


def test_every_broken_verdict_has_advice():
    bad = [name for name, word in VERDICTS.items() if word.kind == "bad"]
    found = advise([read_machine("h", machine(*[user(rf"C\{v}", v, "Lync", running=JABBER) for v in bad]))])
    assert {advice.verdict for advice in found} == set(bad)


@given(TEXT)
@settings(max_examples=200)
def test_a_task_to_copy_holds_no_template_and_nothing_but_its_task(name):
    entry = user(r"C\ada", "shadowed", name, running=name + "x")
    tasks = [a.task for a in advise([read_machine("h", machine(entry, user(r"C\b", "stale", name)))])]
    for task in tasks:
        (play,) = yaml.safe_load(task)
        assert set(play) == {"name", "hosts", "gather_facts", "tasks"}
        assert [step["name"] for step in play["tasks"]] in (
            ["See who it is about", "Let Office ask the right app for them"],
            ["Ask people to start it"],
        )
        ours = re.sub(r"\{\{ them \}\}|\{\{ ansible_facts[^{}%#\"]*\}\}", "", task)
        assert not re.search(r"\{[{%#]|[%#}]\}", ours)
        assert re.fullmatch(r"[A-Za-z0-9 ._()+-]*", (re.findall(r"'contains', '(.*)'\)", task) or [""])[0])


class HostVars(dict[str, Any]):
    """ansible-core's, as far as they are used."""

    def raw_get(self, host):
        return self[host]


def test_why_a_machine_did_not_answer():
    facts = {"im_presence": machine(user(r"C\ada", "present", "Lync"))}
    variables = HostVars(
        here={"ansible_facts": facts, "asked": {"changed": False}},
        off={"ansible_facts": facts, "asked": {"unreachable": True, "msg": "timed\nout"}},
        sick={"ansible_facts": {}, "asked": {"failed": True, "msg": "access denied"}},
        # It told all that was asked for, and failed for something else. What a cache remembers is older.
        told={"ansible_facts": {"im_presence": machine()}, "asked": {"failed": True, "ansible_facts": facts}},
        new={"ansible_facts": {}},
        plain={"im_presence": machine()},
        odd={"ansible_facts": {"im_presence": "hello"}},
    )
    read = {m.name: m for m in machines(variables, variables, "asked")}
    found = {name: m.trouble for name, m in read.items()}
    assert found["told"] is None
    assert len(read["told"].users) == 1
    assert found["here"] is None
    assert found["plain"] is None
    assert found["off"] == r"could not be reached: timed\nout"  # whatever a fact cache remembers
    assert found["sick"] == "answered with an error: access denied"
    assert found["new"] == "no facts were collected from it"
    assert "not of the shape" in (found["odd"] or "")


@pytest.mark.parametrize(
    ("batch", "alive", "to_come"),
    [
        (["a", "b"], ["a", "b", "c", "d"], 2),
        (["a"], ["a", "c", "d"], 2),
        (["c", "d"], ["a", "b", "c", "d"], 0),
        (["c"], ["a", "c"], 0),  # d was lost in this very batch
        (["a", "b", "c", "d"], ["a", "b", "c", "d"], 0),
    ],
)
def test_only_the_last_batch_writes(batch, alive, to_come):
    variables = {
        "ansible_play_hosts_all": ["a", "b", "c", "d"],
        "ansible_play_batch": batch,
        "ansible_play_hosts": alive,
    }
    assert hosts_to_come(variables) == to_come


def test_files_appear_whole_or_not_at_all(tmp_path, monkeypatch):
    folder = tmp_path / "new" / "folder"
    files.write_all(folder, {"a": b"1", "b": b"2"})
    (folder / "a").chmod(0o640)

    def full(_handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            files.write_all(folder, {"a": b"3", "b": b"4"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"1", "b": b"2"}

    files.write_all(folder, {"a": b"5", "b": b"6"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": b"5", "b": b"6"}
    assert (folder / "a").stat().st_mode & 0o777 == 0o640


def test_the_parts_of_others_are_listed_with_their_versions():
    notice = (CHECKOUT / "NOTICE").read_text(encoding="utf-8")
    for part in (ASSETS / "vendor").iterdir():
        text = part.read_text(encoding="utf-8")
        found = re.match(r"/\*! (\S+) (\S+)\n", text)
        assert found is not None
        name, version = found.groups()
        assert f"{name} {version}" in notice
        assert "Permission is hereby granted" in text
        assert f"part {name} {version} " in (CHECKOUT / "tools" / "frontend").read_text(encoding="utf-8")
