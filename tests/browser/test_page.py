"""The report's page in a real browser: it filters, sorts, opens, prints; the keyboard is enough; text stays text."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from ansible_collections.presence.office.plugins.plugin_utils.report.unprintable import escape_unprintable

from .fleets import HOSTILE, JABBER, fleet, hostile_fleet, icons_off, machine, user
from .pages import write_page

#: Filters wait for the end of typing.
SETTLED = 250

#: What is read with less contrast than WCAG AA asks for, against the first background behind it that is opaque.
POOR_CONTRAST = """() => {
  const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = (rgb) => 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
  const colour = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = colour(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const read = 'h1, h2, h3, p, li, dd, dt, td, th, pre, .pill, .count, button, label, .totals span, .totals strong';
  const left_out = ':disabled, .unseen, #verdicts *, #defaults *, .later, .later *';
  const bad = new Set();
  for (const e of document.querySelectorAll(read)) {
    if (!e.checkVisibility() || e.matches(left_out) || !e.innerText.trim()) continue;
    const [a, b] = [light(colour(getComputedStyle(e).color)), light(behind(e))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) bad.add(`${e.tagName}.${e.className} ${contrast.toFixed(2)} ${e.innerText.slice(0, 30)}`);
  }
  return [...bad].slice(0, 10);
}"""

ELEMENTS = "() => [...document.querySelectorAll('script, img, iframe, object, style, link')].map(e => e.tagName)"

FOCUSED = "() => document.activeElement.id || document.activeElement.className || document.activeElement.innerText"

SMUGGLE = """() => {
  const script = document.createElement('script');
  try {
    script.textContent = 'document.title = "owned"';
    document.body.append(script);
  } catch (error) {
    console.log(String(error));
  }
  const image = document.createElement('img');
  image.src = 'file:///etc/hostname';
  document.body.append(image);
}"""


def people(page):
    return page.locator("#rows tr.user")


def column(page, number):
    """The texts of a column of the table's current page: 1 is the person."""
    return page.locator(f"#rows tr.user > :nth-child({number + 1})").all_inner_texts()


def status(page):
    return page.locator("#status").inner_text()


def matching(page):
    return int(status(page).split()[0].replace(",", ""))


def test_it_says_what_matters_first(look, ordinary):
    page = look(ordinary)
    expect(page).to_have_title("Presence report")
    assert "of 137 people show no presence" in page.locator("#lead").inner_text()
    assert "40 machines, 137 people" in page.locator("#made").inner_text()
    first = page.locator("#first > li").first
    assert "Cisco Jabber is the default, but people use Skype for Business (Lync)" in first.inner_text()
    assert "presence.office.default_im_app:" in first.locator("pre").inner_text()
    silent = page.locator("#silent tbody tr").all_inner_texts()
    assert [line.split()[0] for line in silent] == ["laptop-001.contoso.com", "laptop-002.contoso.com"]
    assert "the connection timed out" in silent[0]


def test_the_filters_filter(look, ordinary):
    page = look(ordinary)
    everyone = matching(page)
    assert everyone == 137

    page.get_by_label("Result", exact=True).select_option("shadowed")
    page.wait_for_timeout(SETTLED)
    assert set(column(page, 4)) == {"Wrong default app"}
    shadowed = matching(page)
    assert 0 < shadowed < everyone

    page.get_by_label("Machine", exact=True).fill("desk-0001.contoso.com")
    page.wait_for_timeout(SETTLED)
    assert set(column(page, 2)) <= {"desk-0001.contoso.com"}
    assert matching(page) < shadowed

    page.get_by_role("button", name="Clear filters").click()
    page.wait_for_timeout(SETTLED)
    assert matching(page) == everyone

    page.get_by_label("Default app", exact=True).select_option(JABBER)
    page.wait_for_timeout(SETTLED)
    assert set(column(page, 3)) == {JABBER}
    assert 0 < matching(page) < everyone

    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("Search", exact=True).fill("ADA contoso.com")
    page.wait_for_timeout(SETTLED)
    assert {name.removeprefix("CONTOSO\\").rstrip("0123456789") for name in column(page, 1)} == {"ada"}
    page.get_by_label("Search", exact=True).fill("nobody is called this")
    page.wait_for_timeout(SETTLED)
    assert status(page) == "0 rows of 137 match."
    assert "Nobody matches" in page.locator("#rows").inner_text()


@pytest.mark.parametrize(("name", "number"), [("Person", 1), ("Machine", 2), ("Default app", 3), ("Why", 5)])
def test_sorting_sorts(look, ordinary, name, number):
    page = look(ordinary)
    page.get_by_label("Rows per page").select_option("500")
    head = page.locator("#heads").get_by_role("columnheader", name=name)
    button = head.get_by_role("button")
    before = column(page, number)

    button.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    ascending = column(page, number)
    button.click()
    expect(head).to_have_attribute("aria-sort", "descending")
    descending = column(page, number)
    button.click()
    assert head.get_attribute("aria-sort") is None

    assert sorted(before) == sorted(ascending) == sorted(descending)
    assert column(page, number) == before
    in_order = """texts => texts.every((text, n) =>
        n === 0 || new Intl.Collator('en', {numeric: true}).compare(texts[n - 1], text) <= 0)"""
    assert page.evaluate(in_order, ascending)
    assert page.evaluate(in_order, descending[::-1])
    assert page.locator("#heads [aria-sort]").count() == 0


def test_results_sort_from_good_to_bad(look, ordinary):
    page = look(ordinary)
    page.locator("#heads").get_by_role("button", name="Result").click()
    assert set(column(page, 4)) == {"Presence works"}
    page.locator("#heads").get_by_role("button", name="Result").click()
    assert column(page, 4)[0] == "Unknown"


def test_pages_turn(look, ordinary):
    page = look(ordinary)
    assert people(page).count() == 50
    first = column(page, 1)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    assert page.locator("#page").inner_text() == "Page 3 of 3"
    assert people(page).count() == 37
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.get_by_role("button", name="Previous").click()
    page.get_by_role("button", name="Previous").click()
    assert column(page, 1) == first


def test_a_row_opens_to_its_evidence(look, ordinary):
    page = look(ordinary)
    page.locator("#first .show").first.click()  # "Show these people"
    page.wait_for_timeout(SETTLED)
    assert set(column(page, 4)) == {"Wrong default app"}
    assert set(column(page, 3)) == {JABBER}

    button = page.locator("button.open").first
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    detail = page.locator(f"#{button.get_attribute('aria-controls')}")
    text = detail.inner_text()
    assert "UpAndRunning is 0; Lync runs instead" in text
    assert r"Software\IM Providers\Cisco Jabber" in text
    assert [line.split("\n")[0] for line in detail.locator(".chain li").all_inner_texts()] == [
        "✓ yes", "✓ yes", "✓ yes", "✕ no", "\N{EN DASH} not reached",
    ]  # fmt: skip
    button.click()
    expect(detail).to_have_count(0)


def test_notes_are_counted_in_the_row_found_by_the_search_and_listed_below_it(look, tmp_path):
    ada = user(r"C\ada", "present", "Lync") | {"notes": [icons_off(r"HKU\the key")]}
    hosts = {"one": machine(ada, user(r"C\bob", "present", "Lync", number=2))}
    page = look(write_page(hosts, tmp_path / "presence.html"))
    assert column(page, 5) == ["Skype for Business is running. (1 note)", "Skype for Business is running."]
    page.get_by_label("Search", exact=True).fill("icons in messages")
    page.wait_for_timeout(SETTLED)
    assert column(page, 1) == [r"C\ada"]
    page.locator("button.open").click()
    notes = page.locator("tr.detail .notes li")
    assert "Enabled is 0: no presence icons in messages" in notes.inner_text()
    assert notes.locator("code").inner_text() == r"HKU\the key"
    assert page.evaluate(POOR_CONTRAST) == []


def test_an_app_that_is_not_registered_has_two_plays_to_choose_from(look, tmp_path):
    hosts = {"one": machine(user(r"C\ada", "not_registered", "RCIM"))}
    page = look(write_page(hosts, tmp_path / "presence.html"))
    first, second = page.locator("#first pre").all_inner_texts()
    assert "presence.office.default_im_app:" in first
    assert "presence.office.im_provider:" in second
    labels = [pre.get_attribute("aria-label") for pre in page.locator("#first pre").all()]
    assert len(set(labels)) == 2


def test_the_charts_are_tables_whose_bars_filter(look, ordinary):
    page = look(ordinary)
    table = page.get_by_role("table", name="People by result")
    rows = table.get_by_role("row").all_inner_texts()
    assert rows[1].startswith("Presence works")
    page.locator("#verdicts").get_by_role("button", name="App crashed").click()
    page.wait_for_timeout(SETTLED)
    assert set(column(page, 4)) == {"App crashed"}
    widths = [box["width"] for box in (drawn.bounding_box() for drawn in page.locator("#verdicts td").all()) if box]
    counts = [int(text.split()[0]) for text in page.locator("#verdicts td").all_inner_texts()]
    assert widths.index(max(widths)) == counts.index(max(counts))
    assert max(widths) > 100


def test_the_keyboard_is_enough(look, ordinary):
    page = look(ordinary)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("desk-0002")
    page.wait_for_timeout(SETTLED)
    assert {host[:9] for host in column(page, 2)} == {"desk-0002"}

    reached = []
    for _step in range(14):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
        if reached[-1] == "open":
            break
    assert reached[:3] == ["machine", "provider", "verdict"]
    assert {"Person", "Machine", "Result"} <= set(reached)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"

    page.locator("#heads button").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.getAttribute('aria-sort')") == "ascending"


def test_a_screen_reader_finds_its_way(look, ordinary):
    page = look(ordinary)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("table", name="People, their default apps").count() == 1
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, a')].filter(e => !(e.innerText.trim()
             || e.getAttribute('aria-label') || (e.labels && e.labels.length))).map(e => e.outerHTML)"""
    )
    assert nameless == []
    twice = page.evaluate(
        """() => [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, n, ids) => ids.indexOf(id) !== n)"""
    )
    assert twice == []
    expect(page.get_by_role("status")).to_have_text("137 rows.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_system_and_can_be_read(look, ordinary, scheme):
    page = look(ordinary, color_scheme=scheme)
    page.locator("button.open").first.click()
    luminance = page.evaluate("() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]")
    assert (luminance > 128) == (scheme == "light")
    assert page.evaluate(POOR_CONTRAST) == []


def test_it_prints(look, ordinary):
    page = look(ordinary, color_scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert not page.locator(".pages").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert people(page).count() == 137
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert people(page).count() == 50
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_narrow_window_does_not_scroll_sideways(look, ordinary):
    page = look(ordinary, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_hostile_text_is_text(look, tmp_path):
    page = look(write_page(hostile_fleet(), tmp_path / "presence.html", title=HOSTILE["image"]))
    expect(page).to_have_title(HOSTILE["image"])
    assert page.locator("h1").inner_text() == HOSTILE["image"]
    elements = page.evaluate(ELEMENTS)
    assert elements == ["STYLE", "SCRIPT", "SCRIPT"]
    names = [" ".join(name.split()) for name in column(page, 1)]
    for name, text in HOSTILE.items():
        shown = escape_unprintable(text if len(text) <= 1024 else text[:1024] + "…")
        assert " ".join(shown.split()) in names, name
    for button in page.locator("button.open").all():
        button.click()
    assert page.locator("tr.detail").count() == len(HOSTILE)
    body = page.locator("body").inner_text()
    assert "⟨U+202E⟩" in body
    assert "⟨U+0000⟩" in body
    assert "{{ lookup('pipe'" in body
    assert not {"\u202e", "\x00", "\x1b", "\u2066"} & set(body)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_policy_stops_what_might_slip_in(look, ordinary, browser):
    page = browser.new_page(offline=True)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(ordinary.as_uri())
    page.evaluate(SMUGGLE)
    page.wait_for_timeout(100)
    expect(page).to_have_title("Presence report")
    assert any("Content Security Policy" in line or "TrustedScript" in line for line in messages)
    page.close()


def test_names_that_differ_in_case_are_one_app(look, tmp_path):
    hosts = {"one": machine(user(r"C\a", "present", "Lync"), user(r"C\b", "present", "lync", number=2))}
    page = look(write_page(hosts, tmp_path / "presence.html"))
    page.locator("#defaults").get_by_role("button").click()
    page.wait_for_timeout(SETTLED)
    assert matching(page) == 2


def test_every_bar_leads_to_as_many_people_as_it_says(look, ordinary):
    page = look(ordinary)
    for chart in ("#verdicts", "#defaults"):
        for row in page.locator(f"{chart} tbody tr").all():
            row.get_by_role("button").click()
            page.wait_for_function("document.querySelector('#status').innerText.includes('match')")
            assert matching(page) == int(row.locator("td").inner_text().split()[0])


def test_nothing_to_show_is_said(look, tmp_path):
    page = look(write_page({"off": "could not be reached"}, tmp_path / "presence.html"))
    assert page.locator("#lead").inner_text() == "No user could be checked."
    assert page.locator("#silent tbody tr").count() == 1
    assert "Nothing" in page.locator("#first-more").inner_text()


def test_five_thousand_people_are_usable(look, tmp_path):
    path = write_page(fleet(1000, 5000, silent=20), tmp_path / "presence.html")
    assert path.stat().st_size < 3_000_000
    page = look(path)
    assert float(page.evaluate("document.documentElement.dataset.ready")) < 4000
    assert people(page).count() == 50
    took = page.evaluate("""() => { const began = performance.now();
        document.querySelector('#heads button').click(); return performance.now() - began; }""")
    assert took < 2000
    page.get_by_label("Search", exact=True).fill("katherine12")
    page.wait_for_timeout(SETTLED)
    assert 0 < matching(page) < 200
    assert json.loads(page.locator("#data").text_content() or "")["totals"]["machines"] == 1000
