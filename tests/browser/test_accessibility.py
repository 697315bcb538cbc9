"""axe-core finds nothing on any page, in three languages, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from directory.settings import LANGUAGES
from tests.browser.axe import examined

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(browser: Browser, server: str, language: str, scheme: str) -> None:
    for width in (360, 1280):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        for path in PATHS:
            page.goto(f"{server}/{language}{path}")
            if path == "/map":
                page.wait_for_selector(".cluster")
            found = examined(page)
            assert found.violations_count == 0, f"{language}{path} {scheme} {width}: {found.generate_report()}"
            too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            assert not too_wide, f"{language}{path} scrolls sideways at {width}"
        context.close()


def test_the_developers_page_too(browser: Browser, server: str) -> None:
    page = browser.new_page()
    page.goto(f"{server}/docs")
    found = examined(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()
