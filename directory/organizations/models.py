"""Tables of organizations and what belongs to them; workflows live in the verb-named modules beside."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.clock import now
from directory.database import Base, closed_set
from directory.organizations.services import Service
from directory.organizations.texts import TextOrigin
from directory.sources import Sourced


class VerificationMethod(enum.StrEnum):
    """How a record was confirmed."""

    CALL = "call"
    EMAIL = "email"
    VISIT = "visit"
    ACCOUNT = "account"


class PhoneKind(enum.StrEnum):
    """What a number is for."""

    VOICE = "voice"
    WHATSAPP = "whatsapp"
    FAX = "fax"
    EMERGENCY = "emergency"


class Organization(Sourced, Base):
    """A civil society organization. Removed ones stay as a tombstone (`removed_at`)."""

    __tablename__ = "organizations"
    __table_args__ = (
        UniqueConstraint("source_key"),
        CheckConstraint("length(name) > 0", name="name"),
        CheckConstraint("length(country) = 2 AND country = upper(country)", name="country"),
        CheckConstraint("year_founded BETWEEN 1500 AND 2200", name="year_founded"),
        CheckConstraint("(verified_on IS NULL) = (verified_by IS NULL)", name="verified"),
        CheckConstraint("source_date IS NULL OR length(source_date) IN (4, 7, 10)", name="source_date"),
        CheckConstraint("website IS NULL OR website LIKE 'http%://%'", name="website"),
        CheckConstraint("merged_into_id IS NULL OR removed_at IS NOT NULL", name="merged"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    source_key: Mapped[str | None] = mapped_column(String(120))
    source_digest: Mapped[str | None] = mapped_column(String(64))
    """Digest of the rows an import last wrote here: the same rows again change nothing."""
    name: Mapped[str] = mapped_column(String(200))
    acronym: Mapped[str | None] = mapped_column(String(30))
    country: Mapped[str] = mapped_column(String(2))
    website: Mapped[str | None] = mapped_column(String(300))
    email: Mapped[str | None] = mapped_column(String(120))
    is_email_private: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its addresses and those of its places are for letters of the directory alone, never public."""
    year_founded: Mapped[int | None]
    legal_status: Mapped[str | None] = mapped_column(String(120))
    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None] = mapped_column(String(80))
    verification_method: Mapped[VerificationMethod | None] = mapped_column(closed_set(VerificationMethod))
    due_since: Mapped[date | None]
    """Since when reports ask for another confirmation, whatever the interval says."""
    contacts_suspended_at: Mapped[datetime | None]
    """Since when phones, e-mails and addresses on the web are out of public sight (suspected impostor)."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    """The record that this one became a part of; it is removed then."""

    texts: Mapped[list[OrganizationText]] = relationship(cascade="all, delete-orphan")
    alternate_names: Mapped[list[AlternateName]] = relationship(
        cascade="all, delete-orphan", order_by="AlternateName.position"
    )
    urls: Mapped[list[OrganizationUrl]] = relationship(
        cascade="all, delete-orphan", order_by="OrganizationUrl.position"
    )
    identifiers: Mapped[list[Identifier]] = relationship(cascade="all, delete-orphan")
    accreditations: Mapped[list[Accreditation]] = relationship(
        cascade="all, delete-orphan", order_by="Accreditation.on"
    )
    populations: Mapped[list[OrganizationPopulation]] = relationship(cascade="all, delete-orphan")
    languages: Mapped[list[OrganizationLanguage]] = relationship(cascade="all, delete-orphan")
    locations: Mapped[list[Location]] = relationship(cascade="all, delete-orphan", order_by="Location.position")
    services: Mapped[list[Service]] = relationship(cascade="all, delete-orphan", order_by="Service.position")
    phones: Mapped[list[Phone]] = relationship(cascade="all, delete-orphan", order_by="Phone.position")
    contacts: Mapped[list[Contact]] = relationship(cascade="all, delete-orphan")


class OrganizationText(Base):
    """A text about an organization in one language."""

    __tablename__ = "organization_texts"
    __table_args__ = (CheckConstraint("field IN ('summary', 'description')", name="field"),)

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    language: Mapped[str] = mapped_column(String(3), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    origin: Mapped[TextOrigin] = mapped_column(closed_set(TextOrigin), default=TextOrigin.ORIGINAL)


class AlternateName(Base):
    """Another name under which an organization is known."""

    __tablename__ = "alternate_names"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class OrganizationUrl(Base):
    """Another address on the web: a page in a social network. HSDS `url`."""

    __tablename__ = "organization_urls"
    __table_args__ = (CheckConstraint("url LIKE 'http%://%'", name="url"),)

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    url: Mapped[str] = mapped_column(String(300), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class Identifier(Base):
    """A number in somebody's register (tax number, charity number)."""

    __tablename__ = "organization_identifiers"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    scheme: Mapped[str] = mapped_column(String(60), primary_key=True)
    identifier: Mapped[str] = mapped_column(String(120), primary_key=True)


