"""Hours of a line: the small part of OpenStreetMap's `opening_hours` that lines need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import available_timezones

AROUND_THE_CLOCK = "24/7"
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY = "(?:" + "|".join(DAYS) + ")"
_RULE = re.compile(rf"({_DAY})(?:-({_DAY}))? (\d\d):(\d\d)-(\d\d):(\d\d)")


class BadHours(ValueError):
    """Hours that are not written as `24/7` or `Mo-Fr 08:00-16:00`, several separated by `; `."""


@dataclass(frozen=True)
class Opening:
    """Days of the week (0 Monday … 6 Sunday) and the time of day, HH:MM."""

    first_day: int
    last_day: int
    opens_at: str
    closes_at: str


def is_zone(name: str) -> bool:
    """Whether hours can be said to be by the clock of a place: an IANA zone that has a place's name."""
    return "/" in name and name in available_timezones()


def read_hours(text: str) -> tuple[Opening, ...]:
    """The openings that hours say; none for `24/7`. Raises BadHours."""
    if text == AROUND_THE_CLOCK:
        return ()
    return tuple(_opening(rule) for rule in text.split("; "))


def _opening(rule: str) -> Opening:
    match = _RULE.fullmatch(rule)
    if match is None:
        raise BadHours(rule)
    first, last, *clock = match.groups()
    opens_at, closes_at = f"{clock[0]}:{clock[1]}", f"{clock[2]}:{clock[3]}"
    if not opens_at < closes_at <= "24:00" or max(clock[1], clock[3]) > "59":
        raise BadHours(rule)
    return Opening(DAYS.index(first), DAYS.index(last or first), opens_at, closes_at)
