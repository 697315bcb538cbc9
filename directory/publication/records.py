"""The public records: frozen, typed, and the only thing that pages, API, exports and index ever see."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from directory import phones
from directory.places.countries import country_name, subdivision_name
from directory.sources import Sourced

Precision = Literal["exact", "city", "subdivision"]
Texts = Mapping[str, str]
"""A text by language (`es`, `en`, `fr` or another code)."""


class PublicModel(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True)


class PublicSource(PublicModel):
    """Where a record comes from; `date` is YYYY, YYYY-MM or a day."""

    name: str
    url: str | None
    date: str | None
    licence: str | None


def public_source(row: Sourced) -> PublicSource:
    """The source that a sourced row names."""
    return PublicSource(name=row.source_name, url=row.source_url, date=row.source_date, licence=row.source_licence)


class PublicPhone(PublicModel):
    """A number: E.164 or None, what a telephone there dials, the text as printed, and the words around it."""

    number: str | None
    dial: str | None = None
    text: str
    extension: str | None
    kind: str
    note: str | None = None
    around_the_clock: bool = False

    @classmethod
    def of(cls, number: str | None, text: str, extension: str | None, kind: str, country: str, **more: Any) -> Self:
        """A number as it is dialled in `country`, with `more` fields."""
        dial = number or phones.short_code(text, country)
        note = phones.words_beside(number, text, kind)
        return cls(number=number, dial=dial, text=text, extension=extension, kind=kind, note=note, **more)


class PublicAccreditation(PublicModel):
    """An authority's list named the organization on a date."""

    by: str
    on: str
    url: str | None


class PublicIdentifier(PublicModel):
    """A number in somebody's register."""

    scheme: str
    identifier: str


class PublicAvailability(PublicModel):
    """Whether a service can take someone; `unknown` where nobody said, or what was said has lapsed."""

    state: Literal["open", "limited", "full", "closed", "unknown"]
    until: date | None = None
    lapses_at: datetime | None = Field(None, exclude=True)
    note: str | None = None


class PublicHours(PublicModel):
    """Opening hours on one weekday (1 Monday … 7 Sunday); local time, HH:MM."""

    weekday: int
    opens_at: str
    closes_at: str


class PublicShelter(PublicModel):
    """What a shelter says of its beds; None: not said. Hours of entry are local, HH:MM."""

    places: int | None = None
    who: tuple[Literal["women", "families", "men", "boys-over-12", "children-alone"], ...] = ()
    nights: int | None = None
    enters_from: str | None = None
    enters_until: str | None = None
    takes_pets: bool | None = None


class PublicService(PublicModel):
    """What an organization offers. Texts by language; lists hold slugs and codes; no nationality: all."""

    id: uuid.UUID
    group: str
    name: Texts
    areas: tuple[str, ...]
    populations: tuple[str, ...]
    languages: tuple[str, ...]
    nationalities: tuple[str, ...]
    eligibility: Texts
    documents_required: Texts
    cost: Texts
    access: str | None
    schedule: tuple[PublicHours, ...]
    emergency: bool
    shelter: PublicShelter | None = None
    availability: PublicAvailability
    locations: tuple[uuid.UUID, ...]
    coverage: tuple[str, ...]


class PublicLocation(PublicModel):
    """Where an organization is, as far as the public may know. Coordinates in degrees.

    A protected location has no street and its city's point. `areas` are those known for this place.
    """

    id: uuid.UUID
    name: str | None
    country: str
    admin1: str | None
    admin2: str | None
    place_id: str | None
    city: str | None
    city_names: Texts
    address: str | None
    postal_code: str | None
    latitude: float | None
    longitude: float | None
    precision: Precision | None
    visibility: Literal["public", "city_only"]
    timezone: str | None
    phones: tuple[PublicPhone, ...]
    email: str | None
    areas: tuple[str, ...]
    source: PublicSource

    @property
    def mark(self) -> str:
        """What tells it from the organization's other places in an address."""
        return str(self.id)[:8]

    def city_in(self, language: str) -> str | None:
        """The city as a language calls it."""
        return self.city_names.get(language) or self.city

    def place_in(self, language: str) -> str:
        """City and subdivision, or what of them is known, else the country."""
        parts = [self.city_in(language), subdivision_name(self.admin1, language) if self.admin1 else None]
        known = list(dict.fromkeys(part for part in parts if part))
        return ", ".join(known) or country_name(self.country, language)


class ConsulateLink(PublicModel):
    """A consulate as it appears on an organization's record, and why; `assumed`: no source says it in full."""

    id: uuid.UUID
    slug: str
    sending_country: str
    kind: str
    city: str | None
    city_names: Texts
    status: str
    why: Literal["jurisdiction", "partner", "vouch"]
    assumed: bool


