"""Public records of consulates: frozen and typed, as pages, API and exports see them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Literal

from directory.publication.records import Precision, PublicModel, PublicPhone, PublicSource, Texts


class PublicJurisdictionArea(PublicModel):
    """One place that a consulate serves (`include`) or does not (`exclude`)."""

    country: str
    admin1: str | None
    admin2: str | None
    place_id: str | None
    name: str | None
    mode: Literal["include", "exclude"]
    assumed: bool


class PublicMobileConsulate(PublicModel):
    """A consulate that comes to a town for some days."""

    id: uuid.UUID
    starts_on: date
    ends_on: date
    place_id: str
    city: str
    city_names: Texts
    country: str
    admin1: str | None
    latitude: float | None
    longitude: float | None
    venue: str | None
    hours: str | None
    url: str | None


class PartnerLink(PublicModel):
    """A public partner as it appears on a consulate's record."""

    id: uuid.UUID
    slug: str
    name: str
    emergencies: bool
    """Agreed in advance for emergencies."""


class PublicConsulatePhone(PublicPhone):
    """A consulate's number and who says it; no source where the consulate itself does."""

    source: PublicSource | None


class PublicConsulate(PublicModel):
    """A consulate as everyone may see it."""

    id: uuid.UUID
    slug: str
    sending_country: str
    host_country: str
    kind: str
    status: Literal["open", "doubtful", "closed"]
    city: str | None
    city_names: Texts
    admin1: str | None
    address: str | None
    postal_code: str | None
    latitude: float | None
    longitude: float | None
    precision: Precision | None
    timezone: str | None
    phones: tuple[PublicConsulatePhone, ...]
    email: str | None
    website: str | None
    jurisdiction: tuple[PublicJurisdictionArea, ...]
    jurisdiction_state: Literal["known", "partial", "assumed", "unknown"]
    jurisdiction_note: str | None
    jurisdiction_source: PublicSource
    """Who says what it serves; the record's own source where nobody else did."""
    jurisdiction_confirmed: bool
    """The consulate itself stated it."""
    contacts_confirmed: bool
    contacts_confirmed_on: date | None
    """The day on which the consulate stated its phones, e-mail, website and address."""
    address_source: PublicSource | None
    """Who says the address; none where the consulate itself does, or where there is none. So of the e-mail."""
    email_source: PublicSource | None
    note: str | None
    mobile: tuple[PublicMobileConsulate, ...]
    """Where it comes to from today on, the soonest first."""
    partners: tuple[PartnerLink, ...]
    source: PublicSource
    revision: int
    modified_at: datetime
