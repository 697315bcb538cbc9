"""What is counted of an answered search: phrases read, needs that nobody near could meet; never the search."""

from __future__ import annotations

from collections.abc import Iterable

from directory.extensions import db
from directory.places.countries import subdivisions_of
from directory.search.engine.intent import WIDER_KM
from directory.search.engine.query import SearchQuery, Sort
from directory.search.engine.ranking import order
from directory.search.engine.worth import HERE, WIDER
from directory.search.execute import Understood
from directory.search.follower import knowledge
from directory.search.phrases.uses import count_phrases
from directory.statistics.unmet import count_unmet
from directory.vocabulary.catalogue import vocabulary


def note(query: SearchQuery, result: Understood) -> None:
    """Count the first page of an answer."""
    if query.page > 1:
        return
    count_phrases(result.reading.rows, result.reading.struck)
    if _is_narrowed(query, result):
        return
    areas = _areas(query, result)
    place = _subdivision(query, result) if areas else None
    if place is not None and place in subdivisions_of(place[:2]) and not _is_met(query, result):
        count_unmet((area, place) for area in areas)


def _is_narrowed(query: SearchQuery, result: Understood) -> bool:
    """Whether more was asked than a need and a place, or in another order: then the first page says nothing of it."""
    has_filter = query.country or query.admin1 or query.consulate or query.near
    return bool(
        query.sort != Sort.RELEVANCE or query.population or query.language or query.nationality or query.status
        or query.available or query.partner or query.within_km or query.strict or (has_filter and result.reading.places)
    )  # fmt: skip


def _areas(query: SearchQuery, result: Understood) -> Iterable[str]:
    said = [concept.value for concept in result.reading.of("area") if concept.how != "implied"]
    return dict.fromkeys(said or query.area)


def _subdivision(query: SearchQuery, result: Understood) -> str | None:
    """The subdivision that the search is about; None where it names none, or where it asks for all of a country."""
    for place in result.reading.places[:1]:
        if place.admin1:
            return place.admin1
        return next((code for code in place.codes if len(code) > 3 and code[2] == "-"), None)
    if query.near is not None:
        region = knowledge().current(db.session, vocabulary(db.session)).gazetteer.region_at(*query.near.point)
        return region if len(region) > 2 else None
    return query.admin1[0] if query.admin1 else None


def _is_met(query: SearchQuery, result: Understood) -> bool:
    """Whether somebody here or in the wider area offers what was asked for, as far as the first page tells."""
    if result.reading.places or result.reading.concepts:
        return any(hit.rung in (HERE, WIDER) and hit.need != "no" for hit in result.hits)
    if query.near is not None:
        is_nearest_first = order(query) == Sort.DISTANCE
        return not is_nearest_first or any(
            hit.distance_km is not None and hit.distance_km <= WIDER_KM for hit in result.hits
        )
    return bool(result.total)
