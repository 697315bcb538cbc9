"""The first verification of a country: its unconfirmed records as a call list, and what the calls found out.

The results come back as a file with the list's own columns, or line by line through the page.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from directory.changes.models import Entity
from directory.changes.slugs import current_slugs, find_by_slug
from directory.database import AnySession
from directory.moderation.calls import CallOutcome, note_call
from directory.moderation.standing import Standing, standings
from directory.organizations.freshness import Freshness
from directory.organizations.models import Location, Organization, Phone, VerificationMethod

COLUMNS = ("slug", "name", "country", "city", "phones", "email", "website", "outcome", "method", "date", "note")
MAX_ROWS = 5000
OLDEST = timedelta(days=730)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ListRow:
    """A record to call, with the values on record. Private addresses are not on the list."""

    organization_id: uuid.UUID
    slug: str
    name: str
    country: str
    city: str
    phones: tuple[str, ...]
    email: str
    website: str


@dataclass(frozen=True)
class Result:
    """What a call or visit found out."""

    organization_id: uuid.UUID
    outcome: CallOutcome
    method: VerificationMethod
    on: date
    note: str | None


@dataclass(frozen=True)
class Unreadable:
    """A line that cannot be used: its number, its column, and a key of a reason."""

    line: int
    column: str
    value: str


def unverified(session: AnySession, country: str, area: str | None, today: date) -> list[ListRow]:
    """The records of a country and need that nobody ever confirmed, the riskiest first."""
    rows = [
        row
        for row in standings(session, today, [country])
        if row.status == Freshness.UNVERIFIED and (area is None or area in row.areas)
    ]
    rows.sort(key=lambda row: (-row.worth, row.name))
    return list(_with_contacts(session, rows))


def _with_contacts(session: AnySession, rows: list[Standing]) -> Iterator[ListRow]:
    ids = [row.organization_id for row in rows]
    slugs = current_slugs(session, Entity.ORGANIZATION, ids)
    phones: dict[uuid.UUID, list[str]] = {}
    for found in session.execute(
        select(Phone.organization_id, Phone.number, Phone.text)
        .where(Phone.organization_id.in_(ids))
        .order_by(Phone.position)
    ):
        phones.setdefault(found.organization_id, []).append(found.number or found.text)
    cities: dict[uuid.UUID, str] = {}
    emails: dict[uuid.UUID, str] = {}
    places = select(Location.organization_id, Location.city, Location.email).where(Location.organization_id.in_(ids))
    for key, city, email in session.execute(places.order_by(Location.position)):
        cities.setdefault(key, city or "")
        if email:
            emails.setdefault(key, email)
    own = {
        row.id: row
        for row in session.execute(
            select(Organization.id, Organization.email, Organization.website).where(Organization.id.in_(ids))
        )
    }
    for row in rows:
        key = row.organization_id
        yield ListRow(
            organization_id=key,
            slug=slugs[key],
            name=row.name,
            country=row.country,
            city=cities.get(key, ""),
            phones=tuple(dict.fromkeys(phones.get(key, ()))),
            email=own[key].email or emails.get(key, ""),
            website=own[key].website or "",
        )


def as_csv(rows: list[ListRow]) -> str:
    """The list as a file with blank columns for the results."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        known = [row.slug, row.name, row.country, row.city, " / ".join(row.phones), row.email, row.website]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in known] + ["", "call", "", ""])
    return buffer.getvalue()


def read_results(session: AnySession, text: str, today: date) -> tuple[list[Result], list[Unreadable]]:
    """The results in a file, and every cell that cannot be used. Lines without an outcome are left out."""
    try:
        reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff").replace("\0", "")))
        rows = list(reader)
    except csv.Error as error:
        return [], [Unreadable(1, "slug", str(error)[:60])]
    missing = [name for name in ("slug", "outcome") if name not in (reader.fieldnames or ())]
    if missing:
        return [], [Unreadable(1, name, "") for name in missing]
    results: list[Result] = []
    problems: list[Unreadable] = []
    for line, row in enumerate(rows, 2):
        if line > MAX_ROWS:
            problems.append(Unreadable(line, "slug", str(MAX_ROWS)))
            break
        if (row.get("outcome") or "").strip():
            _read_line(session, line, row, today, results, problems)
    return results, problems


def _read_line(
    session: AnySession,
    line: int,
    row: dict[str, str | None],
    today: date,
    results: list[Result],
    problems: list[Unreadable],
) -> None:
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    found = find_by_slug(session, Entity.ORGANIZATION, cells["slug"][:120])
    if found is None:
        problems.append(Unreadable(line, "slug", cells["slug"][:60]))
    if cells["outcome"] not in set(CallOutcome):
        problems.append(Unreadable(line, "outcome", cells["outcome"][:60]))
    method = cells["method"] or VerificationMethod.CALL
    if method not in (VerificationMethod.CALL, VerificationMethod.VISIT, VerificationMethod.EMAIL):
        problems.append(Unreadable(line, "method", cells["method"][:60]))
    on = _day(cells["date"], today)
    if on is None:
        problems.append(Unreadable(line, "date", cells["date"][:60]))
    if found and on and not any(problem.line == line for problem in problems):
        results.append(
            Result(found[0], CallOutcome(cells["outcome"]), VerificationMethod(method), on, cells["note"][:500] or None)
        )


def _day(text: str, today: date) -> date | None:
    """A day that is not in the future; today where nothing is written."""
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if today - OLDEST <= day <= today else None


def apply_results(
    session: AnySession, results: list[Result], user_id: uuid.UUID | None, actor: str, now: datetime
) -> int:
    """Write down what the calls found out; returns how many records were confirmed."""
    confirmed = 0
    for result in results:
        organization = session.get_one(Organization, result.organization_id)
        if organization.removed_at:
            continue
        note_call(session, organization, result.outcome, user_id, actor, now, result.note, result.method, result.on)
        confirmed += result.outcome == CallOutcome.CONFIRMED
    return confirmed
