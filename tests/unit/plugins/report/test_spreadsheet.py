"""presence.csv: a row for each user and each silent machine, and never a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.presence.office.plugins.plugin_utils.report.spreadsheet import cell, to_csv
from tests.browser.fleets import JABBER, icons_off, machine, user
from tests.browser.pages import report


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
    entry["notes"] = [{"code": text, "found": text}, {"code": text}, {"found": text}]
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


def test_the_notes_on_a_user_are_one_cell():
    entry = user(r"C\ada", "present", "Lync") | {"notes": [icons_off(), {"code": "newer"}]}
    (row,) = csv.DictReader(io.StringIO(to_csv(report({"one": machine(entry)})).decode("utf-8-sig"), newline=""))
    assert row["notes"] == "icons_off_in_mail: Enabled is 0: no presence icons in messages; newer"
