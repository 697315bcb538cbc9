"""Organizations from CSV: one row a location; rows with the same `organization_key` are one organization.

The columns are documented in docs/data.md. The first row of an organization speaks for it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from pathlib import Path

from directory.exchange.checks import RowChecker, is_vague_date, is_web_address
from directory.exchange.table import EXPORT_ONLY, BrokenFile, Problem, Row, read_table
from directory.exchange.words import AVAILABILITIES, VISIBILITIES
from directory.identifiers import record_uuid, seed_uuid
from directory.organizations.models import (
    Accreditation,
    AlternateName,
    Location,
    Organization,
    OrganizationLanguage,
    OrganizationPopulation,
    OrganizationText,
    Phone,
    PhoneKind,
    Visibility,
)
from directory.organizations.services import (
    IMPORTED,
    AreaAtLocation,
    Availability,
    AvailabilityState,
    Service,
    ServiceAreaOf,
    ServiceAtLocation,
    ServiceLanguage,
    ServiceNationality,
    ServicePopulation,
)
from directory.phones import parse_phones
from directory.places.countries import is_country
from directory.places.lookup import TownIndex
from directory.settings import LANGUAGES
from directory.vocabulary.catalogue import Vocabulary

ORGANIZATION_COLUMNS = (
    "organization_key", "name", "acronym", "alternate_names", "country", "website", "email", "year_founded",
    "legal_status", "accreditations", "service_areas", "populations", "languages", "nationalities",
    *(f"summary_{language}" for language in LANGUAGES), "availability",
    "source_name", "source_url", "source_date", "source_licence",
)  # fmt: skip
LOCATION_COLUMNS = (
    "location_key", "location_name", "location_country", "location_admin1", "location_city", "address",
    "postal_code", "latitude", "longitude", "visibility", "phones", "location_email", "location_service_areas",
    "location_source_name", "location_source_url", "location_source_date", "location_source_licence",
)  # fmt: skip
COLUMNS = ORGANIZATION_COLUMNS + LOCATION_COLUMNS
REQUIRED = ("organization_key", "name", "country", "source_name", "location_key", "location_country")


_UNSAID = ("availability", "")
"""Counts for nothing in a digest: files of before this column say the same as those of after."""


def read_organizations(path: Path, terms: Vocabulary, towns: TownIndex) -> list[Organization]:
    """The organizations of a file as transient objects with their ids.

    Raises BrokenFile with every problem of the whole file.
    """
    groups: dict[str, list[Row]] = {}
    for row in read_table(path, REQUIRED, COLUMNS + EXPORT_ONLY):
        groups.setdefault(row["organization_key"], []).append(row)
    problems: list[Problem] = []
    organizations = [_organization(key, rows, terms, towns, problems) for key, rows in groups.items()]
    problems += _repeated_locations(groups.values())
    if problems:
        raise BrokenFile(problems)
    return organizations


def _repeated_locations(groups: Iterable[list[Row]]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for row in (row for rows in groups for row in rows):
        key = row["location_key"]
        if key in seen:
            problems.append(Problem(row.line, "location_key", f"{key!r} stands twice"))
        seen.add(key)
    return problems


def _digest(rows: list[Row]) -> str:
    cells = [sorted(item for item in row.cells.items() if item != _UNSAID) for row in rows]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()


def _organization(
    key: str, rows: list[Row], terms: Vocabulary, towns: TownIndex, problems: list[Problem]
) -> Organization:
    check = RowChecker(rows[0], problems)
    record_id = record_uuid("organization", key)
    check.required("organization_key", 120)
    organization = Organization(
        id=record_id,
        source_key=key,
        source_digest=_digest(rows),
        name=check.required("name", 200),
        acronym=check.optional("acronym", 30),
        country=check.country("country"),
        website=check.web_address("website"),
        email=check.email("email"),
        year_founded=_year(check),
        legal_status=check.optional("legal_status", 120),
        source_name=check.required("source_name", 300),
        source_url=check.web_address("source_url"),
        source_date=check.vague_date("source_date"),
        source_licence=check.optional("source_licence", 160),
        texts=[
            OrganizationText(field="summary", language=language, text=text)
            for language in LANGUAGES
            if (text := check.optional(f"summary_{language}", 600))
        ],
        alternate_names=[
            AlternateName(name=name, position=place)
            for place, name in enumerate(check.several("alternate_names", _fits_a_name, "at most 200 characters long"))
        ],
        accreditations=_accreditations(check),
        languages=[OrganizationLanguage(code=code) for code in check.languages("languages")],
        populations=[OrganizationPopulation(term_id=terms.populations[slug].id) for slug in _populations(check, terms)],
        locations=[_location(place, RowChecker(row, problems), record_id, towns) for place, row in enumerate(rows)],
    )
    organization.phones = [phone for location, row in zip(organization.locations, rows, strict=True)
                           for phone in _phones(record_id, location, row)]  # fmt: skip
    organization.services = _services(key, rows, terms, problems)
    return organization


def _fits_a_name(name: str) -> bool:
    return len(name) <= 200


def _year(check: RowChecker) -> int | None:
    value = check.row["year_founded"]
    if value and not (value.isdecimal() and 1500 <= int(value) <= 2200):
        check.fail("year_founded", f"{value!r} is not a year")
        return None
    return int(value) if value else None


def _populations(check: RowChecker, terms: Vocabulary) -> list[str]:
    slugs = check.several("populations", terms.populations.__contains__, "a population")
    return [slug for slug in slugs if slug in terms.populations]


def _areas(check: RowChecker, column: str, terms: Vocabulary) -> list[str]:
    slugs = check.several(column, terms.areas.__contains__, "a service area")
    return [slug for slug in slugs if slug in terms.areas]


def _accreditations(check: RowChecker) -> list[Accreditation]:
    """Cells of the form `authority;date;address`, the address optional, several separated by bars."""
    found: dict[tuple[str, str], Accreditation] = {}
    for item in check.row.list("accreditations"):
        by, on, url = (part.strip() for part in (*item.split(";"), "", "")[:3])
        if not by or len(by) > 160 or not is_vague_date(on) or (url and not is_web_address(url)):
            check.fail("accreditations", f"{item!r} is not `authority;date;address`")
        found[(by, on)] = Accreditation(by=by, on=on, url=url or None)
    return list(found.values())


def _location(position: int, check: RowChecker, organization_id: uuid.UUID, towns: TownIndex) -> Location:
    country = check.country("location_country")
    admin1 = check.admin1("location_admin1", country)
    city = check.optional("location_city", 120)
    visibility = check.one_of("visibility", VISIBILITIES, Visibility.PUBLIC)
    town, point = check.town_and_point(country, admin1, city, towns)
    return Location(
        id=record_uuid("location", check.row["location_key"]),
        source_key=check.required("location_key", 160),
        organization_id=organization_id,
        position=position,
        name=check.optional("location_name", 160),
        country=country,
        admin1=admin1 or (town.admin1 if town else None),
        admin2=town.admin2 if town else None,
        city=city,
        place_id=town.id if town else None,
        address=check.optional("address", 300),
        postal_code=check.postal_code("postal_code", country),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        visibility=Visibility(visibility) if visibility in set(Visibility) else Visibility.HIDDEN,
        timezone=town.timezone if town else None,
        email=check.email("location_email"),
        source_name=check.optional("location_source_name", 300) or check.row["source_name"],
        source_url=check.web_address("location_source_url"),
        source_date=check.vague_date("location_source_date"),
        source_licence=check.optional("location_source_licence", 160),
    )


def _phones(organization_id: uuid.UUID, location: Location, row: Row) -> list[Phone]:
    return [
        Phone(
            id=seed_uuid(f"phone/{row['location_key']}/{position}"),
            organization_id=organization_id,
            location_id=location.id,
            number=phone.number,
            text=phone.text,
            extension=phone.extension,
            kind=PhoneKind(phone.channel),
            position=100 * location.position + position,
        )
        for position, phone in enumerate(parse_phones(row["phones"], location.country))
    ]


def _services(key: str, rows: list[Row], terms: Vocabulary, problems: list[Problem]) -> list[Service]:
    """One service for each group that any area of the organization belongs to."""
    check = RowChecker(rows[0], problems)
    areas_by_location = {
        record_uuid("location", row["location_key"]): _areas(RowChecker(row, problems), "location_service_areas", terms)
        for row in rows
    }
    nationalities = check.several("nationalities", is_country, "an ISO 3166-1 alpha-2 country code")
    said = check.one_of("availability", {"": ""} | AVAILABILITIES)
    slugs = dict.fromkeys(_areas(check, "service_areas", terms))
    slugs |= dict.fromkeys(slug for found in areas_by_location.values() for slug in found)
    groups = [group for group in terms.groups.values() if any(terms.areas[s].group == group.slug for s in slugs)]
    services = [
        Service(
            id=(service_id := seed_uuid(f"service/{key}/{group.slug}")),
            group_id=group.id,
            position=position,
            areas=[ServiceAreaOf(term_id=terms.areas[s].id) for s in slugs if terms.areas[s].group == group.slug],
            populations=[
                ServicePopulation(term_id=terms.populations[slug].id)
                for slug in dict.fromkeys(rows[0].list("populations"))
                if slug in terms.populations
            ],
            languages=[ServiceLanguage(code=code) for code in dict.fromkeys(rows[0].list("languages"))],
            nationalities=[ServiceNationality(country=code) for code in nationalities],
            locations=_at_locations(service_id, group.slug, areas_by_location, terms),
        )
        for position, group in enumerate(groups)
    ]
    if said in set(AvailabilityState):  # what is not said is not taken back
        for service in services:
            service.availability = Availability(service_id=service.id, state=AvailabilityState(said), set_by=IMPORTED)
    return services


def _at_locations(
    service_id: uuid.UUID, group: str, areas_by_location: dict[uuid.UUID, list[str]], terms: Vocabulary
) -> list[ServiceAtLocation]:
    ties = []
    for location_id, slugs in areas_by_location.items():
        own = [slug for slug in slugs if terms.areas[slug].group == group]
        if own:
            areas = [
                AreaAtLocation(service_id=service_id, location_id=location_id, term_id=terms.areas[slug].id)
                for slug in own
            ]
            ties.append(ServiceAtLocation(service_id=service_id, location_id=location_id, areas=areas))
    return ties
