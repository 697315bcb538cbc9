"""Open now, by the clock of the place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from directory.publication.records import PublicHours
from directory.web.public.hours import is_open

DAY = PublicHours(weekday=2, opens_at="09:00", closes_at="17:00")
NIGHT = PublicHours(weekday=2, opens_at="20:00", closes_at="06:00")


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-24T15:00", True),
        ("2026-11-24T14:59", False),
        ("2026-11-24T22:59", True),
        ("2026-11-24T23:00", False),
        ("2026-11-25T15:00", False),
    ],
)
def test_by_day(instant: str, expected: bool) -> None:
    assert is_open([DAY], "America/Chicago", datetime.fromisoformat(instant).replace(tzinfo=UTC)) is expected


@pytest.mark.parametrize(
    ("instant", "expected"), [("2026-11-25T02:30", True), ("2026-11-25T11:59", True), ("2026-11-25T12:01", False)]
)
def test_past_midnight(instant: str, expected: bool) -> None:
    assert is_open([NIGHT], "America/Chicago", datetime.fromisoformat(instant).replace(tzinfo=UTC)) is expected
