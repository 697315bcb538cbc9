"""Whether a service is open at this moment, by the clock of its place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from directory.publication.records import PublicHours


def is_open(schedule: Iterable[PublicHours], timezone: str, instant: datetime) -> bool:
    """Whether any of the hours holds `instant` (aware). Hours that end at or before they begin go past midnight."""
    local = instant.astimezone(ZoneInfo(timezone))
    clock, today = f"{local:%H:%M}", local.isoweekday()
    yesterday = today - 1 or 7
    for hours in schedule:
        overnight = hours.closes_at <= hours.opens_at
        if hours.weekday == today and hours.opens_at <= clock and (overnight or clock < hours.closes_at):
            return True
        if overnight and hours.weekday == yesterday and clock < hours.closes_at:
            return True
    return False
