"""Tables of consulates and of the places that each says, or is assumed, to serve."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.clock import now
from directory.database import Base, closed_set
from directory.sources import Sourced


class ConsulateKind(enum.StrEnum):
    """The kind of office, highest rank first."""

    EMBASSY = "embassy"
    CONSULATE_GENERAL = "consulate-general"
    CONSULATE = "consulate"
    CONSULAR_AGENCY = "consular-agency"
    HONORARY_CONSULATE = "honorary-consulate"


class ConsulateStatus(enum.StrEnum):
    """Whether the office exists, as far as its source knows."""

    OPEN = "open"
    DOUBTFUL = "doubtful"
    CLOSED = "closed"


class JurisdictionState(enum.StrEnum):
    """How much is known of a jurisdiction. `partial`: a source names a part of it."""

    KNOWN = "known"
    PARTIAL = "partial"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


class AreaMode(enum.StrEnum):
    """Whether a jurisdiction row adds a place or takes it out."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


class ConsulatePhoneKind(enum.StrEnum):
    """What a consulate's number is for."""

    MAIN = "main"
    PROTECTION = "protection"


class Consulate(Sourced, Base):
    """A consulate of a sending country in a host country."""

    __tablename__ = "consulates"
    __table_args__ = (
        UniqueConstraint("source_key"),
        CheckConstraint("sending_country <> host_country", name="abroad"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point"),
        CheckConstraint("admin1 IS NULL OR substr(admin1, 1, 3) = host_country || '-'", name="admin1"),
        CheckConstraint("status <> 'closed' OR jurisdiction_state = 'unknown'", name="closed_serves_nothing"),
        CheckConstraint("source_date IS NULL OR length(source_date) IN (4, 7, 10)", name="source_date"),
        Index("ix_consulates_sending_country_host_country", "sending_country", "host_country"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    source_key: Mapped[str | None] = mapped_column(String(120))
    source_digest: Mapped[str | None] = mapped_column(String(64))
    sending_country: Mapped[str] = mapped_column(String(2))
    host_country: Mapped[str] = mapped_column(String(2))
    kind: Mapped[ConsulateKind] = mapped_column(closed_set(ConsulateKind))
    status: Mapped[ConsulateStatus] = mapped_column(closed_set(ConsulateStatus))
    city: Mapped[str | None] = mapped_column(String(120))
    admin1: Mapped[str | None] = mapped_column(String(6))
    admin2: Mapped[str | None] = mapped_column(ForeignKey("admin2.code"))
    place_id: Mapped[str | None] = mapped_column(ForeignKey("places.id"))
    address: Mapped[str | None] = mapped_column(String(300))
    postal_code: Mapped[str | None] = mapped_column(String(16))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    timezone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))
    website: Mapped[str | None] = mapped_column(String(300))
    jurisdiction_state: Mapped[JurisdictionState] = mapped_column(closed_set(JurisdictionState))
    jurisdiction_note: Mapped[str | None] = mapped_column(Text)
    """What the source says of the jurisdiction beyond the rows, in its language."""
    jurisdiction_source: Mapped[str | None] = mapped_column(String(300))
    """Who says so, where it is not the record's source: the consulate itself, or a later list."""
    jurisdiction_source_url: Mapped[str | None] = mapped_column(String(300))
    jurisdiction_source_date: Mapped[str | None] = mapped_column(String(10))
    jurisdiction_edited_at: Mapped[datetime | None]
    """Since then an import leaves the jurisdiction alone."""
    address_source: Mapped[str | None] = mapped_column(String(300))
    """Who says the address, where it is not the record's source; so of the e-mail and of each phone."""
    address_source_url: Mapped[str | None] = mapped_column(String(300))
    address_source_date: Mapped[str | None] = mapped_column(String(10))
    email_source: Mapped[str | None] = mapped_column(String(300))
    email_source_url: Mapped[str | None] = mapped_column(String(300))
    email_source_date: Mapped[str | None] = mapped_column(String(10))
    contacts_edited_at: Mapped[datetime | None]
    """Since then an import leaves phones, e-mail and website alone."""
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]

    jurisdiction: Mapped[list[JurisdictionArea]] = relationship(
        cascade="all, delete-orphan", order_by="JurisdictionArea.position"
    )
    phones: Mapped[list[ConsulatePhone]] = relationship(
        cascade="all, delete-orphan", order_by="ConsulatePhone.position"
    )