class PublicOrganization(PublicModel):
    """An organization as everyone may see it."""

    id: uuid.UUID
    slug: str
    name: str
    acronym: str | None
    alternate_names: tuple[str, ...]
    country: str
    summary: Texts
    description: Texts
    website: str | None
    email: str | None
    phones: tuple[PublicPhone, ...]
    year_founded: int | None
    legal_status: str | None
    identifiers: tuple[PublicIdentifier, ...]
    accreditations: tuple[PublicAccreditation, ...]
    populations: tuple[str, ...]
    languages: tuple[str, ...]
    urls: tuple[str, ...]
    """Other addresses on the web: pages in social networks."""
    contacts_suspended: bool
    """Phones, e-mails and addresses on the web are held back while somebody looks into a report."""
    status: Literal["verified", "due", "stale", "unverified"]
    verified_on: date | None
    due_since: date | None
    review_due_on: date | None
    review_interval_days: int
    source: PublicSource
    revision: int
    modified_at: datetime
    services: tuple[PublicService, ...]
    locations: tuple[PublicLocation, ...]
    consulates: tuple[ConsulateLink, ...]
    """Those whose area this is, and those that work with it in public: one entry for each reason."""
    vouched_by: tuple[ConsulateLink, ...]
    """Consulates that say in public: they worked with us."""

    @property
    def partners(self) -> tuple[ConsulateLink, ...]:
        """The consulates that are public partners."""
        return tuple(link for link in self.consulates if link.why == "partner")

    @property
    def areas(self) -> tuple[str, ...]:
        """The service areas of all services."""
        return tuple(dict.fromkeys(area for service in self.services for area in service.areas))

    @property
    def nationalities(self) -> tuple[str, ...]:
        """The nationalities that services name."""
        return tuple(dict.fromkeys(code for service in self.services for code in service.nationalities))

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries of its locations and of what it says it covers; its own where it has neither."""
        found = [location.country for location in self.locations]
        found += [code[:2] for service in self.services for code in service.coverage]
        return tuple(dict.fromkeys(found or [self.country]))

    @property
    def admin1s(self) -> tuple[str, ...]:
        """The subdivisions of its locations and of what it says it covers."""
        found = [location.admin1 for location in self.locations if location.admin1]
        found += [code for service in self.services for code in service.coverage if len(code) > 2]
        return tuple(dict.fromkeys(found))

    @property
    def availability(self) -> PublicAvailability:
        """The best that any service says: someone may be taken if one can."""
        order = ("open", "limited", "unknown", "full", "closed")
        said = [service.availability for service in self.services]
        return min(said, key=lambda item: order.index(item.state), default=PublicAvailability(state="unknown"))

    @property
    def numbers(self) -> tuple[PublicPhone, ...]:
        """Every number that can be dialled, the organization's own before those of its places."""
        phones = (*self.phones, *(phone for place in self.locations for phone in place.phones))
        return tuple(phone for phone in phones if phone.number)

    @property
    def is_reachable(self) -> bool:
        """Whether anybody can be called or written to, at whichever place."""
        places = any(place.phones or place.email for place in self.locations)
        return bool(self.contacts_suspended or places or self.phones or self.email or self.website or self.urls)

    def numbers_at(self, place: PublicLocation | None) -> tuple[PublicPhone, ...]:
        """The numbers to call for a place, those that can be dialled first, each once, no fax.

        Its own; where it has none, those of the other places in its state or province; then the organization's. Never
        those of a place in another state: whoever asks here must not end up there.
        """
        own = place.phones if place else ()
        beside = () if own or place is None or not place.admin1 else tuple(
            phone for other in self.locations if other.admin1 == place.admin1 for phone in other.phones
        )  # fmt: skip
        once: dict[tuple[str, str | None], PublicPhone] = {}
        for phone in (*own, *beside, *self.phones):
            if phone.kind != "fax":
                once.setdefault((phone.number or phone.text, phone.extension), phone)
        return tuple(sorted(once.values(), key=lambda phone: phone.number is None))

    def location_marked(self, mark: str | None) -> PublicLocation | None:
        """The location with a mark; None where none has it."""
        return next((item for item in self.locations if item.mark == mark), None)

    def pick_at(self, place: PublicLocation | None) -> str:
        """The key by which a handout or a link names it at a place; its slug alone where it has no other place."""
        return f"{self.slug}@{place.mark}" if place and len(self.locations) > 1 else self.slug

    def location(self, location_id: uuid.UUID | None) -> PublicLocation | None:
        """A location by id; the first where None is asked for; None where there is none."""
        if location_id is None:
            return self.locations[0] if self.locations else None
        return next((item for item in self.locations if item.id == location_id), None)
