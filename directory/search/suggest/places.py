"""Suggestions of places: the member countries, their subdivisions and every place of the gazetteer."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from math import log10
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from directory.database import AnySession, forget_pages
from directory.places.countries import MEMBER_STATES, country_name, region_name, subdivision_name, subdivisions_of
from directory.places.models import Place, PlaceKind, PlaceName
from directory.search.engine.analysis import words
from directory.search.engine.suggest import PrefixIndexBuilder
from directory.search.engine.wordlist import TextsBuilder
from directory.search.suggest.candidates import Candidate
from directory.settings import LANGUAGES
from directory.text import APOSTROPHES

NEAR_KM = 50
"""How far around a town the search goes that a suggestion leads to."""
BATCH_ROWS = 1_000
COUNTRY, SUBDIVISION, WITH_ORGANIZATIONS = 12.0, 6.0, 2.0
"""Points for what is asked for more often; a town of ten million people has eight."""
_OF_KIND = {PlaceKind.CROSSING: 4.0, PlaceKind.CAMP: 3.0, PlaceKind.DETENTION: 3.0}
_UNKNOWN_SIZE = 300
MINOR = log10(15_000) * 8 / 7
"""Below this weight a town is one that few mean by a plain word; crossings and camps are below it too."""
_APOSTROPHES = frozenset(APOSTROPHES)
_PlaceRow = tuple[str, str, str, str | None, float]
"""Id, name, ISO code of the region, city, weight."""
_NameRow = tuple[list[str], str, str | None]
"""Folded words, spelling, language."""


class Regions:
    """The member countries and their subdivisions, by code."""

    def __init__(self) -> None:
        self.codes = [*MEMBER_STATES, *(code for country in MEMBER_STATES for code in subdivisions_of(country))]
        self.number_of = {code: number for number, code in enumerate(self.codes)}
        countries, regions = PrefixIndexBuilder(), PrefixIndexBuilder()
        for number, code in enumerate(self.codes):
            for name in region_names(code):
                regions.add(number, words(name))
                if number < len(MEMBER_STATES):
                    countries.add(number, words(name))
            regions.add(number, words(code[3:] or code), is_own=False)
        around = countries.build([0.0] * len(MEMBER_STATES))
        weights = [COUNTRY if len(code) == 2 else SUBDIVISION for code in self.codes]
        self.index = regions.build(weights, (around, (self.number_of[code[:2]] for code in self.codes)))

    def find(self, typed: Sequence[str], language: str, limit: int, *, tolerant: bool) -> list[Candidate]:
        """Countries and subdivisions."""
        return [
            _region(self.codes[match.number], language, match.score)
            for match in self.index.find(typed, limit, tolerant=tolerant)
        ]

    def label(self, number: int, language: str) -> str:
        """`Texas, United States`; a country by its name."""
        return region_label(self.codes[number], language)


class Towns:
    """The places of the gazetteer, in a few megabytes."""

    def __init__(self, session: AnySession, regions: Regions) -> None:
        """Read the whole gazetteer (two queries)."""
        self._regions = regions
        self._spelled: dict[int, dict[str, str]] = defaultdict(dict)
        self._region_of = array("H")
        weights = array("f")
        builder = PrefixIndexBuilder()
        shown = TextsBuilder(), TextsBuilder()
        for number, (row, names) in enumerate(_places_with_names(session)):
            place_id, name, code, city, weight = row
            shown[0].add(place_id)
            shown[1].add(name)
            weights.append(weight)
            self._region_of.append(regions.number_of.get(code) or regions.number_of[code[:2]])
            if city and city != name:
                builder.add(number, words(city), is_own=False)
            for folded, spelling, language in names:
                builder.add(number, folded, is_own=language is not None or spelling == name)
                if language is not None:
                    self._spelled[number][language] = spelling
        self._ids, self._names = shown[0].build(), shown[1].build()
        self._is_minor = bytes(weight < MINOR for weight in weights)
        self.index = builder.build(weights, (regions.index, self._region_of))
        forget_pages(session)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.index.nbytes + self._ids.nbytes + self._names.nbytes + 3 * len(self._region_of)

    def find(self, typed: Sequence[str], language: str, limit: int, *, tolerant: bool) -> list[Candidate]:
        """Towns, crossings, camps and places of detention."""
        return [
            self._candidate(match.number, match.score, language)
            for match in self.index.find(typed, limit, tolerant=tolerant)
        ]

    def _candidate(self, number: int, score: float, language: str) -> Candidate:
        spelled = self._spelled.get(number, {})
        name = spelled.get(language) or self._names[number]
        place_id = self._ids[number]
        return Candidate(
            kind="place",
            value=place_id,
            label=f"{name}, {self._regions.label(self._region_of[number], language)}",
            path=f"/search?near={place_id}&within={NEAR_KM}",
            names=(self._names[number], *spelled.values()),
            score=score,
            is_minor=bool(self._is_minor[number]),
        )


class Places:
    """All places; a town where an organization is comes before its equals."""

    def __init__(self, regions: Regions, towns: Towns, has_organizations: Callable[[str], bool]) -> None:
        self._regions = regions
        self._towns = towns
        self._has_organizations = has_organizations

    def find(self, typed: Sequence[str], language: str, limit: int, *, tolerant: bool) -> list[Candidate]:
        """Places of every kind."""
        raised = (
            (item.score + WITH_ORGANIZATIONS, replace(item, is_minor=False))
            if self._has_organizations(item.value)
            else (item.score, item)
            for item in self._towns.find(typed, language, 2 * limit, tolerant=tolerant)
        )
        wider = ((item.score, item) for item in self._regions.find(typed, language, limit, tolerant=tolerant))
        ordered = sorted([*wider, *raised], key=lambda pair: (-pair[0], pair[1].label, pair[1].value))
        # Two villages of one name in one state cannot be told apart; the larger one comes first, and is the one shown.
        unlike = {item.label: replace(item, score=score) for score, item in reversed(ordered)}
        return sorted(unlike.values(), key=lambda item: (-item.score, item.label))[:limit]


def region_names(code: str) -> list[str]:
    """What a country or subdivision is called in the three languages."""
    return list(dict.fromkeys(region_name(code, language) for language in LANGUAGES))


def region_label(code: str, language: str) -> str:
    """`Texas, United States`; a country by its name."""
    country = country_name(code[:2], language)
    return country if len(code) == 2 else f"{subdivision_name(code, language)}, {country}"


def _region(code: str, language: str, score: float) -> Candidate:
    path = f"/search?country={code}" if len(code) == 2 else f"/search?admin1={code}"
    return Candidate("place", code, region_label(code, language), path, region_names(code), score)


def _places_with_names(session: AnySession) -> Iterator[tuple[_PlaceRow, Iterator[_NameRow]]]:
    """Every place with its names, whose words are folded, one after the other: nothing is held."""
    places = select(Place.id, Place.name, Place.country, Place.admin1, Place.city, Place.population, Place.kind)
    names = select(PlaceName.place_id, PlaceName.folded, PlaceName.name, PlaceName.language)
    # Both in the order that the database gives to ids, whatever that is: every place has a name.
    named = groupby(_rows(session, names.order_by(PlaceName.place_id)), key=itemgetter(0))
    for (place_id, name, country, admin1, city, population, kind), (named_id, rows) in zip(
        _rows(session, places.where(Place.id.in_(select(PlaceName.place_id))).order_by(Place.id)), named, strict=True
    ):
        if place_id != named_id:
            raise AssertionError(f"{place_id} and {named_id} are out of step")
        weight = _OF_KIND.get(kind) or log10((population or _UNKNOWN_SIZE) + 1) * 8 / 7
        yield (place_id, name, admin1 or country, city, weight), map(_name, rows)


def _name(row: tuple[str, str, str, str | None]) -> _NameRow:
    _, folded, name, language = row
    # The gazetteer's folding keeps what the search's drops: the letters around an apostrophe.
    return folded.split() if _APOSTROPHES.isdisjoint(name) else words(name), name, language


def _rows(session: AnySession, query: Any) -> Iterator[Any]:
    """Rows as plain tuples, a batch at a time."""
    yield from session.connection().execution_options(yield_per=BATCH_ROWS).execute(query)
