"""The index of the running application: read once, then kept in step with the change feed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute

from directory.changes.feed import FeedPosition, changes_since, feed_position
from directory.changes.models import Entity
from directory.database import AnySession
from directory.organizations.duplicates.fingerprint import Fingerprint
from directory.organizations.duplicates.memory import DuplicateIndex
from directory.organizations.models import AlternateName, Location, Organization, OrganizationUrl, Phone, Visibility

_EXTENSION = "directory.duplicates"
MAX_FOLLOWED = 500
"""After more changes than this everything is read anew: it costs less than asking for each."""


@dataclass
class _Followed:
    """An index and the position of the feed that it shows; the lock is held while both move."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    index: DuplicateIndex = field(default_factory=DuplicateIndex)
    position: FeedPosition | None = None


def current_duplicates(session: AnySession) -> DuplicateIndex:
    """All organizations as of now, in a fixed number of queries. Ask before the transaction writes anything."""
    # setdefault of a dictionary is one step for all threads; a spare object that loses the race is never seen.
    followed: _Followed = current_app.extensions.setdefault(_EXTENSION, _Followed())
    with followed.lock:
        _follow(followed, session)
        return followed.index


def _follow(followed: _Followed, session: AnySession) -> None:
    position, known = feed_position(session), followed.position
    if known is None or position.epoch != known.epoch or position.seq > known.seq + MAX_FOLLOWED:
        fresh = DuplicateIndex()
        for organization_id, fingerprint in read_fingerprints(session).items():
            fresh.put(organization_id, fingerprint)
        followed.index = fresh
    elif position.seq > known.seq:
        changes = changes_since(session, known.seq, position.seq - known.seq)
        ids = {change.entity_id for change in changes if change.entity == Entity.ORGANIZATION}
        fingerprints = read_fingerprints(session, ids)
        for organization_id in sorted(ids):
            if organization_id in fingerprints:
                followed.index.put(organization_id, fingerprints[organization_id])
            else:
                followed.index.drop(organization_id)
    else:
        return
    followed.position = position


def read_fingerprints(session: AnySession, ids: Collection[UUID] | None = None) -> dict[UUID, Fingerprint]:
    """What is compared of the organizations (all, or those of `ids`) that are not removed, by id: five queries.

    Hidden locations are left out with their phones and e-mail, so that nobody confirms by a guess where one is.
    """
    names, numbers = _alternate_names(session, ids), _numbers(session, ids)
    places, emails = _places(session, ids)
    urls = _urls(session, ids)
    query = select(
        Organization.id,
        Organization.name,
        Organization.acronym,
        Organization.country,
        Organization.website,
        Organization.email,
    ).where(Organization.removed_at.is_(None), _among(Organization.id, ids))
    return {
        row.id: Fingerprint(
            names=(row.name, *names[row.id]),
            acronym=row.acronym,
            websites=((row.website,) if row.website else ()) + tuple(urls[row.id]),
            emails=((row.email,) if row.email else ()) + tuple(emails[row.id]),
            phones=tuple(dict.fromkeys(numbers[row.id])),
            places=tuple(dict.fromkeys(places[row.id])) or ((row.country, None, None),),
        )
        for row in session.execute(query)
    }


def _alternate_names(session: AnySession, ids: Collection[UUID] | None) -> dict[UUID, list[str]]:
    query = select(AlternateName.organization_id, AlternateName.name).where(_among(AlternateName.organization_id, ids))
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in session.execute(query.order_by(AlternateName.position)):
        found[row.organization_id].append(row.name)
    return found


def _urls(session: AnySession, ids: Collection[UUID] | None) -> dict[UUID, list[str]]:
    query = select(OrganizationUrl.organization_id, OrganizationUrl.url).where(
        _among(OrganizationUrl.organization_id, ids)
    )
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in session.execute(query.order_by(OrganizationUrl.position)):
        found[row.organization_id].append(row.url)
    return found


def _places(
    session: AnySession, ids: Collection[UUID] | None
) -> tuple[dict[UUID, list[tuple[str, str | None, str | None]]], dict[UUID, list[str]]]:
    query = select(Location.organization_id, Location.country, Location.admin1, Location.city, Location.email).where(
        Location.visibility != Visibility.HIDDEN, _among(Location.organization_id, ids)
    )
    places: defaultdict[UUID, list[tuple[str, str | None, str | None]]] = defaultdict(list)
    emails: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in session.execute(query.order_by(Location.position)):
        places[row.organization_id].append((row.country, row.admin1, row.city))
        if row.email:
            emails[row.organization_id].append(row.email)
    return places, emails


def _numbers(session: AnySession, ids: Collection[UUID] | None) -> dict[UUID, list[str]]:
    is_shown = Phone.location_id.is_(None) | (Location.visibility != Visibility.HIDDEN)
    query = (
        select(Phone.organization_id, Phone.number)
        .outerjoin(Location, Location.id == Phone.location_id)
        .where(Phone.number.is_not(None), is_shown, _among(Phone.organization_id, ids))
    )
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in session.execute(query.order_by(Phone.position)):
        if row.number:
            found[row.organization_id].append(row.number)
    return found


def _among(column: InstrumentedAttribute[UUID], ids: Collection[UUID] | None) -> ColumnElement[bool]:
    return true() if ids is None else column.in_(ids)
