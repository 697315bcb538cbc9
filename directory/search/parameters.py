"""Search parameters of pages and API: read once, checked once, turned into a SearchQuery."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from werkzeug.datastructures import MultiDict

from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.database import AnySession
from directory.places.asked import MAX_TYPED, AskedPlace, SeveralPlaces, UnknownPlace, read_place
from directory.places.countries import is_country, is_subdivision
from directory.publication.consulate_links import ConsulateLinks
from directory.publication.partners import PublicPartners
from directory.search.engine.query import (
    MAX_FILTER_VALUES,
    MAX_QUERY_LENGTH,
    MAX_SIZE,
    ConsulateFilter,
    Near,
    PlaceArea,
    SearchQuery,
    Sort,
)
from directory.settings import LANGUAGES
from directory.vocabulary.catalogue import vocabulary
from directory.vocabulary.languages import is_language

MAX_WITHIN_KM = 20_020
"""Half of the Earth's circumference."""
MAX_PAGE = 2**31
_POINT = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d{1,12})?)\s*,\s*([+-]?\d{1,3}(?:\.\d{1,12})?)\s*")
Values = Annotated[list[str], Field(default_factory=list, max_length=MAX_FILTER_VALUES)]


class SearchParameters(BaseModel):
    """What can be asked of a search. Values of one filter are alternatives, different filters must all hold."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field("", max_length=MAX_QUERY_LENGTH, description="Free text in Spanish, English or French.")
    country: Values = Field(description="ISO 3166-1 alpha-2, where an organization is or says it covers.")
    admin1: Values = Field(description="ISO 3166-2, where an organization is or says it covers.")
    area: Values = Field(description="Slug of a service area.")
    population: Values = Field(description="Slug of a population.")
    language: Values = Field(description="ISO 639-1, else 639-3.")
    nationality: Values = Field(description="ISO 3166-1 alpha-2: organizations that name it, or name none.")
    consulate: Values = Field(
        description="Slug of a consulate: organizations within its jurisdiction, or its partners."
    )
    status: list[Literal["verified", "due", "stale", "unverified"]] = Field(
        default_factory=list, max_length=4, description="Freshness of the record today."
    )
    literal: Values = Field(description="Words to take literally.")
    sort: Literal["relevance", "name", "verified", "distance"] = Field(
        "relevance", description="distance needs `near`."
    )
    page: int = Field(1, ge=1, le=MAX_PAGE)
    size: int = Field(20, ge=1, le=MAX_SIZE)
    near: str | None = Field(
        None,
        max_length=MAX_TYPED,
        description="`lat,lon`, or a place: its id, ISO code, or a name like `Mission, Texas`.",
    )
    within: float | None = Field(
        None, gt=0, le=MAX_WITHIN_KM, description="Kilometres around `near`: only what has a public location within."
    )
    available: Literal["1"] | None = Field(
        None, description="1: only organizations that can take someone today, or of whom nothing is known."
    )
    strict: Literal["1"] | None = Field(None, description="1: no wider rungs than the wider area.")
    anywhere: Literal["1"] | None = Field(None, description="1: the area of one's own consulate is not asked about.")
    explain: Literal["1"] | None = Field(None, description="1: with costs of the reading and terms of each score.")
    partner: Literal["1"] | None = Field(None, description="1: only public partners of the consulate that is given.")


class BadQuery(ValueError):
    """A parameter cannot be used: its name, the value, and a reason that a person can read."""

    def __init__(self, parameter: str, value: str, reason: str, places: tuple[AskedPlace, ...] = ()) -> None:
        super().__init__(f"{parameter}={value}: {reason}" if value else f"{parameter}: {reason}")
        self.parameter = parameter
        self.value = value
        self.reason = reason
        self.places = places
        """The places that may be meant, where there is more than one."""


@dataclass(frozen=True)
class _Check:
    """Refuses every value of a parameter that is not known."""

    parameter: str
    reason: str

    def all(self, values: Iterable[str], is_known: Callable[[str], bool]) -> tuple[str, ...]:
        """The values, each once."""
        unique = tuple(dict.fromkeys(values))
        for value in unique:
            if not is_known(value):
                raise BadQuery(self.parameter, value[:60], self.reason)
        return unique


def from_arguments(arguments: MultiDict[str, str]) -> SearchParameters:
    """The parameters of a query string. Raises pydantic.ValidationError."""
    values: dict[str, object] = {}
    for name, field in SearchParameters.model_fields.items():
        if name in arguments:
            values[name] = (
                arguments.getlist(name) if field.annotation is not str and _is_list(name) else arguments[name]
            )
    return SearchParameters.model_validate(values)


def _is_list(name: str) -> bool:
    return name in (
        "country",
        "admin1",
        "area",
        "population",
        "language",
        "nationality",
        "consulate",
        "status",
        "literal",
    )


def to_query(parameters: SearchParameters, session: AnySession) -> SearchQuery:
    """The search that is meant. Raises BadQuery for an unknown value or an impossible combination."""
    _refuse_what_needs_another(parameters)
    if "\0" in parameters.q:
        raise BadQuery("q", "", "holds a NUL character")
    terms = vocabulary(session)
    return SearchQuery(
        text=parameters.q.strip(),
        country=_Check("country", "is not an ISO 3166-1 country code").all(parameters.country, is_country),
        admin1=_Check("admin1", "is not an ISO 3166-2 code").all(parameters.admin1, is_subdivision),
        area=_Check("area", "is not a service area").all(parameters.area, terms.areas.__contains__),
        population=_Check("population", "is not a population").all(
            parameters.population, terms.populations.__contains__
        ),
        language=_Check("language", "is not an ISO 639 code").all(parameters.language, is_language),
        nationality=_Check("nationality", "is not an ISO 3166-1 country code").all(parameters.nationality, is_country),
        status=tuple(dict.fromkeys(parameters.status)),
        consulate=consulate_filters(parameters.consulate, session),
        available=parameters.available is not None,
        partner=parameters.partner is not None,
        literal=tuple(dict.fromkeys(parameters.literal)),
        near=_near(parameters.near, session),
        within_km=parameters.within,
        strict=parameters.strict is not None,
        anywhere=parameters.anywhere is not None,
        explain=parameters.explain is not None,
        sort=Sort(parameters.sort),
        page=parameters.page,
        size=parameters.size,
    )


def _refuse_what_needs_another(parameters: SearchParameters) -> None:
    if parameters.partner is not None and not parameters.consulate:
        raise BadQuery("partner", "1", "needs a consulate")
    is_anywhere = not (parameters.near or "").strip()
    if parameters.sort == "distance" and is_anywhere:
        raise BadQuery("sort", "distance", "needs near")
    if parameters.within is not None and is_anywhere:
        raise BadQuery("within", f"{parameters.within:g}", "needs near")


def _near(asked: str | None, session: AnySession) -> Near | None:
    """Where the search is. A point may lie anywhere on Earth, far from every town of the gazetteer too."""
    if not asked or not asked.strip():
        return None
    if match := _POINT.fullmatch(asked):
        latitude, longitude = float(match[1]), float(match[2])
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise BadQuery("near", asked[:60], "is no point on Earth")
        return Near((latitude, longitude), f"{latitude:g},{longitude:g}")
    try:
        place = read_place(session, asked)
    except UnknownPlace:
        raise BadQuery("near", asked[:60], "is no place of the gazetteer, ISO code or point") from None
    except SeveralPlaces as error:
        listed = "; ".join(f"{item.code} ({item.label('en')})" for item in error.candidates)
        raise BadQuery("near", asked[:60], f"may be one of several places: {listed}", error.candidates) from None
    if place.point is None:
        raise BadQuery("near", asked[:60], "has no point on record")
    return Near(
        place.point, place.code, tuple((language, place.label(language)) for language in LANGUAGES), place.country
    )


def consulate_filters(slugs: Iterable[str], session: AnySession) -> tuple[ConsulateFilter, ...]:
    """Consulates as place filters: what a jurisdiction covers is decided when the query is read."""
    unique = dict.fromkeys(slugs)
    if not unique:
        return ()
    jurisdictions = ConsulateLinks.current(session).jurisdictions.jurisdictions
    partners = PublicPartners.current(session)
    filters = []
    for slug in unique:
        found = find_by_slug(session, Entity.CONSULATE, slug[:120])
        if found is None:
            raise BadQuery("consulate", slug[:60], "is not a consulate")
        jurisdiction = jurisdictions.get(found[0])
        areas = jurisdiction.areas if jurisdiction else ()
        filters.append(
            ConsulateFilter(
                slug,
                tuple(
                    PlaceArea(a.spot.country, a.spot.admin1, a.spot.admin2, a.excludes, a.spot.place_id) for a in areas
                ),
                partners.of_consulate(found[0]),
            )
        )
    return tuple(filters)
