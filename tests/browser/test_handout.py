"""The handout as people use it: chosen with and without JavaScript, printed on one page, copied and shared."""

from __future__ import annotations

import json
import re
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from directory.settings import LANGUAGES
from tests.browser.axe import examined_page, faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SHELTERS = ("casa-del-migrante-en-tijuana", "instituto-madre-asunta")
PICKS = "&".join(f"pick={slug}" for slug in SHELTERS)
ANOTHER = {"es": "en", "en": "fr", "fr": "es"}


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def printed(page: Page) -> bytes:
    return page.pdf(prefer_css_page_size=True)


@pytest.fixture(scope="module")
def longest(server: str) -> list[str]:
    """The slugs of the five records with most to say."""
    with urllib.request.urlopen(f"{server}/export/organizations.ndjson") as answer:
        records = [json.loads(line) for line in answer.read().decode().splitlines() if line]

    def length(record: dict[str, object]) -> int:
        places = record["locations"]
        assert isinstance(places, list)
        return len(str(record["name"])) + len(str(places[0].get("address") or "") if places else "")

    return [str(record["slug"]) for record in sorted(records, key=length, reverse=True)[:5]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_one_page_a_language_whatever_there_is_to_say(
    page: Page, server: str, longest: list[str], count: int, language: str
) -> None:
    query = "&".join(f"pick={slug}" for slug in longest[:count])
    page.goto(f"{server}/{language}/handout?{query}")
    pdf = printed(page)
    assert pages_of(pdf) == 1
    assert b"/MediaBox [0 0 420 594" in pdf  # A5 in points
    page.goto(f"{server}/{language}/handout?{query}&also={ANOTHER[language]}")
    assert pages_of(printed(page)) == 2
    page.set_viewport_size({"width": 499, "height": 733})  # what A5 leaves between its margins
    page.emulate_media(media="print")
    cut = page.evaluate(
        "[...document.querySelectorAll('.sheet-list')].filter((e) => e.scrollHeight > e.clientHeight + 1).length"
    )
    assert cut == 0
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide


def test_paper_shows_the_sheet_and_nothing_of_the_screen(page: Page, server: str) -> None:
    page.goto(f"{server}/en/handout?{PICKS}")
    page.emulate_media(media="print")
    for part in (".masthead", ".footer", ".handout-head", ".handout-tools", ".handout-paper-head", "h1"):
        expect(page.locator(part).first).not_to_be_visible()
    for part in (".sheet-head", ".entry-phone", ".entry-code", ".sheet-foot"):
        expect(page.locator(part).first).to_be_visible()


def test_a_pick_is_made_in_place_and_stays_where_the_eye_is(page: Page, server: str) -> None:
    page.goto(f"{server}/en/search?q=albergue+tijuana")
    page.evaluate("window.stays = true")
    link = page.locator(".pick-link").nth(4)
    link.scroll_into_view_if_needed()
    before = link.bounding_box()
    link.click()
    expect(page.locator(".pick-count")).to_have_text("1 of 5 on the handout")
    assert page.evaluate("window.stays") is True
    expect(page.locator(".pick-on")).to_be_focused()
    after = page.locator(".pick-on").bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 2
    expect(page).to_have_url(re.compile("pick="))
    page.get_by_role("checkbox", name=re.compile("Food")).check()
    expect(page).to_have_url(re.compile("area=food"))
    expect(page.locator(".pick-count")).to_have_text("1 of 5 on the handout")


def test_the_sixth_is_refused_in_sight(page: Page, server: str) -> None:
    page.goto(f"{server}/en/search?q=albergue+tijuana")
    for number in range(1, 6):
        page.locator(".pick-link:not(.pick-on)").first.click()
        expect(page.locator(".pick-count")).to_contain_text(f"{number} of 5")
    page.locator(".pick-link:not(.pick-on)").last.click()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(page.locator(".pick-count")).to_contain_text("5 of 5")


def test_everything_works_without_javascript(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{server}/en/search?q=albergue+tijuana")
    for _ in range(2):
        page.locator(".pick-link:not(.pick-on)").first.click()
    expect(page.locator(".pick-on")).to_have_count(2)
    page.get_by_role("link", name="Make the handout").click()
    expect(page.locator(".entry")).to_have_count(2)
    page.get_by_label("English, and also").select_option("fr")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".sheet")).to_have_count(2)
    expect(page.locator("#text")).to_be_visible()
    for name in ("[data-print]", "[data-share-text]", "[data-copy-text]"):
        expect(page.locator(name)).not_to_be_visible()
    assert page.get_by_role("link", name="Send by WhatsApp").get_attribute("href") is not None
    context.close()


def test_the_text_is_copied_and_shared_as_it_stands(browser: Browser, server: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script("navigator.share = (what) => { window.shared = what; return Promise.resolve(); };")
    page = context.new_page()
    page.goto(f"{server}/en/handout?{PICKS}")
    text = page.locator("#text").input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == text
    page.get_by_role("button", name="Share").click()
    assert page.evaluate("window.shared") == {"text": text}
    context.close()


def test_no_other_host_is_asked_and_no_cookie_is_set(browser: Browser, server: str) -> None:
    asked: set[str] = set()
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(f"{server}/en/handout?{PICKS}&also=es")
    page.wait_for_load_state("networkidle")
    assert asked == {urlsplit(server).netloc}
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(browser: Browser, server: str, language: str) -> None:
    six = "&".join(f"pick=casa-{number}" for number in range(6))
    page = examined_page(browser)
    for path in (
        f"/handout?{PICKS}&also={ANOTHER[language]}",
        "/handout",
        f"/handout?{six}",
        "/handout?pick=nobody",
        f"/search?q=albergue+tijuana&{PICKS}",
        f"/search?q=albergue&{six}",
    ):
        assert list(faults(page, f"{server}/{language}{path}")) == []
    page.context.close()
