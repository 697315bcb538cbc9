"""Points for maps: where organizations in public sight are, without building their whole records."""

from __future__ import annotations

import uuid
from collections import Counter

from sqlalchemy import func, select

from directory.changes.models import Entity, Slug
from directory.database import AnySession
from directory.organizations.models import Location, Organization, Visibility
from directory.places.countries import country_name, subdivision_name
from directory.places.models import Place

MapPoint = tuple[float, float, str, str, str, bool]
"""Latitude, longitude (degrees), name, slug, place in words, and whether the point is exact."""


def organization_points(session: AnySession, language: str, only: set[uuid.UUID] | None = None) -> list[MapPoint]:
    """A point for every location that has one; a protected location stands at its city's point (one query)."""
    is_exact = (Location.visibility == Visibility.PUBLIC) & Location.latitude.is_not(None)
    query = (
        select(
            Organization.id,
            Organization.name,
            Slug.slug,
            Location.city,
            Location.admin1,
            Location.country,
            Location.latitude,
            Location.longitude,
            Place.latitude.label("town_latitude"),
            Place.longitude.label("town_longitude"),
            is_exact.label("is_exact"),
        )
        .join(Location, Location.organization_id == Organization.id)
        .join(Slug, (Slug.entity_id == Organization.id) & (Slug.entity == Entity.ORGANIZATION) & Slug.is_current)
        .outerjoin(Place, Place.id == Location.place_id)
        .where(Organization.removed_at.is_(None), Location.visibility != Visibility.HIDDEN)
        .order_by(Organization.name, Location.position)
    )
    points = []
    for row in session.execute(query):
        latitude, longitude = (row.latitude, row.longitude) if row.is_exact else (row.town_latitude, row.town_longitude)
        if latitude is not None and (only is None or row.id in only):
            region = subdivision_name(row.admin1, language) if row.admin1 else country_name(row.country, language)
            place = ", ".join(part for part in (row.city, region) if part)
            points.append((round(latitude, 5), round(longitude, 5), row.name, row.slug, place, bool(row.is_exact)))
    return points


def plain_points(session: AnySession, country: str | None = None) -> list[tuple[float, float]]:
    """Latitude and longitude of every location for a dotted map."""
    is_exact = (Location.visibility == Visibility.PUBLIC) & Location.latitude.is_not(None)
    query = (
        select(Location.latitude, Location.longitude, Place.latitude, Place.longitude, is_exact)
        .join(Organization, Organization.id == Location.organization_id)
        .outerjoin(Place, Place.id == Location.place_id)
        .where(Organization.removed_at.is_(None), Location.visibility != Visibility.HIDDEN)
    )
    if country:
        query = query.where(Location.country == country)
    points: list[tuple[float, float]] = []
    for latitude, longitude, town_latitude, town_longitude, exact in session.execute(query):
        first, second = (latitude, longitude) if exact else (town_latitude, town_longitude)
        if first is not None and second is not None:
            points.append((first, second))
    return points


def city_counts(session: AnySession, country: str) -> Counter[tuple[str, str | None]]:
    """How many organizations a country's cities have: (city, subdivision) → number."""
    query = (
        select(Location.city, Location.admin1, func.count(func.distinct(Location.organization_id)))
        .join(Organization, Organization.id == Location.organization_id)
        .where(
            Organization.removed_at.is_(None),
            Location.visibility != Visibility.HIDDEN,
            Location.country == country,
            Location.city.is_not(None),
        )
        .group_by(Location.city, Location.admin1)
    )
    return Counter({(city or "", admin1): count for city, admin1, count in session.execute(query)})
