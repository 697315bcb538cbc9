"""What a search and its suggestions look like in JSON."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class QueryEcho(BaseModel):
    """The search as it was understood by the server."""

    q: str
    filters: dict[str, list[str]]
    page: int
    size: int
    sort: str


class Understood(BaseModel):
    """A part of the free text that was read as something known."""

    kind: Literal["area", "population", "nationality", "place", "language", "consulate", "organization"]
    value: str
    label: str
    text: str


class AvailabilityOut(BaseModel):
    """Whether someone can be taken now."""

    state: Literal["open", "limited", "full", "closed", "unknown"]
    until: str | None


class ResultOut(BaseModel):
    """One organization found; place and phone are those of its location that answers the query best."""

    id: str
    slug: str
    name: str
    acronym: str | None
    summary: str
    country: str
    admin1: str | None
    city: str | None
    countries: list[str]
    latitude: float | None
    longitude: float | None
    precision: Literal["exact", "city", "subdivision"] | None
    areas: list[str]
    populations: list[str]
    languages: list[str]
    nationalities: list[str]
    phone: str | None
    website: str | None
    status: Literal["verified", "due", "stale", "unverified"]
    verified_on: str | None
    availability: AvailabilityOut
    distance_km: float | None
    score: float
    url: str


class FacetOut(BaseModel):
    """One value of a facet, its label, and how many results have it (without the facet's own filter)."""

    value: str
    label: str
    count: int


class SearchOut(BaseModel):
    """The answer to a search."""

    query: QueryEcho
    understood: list[Understood]
    total: int
    pages: int
    suggestion: str | None
    results: list[ResultOut]
    facets: dict[str, list[FacetOut]]


class SuggestionOut(BaseModel):
    """Something that may be meant; `detail` tells it from others of the same label."""

    kind: Literal["organization", "area", "place", "consulate", "population"]
    value: str = Field(description="Slug; for a place the gazetteer's id or the ISO code.")
    label: str
    detail: str | None
    url: str = Field(description="The page that it leads to.")


class SuggestOut(BaseModel):
    """At most ten suggestions, the likeliest first."""

    suggestions: list[SuggestionOut]
