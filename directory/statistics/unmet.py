"""Needs that nobody on record near a place could meet: counted by need, subdivision and week, and shown where no number
tells of a few.

Nothing else is kept of a search: no text, people, nationality, language, town, facility, organization or searcher.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask, current_app
from sqlalchemy import CursorResult, delete, select

from directory.counters import Counts, add_up
from directory.database import AnySession
from directory.settings import Settings
from directory.statistics.models import UnmetNeed
from directory.statistics.suppression import SafeTable, suppress

_EXTENSION, _SEEN, _IS_ON = "directory.unmet", "directory.unmet_seen", "directory.counts_needs"
ONCE_IN_S = 600.0
"""The same need in the same subdivision counts once in so many seconds, a process."""
KEPT_WEEKS = 104
PERIOD_WEEKS = 4
_FIRST_MONDAY = date(2024, 1, 1)
Need = tuple[str, str]
"""Slug of a service area, ISO code of a subdivision."""


@dataclass(frozen=True)
class Period:
    """Four whole weeks: from a Monday to a Sunday."""

    first: date
    last: date


def bind(app: Flask) -> None:
    """Give the application its counter; where its settings say so, nothing is counted."""
    settings: Settings = app.extensions["directory.settings"]
    app.extensions[_EXTENSION] = Counts[Need]()
    app.extensions[_SEEN] = {}
    app.extensions[_IS_ON] = settings.count_needs


def count_unmet(needs: Iterable[Need]) -> None:
    """Nobody near offered this."""
    if not current_app.extensions[_IS_ON]:
        return
    seen: dict[Need, float] = current_app.extensions[_SEEN]
    at = time.monotonic()
    fresh = [need for need in needs if at - seen.get(need, -ONCE_IN_S) >= ONCE_IN_S]
    for need in [need for need, last in list(seen.items()) if at - last >= ONCE_IN_S]:
        seen.pop(need, None)
    seen.update(dict.fromkeys(fresh, at))
    counts: Counts[Need] = current_app.extensions[_EXTENSION]
    counts.add(fresh)


def take_unmet() -> Counter[Need]:
    """What this process counted since the last call."""
    counts: Counts[Need] = current_app.extensions[_EXTENSION]
    return counts.take()


def write_unmet(session: AnySession, counts: Counter[Need], today: date) -> None:
    """Add counts to the week's. Needs a write transaction; nothing here commits."""
    monday = today - timedelta(days=today.weekday())
    rows = [
        {"week": monday, "area": area, "admin1": admin1, "count": count}
        for (area, admin1), count in sorted(counts.items())
    ]
    add_up(session, UnmetNeed, rows, ("count",))


def forget_unmet(session: AnySession, today: date) -> int:
    """Delete what is older than two years and no part of a period that is shown; returns how many rows."""
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=KEPT_WEEKS + PERIOD_WEEKS)
    found = session.execute(delete(UnmetNeed).where(UnmetNeed.week < first))
    return found.rowcount if isinstance(found, CursorResult) else 0


def periods(today: date) -> list[Period]:
    """The periods that have ended and are kept, the latest first.

    Always the same weeks together: from two sums that share weeks one could tell a single search.
    """
    since = (today - _FIRST_MONDAY).days // (7 * PERIOD_WEEKS)
    length = timedelta(weeks=PERIOD_WEEKS)
    starts = [_FIRST_MONDAY + number * length for number in range(since)]
    return [Period(start, start + length - timedelta(days=1)) for start in starts[-KEPT_WEEKS // PERIOD_WEEKS :]][::-1]


def unmet_table(session: AnySession, period: Period, countries: Sequence[str]) -> SafeTable:
    """Needs by subdivision in a period; small numbers are withheld, and others so that none can be told."""
    query = select(UnmetNeed.area, UnmetNeed.admin1, UnmetNeed.count).where(
        UnmetNeed.week.between(period.first, period.last)
    )
    sums: Counter[Need] = Counter()
    for area, admin1, count in session.execute(query):
        if admin1[:2] in countries:
            sums[area, admin1] += count
    areas, places = sorted({area for area, _ in sums}), sorted({admin1 for _, admin1 in sums})
    return suppress({need: {"": count} for need, count in sums.items()}, areas, places)
