"""Finding a place of the gazetteer by its name within a country and subdivision, and naming it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from sqlalchemy import select

from directory.database import AnySession
from directory.places.abbreviations import regions_in_short, shortened, written_out
from directory.places.countries import subdivision_name
from directory.places.distance import Point, great_circle_km
from directory.places.misplaced import FAR_KM
from directory.places.models import Place, PlaceKind, PlaceName
from directory.places.names import fold
from directory.settings import LANGUAGES

MAX_REGION_WORDS = 4
"""Words of a region: *Provincia de San José*, *Newfoundland and Labrador*."""
LEAST_TYPED = 2
"""Letters that a name may be cut off after, and still be told."""


@dataclass(frozen=True)
class Town:
    """What a record needs to know of its town. Coordinates in degrees."""

    id: str
    name: str
    country: str
    admin1: str | None
    admin2: str | None
    latitude: float | None
    longitude: float | None
    timezone: str | None

    @property
    def point(self) -> Point | None:
        """Where it is, if that is known."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


class TownIndex:
    """Towns of some countries by name, held in memory for the length of one import."""

    def __init__(self, session: AnySession, countries: Iterable[str]) -> None:
        """Read the towns, crossings and camps of `countries` (alpha-2)."""
        self._by_name: dict[tuple[str, str], list[tuple[int, Town]]] = defaultdict(list)
        query = (
            select(
                PlaceName.folded,
                Place.id,
                Place.name,
                Place.country,
                Place.admin1,
                Place.admin2,
                Place.latitude,
                Place.longitude,
                Place.timezone,
                Place.population,
            )
            .join(Place, Place.id == PlaceName.place_id)
            .where(Place.country.in_(sorted(set(countries))), Place.kind != PlaceKind.DETENTION)
        )
        own_names: dict[str, str] = {}
        for folded, *town, population in session.execute(query):
            own_name = own_names.get(town[0]) or own_names.setdefault(town[0], fold(town[1]))
            is_own_name = folded == own_name
            rank = (population or 0) + (10**9 if is_own_name else 0)
            self._by_name[(town[2], folded)].append((rank, Town(*town)))

    def points(self, country: str, town: Town | None) -> list[Point]:
        """The point of a town, where it has one; else those of all towns of the country. Degrees."""
        towns = [town] if town else []
        if town is None:
            towns = [item for (code, _), items in self._by_name.items() if code == country for _, item in items]
        return [point for item in towns if (point := item.point)]

    def find(self, country: str, admin1: str | None, city: str, point: Point | None = None) -> Town | None:
        """The town that a record means: same country, same subdivision where given, own name before others.

        Of several the one at the record's own `point`. Without a subdivision and a point only a name that leads to one
        subdivision counts; else None.
        """
        found = [
            item
            for name in spellings(city)
            for item in self._by_name.get((country, name), ())
            if admin1 is None or item[1].admin1 == admin1
        ]
        if point and (near := _nearest(point, [town for _, town in found])):
            return near
        if not found or (admin1 is None and len({town.admin1 for _, town in found}) > 1):
            return None
        return max(found, key=lambda item: item[0])[1]


def _nearest(point: Point, towns: Iterable[Town]) -> Town | None:
    """The nearest of some towns to a point, if any lies where an office of it may be."""
    ranked = [(great_circle_km(point, place), town.id, town) for town in towns if (place := town.point)]
    km, _, town = min(ranked, default=(inf, "", None))
    return town if km <= FAR_KM else None


def spellings(city: str) -> list[str]:
    """How a name may stand in the gazetteer: folded, short words written out or long ones shortened."""
    words = fold(city).split()
    folded = " ".join(words)
    found = (*written_out(words), *shortened(words), f"{folded} city", f"ciudad {folded}", f"ciudad de {folded}")
    return list(dict.fromkeys(found))


def names_region(admin1: str, typed: str) -> bool:
    """Whether what somebody typed names a subdivision: its name in any language, the beginning of it, in short."""
    wanted = fold(typed)
    names = {fold(subdivision_name(admin1, language)) for language in LANGUAGES} | {fold(admin1), fold(admin1[3:])}
    if wanted in names or admin1 in regions_in_short(wanted):
        return True
    return any(name.startswith(wanted) for name in names if len(wanted) > LEAST_TYPED)


def parted(typed: str) -> Iterator[tuple[str, list[str]]]:
    """A town and its regions as they may be meant by what was typed, the likeliest first.

    By commas where there are any; else all of it is the town, or its last words are a region: `McAllen TX`. Whether
    they are one, the caller sees by what lies there.
    """
    parts = [part for part in (part.strip() for part in typed.split(",")) if part]
    if not parts:
        return
    yield parts[0], parts[1:]
    if len(parts) == 1:
        words = typed.split()
        for count in range(1, min(MAX_REGION_WORDS, len(words) - 1) + 1):
            yield " ".join(words[:-count]), [" ".join(words[-count:])]


def town_names(session: AnySession, place_ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """For the places that have names of their own in a language: place id → language → name."""
    names: dict[str, dict[str, str]] = defaultdict(dict)
    query = select(PlaceName.place_id, PlaceName.language, PlaceName.name).where(
        PlaceName.place_id.in_(sorted(set(place_ids))), PlaceName.language.is_not(None)
    )
    for place_id, language, name in session.execute(query):
        names[place_id][language or ""] = name
    return names
