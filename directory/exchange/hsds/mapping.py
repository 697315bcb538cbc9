"""From a public record to HSDS: one function an object. Nothing is read here but what `publication` gives out."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping

from directory.exchange.hsds.facts import LANGUAGE, TEXTS, Facts, own_id
from directory.exchange.hsds.models import (
    Address,
    Attribute,
    Contact,
    Language,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Url,
)
from directory.exchange.hsds.taxonomies import Terms
from directory.places.countries import country_name, subdivision_name
from directory.publication.listings import tie_id
from directory.publication.records import (
    PublicLocation,
    PublicOrganization,
    PublicPhone,
    PublicService,
    PublicSource,
)
from directory.vocabulary.languages import language_name
from directory.vocabulary.models import Taxonomy as Kind
from directory.web_address import ascii_url

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ALERTS = {"full": "Full at present: it takes nobody.", "limited": "Little room at present: ask before you come."}


class Mapping31:
    """Makes HSDS objects out of public records, with the terms and the address of one installation."""

    def __init__(self, terms: Terms, base_url: str) -> None:
        self._facts = Facts(terms, base_url)
        self._base_url = base_url

    def organization(
        self, record: PublicOrganization, *, full: bool = True, with_services: bool = False
    ) -> Organization:
        """An organization; `full` with its places, numbers and attributes, `with_services` with its services too."""
        names = [name for name in (record.acronym, *record.alternate_names) if name]
        text = record.description or record.summary
        summary = Organization(
            id=record.id,
            name=record.name,
            alternate_name=names[0] if names else None,
            description=_first(text) or made_description(record.source),
            email=record.email,
            website=ascii_url(record.website),
            year_incorporated=record.year_founded,
            legal_status=record.legal_status,
            uri=f"{self._base_url}/es/organizations/{record.slug}",
        )
        if not full:
            return summary
        services = [self.service(record, item, nested=True) for item in record.services] if with_services else []
        return summary.model_copy(
            update={
                "additional_websites": [
                    Url(id=own_id(record.id, "url", url), url=ascii_url(url) or "", organization_id=record.id)
                    for url in record.urls
                    if ascii_url(url)
                ]
                or None,
                "phones": list(_phones(record.phones, "organization_id", record.id)) or None,
                "locations": [self.location(record, place) for place in record.locations] or None,
                "services": services or None,
                "organization_identifiers": [
                    OrganizationIdentifier(
                        id=own_id(record.id, "identifier", item.scheme, item.identifier), organization_id=record.id,
                        identifier_scheme=item.scheme, identifier_type=item.scheme, identifier=item.identifier,
                    )
                    for item in record.identifiers
                ]
                or None,
                "attributes": list(self._facts.organization(record, names[1:], is_made=not _first(text))),
            }
        )  # fmt: skip

    def service(
        self, record: PublicOrganization, service: PublicService, *, full: bool = True, nested: bool = False
    ) -> Service:
        """A service; within its organization (`nested`) it does not hold that again."""
        state = service.availability.state
        brief = Service(
            id=service.id,
            organization_id=record.id,
            name=_first(service.name) or service.group,
            url=ascii_url(record.website),
            email=record.email,
            status="temporarily closed" if state == "closed" else "active",
            fees_description=_first(service.cost),
            accreditations="; ".join(f"{item.by}, {item.on}" for item in record.accreditations) or None,
            eligibility_description=_first(service.eligibility),
            assured_date=record.verified_on,
            alert=_ALERTS.get(state),
            last_modified=record.modified_at,
            organization=None if nested else self.organization(record, full=False),
        )
        if not full:
            return brief
        shown = {place.id: place for place in record.locations}
        return brief.model_copy(
            update={
                "phones": None if nested else list(_phones(record.phones, "organization_id", record.id)) or None,
                "schedules": _schedules(service) or None,
                "service_areas": _service_areas(service) or None,
                "service_at_locations": [
                    ServiceAtLocation(
                        id=tie_id(service.id, place), service_id=service.id, location_id=place,
                        location=None if nested else self.location(record, shown[place]),
                        attributes=self._areas_at(service, shown[place]),
                    )
                    for place in service.locations
                    if place in shown
                ]
                or None,
                "languages": _languages(record, service) or None,
                "required_documents": _required_documents(service) or None,
                "attributes": list(self._facts.service(record, service)),
            }
        )  # fmt: skip

    def location(self, record: PublicOrganization, place: PublicLocation) -> Location:
        """A place; a protected one has its town's point and no address."""
        return Location(
            id=place.id,
            organization_id=record.id,
            name=place.name,
            latitude=place.latitude,
            longitude=place.longitude,
            addresses=[address] if (address := _address(place)) else None,
            contacts=[Contact(id=own_id(place.id, "contact", "1"), location_id=place.id, email=place.email)]
            if place.email
            else None,
            phones=list(_phones(place.phones, "location_id", place.id)) or None,
            attributes=list(self._facts.location(place, has_address=address is not None)),
        )

    def service_at_location(
        self, record: PublicOrganization, service: PublicService, place: PublicLocation, *, full: bool = True
    ) -> ServiceAtLocation:
        """A service at a place, both within it."""
        return ServiceAtLocation(
            id=tie_id(service.id, place.id),
            service_id=service.id,
            location_id=place.id,
            location=self.location(record, place) if full else None,
            service=self.service(record, service, nested=True) if full else None,
            attributes=self._areas_at(service, place) if full else None,
        )

    def _areas_at(self, service: PublicService, place: PublicLocation) -> list[Attribute] | None:
        """The service areas that are known for this place; None: none is."""
        tie = tie_id(service.id, place.id)
        areas = [slug for slug in place.areas if slug in service.areas]
        return [self._facts.term("service_at_location", tie, Kind.SERVICE_AREA.value, slug) for slug in areas] or None