class JurisdictionArea(Base):
    """One place that a consulate serves or does not: a country, a subdivision, or a county or town of one.

    Towns stand for municipalities where the gazetteer has no list of counties.

    `is_assumed`: no source says it in full; either only the seat's subdivision is known, or a source names
    a part of the subdivision.
    """

    __tablename__ = "jurisdiction_areas"
    __table_args__ = (
        CheckConstraint("admin1 IS NULL OR substr(admin1, 1, 3) = country || '-'", name="admin1"),
        CheckConstraint("admin2 IS NULL OR admin1 IS NOT NULL", name="admin2"),
        Index("ix_jurisdiction_areas_place", "country", "admin1", "admin2"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    country: Mapped[str] = mapped_column(String(2))
    admin1: Mapped[str | None] = mapped_column(String(6))
    admin2: Mapped[str | None] = mapped_column(ForeignKey("admin2.code"))
    place_id: Mapped[str | None] = mapped_column(ForeignKey("places.id"))
    mode: Mapped[AreaMode] = mapped_column(closed_set(AreaMode), default=AreaMode.INCLUDE)
    is_assumed: Mapped[bool] = mapped_column(default=False)


class ConsulatePhone(Base):
    """A consulate's number: E.164 where it can be parsed, else as printed."""

    __tablename__ = "consulate_phones"
    __table_args__ = (CheckConstraint("number IS NULL OR number LIKE '+%'", name="number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"), index=True)
    number: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(80))
    extension: Mapped[str | None] = mapped_column(String(20))
    kind: Mapped[ConsulatePhoneKind] = mapped_column(closed_set(ConsulatePhoneKind))
    is_around_the_clock: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Answered at night and on Sundays too."""
    source_name: Mapped[str | None] = mapped_column(String(300))
    """Who says this number, where it is not the record's source."""
    source_url: Mapped[str | None] = mapped_column(String(300))
    source_date: Mapped[str | None] = mapped_column(String(10))
    position: Mapped[int]


class MobileConsulate(Base):
    """A consulate that comes to a town for some days, announced in public."""

    __tablename__ = "mobile_consulates"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("url IS NULL OR url LIKE 'http%://%'", name="url"),
        Index("ix_mobile_consulates_consulate_id", "consulate_id", "ends_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    place_id: Mapped[str] = mapped_column(ForeignKey("places.id"), index=True)
    venue: Mapped[str | None] = mapped_column(String(200))
    hours: Mapped[str | None] = mapped_column(String(120))
    url: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(80))
    cancelled_at: Mapped[datetime | None]


class AssistanceAgreement(Base):
    """Two countries agreed that the consulates of one also assist nationals of the other in a host country.

    It holds once a liaison of each has agreed, until it ends.
    """

    __tablename__ = "assistance_agreements"
    __table_args__ = (
        CheckConstraint("sending_country <> assisting_country", name="two_countries"),
        CheckConstraint("host_country NOT IN (sending_country, assisting_country)", name="abroad"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="days"),
        CheckConstraint("source_url IS NULL OR source_url LIKE 'http%://%'", name="url"),
        Index("ix_assistance_agreements_countries", "sending_country", "host_country"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    sending_country: Mapped[str] = mapped_column(String(2))
    """Whose nationals are assisted."""
    assisting_country: Mapped[str] = mapped_column(String(2))
    host_country: Mapped[str] = mapped_column(String(2))
    source_name: Mapped[str] = mapped_column(String(300))
    source_url: Mapped[str | None] = mapped_column(String(300))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    proposed_by_country: Mapped[str] = mapped_column(String(2))
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    agreed_by: Mapped[str | None] = mapped_column(String(80))
    agreed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
