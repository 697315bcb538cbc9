"""The obvious implementation of search, and the definition of its results: plain Python over all documents.

No arrays, bitmaps, segments or caches: every number is worked out anew from the documents, as the formula says it.
`tests/search/test_engine_equality.py` compares the engine with this.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from directory.clock import day_of
from directory.organizations.freshness import freshness
from directory.places.distance import great_circle_km
from directory.search.documents import Document
from directory.search.engine.analysis import query_words, stems
from directory.search.engine.day import minute_of
from directory.search.engine.parts import Alternatives, Asked, Part, Phrase, Word
from directory.search.engine.query import FACETS, SearchQuery, Sort

# BM25F: for each field what its terms begin with in the index, its weight, and its average length.
FIELDS = {
    "acronym": ("=", 6.0, 1.0),
    "name": ("=", 4.0, 5.0),
    "place": ("=", 2.0, 11.0),
    "name_stem": ("~", 2.0, 8.0),
    "topic": ("~", 1.5, 50.0),
    "text": ("~", 1.0, 25.0),
    "area": ("#", 1.5, 2.0),
    "named": ("@", 1.0, 5.0),
    "phone": ("+", 1.0, 1.0),
}
B, K1 = 0.75, 1.2
PREFIX_SHARE, FUZZY_SHARE, LEAST_PHRASE = 0.3, 0.5, 0.1
FACTORS = {"full": 0.6, "closed": 0.5, "stale": 0.8, "due": 0.95}
AVAILABILITY = ("open", "limited", "unknown", "full", "closed")
"""From the best that can be said to the worst."""
AVAILABLE = ("open", "limited", "unknown")
STORED_AS = {
    "country": "countries",
    "admin1": "admin1s",
    "area": "areas",
    "population": "populations",
    "language": "languages",
    "nationality": "nationalities",
}
MAX_CORRECTED, MAX_SIMILAR = 8, 10


@dataclass(frozen=True)
class Place:
    """A public location as it was stored."""

    id: UUID
    country: str
    admin1: str | None
    admin2: str | None
    place_id: str | None
    city_words: frozenset[str]
    areas: frozenset[str]
    has_phone: bool
    point: tuple[float, float] | None


class Row:
    """One organization: what a document says, in words that the definitions below can use."""

    def __init__(self, document: Document) -> None:
        self.id = UUID(document.id)
        self.fields = document.fields
        self.stored: Mapping[str, Any] = document.stored
        self.sort_key: str = document.stored["sort"]
        self.verified_day: int = document.stored["verified"] or 0

    @cached_property
    def places(self) -> list[Place]:
        """Its locations, in the order of the record."""
        return [
            Place(
                UUID(key),
                country,
                admin1,
                admin2,
                place_id,
                frozenset(city),
                frozenset(areas),
                phone,
                None if latitude is None else (latitude, longitude),
            )
            for key, country, admin1, admin2, place_id, city, areas, phone, latitude, longitude in self.stored[
                "locations"
            ]
        ]

    def status(self, at: datetime) -> str:
        """Freshness on a day."""
        verified, due_since = self.stored["verified"], self.stored["due_since"]
        return freshness(
            date.fromordinal(verified) if verified else None,
            self.stored["interval"],
            day_of(at),
            date.fromordinal(due_since) if due_since else None,
        ).value

    def availability(self, at: datetime) -> str:
        """The best that any service says today; what has lapsed is unknown, as is all where nothing was said."""
        said = [
            state if until is None or until > minute_of(at) else "unknown"
            for state, until in self.stored["availability"]
        ]
        return min(said, key=AVAILABILITY.index, default="unknown")

    def values(self, facet: str, at: datetime) -> frozenset[str]:
        """What it holds of a facet."""
        return frozenset([self.status(at)] if facet == "status" else self.stored[STORED_AS[facet]])

    def distance_km(self, point: tuple[float, float]) -> float:
        """To its nearest location that has a point."""
        return min((great_circle_km(place.point, point) for place in self.places if place.point), default=math.inf)

    # What a match is worth.

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Each term's weighted frequency: Σ over fields of weight × tf ÷ (1 − b + b × length ÷ average)."""
        found: dict[str, float] = {}
        for name, (namespace, weight, average) in FIELDS.items():
            terms = self.fields.get(name, ())
            for term, tf in Counter(terms).items():
                own = weight * tf / (1 - B + B * len(terms) / average)
                found[namespace + term] = found.get(namespace + term, 0.0) + own
        return found

    def of_word(self, word: Word) -> float:
        """As it is written, plus the best of its stems; plus a share of all that begins with it, for a prefix."""
        found = self.weights.get(word.plain, 0.0) + max(self.weights.get(stem, 0.0) for stem in word.stems)
        if word.is_prefix:
            begins = (word.plain, f"~{word.plain[1:]}")
            others = [
                term for term in self.weights if term.startswith(begins) and term not in (word.plain, *word.stems)
            ]
            found += PREFIX_SHARE * sum(self.weights[term] for term in others)
        return found

    def of_phrase(self, phrase: Phrase) -> float:
        """The sum of its words where they stand in a row in one of its texts; at least a tenth."""
        if not any(_holds_in_a_row(text.split(), phrase.words) for text in self.stored["folded"].split("|")):
            return 0.0
        own = sum(self.of_word(Word(f"={item}", tuple(f"~{stem}" for stem in stems(item)))) for item in {*phrase.words})
        return max(own, LEAST_PHRASE)

    def of_alternatives(self, part: Alternatives) -> float:
        """The best of them: a single term, or the average of a set of words all of which it holds."""
        found = [self.weights.get(term, 0.0) for term in part.terms]
        for words in part.sets:
            own = [self.of_word(word) for word in words]
            found.append(sum(own) / len(own) if all(own) else 0.0)
        return part.share * max(found, default=0.0)

    def worth(self, part: Part) -> float:
        """Weighted frequency of a part, saturated: from 0 (not held) to below 1."""
        if isinstance(part, Word):
            weight = self.of_word(part)
        elif isinstance(part, Phrase):
            weight = self.of_phrase(part)
        else:
            weight = self.of_alternatives(part)
        return weight / (weight + K1)


