"""axe-core on an open page: what it finds wrong, and nothing else gathered."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe, AxeResults
from playwright.sync_api import Page

_AXE = Axe()


def examined(page: Page) -> AxeResults:
    """The violations of a page. Rules that pass are run and not listed: listing takes most of the time."""
    return _AXE.run(page, options={"resultTypes": ["violations"]})
