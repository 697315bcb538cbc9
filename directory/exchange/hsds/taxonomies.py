"""The taxonomies that this directory publishes: its own vocabularies, and what it says of records beyond HSDS's fields.

Their ids are version 5 of the directory's namespace, and the same in every installation and release.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from directory.exchange.hsds.models import Taxonomy, TaxonomyTerm
from directory.identifiers import seed_uuid
from directory.vocabulary.catalogue import Term, Vocabulary
from directory.vocabulary.models import Taxonomy as Kind

FACTS = "record-facts"
_DESCRIPTIONS = {
    Kind.SERVICE_GROUP: ("Service groups", "Kinds of help, as shown to the public. The parents of service areas."),
    Kind.SERVICE_AREA: ("Service areas", "What an organization helps with."),
    Kind.POPULATION: ("Populations", "For whom a service is meant."),
}


@dataclass(frozen=True)
class Fact:
    """Something that is said of a record in an attribute: of which objects, and how its value is to be read."""

    slug: str
    of: tuple[str, ...]
    name: str
    description: str

    @property
    def id(self) -> uuid.UUID:
        """The id of its term."""
        return term_id(FACTS, self.slug)


FACTS_KNOWN = (
    Fact("source", ("organization", "location"), "Source", "Who says so: the name of the list or page."),
    Fact("source-url", ("organization", "location"), "Source's address", "Where that can be read."),
    Fact("source-date", ("organization", "location"), "Source's date", "A year, a month or a day, ISO 8601."),
    Fact("source-licence", ("organization", "location"), "Licence", "What the source allows; each record has its own."),
    Fact("freshness", ("organization",), "Freshness", "verified, due, stale or unverified, as of today."),
    Fact("verified-on", ("organization",), "Verified on", "The day on which somebody last confirmed the record."),
    Fact("accreditation", ("organization",), "Accreditation", "An authority that names the organization, and when."),
    Fact("made-description", ("organization",), "Made description", "The description was made from the source's name, "
         "because nobody wrote one. It is not to be imported."),
    Fact("alternate-name", ("organization",), "Other name", "A further name, beside `alternate_name`."),
    Fact("text-es", ("organization", "service"), "In Spanish", "A text in Spanish; `label` is the field."),
    Fact("text-en", ("organization", "service"), "In English", "A text in English; `label` is the field."),
    Fact("text-fr", ("organization", "service"), "In French", "A text in French; `label` is the field."),
    Fact("partner-consulate", ("organization",), "Partner consulate", "A consulate with which it has agreed in public "
         "to work: its address in this directory; `label` is its name."),
    Fact("contacts-suspended", ("organization",), "Contacts held back", "Somebody looks into a report: no phone, "
         "e-mail or website is given out."),
    Fact("nationality", ("service",), "Nationality", "ISO 3166-1 alpha-2. None is named: for all."),
    Fact("access", ("service",), "How to come", "walk-in, appointment, referral or other words of the directory."),
    Fact("emergency", ("service",), "Around the clock", "It takes people in danger at any hour."),
    Fact("availability", ("service",), "Can take someone", "open, limited, full or closed, as somebody said lately."),
    Fact("availability-until", ("service",), "Until", "The day until which that holds."),
    Fact("places", ("service",), "Places", "How many beds or places there are in all; how many are free is not said."),
    Fact("protection", ("location",), "Protected", "city_only: the address is held back; the point is its town's."),
    Fact("precision", ("location",), "Precision of the point", "exact, city or subdivision."),
    Fact("timezone", ("location",), "Time zone", "IANA name. Hours are by the clock of the place."),
    Fact("street", ("location",), "Street", "Known without the rest of an address."),
    Fact("town", ("location",), "Town", "Known without the rest of an address, or all that is public of it."),
    Fact("subdivision", ("location",), "State or province", "ISO 3166-2."),
    Fact("postal-code", ("location",), "Postal code", "Known without the rest of an address."),
    Fact("country", ("location",), "Country", "ISO 3166-1 alpha-2."),
    Fact("extension", ("phone",), "Extension", "As it is printed, where it is no plain number."),
)  # fmt: skip


def taxonomy_id(name: str) -> uuid.UUID:
    """The id of a published taxonomy."""
    return seed_uuid(f"taxonomy/{name}")


def term_id(taxonomy: str, slug: str) -> uuid.UUID:
    """The id of a published term; for the vocabularies it is the one of their tables."""
    return seed_uuid(f"{taxonomy}/{slug}")


def taxonomies(version: str, base_url: str) -> list[Taxonomy]:
    """All that are published, by id."""
    known = {str(kind): said for kind, said in _DESCRIPTIONS.items()}
    known[FACTS] = ("Facts about records", "What this directory says of a record where HSDS has no field for it.")
    found = [
        Taxonomy(
            id=taxonomy_id(name), name=said[0], description=said[1], uri=f"{base_url}/hsds/profile", version=version
        )
        for name, said in known.items()
    ]
    return sorted(found, key=lambda item: item.id)


class Terms:
    """All published terms in one language, by id and by slug."""

    def __init__(self, vocabulary: Vocabulary, language: str = "en") -> None:
        self._by_slug: dict[tuple[str, str], TaxonomyTerm] = {}
        for kind, terms in _vocabularies(vocabulary):
            for term in terms.values():
                self._by_slug[kind, term.slug] = _published(kind, term, vocabulary, language)
        for fact in FACTS_KNOWN:
            self._by_slug[FACTS, fact.slug] = TaxonomyTerm(
                id=fact.id, code=f"{FACTS}/{fact.slug}", name=fact.name, description=fact.description, taxonomy=FACTS,
                language="en", taxonomy_id=taxonomy_id(FACTS),
            )  # fmt: skip
        self._by_id = {term.id: term for term in sorted(self._by_slug.values(), key=lambda term: term.id)}

    def named(self, taxonomy: str, slug: str) -> TaxonomyTerm:
        """A term by the slugs of its taxonomy and its own."""
        return self._by_slug[taxonomy, slug]

    def get(self, wanted: uuid.UUID) -> TaxonomyTerm | None:
        """A term by its id."""
        return self._by_id.get(wanted)

    def __iter__(self) -> Iterator[TaxonomyTerm]:
        """All, by id."""
        return iter(self._by_id.values())


def _vocabularies(vocabulary: Vocabulary) -> Iterator[tuple[str, Mapping[str, Term]]]:
    yield Kind.SERVICE_GROUP.value, vocabulary.groups
    yield Kind.SERVICE_AREA.value, vocabulary.areas
    yield Kind.POPULATION.value, vocabulary.populations


def _published(kind: str, term: Term, vocabulary: Vocabulary, language: str) -> TaxonomyTerm:
    name = term.labels[language]
    words = ", ".join(dict.fromkeys(label for label in term.labels.values()))
    return TaxonomyTerm(
        id=term.id,
        code=f"{kind}/{term.slug}",
        name=name,
        description=words,
        parent_id=vocabulary.groups[term.group].id if term.group else None,
        taxonomy=kind,
        language=language,
        taxonomy_id=taxonomy_id(kind),
    )
