"""What time it is. The clock is a parameter of the application, so that tests can let days pass.

A day belongs to a place: what holds "until Friday" holds until midnight there, whatever the server's zone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

CLOCK = "directory.clock"
"""Key in `app.extensions` of a function that returns the present instant; the machine's clock where it is missing."""
_ENDS_OF_DAY = tuple(timedelta(minutes=minutes) for minutes in (0, *range(150, 661, 30), 14 * 60))
"""When, after midnight UTC, a day ends in the member countries: Newfoundland (02:30) to Samoa (11:00), Guam."""


def now() -> datetime:
    """The present instant, in UTC; also what a row is dated with where nobody says when."""
    clock: Callable[[], datetime] | None = current_app.extensions.get(CLOCK) if has_app_context() else None
    return clock().astimezone(UTC) if clock else datetime.now(UTC)


def today() -> date:
    """The day on which freshness is judged, by the server's zone."""
    return day_of(now())


def day_of(instant: datetime, zone: str | None = None) -> date:
    """The day that an instant belongs to in an IANA zone; where none is known, in the server's."""
    return instant.astimezone(ZoneInfo(zone) if zone else None).date()


def today_in(zone: str | None) -> date:
    """Today where the zone is."""
    return day_of(now(), zone)


def latest_day(instant: datetime) -> date:
    """The latest day that it is anywhere in the member countries, or where the server stands."""
    return max(day_of(instant), day_of(instant, "America/St_Johns"))


def earliest_day(instant: datetime) -> date:
    """The earliest day that it is anywhere in the member countries, or where the server stands."""
    return min(day_of(instant), day_of(instant, "Pacific/Honolulu"))


def end_of_day(day: date, zone: str | None = None) -> datetime:
    """The instant at which a day ends in an IANA zone (UTC); where none is known, in the server's."""
    midnight = datetime.combine(day + timedelta(days=1), time())
    local = midnight.replace(tzinfo=ZoneInfo(zone)) if zone else midnight.astimezone()
    return local.astimezone(UTC)


def last_end_of_day(instant: datetime) -> datetime:
    """The latest instant up to this one at which a day ended somewhere in the member countries (UTC).

    Between two of them nothing lapses: answers may be kept so long. The server's own midnight is one too.
    """
    utc = instant.astimezone(UTC)
    midnight = datetime.combine(utc.date(), time(), UTC)
    ended = midnight + _ENDS_OF_DAY[bisect_right(_ENDS_OF_DAY, utc - midnight) - 1]
    return max(ended, end_of_day(day_of(instant) - timedelta(days=1)))


def rfc3339(at: datetime, timespec: str = "auto") -> str:
    """An instant as RFC 3339 writes it in UTC, to the microsecond or as `datetime.isoformat` has `timespec`."""
    return at.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")
