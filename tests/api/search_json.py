"""The obvious construction of a search's answer: the reference that the fast one is compared with."""

from __future__ import annotations

from typing import Any

from directory.clock import now
from directory.extensions import db
from directory.publication.labels import facet_labels
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization
from directory.publication.sentences import summary_in
from directory.search import explain
from directory.search.engine.query import Hit, SearchQuery
from directory.search.execute import Understood
from directory.vocabulary.catalogue import Vocabulary, vocabulary


def obvious_json(query: SearchQuery, result: Understood, language: str, base_url: str) -> dict[str, Any]:
    """The body of the contract's search answer."""
    terms = vocabulary(db.session)
    records = {
        record.id: record
        for record in public_organizations(db.session, [hit.organization_id for hit in result.hits], now())
    }
    labels = facet_labels(terms, language)
    return {
        "query": {
            "q": query.text,
            "filters": query.filters(),
            "page": query.page,
            "size": query.size,
            "sort": query.sort.value,
        },
        "understood": explain.understood(result.reading, language, terms, lambda slug, _language: slug),
        "read_as": explain.read_as(result.reading),
        "cut": result.reading.cut,
        "relaxed": explain.relaxed(result.relaxed, result.reading, language, terms),
        "total": result.total,
        "pages": result.pages(query.size),
        "suggestion": result.suggestion,
        "results": [
            _result(hit, records[hit.organization_id], language, base_url, terms)
            | {"match": explain.match(hit), "why": explain.why(hit, result.reading, language)}
            for hit in result.hits
            if hit.organization_id in records
        ],
        "facets": {
            name: [{"value": value, "label": labels[name](value), "count": count} for value, count in values]
            for name, values in result.facets.items()
        },
    }


def _result(hit: Hit, record: PublicOrganization, language: str, base_url: str, terms: Vocabulary) -> dict[str, Any]:
    place = record.location(hit.location_id)
    phones = [phone for phone in (*(place.phones if place else ()), *record.phones) if phone.number]
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
        "distance_km": hit.distance_km,
        "score": hit.score,
        "url": f"{base_url}/{language}/organizations/{record.slug}",
    }
