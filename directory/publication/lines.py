"""Public help lines: which are shown, which fit a page, and how old what is said of them is."""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import get_day_names, get_timezone_name
from flask import Flask, current_app
from sqlalchemy import func, select

from directory.database import AnySession
from directory.lines.hours import AROUND_THE_CLOCK, read_hours
from directory.lines.models import HelpLine, LineChannel, LineKind
from directory.organizations.freshness import HIGH_RISK_DAYS, Freshness, freshness
from directory.places.countries import region_name
from directory.publication.records import PublicModel, PublicSource, Texts, public_source

OLD_AFTER_YEARS = 5
"""What is older is left out until somebody has called."""
AGED_AFTER_DAYS = 730
"""From then on a number says how old it is, and that it should be confirmed first."""
_EXTENSION = "directory.lines"
_ORDER = {kind.value: place for place, kind in enumerate(LineKind)}
_BY_AREA = {
    "gender-based-violence": LineKind.VIOLENCE,
    "child-protection": LineKind.CHILDREN,
    "family-reunification": LineKind.CHILDREN,
    "anti-trafficking": LineKind.TRAFFICKING,
    "mental-health": LineKind.CRISIS,
    "detention-support": LineKind.DETENTION,
    "asylum-support": LineKind.MIGRATION,
    "human-rights-monitoring": LineKind.OMBUDSMAN,
    "information-orientation": LineKind.INFORMATION,
    "victim-support": LineKind.VIOLENCE,
}
_BY_POPULATION = {
    "unaccompanied-children": LineKind.CHILDREN,
    "trafficking-victims": LineKind.TRAFFICKING,
    "detained": LineKind.DETENTION,
}
QUICK_EXIT_AREAS = frozenset({"gender-based-violence", "anti-trafficking", "victim-support"})
"""Whose pages must be left at one key: whoever hurts the reader may look over the shoulder."""


class PublicLine(PublicModel):
    """A help line as everyone may see it; the fields mean what the columns of `HelpLine` mean."""

    id: uuid.UUID
    key: str
    kind: str
    country: str | None
    sending_country: str | None
    name: str
    channel: str
    text: str
    number: str | None
    dial: str | None
    reach: tuple[str, ...]
    hours: str | None
    hours_zone: str | None
    languages: tuple[str, ...]
    for_whom: Texts
    website: str | None
    doubtful: bool
    in_danger: bool
    status: str
    verified_on: date | None
    source: PublicSource
    modified_at: datetime

    @property
    def around_the_clock(self) -> bool:
        """Whether somebody answers at every hour."""
        return self.hours == AROUND_THE_CLOCK

    @property
    def said_on(self) -> str | None:
        """The latest day, month or year of which this is known; None where nobody says it."""
        days = [self.verified_on.isoformat()] if self.verified_on else []
        return max([*days, *([self.source.date] if self.source.date else [])], default=None)

    def answers_in(self, country: str) -> bool:
        """Whether a source says that it can be dialled from a country."""
        return country in {code[:2] for code in self.reach}

    def is_shown(self, day: date) -> bool:
        """Whether it is shown by default: neither doubtful nor older than five years, or confirmed since."""
        if self.status in (Freshness.VERIFIED, Freshness.DUE):
            return True
        return not self.doubtful and not is_older(self.said_on, day, OLD_AFTER_YEARS * 365)

    def serves(self, country: str, admin1s: Collection[str] = ()) -> bool:
        """Whether it is a line of a country, and, where it serves some subdivisions only, of one of `admin1s`."""
        parts = {code for code in self.reach if len(code) > 2 and code[:2] == country}
        return self.country == country and (not parts or not parts.isdisjoint(admin1s))


def is_older(said_on: str | None, day: date, days: int) -> bool:
    """Whether all of a year, month or day lies more than `days` before `day`; an unknown date does not."""
    return said_on is not None and (day - _last_day(said_on)).days > days


def _last_day(said_on: str) -> date:
    """The last day of a year or month, or the day itself."""
    year, month, day = (*map(int, said_on.split("-")), 0, 0)[:3]
    month = month or 12
    return date(year, month, day or monthrange(year, month)[1])


@dataclass(frozen=True)
class _Read:
    """The lines as they were read, and the stamp that held in the same transaction."""

    stamp: tuple[object, ...]
    day: date
    lines: tuple[PublicLine, ...]


class _Held:
    """What is kept between requests: the newest stamp that was seen, and the lines as they were read last."""

    def __init__(self) -> None:
        self.stamp: tuple[object, ...] = ()
        self.read: _Read | None = None


def bind(app: Flask) -> None:
    """Keep the lines between requests: there are a hundred, and nearly every page shows some."""
    app.extensions[_EXTENSION] = _Held()


def _held() -> _Held:
    held: _Held = current_app.extensions[_EXTENSION]
    return held


def _stamp(session: AnySession) -> tuple[object, ...]:
    """Versions only grow: their sum tells a change whatever the clocks say."""
    query = select(func.count(), func.sum(HelpLine.version), func.max(HelpLine.changed_at)).select_from(HelpLine)
    return tuple(session.execute(query).one())


