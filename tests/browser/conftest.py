"""Real Chromium against a real server over the seed data; one browser for all tests of a process."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import seeded_installation
from tests.databases import REQUIRED
from tests.test_commands import serving

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium with a fresh profile."""
    if not CHROMIUM.exists():
        reason = "no /usr/bin/chromium"
        if "chromium" in REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server with all seed data."""
    seeded, url = seeded_installation("sqlite", tmp_path_factory)
    data_dir = tmp_path_factory.mktemp("served") / "var"
    shutil.copytree(seeded, data_dir, ignore=shutil.ignore_patterns("static"))
    shutil.copy(url.removeprefix("sqlite:///"), data_dir / "copy.sqlite3")
    environ = os.environ | {
        "DIRECTORY_DATA_DIR": str(data_dir),
        "DIRECTORY_DATABASE_URL": f"sqlite:///{data_dir / 'copy.sqlite3'}",
        "DIRECTORY_SECRET_KEY": "for tests",
    }
    with serving([sys.executable, "-m", "directory"], environ) as (address, _):
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails on errors in its scripts and on violations of the content security policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert problems == []