def _holds_in_a_row(text: Sequence[str], words: tuple[str, ...]) -> bool:
    return any(tuple(text[at : at + len(words)]) == words for at in range(len(text) - len(words) + 1))


@dataclass(frozen=True)
class Found:
    """A result: what it is ordered by, and the location that is shown."""

    row: Row
    score: float
    is_first: bool
    """Whether it is put before all others, as a partner."""
    distance_km: float
    """Infinite without a point, or without a place to measure from."""
    place: Place | None


@dataclass(frozen=True)
class Expected:
    """What a search must answer: all results in order, counts, and corrected words."""

    found: tuple[Found, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    corrections: Mapping[str, str]


def search(documents: Iterable[Document], query: SearchQuery, asked: Asked, at: datetime) -> Expected:
    """Answer a search, page and size left aside."""
    rows = [Row(document) for document in documents]
    asked, corrections = corrected(asked, rows)
    matching = [
        row
        for row in rows
        if all(row.worth(part) for part in asked.required)
        and not any(row.worth(part) for part in asked.excluded)
        and _meets_conditions(row, query, at)
    ]
    found = [row for row in matching if all(_meets(row, name, query, at) for name in FACETS)]
    parts = [(idf(sum(1 for row in rows if row.worth(part)), len(rows)), part) for part in asked.required]
    results = [_result(row, parts, query, at) for row in found]
    return Expected(tuple(sorted(results, key=order(query))), _counts(matching, query, at), corrections)


def idf(documents: int, live: int) -> float:
    """What `documents` of `live` documents hold is worth ln(1 + (live − documents + ½) ÷ (documents + ½))."""
    return math.log(1 + (live - documents + 0.5) / (documents + 0.5))


def _result(row: Row, parts: Sequence[tuple[float, Part]], query: SearchQuery, at: datetime) -> Found:
    """The score is Σ idf × saturated weight × what the day takes off."""
    factor = FACTORS.get(row.status(at), 1.0) * FACTORS.get(row.availability(at), 1.0)
    return Found(
        row=row,
        score=sum(weight * row.worth(part) for weight, part in parts) * factor,
        is_first=row.id in query.first,
        distance_km=row.distance_km(query.near.point) if query.near else math.inf,
        place=best_place(row, query),
    )


# Filters and counts.


def _meets(row: Row, name: str, query: SearchQuery, at: datetime) -> bool:
    """Whether a record holds one of the values of a facet's filter; no nationality means all of them."""
    wanted, own = getattr(query, name), row.values(name, at)
    return not wanted or not own.isdisjoint(wanted) or (name == "nationality" and not own)


def _meets_conditions(row: Row, query: SearchQuery, at: datetime) -> bool:
    """The filters that are no facet."""
    if query.available and row.availability(at) not in AVAILABLE:
        return False
    if query.near and query.within_km is not None and row.distance_km(query.near.point) > query.within_km:
        return False
    if not query.consulate:
        return True
    is_partner = any(row.id in consulate.partners for consulate in query.consulate)
    return is_partner or (not query.partner and any(_is_covered(place, query) for place in row.places))


def _is_covered(place: Place, query: SearchQuery) -> bool:
    where = (place.country, place.admin1, place.admin2, place.place_id)
    return any(consulate.covers(*where) for consulate in query.consulate)


def _counts(matching: Sequence[Row], query: SearchQuery, at: datetime) -> dict[str, tuple[tuple[str, int], ...]]:
    """How many hold each value, counted without the facet's own filter; most frequent first, then by value."""
    counts = {}
    for name in FACETS:
        others = [other for other in FACETS if other != name]
        counted = [row for row in matching if all(_meets(row, other, query, at) for other in others)]
        held = Counter(value for row in counted for value in row.values(name, at))
        counts[name] = tuple(sorted(held.items(), key=lambda item: (-item[1], item[0])))
    return counts


# Order, and the location that is shown.


def sort_by(query: SearchQuery) -> Sort:
    """What is meant: relevance without any text is by distance from a place that is given, else by name."""
    if query.sort == Sort.RELEVANCE and not query.text.strip():
        return Sort.DISTANCE if query.near else Sort.NAME
    return query.sort


def order(query: SearchQuery) -> Any:
    """The key to sort by: partners first by relevance; then what was asked for; then name, then id."""
    by = sort_by(query)

    def key(item: Found) -> tuple[bool, float, str, str]:
        is_later = query.sort == Sort.RELEVANCE and not item.is_first
        return is_later, rank(item, by), item.row.sort_key, str(item.row.id)

    return key


def rank(item: Found, by: Sort) -> float:
    """What an order compares; less is earlier."""
    if by == Sort.RELEVANCE:
        return -item.score
    if by == Sort.VERIFIED:
        return -item.row.verified_day
    return item.distance_km if by == Sort.DISTANCE else 0.0


def best_place(row: Row, query: SearchQuery) -> Place | None:
    """The nearest where a place is given; else in the region asked for, in the city named, offering the need, with a
    phone; the first of equals."""
    asked = set(query_words(query.text))

    def worth(place: Place) -> tuple[float, int, int, bool, bool]:
        distance = great_circle_km(place.point, query.near.point) if query.near and place.point else math.inf
        is_there = (place.country in query.country) + (place.admin1 in query.admin1) + _is_covered(place, query)
        offers = not place.areas.isdisjoint(query.area)
        return -distance, is_there, len(asked & place.city_words), offers, place.has_phone

    return max(row.places, key=worth, default=None)


# Misspelt words.


def corrected(asked: Asked, rows: Sequence[Row]) -> tuple[Asked, dict[str, str]]:
    """Words that nobody wrote replaced by all similar ones, which count half; the likeliest of them by word."""
    corrections: dict[str, str] = {}
    required: list[Part] = []
    for part in asked.required:
        if isinstance(part, Word) and len(corrections) < MAX_CORRECTED and not any(row.worth(part) for row in rows):
            typed = part.plain[1:]
            if similar := similar_words(typed, rows):
                corrections[typed] = similar[0]
                sets = tuple((Word(f"={item}", tuple(f"~{stem}" for stem in stems(item))),) for item in similar)
                part = Alternatives(sets, share=FUZZY_SHARE)
        required.append(part)
    return replace(asked, required=tuple(required)), corrections


def similar_words(typed: str, rows: Sequence[Row]) -> list[str]:
    """At most ten written words within one edit (from five letters) or two (from nine), none where a digit is in it:
    nearest first, then those in most documents, then by alphabet."""
    if len(typed) < 5 or any(char.isdigit() for char in typed):
        return []
    edits = 2 if len(typed) >= 9 else 1
    known = Counter(word for row in rows for word in set(row.stored["spelling"]))
    near = [(distance(typed, word), -count, word) for word, count in known.items()]
    return [word for far, _, word in sorted(near) if far <= edits][:MAX_SIMILAR]


def distance(one: str, other: str) -> int:
    """Edits from one word to another: a letter more, less or other, or two neighbours exchanged, and neither edited
    again (optimal string alignment)."""
    table = [
        [row + column if not (row and column) else 0 for column in range(len(other) + 1)] for row in range(len(one) + 1)
    ]
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            is_other = one[row - 1] != other[column - 1]
            table[row][column] = min(
                table[row - 1][column] + 1, table[row][column - 1] + 1, table[row - 1][column - 1] + is_other
            )
            if row > 1 and column > 1 and one[row - 2 : row] == other[column - 1] + other[column - 2]:
                table[row][column] = min(table[row][column], table[row - 2][column - 2] + 1)
    return table[len(one)][len(other)]
