"""How fresh a record is today: derived from the date of its last confirmation and the risk it carries."""

from __future__ import annotations

import enum
from collections.abc import Collection
from datetime import date, timedelta


class Freshness(enum.StrEnum):
    """A record's standing: confirmed within its interval, due up to 1.5 times it, stale beyond, or never."""

    VERIFIED = "verified"
    DUE = "due"
    STALE = "stale"
    UNVERIFIED = "unverified"


HIGH_RISK_DAYS = 90
LEGAL_DAYS = 180
OTHER_DAYS = 365
_HIGH_RISK_AREAS = frozenset({"shelter"})


def review_interval_days(areas: Collection[str], groups: Collection[str], is_emergency: bool) -> int:
    """Days after which a record must be confirmed again: shelters and hotlines 90, legal help 180, others 365."""
    if is_emergency or not _HIGH_RISK_AREAS.isdisjoint(areas):
        return HIGH_RISK_DAYS
    return LEGAL_DAYS if "legal" in groups else OTHER_DAYS


def freshness(verified_on: date | None, interval_days: int, today: date, due_since: date | None = None) -> Freshness:
    """The standing of a record on `today`. `due_since`: reports ask for another confirmation since then."""
    if verified_on is None:
        return Freshness.UNVERIFIED
    age_days = (today - verified_on).days
    if age_days <= interval_days:
        return Freshness.DUE if due_since and due_since <= today else Freshness.VERIFIED
    return Freshness.DUE if age_days <= 1.5 * interval_days else Freshness.STALE


def review_due_on(verified_on: date | None, interval_days: int) -> date | None:
    """The day on which the confirmation lapses; None where there never was one."""
    return verified_on + timedelta(days=interval_days) if verified_on else None
