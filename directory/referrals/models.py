"""Tables of referrals: one act of joint attention, never with the data of a person."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.clock import now
from directory.database import Base, closed_set
from directory.partnerships.models import Side


class ReferralState(enum.StrEnum):
    """Where a referral stands."""

    SENT = "sent"
    ASKED = "asked"
    """The organization wants to know more."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


OPEN_REFERRALS = (ReferralState.SENT, ReferralState.ASKED, ReferralState.ACCEPTED)


UNANSWERED = (ReferralState.SENT, ReferralState.ASKED)


class AgeGroup(enum.StrEnum):
    """How old, as far as the need asks for it."""

    BABY = "0-2"
    CHILD = "3-11"
    ADOLESCENT = "12-17"
    YOUNG = "18-29"
    ADULT = "30-59"
    OLDER = "60+"
    FAMILY = "family"
    """A family or group of several ages."""
    UNKNOWN = "unknown"


class Urgency(enum.StrEnum):
    """By when an answer is needed."""

    NOW = "now"
    TODAY = "today"
    WEEK = "week"


class Sentence(enum.StrEnum):
    """What a referral says besides, in fixed words: each side reads them in its own language."""

    BED_TONIGHT = "bed-tonight"
    ON_THE_WAY = "on-the-way"
    CALL_FIRST = "call-first"
    SAFE_FOR_NOW = "safe-for-now"
    SMALL_CHILDREN = "small-children"
    ALONE = "alone"
    INTERPRETER = "interpreter"
    NO_PHONE = "no-phone"
    DATE_SOON = "date-soon"
    MEDICAL = "medical"
    ACCOMPANIED = "accompanied"


class DeclineReason(enum.StrEnum):
    """Why an organization cannot take a referral."""

    FULL = "full"
    NOT_OFFERED = "not-offered"
    NOT_THIS_PERSON = "not-this-person"
    TOO_FAR = "too-far"
    CLOSED = "closed"
    OTHER = "other"


class Outcome(enum.StrEnum):
    """What became of it."""

    HELPED = "helped"
    PARTLY = "partly"
    DID_NOT_COME = "did-not-come"
    REFERRED_ON = "referred-on"
    NOT_NEEDED = "not-needed"
    UNKNOWN = "unknown"


class Referral(Base):
    """One act of joint attention. It knows of no person: no column here can name or number one."""

    __tablename__ = "referrals"
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("consulate_id", "external_id"),
        CheckConstraint("is_consented", name="consent"),
        CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="closed_with_outcome"),
        CheckConstraint("state <> 'declined' OR decline_reason IS NOT NULL", name="reason"),
        CheckConstraint("state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL", name="answer"),
        Index("ix_referrals_consulate_id", "consulate_id", "state", "sent_at"),
        Index("ix_referrals_organization_id", "organization_id"),
        Index("ix_referrals_closed_at", "closed_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    reference: Mapped[str] = mapped_column(String(12))
    external_id: Mapped[str | None] = mapped_column(String(64))
    """The case register's own opaque id."""
    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"))
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    state: Mapped[ReferralState] = mapped_column(closed_set(ReferralState))
    need: Mapped[str] = mapped_column(String(60))
    population: Mapped[str | None] = mapped_column(String(60))
    nationality: Mapped[str | None] = mapped_column(String(2))
    age_group: Mapped[AgeGroup] = mapped_column(closed_set(AgeGroup))
    place_id: Mapped[str | None] = mapped_column(ForeignKey("places.id"))
    urgency: Mapped[Urgency] = mapped_column(closed_set(Urgency))
    spoken: Mapped[str | None] = mapped_column(String(3))
    """The language of the person, ISO 639-1, else 639-3."""
    location_id: Mapped[uuid.UUID | None] = mapped_column()
    """The office that is asked; none: the organization as a whole. No foreign key: offices come and go with edits."""
    sentences: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Members of `Sentence`, in its order."""
    message: Mapped[str | None] = mapped_column(String(600))
    is_consented: Mapped[bool]
    """The person was informed and agreed."""
    is_at_own_request: Mapped[bool] = mapped_column(default=False)
    """For asylum: the person asked for it. A consulate is a part of the state that may be fled from."""
    assigned_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="es")
    """Of the message."""
    sent_at: Mapped[datetime] = mapped_column(default=now)
    waiting_since: Mapped[datetime] = mapped_column(default=now)
    """Since when the organization owes an answer: the sending, or the consulate's answer to its question."""
    answered_at: Mapped[datetime | None]
    answered_how: Mapped[str | None] = mapped_column(String(24))
    decline_reason: Mapped[DeclineReason | None] = mapped_column(closed_set(DeclineReason))
    outcome: Mapped[Outcome | None] = mapped_column(closed_set(Outcome))
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]

    notes: Mapped[list[ReferralNote]] = relationship(cascade="all, delete-orphan", order_by="ReferralNote.at")


class ReferralNote(Base):
    """What one side wrote to the other about a referral."""

    __tablename__ = "referral_notes"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    side: Mapped[Side] = mapped_column(closed_set(Side))
    text: Mapped[str] = mapped_column(String(600))


class ReferralRequest(Base):
    """A request of a case register, by its idempotency key: asked again, it gets the same answer."""

    __tablename__ = "referral_requests"

    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referrals.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    written_to: Mapped[int] = mapped_column(default=0)


class ReferralCount(Base):
    """What is left of closed referrals after their time: how many, and how long the answers took."""

    __tablename__ = "referral_counts"
    __table_args__ = (
        UniqueConstraint(
            "consulate_id", "month", "need", "population", "answer", "outcome", name="uq_referral_counts_cell"
        ),
        CheckConstraint("count > 0", name="count"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"))
    month: Mapped[date]
    """The first day of the month in which they were sent."""
    need: Mapped[str] = mapped_column(String(60))
    population: Mapped[str] = mapped_column(String(60))
    """Empty where none was said."""
    answer: Mapped[str] = mapped_column(String(24))
    """`accepted`, `declined` or `none`."""
    outcome: Mapped[str] = mapped_column(String(24))
    """Empty where it was declined or withdrawn."""
    count: Mapped[int]
    answer_hours: Mapped[list[float]] = mapped_column(JSON)
    """Hours to the answer, one for each that was answered, in no order that tells which."""
