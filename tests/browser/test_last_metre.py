"""How far it is from a page to a person, on a phone: screens, taps, keys."""

from __future__ import annotations

import re
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


def test_whoever_does_not_say_where_they_are_is_told_what_to_type(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": SCREEN_PX})
    context.grant_permissions(["notifications"])  # and no other: who is asked where they are says no
    page = context.new_page()
    page.goto(f"{server}/es/")
    page.get_by_role("link", name="Albergue", exact=True).click()
    page.get_by_role("button", name="Cerca de mí").click()
    expect(page.get_by_role("status").filter(has_text="Escriba")).to_be_visible()
    context.close()


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


@pytest.mark.parametrize("slug", ["mx-los-angeles", "hn-houston", "gt-raleigh-consulate"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pocket_guide_is_four_pages(page: Page, server: str, language: str, slug: str) -> None:
    page.goto(f"{server}/{language}/consulates/{slug}/guide")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) <= 4


def test_the_filters_of_a_phone_are_a_sheet_whose_foot_says_how_many(phone: Page, server: str) -> None:
    phone.goto(f"{server}/es/search?q=abogado+houston")
    phone.locator(".filters-link").click()
    foot = phone.get_by_role("button", name=re.compile(r"Ver \d+ organizaci"))
    expect(foot).to_be_in_viewport()
    before = foot.text_content()
    phone.locator(".filters-form input[name=population]").first.check()
    expect(foot).not_to_have_text(before or "")
    foot.click()
    expect(phone.locator("#found > li").first).to_be_visible()
    expect(foot).not_to_be_visible()


def test_the_map_fits_the_place_that_was_asked_for_and_names_towns(page: Page, server: str) -> None:
    page.goto(f"{server}/es/map?q=abogado+mcallen")
    expect(page.locator(".town span", has_text="Reynosa")).to_be_visible()
    expect(page.locator("[data-offices]")).to_contain_text(re.compile(r"\d+ oficinas en el mapa"))
    boxes = page.eval_on_selector_all(
        ".town span",
        "all => all.map(e => { const r = e.getBoundingClientRect(); return [r.left, r.right, r.top, r.bottom] })",
    )
    for at, (left, right, top, bottom) in enumerate(boxes):
        for other in boxes[at + 1 :]:
            assert right <= other[0] + 6 or other[1] <= left + 6 or bottom <= other[2] + 4 or other[3] <= top + 4


def test_the_largest_of_a_name_is_the_answer_and_the_words_stay(phone: Page, server: str) -> None:
    phone.goto(f"{server}/es/consulates")
    phone.get_by_label("Mi país").select_option("HN")
    phone.get_by_label("Dónde estoy").fill("Guadalupe")
    phone.get_by_role("button", name="Buscar mi consulado").click()
    expect(phone.locator("#answer")).to_contain_text("Nuevo León")
    phone.get_by_role("link", name=re.compile("Zacatecas")).click()
    expect(phone.locator("#answer")).to_contain_text("Zacatecas")
    expect(phone.get_by_label("Dónde está la persona")).to_have_value("Guadalupe")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_new_pages(browser: Browser, server: str, language: str) -> None:
    page = examined_page(browser)
    for path in (
        "/calendar", "/service-areas/gender-based-violence", "/search?q=mi+esposo+me+pega+Houston",
        "/organizations/tahirih-justice-center?from=HN", "/organizations/tahirih-justice-center/number",
        "/countries/GT", "/consulates", "/consulates?sending=HN", "/consulates/hn-houston/guide",
        "/map?q=abogado+mcallen",
        "/consulates/find?sending=HN&place=Guadalupe", "/consulates/gt-raleigh-consulate", "/consulates/mx-raleigh",
    ):  # fmt: skip
        assert list(faults(page, f"{server}/{language}{path}")) == [], path
    page.context.close()
