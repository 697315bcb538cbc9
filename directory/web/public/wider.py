"""Where filters, quotes and exclusions leave nothing: wider searches that find something, and who can be called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from directory.clock import now
from directory.extensions import db
from directory.organizations.models import Location
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization
from directory.search.engine.query import Near, SearchQuery, Sort
from directory.search.execute import Understood, execute
from directory.web.public.addresses import Addresses

MAX_WIDER = 4
MAX_ORIENTING = 3
ORIENTATION = "information-orientation"


@dataclass(frozen=True)
class Wider:
    """A wider search that finds something: in words, its address, and how many it finds."""

    kind: str
    value: str
    url: str
    total: int


def wider_searches(query: SearchQuery, address: Addresses) -> list[Wider]:
    """The nearest wider searches that find something: without one filter, the whole country."""
    candidates: list[tuple[str, str, SearchQuery, str]] = []
    if query.admin1:
        countries = tuple(dict.fromkeys(code[:2] for code in query.admin1))
        wider = replace(query, admin1=(), country=countries)
        candidates.append(("country", countries[0], wider, address(admin1=None, country=list(countries))))
    for name in query.filters():
        dropped = ("near", "within") if name == "near" else (name,)
        candidates.append(("filter", name, _without(query, dropped), address(**dict.fromkeys(dropped))))
    found = [Wider(kind, value, url, execute(wider, now()).total) for kind, value, wider, url in candidates]
    return sorted((item for item in found if item.total), key=lambda item: item.total)[:MAX_WIDER]


def who_orients(query: SearchQuery, result: Understood) -> list[PublicOrganization]:
    """Organizations of the country that is meant who say where to go and have a number, the nearest first."""
    country = country_of(query, result)
    if country is None:
        return []
    at = now()
    near = query.near or next((Near(place.point, place.value) for place in result.reading.places if place.point), None)
    order = Sort.DISTANCE if near else Sort.RELEVANCE
    hits = execute(SearchQuery(country=(country,), area=(ORIENTATION,), near=near, sort=order, size=20), at).hits
    records = public_organizations(db.session, [hit.organization_id for hit in hits], at)
    return [record for record in records if record.numbers][:MAX_ORIENTING]


@dataclass(frozen=True)
class Urgency:
    """Which help lines fit a search: of which country, for which needs and people, serving which subdivisions."""

    country: str | None
    areas: tuple[str, ...]
    populations: tuple[str, ...]
    admin1s: tuple[str, ...]


def urgency_of(query: SearchQuery, result: Understood) -> Urgency:
    """What a search says of danger: its needs and people, whether they are filters or were read."""
    read = result.reading
    return Urgency(
        country_of(query, result) or _country_of_the_nearest(query, result),
        (*query.area, *(concept.value for concept in read.of("area"))),
        (*query.population, *(concept.value for concept in read.of("population"))),
        (*query.admin1, *(place.admin1 for place in read.places if place.admin1)),
    )


def _country_of_the_nearest(query: SearchQuery, result: Understood) -> str | None:
    """Around a bare point the nearest place says in which country it lies."""
    if query.near is None or not result.hits or result.hits[0].location_id is None:
        return None
    return db.session.scalar(select(Location.country).where(Location.id == result.hits[0].location_id))


def country_of(query: SearchQuery, result: Understood) -> str | None:
    """The country that a search is about, where it says one."""
    said = [place.country for place in result.reading.places if place.country]
    filters = [*query.country, *(code[:2] for code in query.admin1)]
    near = [query.near.country] if query.near and query.near.country else []
    return next(iter([*said, *near, *filters]), None)


def _without(query: SearchQuery, names: tuple[str, ...]) -> SearchQuery:
    nothing: dict[str, Any] = {"available": False, "partner": False, "near": None, "within": None}
    changes = {"within_km" if name == "within" else name: nothing.get(name, ()) for name in names}
    return replace(query, **changes)
