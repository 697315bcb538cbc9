"""The register of joint attention as figures: how many referrals, how they were answered, what became of them."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median

from sqlalchemy import select

from directory.database import AnySession
from directory.referrals.answered import answer_hours, answer_of, month_of
from directory.referrals.models import Outcome, Referral, ReferralCount

ANSWERS = ("accepted", "declined", "none")


@dataclass(frozen=True)
class Entry:
    """One referral, or several alike that were reduced to a count."""

    consulate_id: uuid.UUID
    month: date
    need: str
    population: str
    answer: str
    """`accepted`, `declined`, or `none`: nobody answered, yet or ever."""
    outcome: str
    """Empty where there is none."""
    count: int
    hours: tuple[float, ...]
    """To the answer, one for each that was answered."""


def entries(
    session: AnySession,
    since: date,
    until: date,
    consulate_ids: Collection[uuid.UUID] | None = None,
    need: str | None = None,
    population: str | None = None,
) -> list[Entry]:
    """What was sent in the months from `since` to `until` (both first days, `until` included)."""
    start, end = bounds(since, until)
    living = select(Referral).where(Referral.sent_at >= start, Referral.sent_at < end)
    reduced = select(ReferralCount).where(ReferralCount.month.between(since, until))
    if consulate_ids is not None:
        living = living.where(Referral.consulate_id.in_(consulate_ids))
        reduced = reduced.where(ReferralCount.consulate_id.in_(consulate_ids))
    found = [*map(_of_referral, session.scalars(living)), *map(_of_count, session.scalars(reduced))]
    return [entry for entry in found if need in (None, "", entry.need) and population in (None, "", entry.population)]


def _of_referral(referral: Referral) -> Entry:
    hours = answer_hours(referral)
    return Entry(
        consulate_id=referral.consulate_id,
        month=month_of(referral.sent_at),
        need=referral.need,
        population=referral.population or "",
        answer=answer_of(referral),
        outcome=referral.outcome.value if referral.outcome else "",
        count=1,
        hours=() if hours is None else (hours,),
    )


def _of_count(row: ReferralCount) -> Entry:
    return Entry(
        row.consulate_id,
        row.month,
        row.need,
        row.population,
        row.answer,
        row.outcome,
        row.count,
        tuple(row.answer_hours),
    )


@dataclass
class Figures:
    """What a row of a statistics table says."""

    sent: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    hours: list[float] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Count one entry."""
        self.sent += entry.count
        self.answers[entry.answer] += entry.count
        self.outcomes[entry.outcome] += entry.count
        self.hours += entry.hours

    @property
    def accepted_share(self) -> float | None:
        """Of those that were answered, the part that was accepted; None where none was."""
        answered = self.answers["accepted"] + self.answers["declined"]
        return self.answers["accepted"] / answered if answered else None

    @property
    def median_hours(self) -> float | None:
        """The median time to answer in hours; None where none was answered."""
        return median(self.hours) if self.hours else None


def figures_by(found: Iterable[Entry], name: str) -> dict[object, Figures]:
    """Figures for each value of one attribute of the entries (`need`, `population`, `month`, `consulate_id`)."""
    grouped: dict[object, Figures] = defaultdict(Figures)
    for entry in found:
        grouped[getattr(entry, name)].add(entry)
    return dict(grouped)


def total_of(found: Iterable[Entry]) -> Figures:
    """Figures of all entries together."""
    total = Figures()
    for entry in found:
        total.add(entry)
    return total


OUTCOMES = tuple(outcome.value for outcome in Outcome)


def bounds(since: date, until: date) -> tuple[datetime, datetime]:
    """The months from `since` to `until` (both first days, `until` included) as instants; the second is not in them."""
    end = _next(until)
    return datetime(since.year, since.month, 1, tzinfo=UTC), datetime(end.year, end.month, 1, tzinfo=UTC)


def _next(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def months(since: date, until: date) -> Iterator[date]:
    """The first days of the months from one to the other."""
    current = since.replace(day=1)
    while current <= until:
        yield current
        current = _next(current)
