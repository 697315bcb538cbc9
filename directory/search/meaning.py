"""From what a text means to what the engine is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyroaring import BitMap

from directory.search.engine.analysis import query_words
from directory.search.engine.intent import Intent, Meaning, Sought
from directory.search.engine.parts import Alternatives, Asked, Part, Phrase, tokens, word
from directory.search.engine.query import ConsulateFilter, SearchQuery
from directory.search.engine.weights import NAMED
from directory.search.organization_names import MAX_HOLDERS, OrganizationNames
from directory.search.understanding import cues
from directory.search.understanding.reading import IMPLIED, Concept, Reading, ReadPlace
from directory.search.understanding.sources.phrases import common_words

Implied = Mapping[tuple[str, str], Sequence[tuple[str, float, bool]]]
"""For a meaning (kind, value) the areas that it brings along: weight, and whether only where no area was read."""
MAX_NAME_WORDS = 6
SURE, LIKELY = 0.9, 0.65
"""Needs of less weight are set aside where one of at least so much was read: they help to rank, and lead no rung."""


@dataclass(frozen=True)
class Asker:
    """What turns a reading into a question to one generation of the index."""

    names: OrganizationNames
    related: Mapping[str, Mapping[str, float]]
    implied: Implied
    consulates: Mapping[str, ConsulateFilter]
    """By slug: those that the text names."""

    def meaning(self, query: SearchQuery, reading: Reading, documents: Mapping[Concept, BitMap]) -> Meaning:
        """What the engine is asked."""
        excluded_words = {concept.text.lower().lstrip("-") for concept in reading.excluded}
        return Meaning(
            fixed=_fixed(reading.clean, excluded_words),
            words=tuple(word(item) for item in reading.free),
            explained=tuple(_explained(reading)),
            intent=self._intent(query, reading, documents),
        )

    def _intent(self, query: SearchQuery, reading: Reading, documents: Mapping[Concept, BitMap]) -> Intent:
        needs, beside = _needs(reading, query.area, self.implied)
        named = BitMap.union(BitMap(), *documents.values())
        for phone in reading.phones:
            named |= self.names.with_phone(phone)
        nationalities = [concept.value for concept in reading.of("nationality")]
        return Intent(
            needs=tuple(needs.items()),
            related=tuple((_related(needs, self.related) | beside).items()),
            populations=_weighted(reading.of("population")),
            languages=_weighted(reading.of("language")),
            nationality=nationalities[0] if nationalities else None,
            places=tuple(self._places(query, reading)),
            named=named if named else None,
            name_words=tuple(self._name_words(reading)),
            without=tuple((concept.kind, concept.value) for concept in reading.excluded),
        )

    def _places(self, query: SearchQuery, reading: Reading) -> Iterable[Sought]:
        said = [self.consulates[item.value] for item in reading.of("consulate") if item.value in self.consulates]
        if said and not reading.places:
            yield _area_of(tuple(said))
        for place in reading.places:
            yield sought(place)
        if reading.places or said:
            return
        if query.near is not None:
            yield Sought(point=query.near.point, radius_km=query.within_km)
        elif query.country or query.admin1:
            codes = query.admin1 or query.country
            yield Sought(codes[0][:2], query.admin1[0] if query.admin1 else None, codes=codes, is_filter=True)
        elif query.consulate and not query.anywhere:
            yield _area_of(query.consulate, is_filter=True)
        elif query.own and not query.anywhere and any(item.areas for item in query.own):
            yield _area_of(query.own)

    def _name_words(self, reading: Reading) -> Iterable[Part]:
        found = 0
        for item in reading.free:
            is_plain = item in common_words() or item in cues.all_words()
            if found < MAX_NAME_WORDS and not is_plain and 0 < len(self.names.holders(item)) <= MAX_HOLDERS:
                found += 1
                yield Alternatives((), (NAMED + item,))


def _area_of(consulates: tuple[ConsulateFilter, ...], *, is_filter: bool = False) -> Sought:
    """The jurisdiction of consulates as a place."""
    countries = [area.country for item in consulates for area in item.areas]
    return Sought(country=countries[0] if countries else "", consulates=consulates, is_filter=is_filter)


def sought(place: ReadPlace) -> Sought:
    """A place of a text as the engine takes it."""
    # At a crossing both sides are near.
    country = "" if place.is_crossing else place.country
    return Sought(country, None if place.is_crossing else place.admin1, place.point, place.codes, place.radius_km,
                  place.weight)  # fmt: skip


def _explained(reading: Reading) -> Iterable[Part]:
    """The words of the needs that were read, each once, where no place tells one result from another."""
    if reading.places:
        return
    found = dict.fromkeys(item for concept in reading.of("area") for item in query_words(concept.text))
    yield from (word(item) for item in list(found)[:MAX_NAME_WORDS])


def _needs(reading: Reading, filters: Iterable[str], implied: Implied) -> tuple[dict[str, float], dict[str, float]]:
    """The areas that are meant, and those that were only said beside them. Chosen filters, where no other was."""
    said = {concept.value: concept.weight for concept in reading.of("area")}
    for concept in reading.concepts:
        for area, weight, is_alone in implied.get((concept.kind, concept.value), ()):
            if not is_alone or not reading.of("area"):
                said[area] = max(said.get(area, 0.0), weight * concept.weight)
    said = said or dict.fromkeys(filters, 1.0)
    surest = max(said.values(), default=0.0)
    least = SURE if surest >= SURE else LIKELY if surest >= LIKELY else 0.0
    needs = {area: weight for area, weight in said.items() if weight >= least - 1e-9}
    return needs, {area: weight for area, weight in said.items() if area not in needs}


def with_implied(reading: Reading, implied: Implied) -> Reading:
    """The reading with the areas that its meanings bring along: whoever asked sees what was looked for."""
    areas = {concept.value for concept in reading.of("area")}
    found: dict[str, Concept] = {}
    for concept in reading.concepts:
        for area, weight, is_alone in implied.get((concept.kind, concept.value), ()):
            if area not in areas and not (is_alone and areas):
                told = replace(
                    concept, kind="area", value=area, weight=IMPLIED * weight * concept.weight, how="implied"
                )
                found[area] = max(told, found.get(area, told), key=lambda item: item.weight)
    return replace(reading, concepts=(*reading.concepts, *found.values()))


def _related(needs: Mapping[str, float], known: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for area, weight in needs.items():
        for other, share in known.get(area, {}).items():
            if other not in needs:
                found[other] = max(found.get(other, 0.0), share * weight)
    return found


def _weighted(concepts: Iterable[Concept]) -> tuple[tuple[str, float], ...]:
    return tuple((concept.value, concept.weight) for concept in concepts)


def _fixed(text: str, understood: set[str]) -> Asked:
    """Phrases in quotation marks, and what stands behind a minus and is no group of people."""
    found = tokens(text)
    required = [Phrase(token.words) for token in found if token.is_phrase and not token.is_excluded]
    excluded: list[Part] = []
    for token in found:
        if token.is_excluded and " ".join(token.words) not in understood:
            excluded += [Phrase(token.words)] if token.is_phrase else [word(item) for item in token.words]
    return Asked(tuple(dict.fromkeys(required)), tuple(dict.fromkeys(excluded)))
