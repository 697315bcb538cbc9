"""Tables of the work that keeps records true: decisions and calls in hand, questions asked, uses counted."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, closed_set


class Decision(enum.StrEnum):
    """What a moderator makes of a submission."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    MERGE = "merge"


class PendingDecision(Base):
    """A decision that is carried out at an instant, unless it is taken back before: until then nobody is told."""

    __tablename__ = "pending_decisions"
    __table_args__ = (
        CheckConstraint("decision <> 'reject' OR criterion IS NOT NULL", name="criterion"),
        CheckConstraint("decision <> 'merge' OR into_id IS NOT NULL", name="into"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    decision: Mapped[Decision] = mapped_column(closed_set(Decision))
    version: Mapped[int]
    """The version of the submission that the moderator saw."""
    note: Mapped[str | None] = mapped_column(Text)
    criterion: Mapped[str | None] = mapped_column(String(40))
    into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    decided_by: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime] = mapped_column(index=True)


class CallClaim(Base):
    """Somebody has this record on their call list until an instant: nobody else is given it meanwhile."""

    __tablename__ = "call_claims"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime]
    rank: Mapped[int]


class CallNote(Base):
    """What came of a call: for the order of the next ones."""

    __tablename__ = "call_notes"
    __table_args__ = (Index("ix_call_notes_organization_id", "organization_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    outcome: Mapped[str] = mapped_column(String(24))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class ConfirmationRequest(Base):
    """An organization was asked whether its record is still right."""

    __tablename__ = "confirmation_requests"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'whatsapp')", name="channel"),
        Index("ix_confirmation_requests_organization_id", "organization_id", "sent_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(12))
    sent_at: Mapped[datetime]


class RecordUse(Base):
    """How often a record's page was opened in a month: a number, and nothing about who opened it."""

    __tablename__ = "record_uses"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True
    )
    month: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]
