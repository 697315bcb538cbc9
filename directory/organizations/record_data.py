"""What can be edited of an organization, as one value: forms fill it, submissions keep it, diffs compare it."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from directory.organizations.models import PhoneKind, Visibility
from directory.organizations.services import Access
from directory.phones import phone_note
from directory.vocabulary.catalogue import Vocabulary

Flat = dict[tuple[str, ...], Any]
"""A record as single values by path: `("services", "legal", "access")` → `walk_in`."""
_NESTED = ("services", "locations")
WHEREABOUTS = ("name", "address", "postal_code", "latitude", "longitude")
"""What tells where a place is."""
CONTACT_FIELDS = frozenset({"website", "urls", "email", "phones"})
"""By what people reach an organization or a place of it."""
SERVICE_TEXTS = ("name", "description", "eligibility", "documents_required", "cost")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PhoneData(_Data):
    """A number: E.164 where it can be parsed, and as it was typed."""

    number: str | None
    text: str = Field(max_length=80)
    extension: str | None = Field(None, max_length=20)
    kind: PhoneKind = PhoneKind.VOICE

    @property
    def shown(self) -> str:
        """As somebody would type it, so that a form which shows it loses nothing."""
        if not self.number or phone_note(self.number, self.text):
            return self.text
        return f"{self.number} ext. {self.extension}" if self.extension else self.number


class HoursData(_Data):
    """Opening hours on one weekday (1 Monday … 7 Sunday), HH:MM."""

    weekday: int = Field(ge=1, le=7)
    opens_at: str
    closes_at: str


class Sheltered(enum.StrEnum):
    """Whom a shelter takes in."""

    WOMEN = "women"
    FAMILIES = "families"
    MEN = "men"
    BOYS_OVER_12 = "boys-over-12"
    CHILDREN_ALONE = "children-alone"


class ShelterData(_Data):
    """What a shelter says of its beds. What is None was not said."""

    places: int | None = Field(None, ge=1, le=5000)
    """Beds in all."""
    who: tuple[Sheltered, ...] = ()
    nights: int | None = Field(None, ge=1, le=3650)
    """For how many nights at most."""
    enters_from: str | None = Field(None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    enters_until: str | None = Field(None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    takes_pets: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return self == ShelterData()


class ServiceData(_Data):
    """What is offered within one group of service areas. Texts by language."""

    areas: tuple[str, ...]
    access: Access | None = None
    is_emergency: bool = False
    populations: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    coverage: tuple[str, ...] = ()
    schedule: tuple[HoursData, ...] = ()
    shelter: ShelterData | None = None
    name: dict[str, str] = Field(default_factory=dict)
    description: dict[str, str] = Field(default_factory=dict)
    eligibility: dict[str, str] = Field(default_factory=dict)
    documents_required: dict[str, str] = Field(default_factory=dict)
    cost: dict[str, str] = Field(default_factory=dict)


class LocationData(_Data):
    """A place of an organization, with its private street; `areas` are those offered there."""

    position: int = 0
    name: str | None = Field(None, max_length=160)
    country: str
    admin1: str | None = None
    city: str | None = Field(None, max_length=120)
    place_id: str | None = None
    address: str | None = Field(None, max_length=300)
    postal_code: str | None = Field(None, max_length=16)
    latitude: float | None = None
    longitude: float | None = None
    visibility: Visibility = Visibility.PUBLIC
    email: str | None = Field(None, max_length=120)
    phones: tuple[PhoneData, ...] = ()
    areas: tuple[str, ...] = ()


class RecordData(_Data):
    """Everything that somebody who knows an organization may say about it."""

    name: str = Field("", max_length=200)
    acronym: str | None = Field(None, max_length=30)
    alternate_names: tuple[str, ...] = ()
    country: str = ""
    website: str | None = Field(None, max_length=300)
    urls: tuple[str, ...] = ()
    email: str | None = Field(None, max_length=120)
    is_email_private: bool = False
    year_founded: int | None = None
    legal_status: str | None = Field(None, max_length=120)
    summary: dict[str, str] = Field(default_factory=dict)
    description: dict[str, str] = Field(default_factory=dict)
    phones: tuple[PhoneData, ...] = ()
    populations: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    services: dict[str, ServiceData] = Field(default_factory=dict)
    """By the slug of their group."""
    locations: dict[str, LocationData] = Field(default_factory=dict)
    """By id."""

    @property
    def areas(self) -> tuple[str, ...]:
        """All service areas."""
        return tuple(area for service in self.services.values() for area in service.areas)

    @property
    def first_location(self) -> tuple[str, LocationData] | None:
        """The first place with its id."""
        return min(self.locations.items(), key=lambda item: item[1].position, default=None)

    def all_phones(self) -> tuple[PhoneData, ...]:
        """The organization's numbers and those of its places."""
        return self.phones + tuple(phone for place in self.locations.values() for phone in place.phones)

    def all_emails(self) -> tuple[str, ...]:
        """The organization's address and those of its places, each once, in lower case."""
        found = [self.email, *(place.email for place in self.locations.values())]
        return tuple(dict.fromkeys(address.lower() for address in found if address))


