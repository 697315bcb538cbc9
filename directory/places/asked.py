"""Which place somebody means: `28.3,-97.1`, `US-TX`, an id of the gazetteer, or words like `Harlingen, Texas`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import TypeVar

from sqlalchemy import select

from directory.database import AnySession
from directory.places.abbreviations import country_in_short, written_out
from directory.places.countries import (
    MEMBER_STATES,
    country_name,
    is_country,
    is_subdivision,
    subdivision_name,
    subdivisions_of,
)
from directory.places.distance import Point, great_circle_km
from directory.places.lookup import Town, names_region, parted, spellings
from directory.places.models import Place, PlaceKind, PlaceName
from directory.places.names import fold
from directory.settings import LANGUAGES

FAR_KM = 60.0
"""A point that is farther than this from every town of the gazetteer is in no place that we know."""
MAX_CANDIDATES = 12
MAX_TYPED = 120
_POINT = re.compile(r"\s*(-?\d{1,2}(?:\.\d{1,8})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,8})?)\s*")
_KIND_RANK = {PlaceKind.TOWN: 0, PlaceKind.CROSSING: 1, PlaceKind.CAMP: 2, PlaceKind.DETENTION: 3}


_Named = TypeVar("_Named", Place, Town)


@dataclass(frozen=True)
class AskedPlace:
    """A place that somebody asked about. Coordinates in degrees; finer parts where they are known."""

    country: str
    admin1: str | None = None
    admin2: str | None = None
    place_id: str | None = None
    name: str | None = None
    """The town's, where one is meant."""
    point: Point | None = None
    nearest_km: float | None = None
    """How far the town is from the point that was asked for: towns stand for points here."""

    def label(self, language: str) -> str:
        """`Harlingen, Texas, United States`."""
        parts = (
            self.name,
            subdivision_name(self.admin1, language) if self.admin1 else None,
            country_name(self.country, language),
        )
        return ", ".join(dict.fromkeys(part for part in parts if part))

    @property
    def code(self) -> str:
        """What names it without doubt: the gazetteer's id or the ISO code."""
        return self.place_id or self.admin1 or self.country


class UnknownPlace(LookupError):
    """No place is meant by this text, as far as the gazetteer knows."""


class SeveralPlaces(LookupError):
    """More than one place may be meant: the caller shows them."""

    def __init__(self, text: str, candidates: tuple[AskedPlace, ...]) -> None:
        super().__init__(text)
        self.candidates = candidates


def read_place(session: AnySession, text: str) -> AskedPlace:
    """The one place that a text means. Raises UnknownPlace, or SeveralPlaces where it would be a guess."""
    typed = text.strip()
    if not typed or len(typed) > MAX_TYPED:
        raise UnknownPlace(typed[:MAX_TYPED])
    if match := _POINT.fullmatch(typed):
        return _near_point(session, (float(match[1]), float(match[2])))
    if is_country(typed) or is_subdivision(typed):
        return _region(session, typed)
    row = session.get(Place, typed)
    return _asked(row) if row else _by_words(session, typed)


def _asked(row: Place) -> AskedPlace:
    return AskedPlace(row.country, row.admin1, row.admin2, row.id, row.name, _point(row.latitude, row.longitude))


def _region(session: AnySession, code: str) -> AskedPlace:
    """A country or subdivision, at the point of its largest town."""
    admin1 = code if len(code) > 2 else None
    query = select(Place.latitude, Place.longitude).where(
        Place.country == code[:2], Place.latitude.is_not(None), Place.kind == PlaceKind.TOWN
    )
    if admin1:
        query = query.where(Place.admin1 == admin1)
    row = session.execute(query.order_by(Place.population.is_(None), Place.population.desc()).limit(1)).first()
    return AskedPlace(code[:2], admin1, point=_point(row[0], row[1]) if row else None)


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    return (latitude, longitude) if latitude is not None and longitude is not None else None


def _near_point(session: AnySession, point: Point) -> AskedPlace:
    """The town nearest to a point stands for it. Raises UnknownPlace off the map or far from every town."""
    latitude, longitude = point
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise UnknownPlace(f"{latitude},{longitude}")
    north = FAR_KM / 111.0
    east = north / max(cos(radians(latitude)), 0.05)
    query = select(Place).where(
        Place.kind == PlaceKind.TOWN,
        Place.latitude.between(latitude - north, latitude + north),
        Place.longitude.between(longitude - east, longitude + east),
    )
    near = [
        (great_circle_km(point, (row.latitude or 0.0, row.longitude or 0.0)), row) for row in session.scalars(query)
    ]
    if not near or (found := min(near, key=lambda item: (item[0], item[1].id)))[0] > FAR_KM:
        raise UnknownPlace(f"{latitude},{longitude}")
    town = _asked(found[1])
    return AskedPlace(town.country, town.admin1, town.admin2, town.place_id, town.name, point, round(found[0], 1))


def _by_words(session: AnySession, typed: str) -> AskedPlace:
    for city, regions in parted(typed):
        found = [row for row in _named(session, spellings(city)) if all(_lies_in(row, region) for region in regions)]
        wider = [] if regions else _named_regions(session, city)
        if found or wider:
            return _one_of(typed, likely(found, city), wider)
    raise UnknownPlace(typed)


def likely(found: Sequence[_Named], city: str) -> list[_Named]:
    """Of places by the number of people, those that a name may mean, the likeliest first.

    Those called exactly so, unless the name of a larger one holds these words too: a hamlet *Juárez* does not hide
    Ciudad Juárez. Who has it only as another name comes last.
    """
    names = written_out(fold(city).split())
    own = [row for row in found if fold(row.name) in names]
    bearing = [row for row in found if any(f" {name} " in f" {fold(row.name)} " for name in names)]
    if own and bearing[0] in own:
        return own
    others = [row for row in found if row not in bearing]
    return bearing + others


def _one_of(typed: str, found: list[Place], wider: list[AskedPlace]) -> AskedPlace:
    where = {(row.country, row.admin1) for row in found}
    if len(where) == 1 and all((place.country, place.admin1) in where for place in wider):
        return _asked(min(found, key=lambda row: (_KIND_RANK[row.kind], -(row.population or 0), row.id)))
    if len(wider) == 1 and not found:
        return wider[0]
    raise SeveralPlaces(typed, (*wider, *map(_asked, found))[:MAX_CANDIDATES])


def _named(session: AnySession, names: Iterable[str]) -> list[Place]:
    ids = select(PlaceName.place_id).where(PlaceName.folded.in_(list(names)))
    query = (
        select(Place)
        .where(Place.id.in_(ids))
        .order_by(Place.population.is_(None), Place.population.desc(), Place.name, Place.id)
        .limit(4 * MAX_CANDIDATES)
    )
    return list(session.scalars(query))


def _lies_in(row: Place, region: str) -> bool:
    countries = {fold(country_name(row.country, language)) for language in LANGUAGES} | {row.country.lower()}
    wanted = fold(region)
    is_country_of_it = wanted in countries or country_in_short(wanted) == row.country
    return is_country_of_it or (row.admin1 is not None and names_region(row.admin1, region))


def _named_regions(session: AnySession, typed: str) -> list[AskedPlace]:
    """Member countries and their subdivisions of exactly this name."""
    wanted = fold(typed)
    codes = [code for code in MEMBER_STATES if wanted in {fold(country_name(code, language)) for language in LANGUAGES}]
    codes += [
        code
        for country in MEMBER_STATES
        for code in subdivisions_of(country)
        if wanted in {fold(subdivision_name(code, language)) for language in LANGUAGES}
    ]
    return [_region(session, code) for code in codes]
