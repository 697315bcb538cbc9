"""The gazetteer's names, and which of them count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import select

from directory.database import AnySession
from directory.places.abbreviations import shortened
from directory.places.countries import MEMBER_STATES, region_name, subdivisions_of
from directory.places.models import County, Place, PlaceKind, PlaceName
from directory.search.engine.analysis import LANGUAGES, STOP_WORDS, words
from directory.search.understanding import cues
from directory.search.understanding.gazetteer import COUNTRY, COUNTY, NAMED_KINDS, SUBDIVISION
from directory.search.understanding.lexicon import LexiconBuilder
from directory.search.understanding.lines import as_lines

KNOWN_PEOPLE = 50_000
"""A place of so many people is found by every name on record, others only by their own and those of our languages."""
SOUND_PEOPLE = 15_000
SHORT_PEOPLE = 15_000
"""Of places of so many people every abbreviation is known: *Cd. Juárez*, *Ft. Worth*."""
_CONJUNCTIONS = frozenset("eouy")
_LATIN = re.compile(r"[\w\s'’.,()/&-]+", re.UNICODE)
_FACILITY = re.compile(
    r"\s+(?:detention|processing|correctional|correction|immigration|county jail|jail|prison|residential|federal|"
    r"estacion|estación|centro|center|centre|adult|service|regional|parish).*$",
    re.IGNORECASE,
)
_STATION = re.compile(
    r"^(?:estaci[oó]n migratoria|estancia provisional|centro de detenci[oó]n|cent(?:er|re) de .*? de)\s+", re.IGNORECASE
)


class _Row(NamedTuple):
    id: str
    name: str
    kind: str
    country: str
    admin1: str | None
    admin2: str | None
    city: str | None
    latitude: float | None
    longitude: float | None
    people: int | None


class _Towns:
    """Where a crossing, a camp or a place of detention without a point is: in the town that it is named by."""

    def __init__(self, rows: list[_Row], own_names: list[str]) -> None:
        self._known: dict[tuple[str, str], tuple[int, float, float]] = {}
        for row, name in zip(rows, own_names, strict=True):
            if row.kind == PlaceKind.TOWN and row.latitude is not None and row.longitude is not None:
                key = row.admin1 or row.country, name
                found = row.people or 0, row.latitude, row.longitude
                self._known[key] = max(self._known.get(key, found), found)

    def point_of(self, row: _Row, names: Any) -> tuple[float | None, float | None]:
        """The point of its city, else of the largest town of its region that is a part of one of its names."""
        region = row.admin1 or row.country
        runs = [words(row.city)] if row.city else [words(name) for _, name, _ in names]
        found = [
            self._known[region, text]
            for run in runs
            for length in range(1, len(run) + 1)
            for start in range(len(run) - length + 1)
            for text in (" ".join(run[start : start + length]),)
            if (region, text) in self._known
        ]
        _, latitude, longitude = max(found, default=(0, None, None))
        return latitude, longitude


def read_gazetteer(session: AnySession, builder: LexiconBuilder) -> dict[str, Any]:
    """The columns of `Gazetteer`; puts every name into the lexicon on the way."""
    names = _names(session)
    rows = [_Row(*row) for row in session.execute(_places())]
    codes: dict[str, int] = {}
    kinds, regions, people, latitudes, longitudes, ids, shown = [], [], [], [], [], [], []

    def put(kind: int, region: str, own_id: str, name: str, point: tuple[Any, Any], count: int) -> int:
        kinds.append(kind)
        regions.append(codes.setdefault(region, len(codes)))
        people.append(count)
        latitudes.append(np.nan if point[0] is None else point[0])
        longitudes.append(np.nan if point[1] is None else point[1])
        ids.append(own_id)
        shown.append(name.replace("\n", " "))
        return len(kinds) - 1

    middles: dict[str, list[tuple[float, float, int]]] = {}
    own_names = [" ".join(words(row.name)) for row in rows]
    towns = _Towns(rows, own_names)
    for row, own_name in zip(rows, own_names, strict=True):
        kind = NAMED_KINDS.index(row.kind)
        point = (
            (row.latitude, row.longitude) if row.latitude is not None else towns.point_of(row, names.get(row.id, ()))
        )
        number = put(kind, row.admin1 or row.country, row.id, row.name, point, row.people or 0)
        if row.latitude is not None and row.longitude is not None and row.kind == PlaceKind.TOWN:
            weight = max(row.people or 0, 100)
            for code in (row.country, row.admin1, f"county:{row.admin2}" if row.admin2 else None):
                if code:
                    middles.setdefault(code, []).append((row.latitude, row.longitude, weight))
        for folded, is_own in _counting(row, own_name, names.get(row.id, ())):
            builder.add_place(folded, number, people[number], is_own=is_own, by_sound=people[number] >= SOUND_PEOPLE)
        if row.kind == PlaceKind.DETENTION:
            for folded in _short_forms(row.name):
                builder.add_place(folded, number, 0, is_own=False, by_sound=False)
    for code, name, admin1 in session.execute(select(County.code, County.name, County.admin1).order_by(County.code)):
        own = f"county:{code}"
        number = put(COUNTY, admin1, own, f"{name} County", _middle(middles.get(own)), _people(middles.get(own)))
        for folded in _county_names(name):
            builder.add_place(folded, number, people[number], is_own=True, by_sound=False)
    for country in MEMBER_STATES:
        for code in (country, *subdivisions_of(country)):
            kind = COUNTRY if len(code) == 2 else SUBDIVISION
            name = region_name(code, "es")
            number = put(kind, code, code, name, _middle(middles.get(code)), _people(middles.get(code)))
            for folded in _region_names(code):
                builder.add_place(folded, number, people[number], is_own=True, by_sound=len(code) > 2)
    return {
        "place_kind": np.array(kinds, np.int8),
        "place_region": np.array(regions, np.uint16),
        "place_people": np.array(people, np.int32),
        "place_latitude": np.array(latitudes, np.float32),
        "place_longitude": np.array(longitudes, np.float32),
        "place_ids": as_lines(ids),
        "place_names": as_lines(shown),
        "place_codes": as_lines(codes),
    }


def _places() -> Any:
    return select(
        Place.id, Place.name, Place.kind, Place.country, Place.admin1, Place.admin2, Place.city, Place.latitude,
        Place.longitude, Place.population,
    ).order_by(Place.id)  # fmt: skip


def _names(session: AnySession) -> dict[str, list[tuple[str, str, str | None]]]:
    query = select(PlaceName.place_id, PlaceName.folded, PlaceName.name, PlaceName.language).order_by(
        PlaceName.place_id, PlaceName.folded
    )
    return {
        key: [(folded, name, language) for _, folded, name, language in group]
        for key, group in groupby(session.execute(query), key=lambda row: str(row[0]))
    }


def _counting(row: _Row, own_name: str, names: Any) -> Iterator[tuple[list[str], bool]]:
    """The names under which a place is found, folded, and whether each is its own."""
    for folded, name, language in names:
        is_own = name == row.name or language is not None or f" {folded} " in f" {own_name} "
        is_town = row.kind == PlaceKind.TOWN
        if is_own or not is_town or (row.people or 0) >= KNOWN_PEOPLE or _is_ours(name):
            yield folded.split(" "), is_own
            for short in _in_short(folded.split(" "), row.people or 0):
                yield short, False
            if "'" in name or "’" in name:
                yield words(name), is_own


def _in_short(name: list[str], people: int) -> Iterator[list[str]]:
    """A name as people shorten it; of a small place only its beginning: *san jose o tijuana* names no hamlet."""
    for short in map(str.split, shortened(name)):
        begins = short[0] != name[0] and short[0] not in STOP_WORDS and short[0] not in _CONJUNCTIONS
        if people >= SHORT_PEOPLE or begins:
            yield short


def _is_ours(name: str) -> bool:
    """Whether a name may be Spanish, English or French: an alternate of two words or more in plain Latin letters."""
    return name.isascii() and " " in name and bool(_LATIN.fullmatch(name))


def _short_forms(name: str) -> Iterator[list[str]]:
    """`Stewart Detention Center` → stewart: what people call it."""
    short = _FACILITY.sub("", _STATION.sub("", name))
    if short != name and (found := words(short)) and len("".join(found)) > 3:
        yield found


def _county_names(name: str) -> Iterator[list[str]]:
    own = words(name)
    yield [*own, "county"]
    yield [*own, "parish"]
    yield ["county", "of", *own]
    yield ["condado", "de", *own]
    yield ["condado", *own]
    yield ["comte", "de", *own]


def _region_names(code: str) -> Iterator[list[str]]:
    seen: set[tuple[str, ...]] = set()
    for language in LANGUAGES:
        name = region_name(code, language)
        folded = tuple(words(name))
        # *Coahuila de Zaragoza* is Coahuila to everybody; *Ciudad de México* is not *Ciudad*.
        short = folded[:1] if len(code) > 2 and "de" in folded[1:2] else ()
        in_short = [tuple(item.split()) for item in shortened(list(folded))]
        for own in (folded, () if set(short) & cues.words_of(cues.TOWN) else short, *in_short):
            if own and own not in seen:
                seen.add(own)
                yield list(own)


def _middle(points: list[tuple[float, float, int]] | None) -> tuple[float | None, float | None]:
    """The mean of the towns of a region, weighted by people."""
    if not points:
        return None, None
    total = sum(weight for *_, weight in points)
    return (
        sum(latitude * weight for latitude, _, weight in points) / total,
        sum(longitude * weight for _, longitude, weight in points) / total,
    )


def _people(points: list[tuple[float, float, int]] | None) -> int:
    return min(sum(weight for *_, weight in points or ()), 2**31 - 1)