def from_snapshot(snapshot: Mapping[str, Any], terms: Vocabulary) -> RecordData:
    """The editable part of a revision's snapshot."""
    slug_of = {
        str(term.id): term.slug for group in (terms.groups, terms.areas, terms.populations) for term in group.values()
    }
    places = [row["id"] for row in snapshot["locations"]]
    areas_at: dict[str, list[str]] = {place: [] for place in places}
    for service in snapshot["services"]:
        for tie in service["locations"]:
            areas_at.get(tie["location_id"], []).extend(slug_of[area["term_id"]] for area in tie["areas"])
    return RecordData(
        **{
            name: snapshot[name]
            for name in ("name", "acronym", "country", "website", "email", "year_founded", "legal_status")
        },
        is_email_private=bool(snapshot.get("is_email_private")),
        alternate_names=tuple(row["name"] for row in snapshot["alternate_names"]),
        urls=tuple(row["url"] for row in snapshot.get("urls", [])),
        summary=_texts(snapshot["texts"], "summary"),
        description=_texts(snapshot["texts"], "description"),
        phones=tuple(_phone(row) for row in snapshot["phones"] if row["location_id"] is None),
        populations=tuple(sorted(slug_of[row["term_id"]] for row in snapshot["populations"])),
        languages=tuple(sorted(row["code"] for row in snapshot["languages"])),
        services={slug_of[row["group_id"]]: _service(row, slug_of) for row in snapshot["services"]},
        locations={row["id"]: _location(row, snapshot["phones"], areas_at[row["id"]]) for row in snapshot["locations"]},
    )


def _texts(rows: list[dict[str, Any]], field: str) -> dict[str, str]:
    return {row["language"]: row["text"] for row in sorted(rows, key=lambda row: row["language"])
            if row["field"] == field}  # fmt: skip


def _phone(row: dict[str, Any]) -> PhoneData:
    return PhoneData(number=row["number"], text=row["text"], extension=row["extension"], kind=row["kind"])


def _service(row: dict[str, Any], slug_of: dict[str, str]) -> ServiceData:
    hours = sorted(row["schedules"], key=lambda item: (item["weekday"], item["opens_at"]))
    return ServiceData(
        areas=tuple(sorted(slug_of[item["term_id"]] for item in row["areas"])),
        access=row["access"],
        is_emergency=bool(row["is_emergency"]),
        populations=tuple(sorted(slug_of[item["term_id"]] for item in row["populations"])),
        languages=tuple(sorted(item["code"] for item in row["languages"])),
        nationalities=tuple(sorted(item["country"] for item in row["nationalities"])),
        coverage=tuple(sorted(item["code"] for item in row["coverage"])),
        schedule=tuple(
            HoursData(weekday=item["weekday"], opens_at=item["opens_at"][:5], closes_at=item["closes_at"][:5])
            for item in hours
        ),
        shelter=row.get("shelter"),
        **{field: _texts(row["texts"], field) for field in SERVICE_TEXTS},
    )


def _location(row: dict[str, Any], phones: list[dict[str, Any]], areas: list[str]) -> LocationData:
    own = {name: row[name] for name in LocationData.model_fields if name in row and name not in ("phones", "areas")}
    return LocationData(
        **own,
        phones=tuple(_phone(item) for item in phones if item["location_id"] == row["id"]),
        areas=tuple(sorted(set(areas))),
    )


def flatten(data: RecordData) -> Flat:
    """Single values by path; services and locations one level deeper."""
    flat: Flat = {}
    for name, value in data.model_dump(mode="json").items():
        if name not in _NESTED:
            flat[(name,)] = value
            continue
        for key, item in value.items():
            flat |= {(name, key, field): inner for field, inner in item.items()}
    return flat


def unflatten(flat: Flat) -> RecordData:
    """The record that single values make up. Raises pydantic.ValidationError."""
    values: dict[str, Any] = {name: {} for name in _NESTED}
    for path, value in flat.items():
        if len(path) == 1:
            values[path[0]] = value
        else:
            values[path[0]].setdefault(path[1], {})[path[2]] = value
    return RecordData.model_validate(values)


def public_view(data: RecordData) -> RecordData:
    """The record as a stranger may see it: no private e-mail, no protected street, nothing of a hidden place."""
    locations = {
        key: place if place.visibility == Visibility.PUBLIC else place.model_copy(update=dict.fromkeys(WHEREABOUTS))
        for key, place in data.locations.items()
        if place.visibility != Visibility.HIDDEN
    }
    if not data.is_email_private:
        return data.model_copy(update={"locations": locations})
    silent = {key: place.model_copy(update={"email": None}) for key, place in locations.items()}
    return data.model_copy(update={"locations": silent, "email": None})


def new_location_id() -> str:
    """The id of a place that somebody adds."""
    return str(uuid.uuid4())
