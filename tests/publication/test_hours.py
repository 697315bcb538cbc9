"""Hours as people keep them: two spans a day, past midnight, day and night."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from directory.publication.hours import week
from directory.publication.records import PublicHours
from directory.web.public.hours import is_open


def hours(*spans: tuple[int, str, str]) -> list[PublicHours]:
    return [PublicHours(weekday=day, opens_at=opens, closes_at=closes) for day, opens, closes in spans]


OFFICE = hours(*((day, "09:00", "17:00") for day in range(1, 6)))
SIESTA = hours(*((day, *span) for day in (1, 2, 3) for span in (("09:00", "13:00"), ("15:00", "18:00"))))
NIGHT = hours((5, "22:00", "06:00"))
ALWAYS = hours(*((day, "00:00", "00:00") for day in range(1, 8)))


@pytest.mark.parametrize(
    ("schedule", "language", "said"),
    [
        (OFFICE, "es", [("lunes–viernes", "09:00–17:00")]),
        (OFFICE, "en", [("Monday–Friday", "09:00–17:00")]),
        (OFFICE, "fr", [("lundi–vendredi", "09:00–17:00")]),
        (SIESTA, "es", [("lunes–miércoles", "09:00–13:00, 15:00–18:00")]),
        (list(reversed(SIESTA)), "en", [("Monday–Wednesday", "09:00–13:00, 15:00–18:00")]),
        (NIGHT, "es", [("viernes", "22:00–06:00 del día siguiente")]),
        (NIGHT, "fr", [("vendredi", "22:00–06:00 le lendemain")]),
        (ALWAYS, "es", [("todos los días", "día y noche")]),
        (ALWAYS, "en", [("every day", "day and night")]),
        (ALWAYS[:2], "fr", [("lundi–mardi", "jour et nuit")]),
        (
            hours((1, "09:00", "17:00"), (3, "09:00", "17:00")),
            "en",
            [("Monday", "09:00–17:00"), ("Wednesday", "09:00–17:00")],
        ),
        ([], "es", []),
    ],
)
def test_a_week_is_said_in_words(schedule: list[PublicHours], language: str, said: list[tuple[str, str]]) -> None:
    assert week(schedule, language) == said


@pytest.mark.parametrize(
    ("schedule", "local", "open_now"),
    [
        (OFFICE, "2026-11-30 09:00", True),
        (OFFICE, "2026-11-30 17:00", False),
        (OFFICE, "2026-11-29 12:00", False),
        (SIESTA, "2026-11-30 12:59", True),
        (SIESTA, "2026-11-30 14:00", False),
        (SIESTA, "2026-11-30 15:00", True),
        (NIGHT, "2026-11-27 23:00", True),
        (NIGHT, "2026-11-28 05:59", True),
        (NIGHT, "2026-11-28 06:00", False),
        (NIGHT, "2026-11-28 23:00", False),
        (ALWAYS, "2026-11-30 00:00", True),
        (ALWAYS, "2026-11-29 23:59", True),
        (ALWAYS[:1], "2026-12-01 00:00", False),
    ],
)
def test_open_now_is_by_the_clock_of_the_place(schedule: list[PublicHours], local: str, open_now: bool) -> None:
    instant = datetime.fromisoformat(f"{local}-08:00").astimezone(UTC)
    assert is_open(schedule, "America/Tijuana", instant) is open_now
