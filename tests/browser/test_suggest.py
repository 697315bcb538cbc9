"""The search box suggests: by keyboard alone, to a screen reader, by touch, and without breaking the plain form."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from directory.settings import LANGUAGES
from tests.browser.axe import examined_page, faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LEAST_TARGET_PX = 44


def type_in(page: Page, text: str) -> None:
    page.locator("#q").click()
    page.locator("#q").press_sequentially(text, delay=15)


def suggest(page: Page, text: str) -> None:
    type_in(page, text)
    expect(page.get_by_role("option").first).to_be_visible()


def test_the_keyboard_chooses_a_suggestion(page: Page, server: str) -> None:
    page.goto(f"{server}/en/")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    suggest(page, "kids in ne")
    # Those for the first letters may still be there.
    expect(page.get_by_role("option").first).to_have_text(re.compile("Kids in Need of Defense", re.DOTALL))
    expect(box).to_have_attribute("aria-expanded", "true")
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True)
    expect(chosen).to_have_text(re.compile("Kids in Need of Defense.*Organization", re.DOTALL))
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert box.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    expect(box).to_be_focused()
    expect(box).to_have_value("kids in ne")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/en/organizations/kids-in-need-of-defense$"))


def test_enter_without_a_choice_searches_for_what_was_typed(page: Page, server: str) -> None:
    page.goto(f"{server}/en/")
    suggest(page, "shelt")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/en/search\?q=shelt$"))


def test_arrows_go_round_and_the_caret_stays_free(page: Page, server: str) -> None:
    page.goto(f"{server}/en/")
    suggest(page, "san")
    count = page.get_by_role("option").count()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option").nth(count - 1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.selectionStart") == 0
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.selectionStart") == 3
    expect(page.get_by_role("option").nth(0)).to_have_attribute("aria-selected", "true")


def test_escape_closes_and_clears_nothing_and_tab_leaves(page: Page, server: str) -> None:
    page.goto(f"{server}/en/")
    suggest(page, "mex")
    for _ in range(2):
        page.keyboard.press("Escape")
        expect(page.locator("#suggestions")).to_be_hidden()
        expect(page.locator("#q")).to_have_value("mex")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#q")).not_to_be_focused()


def test_a_tap_chooses_and_the_target_is_large(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(f"{server}/es/")
    suggest(page, "texas")
    for option in page.get_by_role("option").all():
        size = option.bounding_box()
        assert size is not None
        assert size["height"] >= LEAST_TARGET_PX
        assert size["x"] >= 0
        assert size["x"] + size["width"] <= 360
    page.get_by_role("option").first.tap()
    expect(page).to_have_url(re.compile(r"/es/search\?admin1=US-TX$"))
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_reader_is_told_how_many_there_are(page: Page, server: str, language: str) -> None:
    page.goto(f"{server}/{language}/")
    status = page.locator(".search [role=status]")
    expect(status).to_be_empty()
    suggest(page, "guatemala")
    shown = page.get_by_role("option").count()
    expect(status).to_contain_text(str(shown))
    expect(page.get_by_role("listbox")).to_have_attribute("aria-label", re.compile("."))
    kinds = page.locator(".suggestion-kind").all_inner_texts()
    assert {"es": "Consulado", "en": "Consulate", "fr": "Consulat"}[language] in kinds


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_open_suggestions(browser: Browser, server: str, language: str) -> None:
    def type_and_go_down(page: Page) -> None:
        page.locator("#q").clear()
        suggest(page, "guatem")
        page.keyboard.press("ArrowDown")

    page = examined_page(browser)
    for path in ("/", "/search?q=albergue"):
        assert list(faults(page, f"{server}/{language}{path}", type_and_go_down)) == []
    page.context.close()


def test_what_was_typed_stands_out_and_is_never_markup(page: Page, server: str) -> None:
    hostile = {"kind": "place", "value": "x", "label": "<img src=x> Ángela", "detail": None, "url": f"{server}/en/map"}

    def answer(route: Route) -> None:
        route.fulfill(json={"suggestions": [hostile]})

    page.route("**/api/v1/suggest**", answer)
    page.goto(f"{server}/en/")
    suggest(page, "ange")
    assert page.locator("#suggestions img").count() == 0
    expect(page.locator("#suggestions b")).to_have_text("Ánge")
    expect(page.locator(".suggestion-label")).to_have_text("<img src=x> Ángela")


def test_a_late_answer_to_an_earlier_question_is_not_shown(page: Page, server: str) -> None:
    held: list[Route] = []
    page.route("**/suggest?lang=en&q=mexi", lambda route: held.append(route))
    page.goto(f"{server}/en/")
    type_in(page, "mexi")
    page.wait_for_timeout(200)
    assert len(held) == 1
    page.keyboard.press("Control+A")
    page.keyboard.type("texas", delay=15)
    expect(page.get_by_role("option").first).to_contain_text("Texas, United States")
    assert len(held) == 1


def test_words_that_are_still_being_composed_are_left_alone(page: Page, server: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    page.goto(f"{server}/en/")
    page.locator("#q").focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "shelter", "selectionStart": 7, "selectionEnd": 7})
    page.wait_for_timeout(250)
    assert asked == []
    session.send("Input.insertText", {"text": "shelter"})
    expect(page.get_by_role("option").first).to_be_visible()


def test_suggestions_work_after_results_changed_in_place_and_keep_what_was_picked(page: Page, server: str) -> None:
    page.goto(f"{server}/es/search?q=albergue&pick=instituto-madre-asunta")
    page.get_by_role("checkbox", name=re.compile("Alimentación")).check()
    expect(page).to_have_url(re.compile("area=food"))
    page.locator("#q").clear()
    suggest(page, "texas")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/es/search\?admin1=US-TX&pick=instituto-madre-asunta$"))


def test_a_server_that_does_not_answer_disturbs_nobody(browser: Browser, server: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/api/v1/suggest**", lambda route: route.abort())
    page.goto(f"{server}/en/")
    type_in(page, "shelter")
    page.wait_for_timeout(250)
    expect(page.locator("#suggestions")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/en/search\?q=shelter$"))
    context.close()
    assert errors == []


def test_nothing_moves_when_suggestions_open(page: Page, server: str) -> None:
    page.goto(f"{server}/en/")
    before = page.locator(".examples").bounding_box()
    suggest(page, "san")
    assert page.locator(".examples").bounding_box() == before
