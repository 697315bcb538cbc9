"""axe-core on an open page: what it finds wrong, and nothing else gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe, AxeResults
from playwright.sync_api import Browser, Page

from directory.settings import LANGUAGES

_SCRIPT = Axe().axe_script
# What passes is not listed: listing takes most of the time. Nothing is loaded twice for a rule about landscape that is
# an experiment of axe-core's.
_ALL: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
_CONTRAST = {**_ALL, "runOnly": ["color-contrast"]}
_ALL_BUT_CONTRAST = {**_ALL, "rules": {"color-contrast": {"enabled": False}}}
NARROW = 360
SCHEMES = ((NARROW, "light", "dark"), (1280, "dark", "light"))
"""Width, the scheme in which everything is looked at, and the other one."""


def examined_page(browser: Browser, **context: Any) -> Page:
    """A page of a context of its own into whose documents axe-core comes with them: sending it costs half a second."""
    page = browser.new_context(**context).new_page()
    page.add_init_script(script=_SCRIPT)
    return page


def examined(page: Page, options: dict[str, Any] = _ALL) -> AxeResults:
    """What axe-core finds wrong on a page of `examined_page`."""
    return AxeResults(page.evaluate("options => axe.run(document, options)", options))


def faults(
    page: Page, address: str, prepare: Callable[[Page], None] | None = None, status: int | None = None
) -> Iterator[str]:
    """What is wrong with an address, narrow and wide, light and dark; `prepare` brings the page to what is meant.

    `status`: what must be answered, where that is to be checked.

    A page is loaded once and then made wider, as by who turns a phone. Of all that axe-core looks at only contrast
    depends on light and dark: the other scheme is asked for that alone. Neither colours nor what is shown where it is
    wide depend on the language: the others are looked at where it is narrow. Nowhere may a page scroll sideways.
    """
    is_first = f"/{LANGUAGES[0]}/" in address
    for width, scheme, other in SCHEMES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        if width == NARROW:
            response = page.goto(address)
            if status and (response is None or response.status != status):
                yield f"{address}: {response and response.status}"
            if prepare is not None:
                prepare(page)
        if is_first:
            yield from _named(address, width, examined(page))
            page.emulate_media(color_scheme=other, reduced_motion="reduce")  # type: ignore[arg-type]
            yield from _named(address, width, examined(page, _CONTRAST))
        elif width == NARROW:
            yield from _named(address, width, examined(page, _ALL_BUT_CONTRAST))
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            yield f"{address} scrolls sideways at {width}"


def _named(address: str, width: int, results: AxeResults) -> Iterator[str]:
    if results.violations_count:
        yield f"{address} {width}: {results.generate_report()}"
