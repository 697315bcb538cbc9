"""Which consulates cover a place that somebody names by an ISO code or a gazetteer id."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from directory.consulates.jurisdiction import JurisdictionMap, Spot
from directory.database import AnySession
from directory.places.countries import is_country, is_subdivision
from directory.places.models import Place


class UnknownPlace(LookupError):
    """The text is neither an ISO 3166 code nor the id of a place of the gazetteer."""


def consulates_covering(session: AnySession, place: str) -> list[uuid.UUID]:
    """The ids of the consulates whose jurisdiction holds `place`. Raises UnknownPlace."""
    return list(JurisdictionMap.load(session).covering([spot_of(session, place)]))


def spot_of(session: AnySession, place: str) -> Spot:
    """The country, subdivision and county of an ISO code or a gazetteer id. Raises UnknownPlace."""
    if is_country(place):
        return Spot(place)
    if is_subdivision(place):
        return Spot(place[:2], place)
    row = session.execute(select(Place.country, Place.admin1, Place.admin2).where(Place.id == place)).one_or_none()
    if row is None:
        raise UnknownPlace(f"{place!r} is neither an ISO code nor a place of the gazetteer")
    return Spot(row.country, row.admin1, row.admin2)
