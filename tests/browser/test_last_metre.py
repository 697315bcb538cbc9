"""How far it is from a page to a person, on a phone: screens, taps, keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from directory.settings import LANGUAGES
from tests.browser.axe import examined_page, faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SCREEN_PX = 800
ORGANIZATIONS = (
    "casa-del-migrante-en-tijuana", "instituto-madre-asunta", "kids-in-need-of-defense", "tahirih-justice-center",
    "american-gateways",
)  # fmt: skip


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": SCREEN_PX}, permissions=["geolocation"],
        geolocation={"latitude": 29.7604, "longitude": -95.3698},
    )  # fmt: skip
    yield context.new_page()
    context.close()


def bottoms(page: Page, selector: str) -> list[float]:
    found: list[float] = page.eval_on_selector_all(selector, "all => all.map(e => e.getBoundingClientRect().bottom)")
    return found


@pytest.mark.parametrize("slug", ORGANIZATIONS)
def test_a_record_is_two_and_a_half_screens(phone: Page, server: str, slug: str) -> None:
    phone.goto(f"{server}/es/organizations/{slug}")
    height = phone.evaluate("document.documentElement.scrollHeight")
    assert height <= 2.5 * SCREEN_PX, f"{height / SCREEN_PX:.2f} screens"
    assert bottoms(phone, ".contact .button-main")[0] <= SCREEN_PX, "the call is on the first screen"


@pytest.mark.parametrize(
    "query", ["albergue tijuana", "abogado para menores McAllen", "mi esposo me pega Houston", "comida Houston"]
)
def test_five_results_are_on_two_screens(phone: Page, server: str, query: str) -> None:
    phone.goto(f"{server}/es/search?q={query}")
    assert bottoms(phone, ".cards > li")[4] <= 2 * SCREEN_PX


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_is_one_line_and_the_needs_are_on_the_first_screen(phone: Page, server: str, language: str) -> None:
    phone.goto(f"{server}/{language}/")
    assert bottoms(phone, ".masthead")[0] <= 64
    assert bottoms(phone, ".need a")[0] <= SCREEN_PX
    phone.locator(".menu > summary").click()
    expect(phone.locator(".menu nav a").nth(3)).to_be_visible()


def test_the_first_result_is_within_five_tabs(page: Page, server: str) -> None:
    page.goto(f"{server}/es/search?q=albergue+tijuana")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".card-name a").first).to_be_focused()


def test_a_bed_near_me_is_three_taps(phone: Page, server: str) -> None:
    phone.goto(f"{server}/es/")
    phone.get_by_role("link", name="Albergue", exact=True).click()
    phone.get_by_role("button", name="Cerca de mí").click()
    phone.wait_for_url("**/es/search?**")
    call = phone.locator(".card a.tel").first
    assert (call.get_attribute("href") or "").startswith("tel:+")
    expect(phone.locator(".strip")).to_contain_text("911")


def test_escape_twice_leaves_and_back_does_not_return(browser: Browser, server: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/es/about")
    page.goto(f"{server}/es/service-areas/gender-based-violence")
    page.keyboard.press("Escape")
    page.wait_for_timeout(100)
    assert page.url.endswith("/gender-based-violence"), "once is not enough"
    page.keyboard.press("Escape")
    page.wait_for_url("**/es/calendar")
    page.go_back()
    assert page.url.endswith("/es/about")
    context.close()


def test_a_key_held_down_does_not_leave(page: Page, server: str) -> None:
    page.goto(f"{server}/es/service-areas/gender-based-violence")
    for _ in range(4):
        page.keyboard.down("Escape")  # repeats, until it is let go
    page.wait_for_timeout(200)
    assert page.url.endswith("/gender-based-violence")


def test_the_way_out_is_a_link_without_javascript(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/es/search?q=mi+esposo+me+pega+Houston")
    page.get_by_role("link", name="Salir").click()
    assert page.url.endswith("/es/calendar")
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_new_pages(browser: Browser, server: str, language: str) -> None:
    page = examined_page(browser)
    for path in (
        "/calendar", "/service-areas/gender-based-violence", "/search?q=mi+esposo+me+pega+Houston",
        "/organizations/tahirih-justice-center?from=HN", "/organizations/tahirih-justice-center/number",
        "/countries/GT", "/consulates/gt-raleigh-consulate", "/consulates/mx-raleigh",
    ):  # fmt: skip
        assert list(faults(page, f"{server}/{language}{path}")) == [], path
    page.context.close()
