"""Shapes of the JSON interface, as the contract and the OpenAPI document give them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from directory.api.search_models import AvailabilityOut


class SourceOut(BaseModel):
    """Where a record comes from; the date is a year, a month or a day."""

    name: str
    url: str | None
    date: str | None
    licence: str | None


class PhoneOut(BaseModel):
    """A number: E.164 or null, what a telephone there dials, the text as printed, the words that stand around it."""

    number: str | None
    dial: str | None
    text: str
    extension: str | None
    kind: str
    note: str | None
    around_the_clock: bool


class AccreditationOut(BaseModel):
    """An authority's list named the organization on a date."""

    by: str
    on: str
    url: str | None


class IdentifierOut(BaseModel):
    """A number in a register."""

    scheme: str
    identifier: str


class ServiceAvailabilityOut(AvailabilityOut):
    """Whether this service can take someone now, with a note."""

    note: str | None


class ServiceOut(BaseModel):
    """A service of an organization; `name` is in the language asked for, the other texts by language."""

    id: str
    name: str
    areas: list[str]
    populations: list[str]
    languages: list[str]
    nationalities: list[str]
    eligibility: dict[str, str]
    documents_required: dict[str, str]
    cost: dict[str, str]
    access: str | None
    schedule: list[dict[str, Any]]
    emergency: bool
    availability: ServiceAvailabilityOut
    locations: list[str]
    coverage: list[str]


class LocationOut(BaseModel):
    """A location; a protected one has no street and its city's coordinates."""

    id: str
    name: str | None
    country: str
    admin1: str | None
    city: str | None
    address: str | None
    postal_code: str | None
    latitude: float | None
    longitude: float | None
    precision: Literal["exact", "city", "subdivision"] | None
    visibility: Literal["public", "city_only"]
    timezone: str | None
    phones: list[PhoneOut]
    email: str | None
    areas: list[str]
    source: SourceOut


class ConsulateLinkOut(BaseModel):
    """A consulate for an organization's places, and why; `assumed`: no source says it in full."""

    id: str
    slug: str
    name: str
    sending_country: str
    why: Literal["jurisdiction", "partner"]
    assumed: bool


class VouchOut(BaseModel):
    """A consulate that says: they worked with us."""

    id: str
    slug: str
    name: str
    sending_country: str


class OrganizationOut(BaseModel):
    """The public record of an organization."""

    id: str
    slug: str
    url: str
    name: str
    acronym: str | None
    alternate_names: list[str]
    summary: dict[str, str]
    description: dict[str, str]
    website: str | None
    urls: list[str]
    contacts_suspended: bool
    email: str | None
    phones: list[PhoneOut]
    year_founded: int | None
    legal_status: str | None
    identifiers: list[IdentifierOut]
    accreditations: list[AccreditationOut]
    populations: list[str]
    languages: list[str]
    status: Literal["verified", "due", "stale", "unverified"]
    verified_on: str | None
    review_due_on: str | None
    source: SourceOut
    revision: int
    modified_at: str
    services: list[ServiceOut]
    locations: list[LocationOut]
    consulates: list[ConsulateLinkOut]
    vouched_by: list[VouchOut]


class JurisdictionOut(BaseModel):
    """A place that a consulate serves or does not."""

    country: str
    admin1: str | None
    admin2: str | None
    place_id: str | None
    name: str
    mode: Literal["include", "exclude"]
    assumed: bool


class PartnerOut(BaseModel):
    """A public partner of a consulate; `emergencies`: agreed in advance."""

    id: str
    slug: str
    name: str
    emergencies: bool


class MobileOut(BaseModel):
    """A consulate that comes to a town for some days."""

    id: str
    starts_on: str
    ends_on: str
    place_id: str
    city: str
    country: str
    admin1: str | None
    latitude: float | None
    longitude: float | None
    venue: str | None
    hours: str | None
    url: str | None


class AnswerOut(BaseModel):
    """Why a consulate answers for a place."""

    role: Literal["covers", "assumed", "embassy", "nearest", "assisting"]
    distance_km: float | None
    agreement: str | None


class ConsulatePhoneOut(PhoneOut):
    """A number and who says it; null where the consulate itself does."""

    source: SourceOut | None


class ConsulateOut(BaseModel):
    """The public record of a consulate."""

    id: str
    slug: str
    url: str
    name: str
    sending_country: str
    host_country: str
    kind: str
    status: Literal["open", "doubtful", "closed"]
    city: str | None
    admin1: str | None
    address: str | None
    postal_code: str | None
    latitude: float | None
    longitude: float | None
    precision: Literal["exact", "city", "subdivision"] | None
    timezone: str | None
    phones: list[ConsulatePhoneOut]
    email: str | None
    website: str | None
    jurisdiction: list[JurisdictionOut]
    jurisdiction_state: Literal["known", "partial", "assumed", "unknown"]
    jurisdiction_note: str | None
    jurisdiction_source: SourceOut
    jurisdiction_confirmed: bool
    contacts_confirmed: bool
    contacts_confirmed_on: str | None
    address_source: SourceOut | None
    email_source: SourceOut | None
    note: str | None
    mobile: list[MobileOut]
    partners: list[PartnerOut]
    source: SourceOut
    revision: int
    modified_at: str


class ConsulateFound(ConsulateOut):
    """A consulate of a list; `answer` is there where a sending country and a place were asked for."""

    answer: AnswerOut | None = None


class ConsulateList(BaseModel):
    """One page of consulates."""

    total: int
    page: int
    size: int
    pages: int
    results: list[ConsulateFound]


class ChangeOut(BaseModel):
    """Something public changed."""

    seq: int
    entity: Literal["organization", "consulate"]
    id: str
    kind: Literal["created", "updated", "deleted", "redacted"]
    at: str


class ChangesOut(BaseModel):
    """Changes after a number; `next` is the number to ask with again: nothing up to it is missing."""

    epoch: str
    changes: list[ChangeOut]
    next: int
    more: bool = Field(description="Whether there are further changes after `next`.")
