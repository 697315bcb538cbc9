"""The first verification of a country: its unconfirmed records as a call list, and what the calls found out.

The results come back as a file with the list's own columns, or line by line through the page.
"""

from __future__ import annotations

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
from directory.spreadsheet import Unreadable, folded, read_day, read_sheet, words_for, written

COLUMNS = ("slug", "name", "country", "city", "phones", "email", "website", "outcome", "method", "date", "note")
MAX_ROWS = 5000
OLDEST = timedelta(days=730)
_OUTCOMES = words_for(
    {
        CallOutcome.CONFIRMED: "confirmado|confirmada|confirmé|confirmée|sí|yes|oui|ok",
        CallOutcome.NO_ANSWER: "no answer|sin respuesta|no contesta|no contestan|pas de réponse|sans réponse",
        CallOutcome.WRONG_NUMBER: "wrong number|número equivocado|número incorrecto|mauvais numéro|faux numéro",
        CallOutcome.CLOSED: "cerrado|cerrada|cerró|fermé|fermée",
        CallOutcome.NOT_FOUND: "not found|no encontrado|no encontrada|no se encuentra|introuvable|non trouvé",
    }
)
_METHODS = words_for(
    {
        VerificationMethod.CALL: "llamada|teléfono|por teléfono|phone|by phone|appel|téléphone",
        VerificationMethod.VISIT: "visita|en persona|in person|visite|sur place",
        VerificationMethod.EMAIL: "correo|correo electrónico|mail|courriel",
    }
)


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
class BadCell:
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
    known = (
        (row.slug, row.name, row.country, row.city, " / ".join(row.phones), row.email, row.website, "", "call", "", "")
        for row in rows
    )
    return "".join(written([COLUMNS, *known]))


def read_results(session: AnySession, raw: bytes, today: date) -> tuple[list[Result], list[BadCell]]:
    """The results in a file, and every cell that cannot be used. Lines without an outcome are left out."""
    try:
        sheet = read_sheet(raw, COLUMNS)
    except Unreadable as error:
        return [], [BadCell(error.line, "slug", error.reason[:60])]
    if missing := [name for name in ("slug", "outcome") if name not in sheet.header]:
        return [], [BadCell(1, name, "") for name in missing]
    results: list[Result] = []
    problems: list[BadCell] = []
    for number, (line, cells) in enumerate(sheet.rows):
        if number >= MAX_ROWS:
            problems.append(BadCell(line, "slug", str(MAX_ROWS)))
            break
        row = dict(zip(sheet.header, cells, strict=True))
        if row["outcome"]:
            _read_line(session, line, row, today, results, problems)
    return results, problems


def _read_line(
    session: AnySession,
    line: int,
    row: dict[str, str],
    today: date,
    results: list[Result],
    problems: list[BadCell],
) -> None:
    cells = {name: row.get(name, "") for name in COLUMNS}
    found = find_by_slug(session, Entity.ORGANIZATION, cells["slug"][:120])
    if found is None:
        problems.append(BadCell(line, "slug", cells["slug"][:60]))
    outcome = _OUTCOMES.get(folded(cells["outcome"]))
    if outcome is None:
        problems.append(BadCell(line, "outcome", cells["outcome"][:60]))
    method = _METHODS.get(folded(cells["method"])) if cells["method"] else VerificationMethod.CALL
    if method is None:
        problems.append(BadCell(line, "method", cells["method"][:60]))
    # The file may have lost its country, or have another: the record knows where it is.
    country = session.get_one(Organization, found[0]).country if found else ""
    on = _day(cells["date"], country, today)
    if on is None:
        problems.append(BadCell(line, "date", cells["date"][:60]))
    if found and on and outcome and method:
        results.append(Result(found[0], outcome, method, on, cells["note"][:500] or None))


def _day(text: str, country: str, today: date) -> date | None:
    """A day that is not in the future; today where nothing is written."""
    if not text:
        return today
    try:
        day = read_day(text, country)
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
