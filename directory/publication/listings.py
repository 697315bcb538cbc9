"""What is public, as lists of ids in the order of ids: who pages through while others edit loses nothing.

Services at locations have no row of their own id: theirs is made of both. The lists of a process are made anew when the
feed has moved.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from directory.changes.feed import FeedPosition, feed_position
from directory.changes.models import Entity, Revision
from directory.database import AnySession
from directory.identifiers import seed_uuid
from directory.organizations.models import Location, Organization, OrganizationPopulation, Visibility
from directory.organizations.services import Service, ServiceAreaOf, ServiceAtLocation, ServicePopulation
from directory.places.distance import Point, great_circle_km
from directory.places.models import Place

_EXTENSION = "directory.listings"


@dataclass(frozen=True)
class Tie:
    """A service at a location that the public may see."""

    id: uuid.UUID
    service_id: uuid.UUID
    location_id: uuid.UUID
    organization_id: uuid.UUID


@dataclass(frozen=True)
class Listings:
    """All that is public at one position of the feed, each list by id."""

    position: FeedPosition
    organizations: tuple[uuid.UUID, ...]
    services: dict[uuid.UUID, uuid.UUID]
    """Organization by service."""
    ties: dict[uuid.UUID, Tie]


def tie_id(service_id: uuid.UUID, location_id: uuid.UUID) -> uuid.UUID:
    """The id of a service at a location."""
    return seed_uuid(f"service-at-location/{service_id}/{location_id}")


def listings(session: AnySession) -> Listings:
    """The lists as of now, kept by the application until something changes."""
    position = feed_position(session)
    known: Listings | None = current_app.extensions.get(_EXTENSION)
    if known is None or known.position != position:
        known = current_app.extensions[_EXTENSION] = _read(session, position)
    return known


def _read(session: AnySession, position: FeedPosition) -> Listings:
    shown = Organization.removed_at.is_(None)
    organizations = session.scalars(select(Organization.id).where(shown).order_by(Organization.id)).all()
    services = session.execute(
        select(Service.id, Service.organization_id).join(Organization).where(shown).order_by(Service.id)
    ).all()
    tied = session.execute(
        select(ServiceAtLocation.service_id, ServiceAtLocation.location_id, Location.organization_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .join(Organization, Organization.id == Location.organization_id)
        .where(shown, Location.visibility != Visibility.HIDDEN)
    )
    ties = (Tie(tie_id(service, place), service, place, owner) for service, place, owner in tied)
    return Listings(
        position,
        tuple(organizations),
        {row[0]: row[1] for row in services},
        {tie.id: tie for tie in sorted(ties, key=lambda tie: tie.id)},
    )


def revised_since(session: AnySession, instant: datetime) -> dict[uuid.UUID, datetime]:
    """Organizations whose last revision is of an instant or later, with its instant."""
    last = func.max(Revision.at)
    query = (
        select(Revision.entity_id, last)
        .where(Revision.entity == Entity.ORGANIZATION)
        .group_by(Revision.entity_id)
        .having(last >= instant)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def services_with(session: AnySession, terms: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Services that have any of these areas, groups or populations, or whose organization has such a population."""
    wanted = list(terms)
    return {
        *session.scalars(select(ServiceAreaOf.service_id).where(ServiceAreaOf.term_id.in_(wanted))),
        *session.scalars(select(ServicePopulation.service_id).where(ServicePopulation.term_id.in_(wanted))),
        *session.scalars(select(Service.id).where(Service.group_id.in_(wanted))),
        *session.scalars(
            select(Service.id)
            .join(OrganizationPopulation, OrganizationPopulation.organization_id == Service.organization_id)
            .where(OrganizationPopulation.term_id.in_(wanted))
        ),
    }


def service_exists(session: AnySession, service_id: uuid.UUID) -> bool:
    """Whether a service is on record, also one of an organization that was removed."""
    return session.scalar(select(Service.id).where(Service.id == service_id)) is not None


def centre_of_postal_code(session: AnySession, code: str) -> Point | None:
    """The middle of our public locations with a postal code; None where there is none. Protected ones tell nothing."""
    wanted = "".join(code.split()).upper()
    written = func.upper(func.replace(Location.postal_code, " ", ""))
    points = [point for _, point in _public_points(session, written == wanted)]
    if not points:
        return None
    return sum(latitude for latitude, _ in points) / len(points), sum(east for _, east in points) / len(points)


def locations_within(session: AnySession, centre: Point, kilometres: float) -> set[uuid.UUID]:
    """Public locations around a point; those that are protected are nowhere in particular."""
    return {place for place, point in _public_points(session) if great_circle_km(centre, point) <= kilometres}


def _public_points(session: AnySession, *conditions: ColumnElement[bool]) -> list[tuple[uuid.UUID, Point]]:
    latitude = func.coalesce(Location.latitude, Place.latitude)
    longitude = func.coalesce(Location.longitude, Place.longitude)
    query = (
        select(Location.id, latitude, longitude)
        .join(Organization, Organization.id == Location.organization_id)
        .outerjoin(Place, Place.id == Location.place_id)
        .where(
            Organization.removed_at.is_(None),
            Location.visibility == Visibility.PUBLIC,
            latitude.is_not(None),
            *conditions,
        )
    )
    return [(row[0], (float(row[1]), float(row[2]))) for row in session.execute(query)]
