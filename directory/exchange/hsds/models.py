"""The objects of HSDS 3.1 that this directory fills: names, types and required fields as the specification has them.

What is not known is left out: `null` is no valid value anywhere in it. Ids are UUIDs; an object that has none on record
gets a version 5 id made of what it belongs to, so that it is the same at every look.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

VERSION = "3.1"


class HsdsModel(BaseModel):
    """An object of the specification."""

    model_config = ConfigDict(frozen=True)


class Taxonomy(HsdsModel):
    """A list of terms."""

    id: uuid.UUID
    name: str
    description: str
    uri: str | None = None
    version: str | None = None


class TaxonomyTerm(HsdsModel):
    """One term; its name and description are in `language`."""

    id: uuid.UUID
    code: str
    name: str
    description: str
    parent_id: uuid.UUID | None = None
    taxonomy: str
    taxonomy_detail: Taxonomy | None = None
    language: str
    taxonomy_id: uuid.UUID
    term_uri: str | None = None


class Attribute(HsdsModel):
    """A term said of something, with a value where the term alone does not tell it."""

    id: uuid.UUID
    link_id: uuid.UUID
    taxonomy_term_id: uuid.UUID
    link_type: str
    link_entity: str
    value: str | None = None
    taxonomy_term: TaxonomyTerm | None = None
    label: str | None = None


class Url(HsdsModel):
    """Another page on the web."""

    id: uuid.UUID
    label: str | None = None
    url: str
    organization_id: uuid.UUID | None = None


class OrganizationIdentifier(HsdsModel):
    """A number in somebody's register."""

    id: uuid.UUID
    organization_id: uuid.UUID
    identifier_scheme: str
    identifier_type: str
    identifier: str


class Phone(HsdsModel):
    """A number, E.164 where it could be read; `extension` is a number, so one that begins with 0 stays in the text."""

    id: uuid.UUID
    location_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    number: str
    extension: int | None = None
    type: str
    description: str | None = None


class Address(HsdsModel):
    """A whole postal address; where a part of one is not known or not public there is none."""

    id: uuid.UUID
    location_id: uuid.UUID
    address_1: str
    city: str
    state_province: str
    postal_code: str
    country: str
    address_type: Literal["physical", "postal", "virtual"] = "physical"


class Schedule(HsdsModel):
    """Hours of one weekday, by the clock of the place."""

    id: uuid.UUID
    service_id: uuid.UUID
    wkst: Literal["MO"] = "MO"
    freq: Literal["WEEKLY"] = "WEEKLY"
    byday: str
    opens_at: str
    closes_at: str


class Language(HsdsModel):
    """A language in which somebody is received."""

    id: uuid.UUID
    service_id: uuid.UUID
    name: str
    code: str


class ServiceArea(HsdsModel):
    """Where a service is for people from."""

    id: uuid.UUID
    service_id: uuid.UUID
    name: str
    extent: str
    extent_type: str = "ISO 3166"


class RequiredDocument(HsdsModel):
    """What to bring."""

    id: uuid.UUID
    service_id: uuid.UUID
    document: str


class Contact(HsdsModel):
    """Whom to write to at a location; never a person."""

    id: uuid.UUID
    location_id: uuid.UUID
    email: str


class Location(HsdsModel):
    """A place, as far as the public may know it."""

    id: uuid.UUID
    location_type: Literal["physical"] = "physical"
    organization_id: uuid.UUID
    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    addresses: list[Address] | None = None
    contacts: list[Contact] | None = None
    phones: list[Phone] | None = None
    attributes: list[Attribute] | None = None


class ServiceAtLocation(HsdsModel):
    """That a service is given at a location."""

    id: uuid.UUID
    service_id: uuid.UUID
    location_id: uuid.UUID
    location: Location | None = None
    service: Service | None = None
    attributes: list[Attribute] | None = None


class Service(HsdsModel):
    """What an organization offers."""

    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    url: str | None = None
    email: str | None = None
    status: Literal["active", "temporarily closed"]
    fees_description: str | None = None
    accreditations: str | None = None
    eligibility_description: str | None = None
    assured_date: date | None = None
    alert: str | None = None
    last_modified: datetime
    phones: list[Phone] | None = None
    schedules: list[Schedule] | None = None
    service_areas: list[ServiceArea] | None = None
    service_at_locations: list[ServiceAtLocation] | None = None
    languages: list[Language] | None = None
    organization: Organization | None = None
    required_documents: list[RequiredDocument] | None = None
    attributes: list[Attribute] | None = None


class Organization(HsdsModel):
    """An organization. `description` is required: where nobody wrote one, a made sentence says who listed it."""

    id: uuid.UUID
    name: str
    alternate_name: str | None = None
    description: str
    email: str | None = None
    website: str | None = None
    additional_websites: list[Url] | None = None
    year_incorporated: int | None = None
    legal_status: str | None = None
    uri: str
    phones: list[Phone] | None = None
    locations: list[Location] | None = None
    services: list[Service] | None = None
    organization_identifiers: list[OrganizationIdentifier] | None = None
    attributes: list[Attribute] | None = None


ServiceAtLocation.model_rebuild()
Service.model_rebuild()