class Accreditation(Base):
    """An authority's published list named the organization, on a date."""

    __tablename__ = "accreditations"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    by: Mapped[str] = mapped_column(String(160), primary_key=True)
    on: Mapped[str] = mapped_column(String(10), primary_key=True)
    url: Mapped[str | None] = mapped_column(String(300))


class OrganizationPopulation(Base):
    """Whom an organization serves as a whole, whether or not its services are known."""

    __tablename__ = "organization_populations"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_terms.id"), primary_key=True)


class OrganizationLanguage(Base):
    """A language spoken in an organization as a whole."""

    __tablename__ = "organization_languages"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(3), primary_key=True)


class Contact(Base):
    """A person or desk at an organization. Private: nothing that the public sees is built from this table."""

    __tablename__ = "contacts"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    name: Mapped[str | None] = mapped_column(String(120))
    title: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(Text)


class Phone(Base):
    """A number of an organization or of one of its locations: E.164 where it can be parsed, else as printed."""

    __tablename__ = "phones"
    __table_args__ = (CheckConstraint("number IS NULL OR number LIKE '+%'", name="number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    location_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("locations.id", ondelete="CASCADE"), index=True)
    number: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(80))
    extension: Mapped[str | None] = mapped_column(String(20))
    kind: Mapped[PhoneKind] = mapped_column(closed_set(PhoneKind), default=PhoneKind.VOICE)
    position: Mapped[int] = mapped_column(default=0)


class Visibility(enum.StrEnum):
    """How much of a location the public may see."""

    PUBLIC = "public"
    CITY_ONLY = "city_only"
    HIDDEN = "hidden"


class Location(Sourced, Base):
    """Where an organization is. `latitude` and `longitude` are its own point, in degrees, if one is known."""

    __tablename__ = "locations"
    __table_args__ = (
        UniqueConstraint("source_key"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("admin1 IS NULL OR substr(admin1, 1, 3) = country || '-'", name="admin1"),
        CheckConstraint("source_date IS NULL OR length(source_date) IN (4, 7, 10)", name="source_date"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    source_key: Mapped[str | None] = mapped_column(String(160))
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str | None] = mapped_column(String(160))
    country: Mapped[str] = mapped_column(String(2))
    admin1: Mapped[str | None] = mapped_column(String(6), index=True)
    admin2: Mapped[str | None] = mapped_column(ForeignKey("admin2.code"))
    city: Mapped[str | None] = mapped_column(String(120))
    place_id: Mapped[str | None] = mapped_column(ForeignKey("places.id"))
    address: Mapped[str | None] = mapped_column(String(300))
    postal_code: Mapped[str | None] = mapped_column(String(16))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    visibility: Mapped[Visibility] = mapped_column(closed_set(Visibility), default=Visibility.PUBLIC)
    timezone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))

    phones: Mapped[list[Phone]] = relationship(order_by="Phone.position", viewonly=True)
