"""Opening hours in words: days in a row with the same hours are said together."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from babel import Locale

from directory.publication.records import PublicHours

ALL_DAYS = 7
_DAY_AND_NIGHT = {"es": "día y noche", "en": "day and night", "fr": "jour et nuit"}
_EVERY_DAY = {"es": "todos los días", "en": "every day", "fr": "tous les jours"}
_NEXT_DAY = {"es": "del día siguiente", "en": "the next day", "fr": "le lendemain"}


def week(schedule: Iterable[PublicHours], language: str, width: str = "wide") -> list[tuple[str, str]]:
    """The days of a week with their hours: (`lunes–viernes`, `09:00–13:00, 15:00–18:00`). `width`: CLDR's, of names."""
    by_day: dict[int, list[str]] = {}
    for item in sorted(schedule, key=lambda hours: (hours.weekday, hours.opens_at)):
        by_day.setdefault(item.weekday, []).append(_span(item, language, is_long=width == "wide"))
    names = Locale.parse(language).days["stand-alone" if width == "wide" else "format"][width]
    said = []
    days = [(day, ", ".join(by_day[day])) for day in sorted(by_day)]
    for (_, times), run in groupby(enumerate(days), key=lambda pair: (pair[1][0] - pair[0], pair[1][1])):
        first, *rest = [day for _, (day, _) in run]
        name = f"{names[first - 1]}–{names[rest[-1] - 1]}" if rest else str(names[first - 1])
        said.append((_EVERY_DAY[language] if len(rest) + 1 == ALL_DAYS else name, times))
    return said


def _span(item: PublicHours, language: str, *, is_long: bool) -> str:
    if item.opens_at == item.closes_at:
        return _DAY_AND_NIGHT[language]
    is_overnight = is_long and item.closes_at < item.opens_at
    return f"{item.opens_at}–{item.closes_at}" + (f" {_NEXT_DAY[language]}" if is_overnight else "")
