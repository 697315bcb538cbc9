"""What people do: search, filter, read a record, by mouse, by keyboard, and with JavaScript off."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_filter_changes_the_results_in_place_and_the_address(page: Page, server: str) -> None:
    page.goto(f"{server}/es/search?q=albergue")
    before = page.locator("h1").inner_text().split()[0]
    page.evaluate("window.stays = true")
    page.get_by_role("checkbox", name=re.compile("Alimentación")).check()
    expect(page.locator("h1")).not_to_contain_text(before)
    assert page.evaluate("window.stays") is True
    expect(page).to_have_url(re.compile("area=food"))
    expect(page.get_by_role("checkbox", name=re.compile("Alimentación"))).to_be_focused()
    page.go_back()
    expect(page.locator("h1")).to_contain_text(before)


def test_everything_works_without_javascript(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{server}/es/")
    page.fill("#q", "albergue tijuana")
    page.get_by_role("button", name="Buscar").click()
    expect(page.locator("h1")).to_contain_text("organizaciones")
    page.locator(".filters > summary").click()
    page.get_by_role("checkbox", name=re.compile("Familias")).check()
    page.get_by_role("button", name=re.compile("^Ver .* organiza")).click()
    assert "population=families" in page.url
    page.locator(".card-name a").first.click()
    expect(page.get_by_role("heading", name="Qué ofrecen")).to_be_visible()
    page.goto(f"{server}/es/map")
    expect(page.get_by_text("El mapa necesita JavaScript")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Texas"))).to_be_visible()
    context.close()


def test_the_keyboard_is_enough(page: Page, server: str) -> None:
    page.goto(f"{server}/es/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Ir al contenido")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("KIND")
    page.keyboard.press("Enter")
    expect(page.locator(".card-name a")).to_have_count(1)


def test_no_page_asks_another_host(browser: Browser, server: str) -> None:
    asked: set[str] = set()
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    for path in ("/es/", "/es/search?q=albergue", "/es/organizations/kids-in-need-of-defense", "/es/map", "/docs"):
        page.goto(server + path)
        page.wait_for_load_state("networkidle")
    context.close()
    assert asked == {urlsplit(server).netloc}


def test_the_map_shows_every_point_and_leads_to_records(page: Page, server: str) -> None:
    page.goto(f"{server}/es/map?country=BZ")
    page.wait_for_selector(".cluster, .pin")
    page.wait_for_timeout(500)
    pin = page.locator(".pin").first
    pin.click()
    link = page.locator(".leaflet-popup-content a")
    expect(link).to_be_visible()
    assert "/es/organizations/" in (link.get_attribute("href") or "")


def test_the_map_keeps_still_for_who_wants_no_motion(page: Page, server: str) -> None:
    for motion, classes in (("reduce", 0), ("no-preference", 1)):
        page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
        page.goto(f"{server}/es/map?country=BZ")
        page.locator(".pin, .cluster").first.wait_for()
        for name in ("leaflet-fade-anim", "leaflet-proxy"):
            assert page.locator(f".{name}").count() == classes, (motion, name)


def test_nothing_moves_while_a_results_page_loads(page: Page, server: str) -> None:
    page.goto(f"{server}/es/search?q=albergue")
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """() => new Promise((resolve) => {
            let total = 0;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) if (!entry.hadRecentInput) total += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => resolve(total), 300);
        })"""
    )
    assert shift < 0.1


def test_a_page_zoomed_to_twice_its_size_does_not_scroll_sideways(browser: Browser, server: str) -> None:
    """200 % zoom of a 640 px window leaves 320 CSS pixels (WCAG 2.2, 1.4.10)."""
    context = browser.new_context(viewport={"width": 320, "height": 600}, device_scale_factor=2)
    page = context.new_page()
    for path in ("/es/", "/fr/search?q=albergue", "/es/organizations/kids-in-need-of-defense", "/es/consulates"):
        page.goto(server + path)
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), path
    context.close()


def test_need_then_place_are_two_taps(browser: Browser, server: str) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, permissions=["geolocation"],
        geolocation={"latitude": 26.2034, "longitude": -98.2301},
    )  # fmt: skip
    page = context.new_page()
    page.bring_to_front()  # a page behind another one is told where it is late, or never
    page.goto(f"{server}/es/")
    page.get_by_role("link", name="Albergue", exact=True).click()
    page.get_by_role("button", name="Cerca de mí").click()
    page.wait_for_url("**/es/search?**")
    assert "area=shelter&near=26.20%2C-98.23" in page.url
    expect(page.locator(".card").first).to_contain_text("McAllen")
    context.close()


def test_a_browser_that_does_not_say_where_it_is(browser: Browser, server: str) -> None:
    context = browser.new_context()
    context.grant_permissions(["notifications"])  # and no other
    page = context.new_page()
    page.goto(f"{server}/en/countries/US")
    page.get_by_role("link", name="Legal aid", exact=True).click()
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_role("status").last).to_contain_text("Type a town or a postal code")
    page.keyboard.type("78501")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/search?area=legal-aid&country=US&q=78501")
    expect(page.locator(".card").first).to_contain_text("McAllen")
    context.close()


def test_the_first_result_is_three_keys_away(page: Page, server: str) -> None:
    page.goto(f"{server}/es/search?q=albergue+tijuana")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.card') === document.querySelector('.card')")
