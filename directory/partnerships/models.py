"""Tables of joint attention: partnerships, referrals, what consulates tell one another about an organization."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.clock import now
from directory.database import Base, closed_set


class Side(enum.StrEnum):
    """Who acts: one of the two that work together."""

    CONSULATE = "consulate"
    ORGANIZATION = "organization"


class PartnershipState(enum.StrEnum):
    """Where a partnership stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"
    DECLINED = "declined"


STANDING = (PartnershipState.PROPOSED, PartnershipState.ACTIVE, PartnershipState.SUSPENDED)
"""States of which a consulate and an organization have at most one at a time."""


class Agreement(enum.StrEnum):
    """What the partnership rests on."""

    UNWRITTEN = "unwritten"
    LETTER = "letter"
    MEMORANDUM = "memorandum"
    CONTRACT = "contract"


class ReferralChannel(enum.StrEnum):
    """How the organization wants people to be referred."""

    DIRECTORY = "directory"
    PHONE = "phone"
    EMAIL = "email"
    IN_PERSON = "in-person"


class Partnership(Base):
    """The link between a consulate and an organization for joint attention, by consent of both."""

    __tablename__ = "partnerships"
    __table_args__ = (
        CheckConstraint("state <> 'active' OR accepted_at IS NOT NULL", name="consent"),
        CheckConstraint("valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from", name="days"),
        CheckConstraint("NOT is_public OR state = 'active'", name="public_while_active"),
        Index(
            "uq_partnerships_standing",
            "consulate_id",
            "organization_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'active', 'suspended')"),
            postgresql_where=text("state IN ('proposed', 'active', 'suspended')"),
        ),
        Index("ix_partnerships_organization_id", "organization_id"),
        Index("ix_partnerships_valid_until", "valid_until"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"))
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    state: Mapped[PartnershipState] = mapped_column(closed_set(PartnershipState))
    proposed_by: Mapped[Side] = mapped_column(closed_set(Side))
    is_public: Mapped[bool] = mapped_column(default=False)
    """Only the organization says so."""
    wants_public: Mapped[bool] = mapped_column(default=False)
    """The organization said with its own proposal that everyone may know once it is accepted."""
    agreement: Mapped[Agreement] = mapped_column(closed_set(Agreement))
    areas: Mapped[list[str]] = mapped_column(JSON)
    """Slugs of service areas; none: whatever the organization offers."""
    nationalities: Mapped[list[str]] = mapped_column(JSON)
    """ISO 3166-1 alpha-2; none: that of the consulate."""
    channel: Mapped[ReferralChannel] = mapped_column(closed_set(ReferralChannel))
    enters_detention: Mapped[bool] = mapped_column(default=False)
    detention_places: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the gazetteer: where the organization may enter."""
    is_for_emergencies: Mapped[bool] = mapped_column(default=False)
    """Agreed in advance: in an emergency nobody has to ask first."""
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    message: Mapped[str | None] = mapped_column(Text)
    """What the one side wrote to the other with the proposal; both read it."""
    private_note: Mapped[str | None] = mapped_column(Text)
    """The consulate's own."""
    language: Mapped[str] = mapped_column(String(2), default="es")
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    accepted_at: Mapped[datetime | None]
    accepted_how: Mapped[str | None] = mapped_column(String(24))
    """`link`, `account`, `office`, or `call` where an officer noted what was said on the phone."""
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    focal_points: Mapped[list[FocalPoint]] = relationship(
        cascade="all, delete-orphan", order_by="FocalPoint.position", lazy="selectin"
    )
    events: Mapped[list[PartnershipEvent]] = relationship(
        cascade="all, delete-orphan", order_by="PartnershipEvent.at.desc()"
    )

    def is_in_force(self, today: date) -> bool:
        """Whether it holds on a day."""
        return (
            self.state == PartnershipState.ACTIVE
            and (self.valid_from is None or self.valid_from <= today)
            and (self.valid_until is None or today <= self.valid_until)
        )


class FocalPoint(Base):
    """Whom the one side asks for on the other. Never public, and only the two sides see it."""

    __tablename__ = "focal_points"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    partnership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partnerships.id", ondelete="CASCADE"), index=True)
    side: Mapped[Side] = mapped_column(closed_set(Side))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))
    position: Mapped[int]


class PartnershipEvent(Base):
    """What happened to a partnership. Never edited."""

    __tablename__ = "partnership_events"
    __table_args__ = (Index("ix_partnership_events_partnership_id", "partnership_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    partnership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partnerships.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=now)
    side: Mapped[Side | None] = mapped_column(closed_set(Side))
    """None: the days did it."""
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(24))
    note: Mapped[str | None] = mapped_column(Text)
    changed: Mapped[dict[str, Any] | None]


class Vouch(Base):
    """A consulate says of an organization: they worked with us."""

    __tablename__ = "vouches"
    __table_args__ = (UniqueConstraint("consulate_id", "organization_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"))
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str] = mapped_column(String(80))
    is_public: Mapped[bool] = mapped_column(default=False)
    """Only the organization says so."""


class Audience(enum.StrEnum):
    """Who reads a note about an organization."""

    CONSULATE = "consulate"
    NETWORK = "network"
    """The consulates of all member countries."""


class ConsulateNote(Base):
    """What a consulate notes about an organization. Never public, and the organization does not read it."""

    __tablename__ = "consulate_notes"
    __table_args__ = (Index("ix_consulate_notes_organization_id", "organization_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    audience: Mapped[Audience] = mapped_column(closed_set(Audience))
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(String(600))
