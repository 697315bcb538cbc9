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
    value: str = Field(description="Slug or code; a place: gazetteer id, ISO code, `county:FIPS`, codes joined by `+`.")
    label: str
    text: str
    start: int = Field(description="Where it begins in `q`, in characters.")
    end: int
    how: Literal["exact", "stem", "typo", "context", "implied"]
    role: Literal["at", "from", "to"] | None = Field(None, description="Of a place.")
    country: str | None = None
    admin1: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float | None = None
    alternatives: list[AlternativeOut] | None = Field(None, description="Other places that may have been meant.")


class AlternativeOut(BaseModel):
    """A place that may have been meant."""

    value: str
    label: str
    country: str
    admin1: str | None


class ReadAsOut(BaseModel):
    """A word that was read as another."""

    text: str
    read_as: str


class WithoutOut(BaseModel):
    """A part of the question that was given up."""

    kind: str
    value: str
    label: str | None


class RelaxedOut(BaseModel):
    """From which result on (0 is the first) what was given up."""

    from_: int = Field(alias="from")
    step: Literal["place", "related", "country", "words"]
    place: str | None
    within_km: float | None
    without: list[WithoutOut]


class MatchOut(BaseModel):
    """What of the question a result answers; null where it was not asked."""

    need: Literal["yes", "related", "no"] | None
    place: Literal["here", "near", "region", "country", "elsewhere"] | None
    lacks: list[str]


class WhyOut(BaseModel):
    """A reason for a result."""

    code: str
    label: str


class ScoreOut(BaseModel):
    """What a result's score is made of: the sum of `terms`, times the day's `factor`; with `explain=1`."""

    rung: int = Field(
        description="0 named, 1 need here, 2 nearby, 3 country, 4 related, 5 anything here, 6 elsewhere, 7 words."
    )
    terms: dict[str, float]
    factor: float


class SpentOut(BaseModel):
    """What a run of words was read as costs."""

    text: str
    start: int
    end: int
    how: str
    cost: float


class ReadingOut(BaseModel):
    """How the text was read; with `explain=1`."""

    costs: list[SpentOut]


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
    match: MatchOut
    why: list[WhyOut]
    explain: ScoreOut | None = None


class FacetOut(BaseModel):
    """One value of a facet, its label, and how many results have it (without the facet's own filter)."""

    value: str
    label: str
    count: int


class SearchOut(BaseModel):
    """The answer to a search."""

    query: QueryEcho
    understood: list[Understood]
    read_as: list[ReadAsOut]
    cut: int = Field(description="Words at the end that were not read.")
    explain: ReadingOut | None = None
    relaxed: list[RelaxedOut]
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