def made_description(source: PublicSource) -> str:
    """What stands where nobody described an organization."""
    return f"Listed by {source.name} on {source.date}." if source.date else f"Listed by {source.name}."


def _first(texts: Mapping[str, str]) -> str | None:
    """A text in the first language in which there is one: Spanish, English, French, any other."""
    return next((texts[code] for code in (*TEXTS, *sorted(texts)) if texts.get(code)), None)


def _schedules(service: PublicService) -> list[Schedule]:
    return [
        Schedule(
            id=own_id(service.id, "schedule", str(number)), service_id=service.id, byday=DAYS[item.weekday - 1],
            opens_at=f"{item.opens_at}:00", closes_at=f"{item.closes_at}:00",
        )
        for number, item in enumerate(service.schedule)
    ]  # fmt: skip


def _service_areas(service: PublicService) -> list[ServiceArea]:
    return [
        ServiceArea(id=own_id(service.id, "area", code), service_id=service.id, name=_area(code), extent=code)
        for code in service.coverage
    ]


def _languages(record: PublicOrganization, service: PublicService) -> list[Language]:
    """Those of the service, then those in which the whole organization receives people."""
    return [
        Language(
            id=own_id(service.id, "language", code),
            service_id=service.id,
            name=language_name(code, LANGUAGE),
            code=code,
        )
        for code in dict.fromkeys((*service.languages, *record.languages))
    ]


def _required_documents(service: PublicService) -> list[RequiredDocument]:
    text = _first(service.documents_required)
    return (
        [RequiredDocument(id=own_id(service.id, "document", "1"), service_id=service.id, document=text)] if text else []
    )


def _area(code: str) -> str:
    return subdivision_name(code, LANGUAGE) if len(code) > 2 else country_name(code, LANGUAGE)


def _address(place: PublicLocation) -> Address | None:
    """The address where all of it is known and public: the specification requires every part."""
    if place.visibility != "public" or not (place.address and place.city and place.admin1 and place.postal_code):
        return None
    return Address(
        id=own_id(place.id, "address"),
        location_id=place.id,
        address_1=place.address,
        city=place.city,
        state_province=subdivision_name(place.admin1, LANGUAGE),
        postal_code=place.postal_code,
        country=place.country,
    )


def _phones(phones: Iterable[PublicPhone], owner: str, owner_id: uuid.UUID) -> Iterator[Phone]:
    for number, phone in enumerate(phones):
        extension = phone.extension
        is_number = (
            bool(extension) and extension is not None and extension.isdecimal() and not extension.startswith("0")
        )
        said = [phone.note, f"ext. {extension}" if extension and not is_number else None]
        yield Phone.model_validate(
            {
                "id": own_id(owner_id, "phone", str(number)),
                owner: owner_id,
                "number": phone.number or phone.text,
                "extension": int(extension) if extension and is_number else None,
                "type": phone.kind,
                "description": ", ".join(part for part in said if part) or None,
            }
        )
