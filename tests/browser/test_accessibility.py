"""axe-core finds nothing on any page, in three languages, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from directory.settings import LANGUAGES
from tests.browser.axe import examined, examined_page, faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PATHS = (
    "/",
    "/search?q=albergue&country=MX&area=shelter",
    "/search?q=qqqqzzzz+albergue",
    "/search?page=0",
    "/organizations/kids-in-need-of-defense",
    "/organizations/instituto-madre-asunta",
    "/consulates",
    "/consulates/mx-dallas",
    "/countries/MX",
    "/service-areas/shelter",
    "/map",
    "/criteria",
    "/about",
    "/nothing-here",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(browser: Browser, server: str, language: str) -> None:
    page = examined_page(browser)
    for path in PATHS:
        drawn = (lambda opened: opened.wait_for_selector(".cluster")) if path == "/map" else None
        assert list(faults(page, f"{server}/{language}{path}", drawn)) == []
    page.context.close()


@pytest.mark.parametrize("path", ["/docs", "/hsds/profile"])
def test_the_developers_pages_too(browser: Browser, server: str, path: str) -> None:
    page = examined_page(browser)
    page.goto(f"{server}{path}")
    found = examined(page)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.context.close()
    assert found.violations_count == 0, found.generate_report()
