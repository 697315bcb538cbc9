"""What HSDS has no field for, as attributes of the taxonomies that this directory publishes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from directory.exchange.hsds.models import Attribute
from directory.exchange.hsds.taxonomies import FACTS, Terms
from directory.identifiers import seed_uuid
from directory.publication.consulates import consulate_name
from directory.publication.records import PublicLocation, PublicOrganization, PublicService, PublicSource, Texts
from directory.vocabulary.models import Taxonomy as Kind

LANGUAGE = "en"
"""Of names of places, languages and terms, and of made sentences."""
TEXTS = ("es", "en", "fr")
"""In this order a text is chosen where there is room for one."""


def own_id(link_id: uuid.UUID, *parts: str) -> uuid.UUID:
    """The id of something that has none on record: of what it belongs to, and what it says."""
    return seed_uuid("/".join(("hsds", str(link_id), *parts)))


class Facts:
    """Says what is beyond HSDS's fields, with the terms and the address of one installation."""

    def __init__(self, terms: Terms, base_url: str) -> None:
        self._terms = terms
        self._base_url = base_url

    def organization(self, record: PublicOrganization, names: Iterable[str], *, is_made: bool) -> Iterator[Attribute]:
        """Of an organization; `names` are its further names, `is_made` that its description was made here."""

        def say(slug: str, value: str | None, label: str | None = None) -> Iterator[Attribute]:
            return self._fact("organization", record.id, slug, value, label)

        yield from self._source("organization", record.id, record.source)
        yield from say("freshness", record.status)
        yield from say("verified-on", record.verified_on.isoformat() if record.verified_on else None)
        for item in record.accreditations:
            yield from say("accreditation", f"{item.by}, {item.on}", item.url)
        if is_made:
            yield from say("made-description", "1")
        for name in names:
            yield from say("alternate-name", name)
        for field, texts in (("description", record.description), ("summary", record.summary)):
            yield from self._texts("organization", record.id, field, texts)
        for link in record.partners:
            address = f"{self._base_url}/es/consulates/{link.slug}"
            yield from say("partner-consulate", address, consulate_name(link, LANGUAGE))
        if record.contacts_suspended:
            yield from say("contacts-suspended", "1")

    def service(self, record: PublicOrganization, service: PublicService) -> Iterator[Attribute]:
        """Of a service."""

        def say(slug: str, value: str | None) -> Iterator[Attribute]:
            return self._fact("service", service.id, slug, value)

        yield self.term("service", service.id, Kind.SERVICE_GROUP.value, service.group)
        for slug in service.areas:
            yield self.term("service", service.id, Kind.SERVICE_AREA.value, slug)
        for slug in dict.fromkeys((*service.populations, *record.populations)):
            yield self.term("service", service.id, Kind.POPULATION.value, slug)
        for code in service.nationalities:
            yield from say("nationality", code)
        yield from say("access", service.access)
        yield from say("emergency", "1" if service.emergency else None)
        if service.availability.state != "unknown":
            yield from say("availability", service.availability.state)
            until = service.availability.until
            yield from say("availability-until", until.isoformat() if until else None)
        if service.shelter and service.shelter.places is not None:
            yield from say("places", str(service.shelter.places))
        texts = {
            "name": service.name, "eligibility_description": service.eligibility, "fees_description": service.cost,
            "required_documents": service.documents_required,
        }  # fmt: skip
        for field, said in texts.items():
            yield from self._texts("service", service.id, field, said)

    def location(self, place: PublicLocation, *, has_address: bool) -> Iterator[Attribute]:
        """Of a location; the parts of an address that is not whole."""
        parts = {
            "protection": place.visibility if place.visibility != "public" else None,
            "precision": place.precision,
            "timezone": place.timezone,
        }
        if not has_address:
            parts |= {
                "street": place.address,
                "town": place.city,
                "subdivision": place.admin1,
                "postal-code": place.postal_code,
                "country": place.country,
            }
        for slug, value in parts.items():
            yield from self._fact("location", place.id, slug, value)
        yield from self._source("location", place.id, place.source)

    def _source(self, entity: str, link_id: uuid.UUID, source: PublicSource) -> Iterator[Attribute]:
        yield from self._fact(entity, link_id, "source", source.name)
        yield from self._fact(entity, link_id, "source-url", source.url)
        yield from self._fact(entity, link_id, "source-date", source.date)
        yield from self._fact(entity, link_id, "source-licence", source.licence)

    def _texts(self, entity: str, link_id: uuid.UUID, field: str, texts: Texts) -> Iterator[Attribute]:
        for language in TEXTS:
            if text := texts.get(language):
                yield from self._fact(entity, link_id, f"text-{language}", text, field)

    def _fact(
        self, entity: str, link_id: uuid.UUID, slug: str, value: str | None, label: str | None = None
    ) -> Iterator[Attribute]:
        if value:
            yield self.term(entity, link_id, FACTS, slug, value, label)

    def term(
        self, entity: str, link_id: uuid.UUID, taxonomy: str, slug: str, value: str | None = None,
        label: str | None = None,
    ) -> Attribute:  # fmt: skip
        """A term of a taxonomy, said of something."""
        term = self._terms.named(taxonomy, slug)
        return Attribute(
            id=own_id(link_id, taxonomy, slug, label or "", value or ""),
            link_id=link_id,
            taxonomy_term_id=term.id,
            link_type=taxonomy,
            link_entity=entity,
            value=value,
            taxonomy_term=term,
            label=label,
        )
