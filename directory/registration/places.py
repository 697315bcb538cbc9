"""Which town of the gazetteer somebody means who typed its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Indel
from sqlalchemy import select

from directory.extensions import db
from directory.organizations.record_data import LocationData
from directory.places.asked import likely
from directory.places.countries import subdivision_name
from directory.places.lookup import Town, names_region, parted, spellings
from directory.places.models import Place, PlaceKind, PlaceName
from directory.places.names import fold
from directory.settings import LANGUAGES

MAX_CANDIDATES = 8
MIN_TYPED = 2
MIN_ALIKE, ALIKE_BEGINS = 4, 2
"""Letters that a text has to which towns may be alike, and that both begin with."""
LEAST_ALIKE = 0.8
MAX_SIMILAR = 5


@dataclass(frozen=True)
class PlaceAnswer:
    """The town that is meant; or several that may be meant; or neither, and towns that are written alike."""

    town: Town | None = None
    candidates: tuple[Town, ...] = ()
    similar: tuple[Town, ...] = ()


def find_place(country: str, typed: str) -> PlaceAnswer:
    """What `typed` means in a country: `Guadalupe` asks back, `Guadalupe, Zacatecas` and `Guadalupe Zac.` do not."""
    for city, regions in parted(typed):
        found = _towns(country, spellings(city))
        inside = [town for town in found if town.admin1 and all(names_region(town.admin1, item) for item in regions)]
        if regions and not inside and "," not in typed:
            continue  # its last words are no region
        if found := inside or found:
            return _one_of(likely(found, city))
    return PlaceAnswer(similar=_written_alike(country, typed))


def _written_alike(country: str, typed: str) -> tuple[Town, ...]:
    """Towns whose names differ little from what was typed, the most alike first, then the largest."""
    city = fold(typed.partition(",")[0])
    if len(city) < MIN_ALIKE:
        return ()
    begins = city[:ALIKE_BEGINS]
    query = (
        select(PlaceName.folded, PlaceName.place_id)
        .join(Place, Place.id == PlaceName.place_id)
        .where(
            PlaceName.folded >= begins,
            PlaceName.folded < begins + "\uffff",
            Place.country == country,
            Place.kind != PlaceKind.DETENTION,
        )
    )
    best: dict[str, float] = {}
    for name, place_id in db.session.execute(query):
        likeness = Indel.normalized_similarity(city, name, score_cutoff=LEAST_ALIKE)
        if likeness > best.get(place_id, 0.0):
            best[place_id] = likeness
    likeliest = sorted(best, key=lambda item: -best[item])[: 4 * MAX_CANDIDATES]
    found = _read(country, Place.id.in_(likeliest), len(likeliest))
    return tuple(sorted(found, key=lambda town: -round(best[town.id], 2))[:MAX_SIMILAR])


def _one_of(found: list[Town]) -> PlaceAnswer:
    if len({town.admin1 for town in found}) == 1:
        return PlaceAnswer(town=found[0])
    return PlaceAnswer(candidates=tuple(found[:MAX_CANDIDATES]))


def suggest_towns(country: str, typed: str, limit: int = MAX_CANDIDATES) -> list[Town]:
    """Towns of a country whose name begins with what is typed, the largest first."""
    begun = fold(typed.partition(",")[0])
    if len(begun) < MIN_TYPED:
        return []
    names = select(PlaceName.place_id).where(PlaceName.folded >= begun, PlaceName.folded < begun + "\uffff")
    return _read(country, Place.id.in_(names), limit)


def _towns(country: str, names: Iterable[str]) -> list[Town]:
    ids = select(PlaceName.place_id).where(PlaceName.folded.in_(list(names)))
    return _read(country, Place.id.in_(ids), MAX_CANDIDATES * 4)


def _read(country: str, condition: object, limit: int) -> list[Town]:
    query = (
        select(
            Place.id, Place.name, Place.country, Place.admin1, Place.admin2, Place.latitude, Place.longitude,
            Place.timezone,
        )
        .where(Place.country == country, Place.kind != PlaceKind.DETENTION, condition)  # type: ignore[arg-type]
        .order_by(Place.population.is_(None), Place.population.desc(), Place.name)
        .limit(limit)
    )  # fmt: skip
    return [Town(*row) for row in db.session.execute(query)]


def city_label(place: LocationData, language: str) -> str | None:
    """A place's town with its subdivision, so that a town of which there are several is not asked for again."""
    return f"{place.city}, {subdivision_name(place.admin1, language)}" if place.city and place.admin1 else place.city


def is_same_town(place: LocationData, country: str | None, typed: str | None, town: Town | None) -> bool:
    """Whether what was typed is where the place is already."""
    if place.country != country:
        return False
    if town:
        return place.place_id == town.id
    known = {fold(label) for language in LANGUAGES if (label := city_label(place, language))}
    return fold(typed or "") in known | {fold(place.city or "")}


def place_label(town: Town, language: str) -> str:
    """`Guadalupe, Zacatecas`."""
    return f"{town.name}, {subdivision_name(town.admin1, language)}" if town.admin1 else town.name
