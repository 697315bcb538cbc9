"""Tables of services: what an organization offers, for whom, when, and whether it can take someone now."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.clock import now
from directory.database import Base, closed_set
from directory.organizations.texts import TextOrigin

IMPORTED = "import"
"""Who said what a file said: until somebody says otherwise."""


class Access(enum.StrEnum):
    """How a person gets to a service."""

    WALK_IN = "walk_in"
    CALL_FIRST = "call_first"
    APPOINTMENT = "appointment"
    REFERRAL = "referral"


class AvailabilityState(enum.StrEnum):
    """Whether a service can take someone."""

    OPEN = "open"
    LIMITED = "limited"
    FULL = "full"
    CLOSED = "closed"


class Service(Base):
    """What an organization offers: one row for each group of service areas of the seed data."""

    __tablename__ = "services"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_terms.id"))
    position: Mapped[int] = mapped_column(default=0)
    access: Mapped[Access | None] = mapped_column(closed_set(Access))
    is_emergency: Mapped[bool] = mapped_column(default=False)
    shelter: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What a shelter says of its beds, as `ShelterData`; HSDS: `service_capacity` and attributes."""

    texts: Mapped[list[ServiceText]] = relationship(cascade="all, delete-orphan")
    areas: Mapped[list[ServiceAreaOf]] = relationship(cascade="all, delete-orphan")
    populations: Mapped[list[ServicePopulation]] = relationship(cascade="all, delete-orphan")
    languages: Mapped[list[ServiceLanguage]] = relationship(cascade="all, delete-orphan")
    nationalities: Mapped[list[ServiceNationality]] = relationship(cascade="all, delete-orphan")
    coverage: Mapped[list[ServiceCoverage]] = relationship(cascade="all, delete-orphan")
    schedules: Mapped[list[Schedule]] = relationship(cascade="all, delete-orphan")
    locations: Mapped[list[ServiceAtLocation]] = relationship(cascade="all, delete-orphan")
    availability: Mapped[Availability | None] = relationship(cascade="all, delete-orphan")


class ServiceText(Base):
    """A text about a service in one language."""

    __tablename__ = "service_texts"
    __table_args__ = (
        CheckConstraint("field IN ('name', 'description', 'eligibility', 'documents_required', 'cost')", name="field"),
    )

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    language: Mapped[str] = mapped_column(String(3), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    origin: Mapped[TextOrigin] = mapped_column(closed_set(TextOrigin), default=TextOrigin.ORIGINAL)


class ServiceAreaOf(Base):
    """A service area that a service covers."""

    __tablename__ = "service_areas"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_terms.id"), primary_key=True, index=True)


class ServicePopulation(Base):
    """A population that a service is for; no row: for anyone."""

    __tablename__ = "service_populations"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_terms.id"), primary_key=True)


class ServiceLanguage(Base):
    """A language in which a service is given (ISO 639-1, else 639-3)."""

    __tablename__ = "service_languages"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(3), primary_key=True)


class ServiceNationality(Base):
    """A nationality that a service is for (ISO 3166-1 alpha-2); no row: all."""

    __tablename__ = "service_nationalities"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)


class ServiceCoverage(Base):
    """A country or subdivision (ISO 3166) that a service says it covers beyond its locations."""

    __tablename__ = "service_coverage"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(6), primary_key=True)


class Schedule(Base):
    """Opening hours on one weekday (1 Monday … 7 Sunday), in the zone of the location; several rows for several spans.

    Closing at or before opening is past midnight; from midnight to midnight is day and night.
    """

    __tablename__ = "schedules"
    __table_args__ = (CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    opens_at: Mapped[time]
    closes_at: Mapped[time]


class ServiceAtLocation(Base):
    """A service is given at a location, with the areas that are known for that place."""

    __tablename__ = "service_at_locations"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("locations.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    areas: Mapped[list[AreaAtLocation]] = relationship(cascade="all, delete-orphan")
    location: Mapped[Any] = relationship("Location")
    """Tells the session to take the tie off before its location, which would take it along."""


class AreaAtLocation(Base):
    """A service area that is known to be offered at one location."""

    __tablename__ = "areas_at_locations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["service_id", "location_id"],
            ["service_at_locations.service_id", "service_at_locations.location_id"],
            ondelete="CASCADE",
        ),
    )

    service_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    location_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_terms.id"), primary_key=True)


class Availability(Base):
    """What was last said about whether a service can take someone; it lapses after `until`."""

    __tablename__ = "availabilities"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[AvailabilityState] = mapped_column(closed_set(AvailabilityState))
    until: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(String(300))
    set_at: Mapped[datetime] = mapped_column(default=now)
    set_by: Mapped[str] = mapped_column(String(80))