def lines_stamp(session: AnySession) -> tuple[object, ...]:
    """Another one whenever a line was added, changed or taken off. Asks the database only the first time."""
    held = _held()
    if not held.stamp:
        look_at_lines(session)
    return held.stamp


def look_at_lines(session: AnySession) -> None:
    """See whether lines were changed, in whichever process: the follower does so every 250 ms."""
    _held().stamp = _stamp(session)


def look_again() -> None:
    """Lines were changed in this process: whoever asks next sees it."""
    _held().stamp = ()


def current_lines(session: AnySession, day: date) -> tuple[PublicLine, ...]:
    """All lines in public sight, by kind, then by country and key."""
    held, wanted = _held(), lines_stamp(session)
    read = held.read
    if read is None or (read.stamp, read.day) != (wanted, day):
        # The stamp is read again with the rows: this transaction may have begun before the change that was seen.
        stamp = _stamp(session)
        rows = session.scalars(select(HelpLine).where(HelpLine.removed_at.is_(None)))
        ordered = sorted(rows, key=lambda row: (_ORDER[row.kind.value], row.country or "", row.source_key))
        held.read = read = _Read(stamp, day, tuple(_public(row, day) for row in ordered))
    return read.lines


def _public(row: HelpLine, day: date) -> PublicLine:
    return PublicLine(
        id=row.id,
        key=row.source_key,
        kind=row.kind.value,
        country=row.country,
        sending_country=row.sending_country,
        name=row.name,
        channel=row.channel.value,
        text=row.text,
        number=row.number,
        dial=row.dial,
        reach=row.reach,
        hours=row.hours,
        hours_zone=row.hours_zone,
        languages=row.languages,
        for_whom=row.for_whom,
        website=row.website,
        doubtful=row.is_doubtful,
        in_danger=row.is_in_danger,
        status=freshness(row.verified_on, HIGH_RISK_DAYS, day).value,
        verified_on=row.verified_on,
        source=public_source(row),
        modified_at=row.changed_at,
    )


def kinds_for(areas: Iterable[str], populations: Iterable[str] = ()) -> tuple[LineKind, ...]:
    """The kinds of lines that fit what somebody needs, and who."""
    found = [_BY_AREA.get(slug) for slug in areas] + [_BY_POPULATION.get(slug) for slug in populations]
    return tuple(dict.fromkeys(kind for kind in found if kind))


def lines_in_danger(lines: Iterable[PublicLine], day: date, country: str) -> list[PublicLine]:
    """The numbers that somebody in danger dials first in a country."""
    return [line for line in lines if line.in_danger and line.serves(country) and line.is_shown(day)]


def lines_about(
    lines: Iterable[PublicLine], day: date, country: str, kinds: Sequence[LineKind], admin1s: Collection[str] = ()
) -> list[PublicLine]:
    """The lines of a country of some kinds that are shown by default, those answered at every hour first."""
    fitting = [line for line in lines if line.kind in kinds and line.serves(country, admin1s) and line.is_shown(day)]
    return sorted(fitting, key=lambda line: (kinds.index(LineKind(line.kind)), not line.around_the_clock))


def lines_of_sending(lines: Iterable[PublicLine], day: date, sending: str, host: str | None = None) -> list[PublicLine]:
    """A sending country's own lines that can be dialled from a host country or do not say from where.

    Old ones, which say their age, only where there is no other. Voice first, and of it protection before appointments,
    those answered at every hour, those that name the host.
    """
    own = [line for line in lines if line.sending_country == sending and (line.is_shown(day) or not line.doubtful)]
    if host:
        own = [line for line in own if not line.reach or line.answers_in(host)]
    own = [line for line in own if line.is_shown(day)] or own
    return sorted(
        own,
        key=lambda line: (
            line.channel != LineChannel.VOICE,
            line.kind != LineKind.PROTECTION,
            not line.around_the_clock,
            not line.reach,
        ),
    )


def lines_usable_in(lines: Iterable[PublicLine], country: str) -> list[PublicLine]:
    """A country's own lines, and those of sending countries that can be dialled from it."""
    return [line for line in lines if line.country == country or line.answers_in(country)]


def hours_in(line: PublicLine, language: str) -> str | None:
    """Hours in words: `24 h`, `lun.–vie. 8:00–16:00`, with the zone where it is not the caller's own."""
    if line.hours is None:
        return None
    if line.around_the_clock:
        return "24 h"
    names = get_day_names("abbreviated", locale=language)
    parts = []
    for rule in read_hours(line.hours):
        days = names[rule.first_day] + (f"–{names[rule.last_day]}" if rule.last_day != rule.first_day else "")
        parts.append(f"{days} {rule.opens_at.removeprefix('0')}–{rule.closes_at.removeprefix('0')}")
    zone = f" ({get_timezone_name(line.hours_zone, locale=language)})" if line.hours_zone else ""
    return ", ".join(parts) + zone


def reach_in(line: PublicLine, language: str) -> str | None:
    """From where it can be dialled, in words; None where no source says it."""
    return ", ".join(region_name(code, language) for code in line.reach) or None


def whom_in(line: PublicLine, language: str) -> str | None:
    """For whom it is; in another language where the reader's is missing."""
    return line.for_whom.get(language) or next(iter(line.for_whom.values()), None)
