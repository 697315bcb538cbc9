"""The page of decisions says what the code does."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from directory.accounts.links import LIFETIMES, SINGLE_USE
from directory.accounts.policy import SESSION_LIMITS
from directory.accounts.throttle import FROM_EVERYWHERE, LIMITS
from directory.accounts.tokens import LIFETIME
from directory.serve import CONNECTIONS
from directory.settings import Settings, _flask_config
from directory.web.accounts.events import _REFUSED
from directory.web.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from directory.web_address import MAX_URL

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "controls.md").read_text(encoding="utf-8")
HOUR = timedelta(hours=1)


def table(heading: str, number: int = 0) -> list[list[str]]:
    """The cells of a table below a heading, without its head."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    tables = [block.strip() for block in section.split("\n\n") if block.strip().startswith("|")]
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in tables[number].splitlines()[2:]]


def test_how_long_sessions_last() -> None:
    said = {role: (int(idle) * HOUR, int(whole) * HOUR) for role, idle, whole in table("Sessions")}
    assert said == {role.value: (limit.idle, limit.whole) for role, limit in SESSION_LIMITS.items()}


def test_how_often_something_may_be_tried() -> None:
    assert {what: (one, network) for what, one, network in table("Counts")} == LIMITS
    assert FROM_EVERYWHERE == "60/15minute"
    assert "60 in 15 minutes from everywhere" in PAGE


def test_how_long_links_open() -> None:
    said = {name: (timedelta(days=int(days)), once == "yes") for name, days, once in table("Ways in", 1)}
    assert said == {purpose.value: (term, purpose in SINGLE_USE) for purpose, term in LIFETIMES.items()}
    assert timedelta(days=365) == LIFETIME


@pytest.mark.parametrize(
    "sentence",
    [
        f"{MIN_LENGTH} to {MAX_LENGTH} characters", f"up to {MAX_URL} characters after IDNA",
        f"{CONNECTIONS} a worker",
        f"refusals {', '.join(str(status) for status in sorted({400, *_REFUSED}))};",
    ],
)  # fmt: skip
def test_numbers_are_those_of_the_code(sentence: str) -> None:
    assert sentence in PAGE


def test_bodies_end_where_it_says(tmp_path: Path) -> None:
    assert "up to 2 MiB" in PAGE
    settings = Settings(data_dir=tmp_path, database_url="sqlite://", secret_key="for tests")
    assert _flask_config(settings)["MAX_CONTENT_LENGTH"] == 2 * 1024 * 1024


def test_every_file_that_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:tests/|docs/)?[\w/]+\.(?:py|txt|md))`", PAGE))
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists() and not (ROOT / "directory" / name).exists()] == []
