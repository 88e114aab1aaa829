"""The page as a file: its data cannot leave its element, and its policy allows its own script and style only."""

from __future__ import annotations

import csv
import io
import json
import re

from hypothesis import given, settings

from ansible_collections.presence.office.plugins.plugin_utils.report.document import to_json
from ansible_collections.presence.office.plugins.plugin_utils.report.page import ASSETS, SCRIPTS, in_script, to_html
from ansible_collections.presence.office.plugins.plugin_utils.report.spreadsheet import COLUMNS, to_csv
from ansible_collections.presence.office.plugins.plugin_utils.report.unprintable import escape_unprintable
from tests.browser.fleets import fleet, machine, user
from tests.browser.pages import report

from .support import CHECKOUT, TEXT, valid


@given(TEXT)
@settings(max_examples=150)
def test_any_text_is_data_in_every_form(text):
    entry = user(text, "shadowed", text, running=text) | {"profile": text, "error": text}
    entry["notes"] = [{"code": text, "found": text, "key": text, "view": text}]
    a_report = report({"host": machine(entry, providers=("Lync", text))})
    valid(json.loads(to_json(a_report)))
    rows = list(csv.reader(io.StringIO(to_csv(a_report).decode("utf-8-sig"), newline=""), strict=True))
    assert [len(row) for row in rows] == [len(COLUMNS)] * 2
    page = to_html(a_report).decode("utf-8")
    element = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert element is not None
    data = json.loads(element.group(1))
    assert escape_unprintable(text) in [*data["strings"], ""]
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
    own = [name for name in SCRIPTS if not name.startswith("vendor/")]
    program = "".join((ASSETS / name).read_text(encoding="utf-8") for name in own)
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


def test_the_parts_of_others_are_listed_with_their_versions():
    notice = (CHECKOUT / "NOTICE").read_text(encoding="utf-8")
    for part in (ASSETS / "vendor").iterdir():
        text = part.read_text(encoding="utf-8")
        header = re.match(r"/\*! (\S+) (\S+)\n", text)
        assert header is not None
        name, version = header.groups()
        assert f"{name} {version}" in notice
        assert "Permission is hereby granted" in text
        assert f"part {name} {version} " in (CHECKOUT / "tools" / "frontend").read_text(encoding="utf-8")
