"""A search's answer as JSON, put together from texts that are ready: results, and facet values with their labels.

The obvious construction is in `tests/api/search_json.py`, and both must say the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import current_app

from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.extensions import db
from directory.publication.cards import Card, Edition, cards_of
from directory.publication.consulates import consulate_name, public_consulates
from directory.publication.labels import facet_labels
from directory.publication.records import PublicOrganization
from directory.publication.sentences import summary_in
from directory.search import explain
from directory.search.engine.query import Hit, SearchQuery
from directory.search.execute import Understood
from directory.search.follower import is_in_step
from directory.search.understanding.reading import Reading
from directory.vocabulary.catalogue import Vocabulary, vocabulary

FORM = "json"
_EXTENSION = "directory.facet_texts"


def search_json(query: SearchQuery, result: Understood, language: str, base_url: str) -> str:
    """The body of the contract's search answer."""
    terms = vocabulary(db.session)
    edition = Edition(FORM, language, result.at, result.epoch)

    def make(record: PublicOrganization, location_id: UUID | None) -> Card:
        return (_opened(_result(record, location_id, language, base_url, terms)),)

    cards = cards_of(db.session, result.hits, edition, make, in_step=is_in_step())
    head = {
        "query": {
            "q": query.text,
            "filters": query.filters(),
            "page": query.page,
            "size": query.size,
            "sort": query.sort.value,
        },
        "understood": explain.understood(result.reading, language, terms, _consulate_name),
        "read_as": explain.read_as(result.reading),
        "cut": result.reading.cut,
        "relaxed": explain.relaxed(result.relaxed, result.reading, language, terms),
        "total": result.total,
        "pages": result.pages(query.size),
        "suggestion": result.suggestion,
    }
    if query.explain:
        head["explain"] = {"costs": explain.costs(result.reading)}
    results = ",".join([_hit(hit, card, result.reading, language, told=query.explain) for hit, card in cards])
    return f'{_opened(head)}"results":[{results}],"facets":{_facets(result, language, terms)}}}'


def _hit(hit: Hit, card: Card, reading: Reading, language: str, *, told: bool) -> str:
    """A result: what is ready of it, and what only this search says."""
    distance = "null" if hit.distance_km is None else repr(hit.distance_km)
    own: dict[str, Any] = {"match": explain.match(hit), "why": explain.why(hit, reading, language)}
    if told:
        own["explain"] = explain.score(hit)
    said = json.dumps(own, separators=(",", ":"))
    return f'{card[0]}"distance_km":{distance},"score":{hit.score!r},{said[1:]}'


def _consulate_name(slug: str, language: str) -> str:
    """What a consulate is called; its slug where it is gone."""
    found = find_by_slug(db.session, Entity.CONSULATE, slug)
    records = public_consulates(db.session, [found[0]]) if found else []
    return consulate_name(records[0], language) if records else slug


def _opened(content: dict[str, Any]) -> str:
    """A JSON object without its end: more members can follow."""
    return json.dumps(content, separators=(",", ":"))[:-1] + ","


class FacetTexts:
    """For each facet value and language the JSON of value and label, made when it is first asked for."""

    def __init__(self, terms: Vocabulary) -> None:
        self.terms = terms
        self._texts: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, facet: str, language: str, values: Iterable[tuple[str, int]]) -> str:
        """A facet's values with labels and counts, as JSON."""
        known = self._texts.setdefault((facet, language), {})
        parts = []
        for value, count in values:
            text = known.get(value)
            if text is None:
                label = facet_labels(self.terms, language)[facet](value)
                text = known[value] = _opened({"value": value, "label": label}) + '"count":'
            parts.append(f"{text}{count}}}")
        return f"[{','.join(parts)}]"


def _facets(result: Understood, language: str, terms: Vocabulary) -> str:
    texts = _facet_texts(terms)
    return (
        "{" + ",".join(f'"{name}":{texts.of(name, language, values)}' for name, values in result.facets.items()) + "}"
    )


def _facet_texts(terms: Vocabulary) -> FacetTexts:
    """The texts of the running application's vocabulary."""
    known: FacetTexts | None = current_app.extensions.get(_EXTENSION)
    if known is None or known.terms is not terms:
        known = current_app.extensions[_EXTENSION] = FacetTexts(terms)
    return known


def _result(
    record: PublicOrganization, location_id: UUID | None, language: str, base_url: str, terms: Vocabulary
) -> dict[str, Any]:
    """What a result says of an organization, whatever was searched."""
    place = record.location(location_id)
    phones = [phone for phone in record.numbers_at(place) if phone.number]
    availability = record.availability
    return {
        "id": str(record.id),
        "slug": record.slug,
        "name": record.name,
        "acronym": record.acronym,
        "summary": summary_in(record, language, terms, place),
        "country": place.country if place else record.country,
        "admin1": place.admin1 if place else None,
        "city": place.city if place else None,
        "countries": list(record.countries),
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "precision": place.precision if place else None,
        "areas": list(record.areas),
        "populations": list(record.populations),
        "languages": list(record.languages),
        "nationalities": list(record.nationalities),
        "phone": phones[0].number if phones else None,
        "website": record.website,
        "status": record.status,
        "verified_on": record.verified_on.isoformat() if record.verified_on else None,
        "availability": {
            "state": availability.state,
            "until": availability.until.isoformat() if availability.until else None,
        },
        "url": f"{base_url}/{language}/organizations/{record.slug}",
    }
