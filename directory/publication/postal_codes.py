"""Where postal codes are, as far as our own public locations tell: no table of codes has a clear licence."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from directory.database import AnySession
from directory.organizations.models import Location, Organization, Visibility
from directory.places.models import Place

PostalRow = tuple[str, str, str | None, float, float]
"""Country, postal code as it was written, subdivision, latitude and longitude in degrees."""


def public_postal_codes(session: AnySession) -> Iterator[PostalRow]:
    """The postal code of every public location that has one, with the location's point, else its town's (one query)."""
    latitude = func.coalesce(Location.latitude, Place.latitude)
    longitude = func.coalesce(Location.longitude, Place.longitude)
    query = (
        select(Location.country, Location.postal_code, Location.admin1, latitude, longitude)
        .join(Organization, Organization.id == Location.organization_id)
        .outerjoin(Place, Place.id == Location.place_id)
        .where(
            Organization.removed_at.is_(None),
            Location.visibility == Visibility.PUBLIC,
            Location.postal_code.is_not(None),
            latitude.is_not(None),
        )
        .order_by(Location.country, Location.postal_code)
    )
    for row in session.execute(query):
        country, code, admin1, north, east = row
        yield country, code or "", admin1, float(north or 0), float(east or 0)
