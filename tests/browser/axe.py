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


def faults(page: Page, address: str, prepare: Callable[[Page], None] | None = None) -> Iterator[str]:
    """What is wrong with an address, narrow and wide, light and dark; `prepare` brings each page to what is meant.

    Of all that axe-core looks at only contrast depends on light and dark: the other scheme is asked for that alone.
    Neither colours nor what is shown where it is wide depend on the language: the others are looked at where it is
    narrow, and nowhere may a page scroll sideways.
    """
    is_first = f"/{LANGUAGES[0]}/" in address
    for width, scheme, other in SCHEMES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.goto(address)
        if prepare is not None:
            prepare(page)
        found = [examined(page)] if is_first or width == NARROW else []
        if is_first:
            page.emulate_media(color_scheme=other, reduced_motion="reduce")  # type: ignore[arg-type]
            found.append(examined(page, _CONTRAST))
        for results in found:
            if results.violations_count:
                yield f"{address} {width}: {results.generate_report()}"
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            yield f"{address} scrolls sideways at {width}"
