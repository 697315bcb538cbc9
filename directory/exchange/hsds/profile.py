"""How this directory uses HSDS 3.1, as one table: `/hsds/profile` and `docs/hsds-profile.md` are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from directory.exchange.hsds.taxonomies import FACTS, FACTS_KNOWN
from directory.settings import PACKAGE_ROOT
from directory.vocabulary.models import Taxonomy as Kind

DOCUMENT = PACKAGE_ROOT.parent / "docs" / "hsds-profile.md"
LEAD = (
    "This directory answers as the Human Services Data Specification 3.1 (Open Referral) has it, under /hsds/: "
    "organizations, services, services at locations, taxonomies and their terms. What is not known is left out. "
    "What the specification has no field for travels as attributes, whose terms have the same ids in every "
    "installation. Each record has the licence of its own source; the compilation is CC BY 4.0."
)


@dataclass(frozen=True)
class Row:
    """One field of the specification, and what stands in it."""

    field: str
    holds: str


@dataclass(frozen=True)
class Section:
    """An object of the specification."""

    name: str
    rows: tuple[Row, ...]


_OBJECTS: dict[str, tuple[tuple[str, str], ...]] = {
    "organization": (
        ("id", "The record's own id, the same in all exports and at /api/v1/organizations/{id}."),
        ("name, alternate_name", "Its name; its acronym, else its first other name. Further ones: alternate-name."),
        ("description", "The text that was published, in the first of Spanish, English, French; all of them: text-es, "
         "text-en, text-fr. Required by the specification: where nobody wrote one, “Listed by … on …”, marked with "
         "made-description. Do not import that."),
        ("email, website, phones", "Its own. Left out while contacts are held back (contacts-suspended)."),
        ("additional_websites", "Pages in social networks and other addresses."),
        ("year_incorporated, legal_status", "As its source says."),
        ("uri", "Its page in this directory."),
        ("locations, services", "With full and full_service."),
        ("organization_identifiers", "Numbers in registers."),
    ),
    "service": (
        ("id, organization_id", "Lasting ids."),
        ("name", "As the organization calls it, else the name of the group of services."),
        ("status", "temporarily closed where somebody said so lately, else active."),
        ("alert", "One sentence where it is full or has little room; also availability."),
        ("eligibility_description, fees_description, required_documents", "The text, in the first of Spanish, English, "
         "French; all of them as attributes."),
        ("accreditations", "Who names the organization, and when."),
        ("assured_date", "The day on which somebody last confirmed the record. There is no assurer_email: persons are "
         "not published."),
        ("last_modified", "When anything of the record last changed."),
        ("schedules", "One for each weekday and span, freq WEEKLY, HH:MM:SS by the clock of the place; no timezone: a "
         "number cannot hold summer time. The zone's name is the location's timezone attribute."),
        ("service_areas", "Countries and subdivisions from which people may come; extent is the ISO 3166 code."),
        ("languages", "ISO 639-1, else 639-3."),
        ("attributes", "Terms of service-group, service-area and population; no nationality: for all."),
        ("capacities", "Not used: the specification requires how many are free, and nobody says that. Places in all: "
         "places."),
    ),
    "service_at_location": (
        ("id", "Version 5 of both ids: the same as long as both are there."),
        ("service, location", "With full."),
        ("attributes", "The service areas that are known for this place."),
    ),
    "location": (
        ("latitude, longitude", "Degrees, WGS 84; precision says whether it is the door, the town or the subdivision. "
         "A protected location has its town's point."),
        ("addresses", "One, where street, town, subdivision and postal code are all known and public: the "
         "specification requires every part. Else the parts that are known are attributes, and nothing stands in."),
        ("contacts", "An e-mail address of the place; never a person."),
        ("phones", "E.164 where it could be read, else as printed. An extension that begins with 0 stays in the "
         "description, because the field is a number."),
    ),
}  # fmt: skip
NOT_USED = (
    "program, funding, cost_option, accessibility, service_capacity, unit and metadata are not filled: the directory "
    "does not hold them, or (metadata) would give away former values."
)


def sections() -> list[Section]:
    """The objects and their fields."""
    return [Section(name, tuple(Row(*row) for row in rows)) for name, rows in _OBJECTS.items()]


def facts() -> list[Row]:
    """The terms of the taxonomy of facts."""
    return [Row(fact.slug, f"{fact.description} (of {', '.join(fact.of)}; {fact.id})") for fact in FACTS_KNOWN]


def markdown() -> str:
    """The document."""
    lines = ["# HSDS profile", "", LEAD, ""]
    for section in sections():
        lines += [f"## {section.name}", "", "| field | what stands in it |", "|---|---|"]
        lines += [f"| {row.field} | {row.holds} |" for row in section.rows] + [""]
    lines += [NOT_USED, "", "## Attributes", "", f"Vocabularies: {', '.join(Kind)}. Facts, taxonomy `{FACTS}`:", ""]
    lines += ["| term | what it says |", "|---|---|", *(f"| {row.field} | {row.holds} |" for row in facts())]
    return "\n".join(lines) + "\n"


def write(path: Path = DOCUMENT) -> None:
    """Write the document anew."""
    path.write_text(markdown(), encoding="utf-8")


if __name__ == "__main__":
    write()
