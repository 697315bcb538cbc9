"""Tables of what comes in: submissions with every saved version, and reports about records."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.clock import now
from directory.database import Base, closed_set
from directory.organizations.models import VerificationMethod


class SubmissionKind(enum.StrEnum):
    """What somebody asks for."""

    NEW = "new"
    CHANGE = "change"
    CLAIM = "claim"


class SubmissionState(enum.StrEnum):
    """Where a submission stands."""

    DRAFT = "draft"
    UNCONFIRMED = "unconfirmed"
    """Waits until the link in the e-mail is used."""
    TO_CALL = "to-call"
    """Waits for a call, a message or a visit."""
    OLD_CHANNEL = "old-channel"
    """Waits until the address on record agrees."""
    PENDING = "pending"
    """Waits for a moderator."""
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset(
    {SubmissionState.UNCONFIRMED, SubmissionState.TO_CALL, SubmissionState.OLD_CHANNEL, SubmissionState.PENDING}
)
EDITABLE_STATES = frozenset(
    {SubmissionState.DRAFT, SubmissionState.UNCONFIRMED, SubmissionState.TO_CALL, SubmissionState.PENDING,
     SubmissionState.RETURNED}
)  # fmt: skip


class Origin(enum.StrEnum):
    """Through which door a submission came."""

    PUBLIC = "public"
    LINK = "link"
    """The organization's own signed link."""
    ACCOUNT = "account"
    """An editor's account."""
    OFFICER = "officer"
    """A consulate or a moderator, for the organization."""


class Submission(Base):
    """Something that came in. `data` is a RecordData, or what a claim says."""

    __tablename__ = "submissions"
    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("kind = 'new' OR organization_id IS NOT NULL", name="about"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmation_method IS NULL)", name="confirmed"),
        CheckConstraint("state <> 'rejected' OR criterion IS NOT NULL", name="rejected_for_a_reason"),
        Index("ix_submissions_state", "state", "submitted_at"),
        Index("ix_submissions_organization_id", "organization_id"),
        Index("ix_submissions_waiting", "kind", "state", "id", "version"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[SubmissionKind] = mapped_column(closed_set(SubmissionKind))
    state: Mapped[SubmissionState] = mapped_column(closed_set(SubmissionState), default=SubmissionState.DRAFT)
    origin: Mapped[Origin] = mapped_column(closed_set(Origin))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    base_revision: Mapped[int | None]
    """The revision that an edit started from."""
    data: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    """Raised with every save, so that two tabs notice each other."""
    language: Mapped[str] = mapped_column(String(2))
    country: Mapped[str | None] = mapped_column(String(2), index=True)
    email: Mapped[str | None] = mapped_column(String(120), index=True)
    """Where the submitter reads letters; private."""
    phone: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    """What the submitter says about it; private."""
    risks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Why a person should look twice: risk → detail."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmation_method: Mapped[VerificationMethod | None] = mapped_column(closed_set(VerificationMethod))
    confirmed_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    criterion: Mapped[str | None] = mapped_column(String(40))
    decision_note: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    """Who began an edit with an account: nobody else goes on with it, whatever link they hold."""
    assigned_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)

    versions: Mapped[list[SubmissionVersion]] = relationship(
        cascade="all, delete-orphan", order_by="SubmissionVersion.number"
    )


class SubmissionVersion(Base):
    """What a submission said after one save."""

    __tablename__ = "submission_versions"

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)


class ReportKind(enum.StrEnum):
    """What somebody found when they tried to reach an organization."""

    REACHED = "reached"
    NO_ANSWER = "no-answer"
    WRONG_NUMBER = "wrong-number"
    CLOSED = "closed"
    ASKS_FOR_MONEY = "asks-for-money"
    OTHER = "other"


class Report(Base):
    """What somebody says about a record. The note is for moderators only."""

    __tablename__ = "reports"
    __table_args__ = (Index("ix_reports_organization_id", "organization_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    kind: Mapped[ReportKind] = mapped_column(closed_set(ReportKind))
    note: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(default=now)
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(80))
