"""axe-core on an open page: what it finds wrong, and nothing else gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from axe_playwright_python.sync_playwright import Axe, AxeResults
from playwright.sync_api import Page

_AXE = Axe()
_VIOLATIONS = {"resultTypes": ["violations"]}
_CONTRAST = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}


def examined(page: Page) -> AxeResults:
    """The violations of a page. Rules that pass are run and not listed: listing takes most of the time."""
    return _AXE.run(page, options=_VIOLATIONS)


def faults(page: Page, address: str, prepare: Callable[[Page], None] | None = None) -> Iterator[str]:
    """What is wrong with an address, narrow and wide, light and dark; `prepare` brings each page to what is meant.

    Of all that axe-core looks at only contrast depends on light and dark: the other scheme is asked for that alone.
    """
    for width, scheme, other in ((360, "light", "dark"), (1280, "dark", "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.goto(address)
        if prepare is not None:
            prepare(page)
        found = [examined(page)]
        page.emulate_media(color_scheme=other, reduced_motion="reduce")  # type: ignore[arg-type]
        found.append(AxeResults(page.evaluate("options => axe.run(document, options)", _CONTRAST)))
        for results in found:
            if results.violations_count:
                yield f"{address} {width}: {results.generate_report()}"
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            yield f"{address} scrolls sideways at {width}"
