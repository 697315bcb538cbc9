"""Takes the README's screenshots: `python -m tests.browser.screenshots FOLDER [ADDRESS]`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM

SHOTS = (
    ("home", "/es/", 1280, 900, "light"),
    ("results", "/es/search?q=albergue+tijuana", 1280, 900, "light"),
    ("organization-phone", "/es/organizations/casa-del-migrante-en-tijuana", 360, 760, "dark"),
)


def main(folder: Path, address: str) -> None:
    """Write a PNG for each shot."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        for name, path, width, height, scheme in SHOTS:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(address + path)
            page.screenshot(path=folder / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8000")
