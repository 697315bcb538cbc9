"""Finding a place of the gazetteer by its name within a country and subdivision, and naming it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from directory.database import AnySession
from directory.places.abbreviations import regions_in_short, shortened, written_out
from directory.places.countries import subdivision_name
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

    def find(self, country: str, admin1: str | None, city: str) -> Town | None:
        """The town that a record means: same country, same subdivision where given, own name before others.

        Without a subdivision only a name that leads to one subdivision counts; else None.
        """
        found = [
            item
            for name in spellings(city)
            for item in self._by_name.get((country, name), ())
            if admin1 is None or item[1].admin1 == admin1
        ]
        if not found or (admin1 is None and len({town.admin1 for _, town in found}) > 1):
            return None
        return max(found, key=lambda item: item[0])[1]


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
