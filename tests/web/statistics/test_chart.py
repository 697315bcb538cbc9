"""Charts: lengths that are right and say nothing of what is withheld, and markup that everybody can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from directory.settings import resource_dir
from directory.web.statistics.chart import LEAST_WIDTH, PATTERNS, STUB, bars, stacks
from tests.client import find_all, parse, text_of

SVG = "{http://www.w3.org/2000/svg}"
WITHHELD = "fewer than 5, or withheld"
COUNTS = st.one_of(st.none(), st.integers(0, 5000))
PARTS = ("Accepted", "Declined", "No answer", "Referred <on>", "Withdrawn", "Open")
PAGE = """<!doctype html><html lang="en"><head><title>t</title></head><body>
{% from "statistics/charts.html" import bars, stacked with context %}
{{ bars(few, "Referrals by need", "Referrals", "Need", "needs") }}
{{ stacked(many, parts, "Outcomes by need", "Need", "outcomes") }}
</body></html>"""
BARS = bars([("Asylum & refuge", 1200), ("Shelter", None), ("Health", 0)])
STACKS = stacks([
    ("Asylum & refuge", (1200, 30, 0, 12, 9, 7), 1258),
    ("Shelter", (None, 40, None, 5, 0, 0), None),
])  # fmt: skip


@pytest.fixture
def page(app: Flask) -> Iterator[ElementTree.Element]:
    with app.test_request_context("/en/"), force_locale("en"):
        yield parse(render_template_string(PAGE, few=BARS, many=STACKS, parts=PARTS), "charts")


def texts(elements: list[ElementTree.Element]) -> list[str]:
    return [text_of(element) for element in elements]


def test_the_largest_fills_the_width_and_the_withheld_are_all_alike() -> None:
    drawn = bars([("a", 200), ("b", 50), ("c", None), ("d", 0), ("e", 1), ("f", None)])
    assert [bar.width for bar in drawn] == [100, 25, STUB, 0, LEAST_WIDTH, STUB]
    assert bars([]) == ()
    assert [bar.width for bar in bars([("a", None), ("b", 0)])] == [STUB, 0]


@given(st.lists(st.tuples(st.text(), st.lists(COUNTS, max_size=PATTERNS), COUNTS)))
def test_stacks_fit_and_their_parts_follow_each_other(rows: list[tuple[str, list[int | None], int | None]]) -> None:
    for stack in stacks(rows):
        end = 0.0
        for segment in stack.segments:
            assert segment.start == pytest.approx(end, abs=0.05)
            assert segment.value is not None or segment.width == STUB
            end = segment.start + segment.width
        assert end <= 100.05


def test_stacks_have_one_scale() -> None:
    long, short = stacks([("a", (60, 20), 80), ("b", (20, None), None)])
    assert [(segment.part, segment.start, segment.width) for segment in long.segments] == [(1, 0, 75), (2, 75, 25)]
    assert [(segment.part, segment.start, segment.width) for segment in short.segments] == [(1, 0, 25), (2, 25, STUB)]


def test_more_parts_than_patterns_are_refused() -> None:
    with pytest.raises(ValueError, match="told apart"):
        stacks([("a", range(PATTERNS + 1), None)])


def test_ids_are_unique_and_every_reference_leads_somewhere(page: ElementTree.Element) -> None:
    ids = Counter(element.get("id") for element in page.iter() if element.get("id"))
    assert set(ids.values()) == {1}
    for element in page.iter():
        assert set((element.get("aria-labelledby") or "").split()) <= ids.keys()
        pattern = re.fullmatch(r"url\(#(.*)\)", element.get("fill") or "url(#needs-withheld)")
        assert element.get("fill") == "none" or (pattern and pattern[1] in ids)


def test_nothing_needs_inline_style_or_script(page: ElementTree.Element) -> None:
    for element in page.iter():
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
    assert not list(page.iter(f"{SVG}style"))


def test_every_image_has_a_title_and_a_description_with_its_number(page: ElementTree.Element) -> None:
    images = [svg for svg in page.iter(f"{SVG}svg") if svg.get("role") == "img"]
    told = {}
    for svg in images:
        title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
        assert title is not None
        assert desc is not None
        assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        told[title.get("id")] = (text_of(title), text_of(desc))
    assert told["needs-1-title"] == ("Asylum & refuge", "Referrals: 1,200")
    assert told["needs-2-title"] == ("Shelter", f"Referrals: {WITHHELD}")
    assert told["outcomes-2-title"][1].startswith(f"Accepted: {WITHHELD}; Declined: 40; No answer: {WITHHELD};")
    assert len(images) == len(BARS) + len(STACKS)


def test_the_tables_hold_every_number(page: ElementTree.Element) -> None:
    simple, stacked = find_all(page, "table")
    assert texts(find_all(simple, "caption")) == ["Referrals by need"]
    assert texts(find_all(simple, "td")) == ["1,200", WITHHELD, "0"]
    assert [(th.get("scope"), text_of(th)) for th in find_all(simple, "th")] == [
        ("col", "Need"), ("col", "Referrals"), ("row", "Asylum & refuge"), ("row", "Shelter"), ("row", "Health")
    ]  # fmt: skip
    rows = [texts(find_all(row, "td")) for row in find_all(stacked, "tr")[1:]]
    assert rows == [["1,200", "30", "0", "12", "9", "7", "1,258"], [WITHHELD, "40", WITHHELD, "5", "0", "0", WITHHELD]]
    assert texts(find_all(stacked, "th"))[:8] == ["Need", *PARTS, "Total"]


def test_a_withheld_number_is_hatched_and_each_part_has_a_pattern_of_its_own(page: ElementTree.Element) -> None:
    drawings = [svg for svg in page.iter(f"{SVG}svg") if "chart-drawing" in (svg.get("class") or "")]
    fills = [[(rect.get("fill"), rect.get("width")) for rect in svg.iter(f"{SVG}rect")] for svg in drawings]
    assert fills[:3] == [[(None, "100.0%")], [("url(#needs-withheld)", f"{STUB}%")], []]
    assert [fill for fill, _ in fills[3]] == [
        None, "url(#outcomes-part-2)", "url(#outcomes-part-4)", "url(#outcomes-part-5)", "none"
    ]  # fmt: skip
    assert fills[4][0] == fills[4][2] == ("url(#outcomes-withheld)", f"{STUB}%")


def test_styles_use_colours_of_the_tokens_only() -> None:
    css = (resource_dir("static") / "css" / "statistics.css").read_text(encoding="utf-8")
    tokens = (resource_dir("static") / "css" / "tokens.css").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb|hsl|!important", css)
    assert set(re.findall(r"var\((--[\w-]+)\)", css)) <= set(re.findall(r"(--[\w-]+):", tokens))
