"""Tables of people who sign in: users, what each may do, where each is signed in; and links that open one door."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from typing import Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.clock import now
from directory.database import Base, closed_set


class Role(enum.StrEnum):
    """What a grant lets a person be."""

    ADMIN = "admin"
    MODERATOR = "moderator"
    CONSULATE = "consulate"
    EDITOR = "editor"


class User(Base, UserMixin):
    """Somebody who can sign in. The columns beside ours are those that Flask-Security reads and writes."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email"),
        CheckConstraint("language IN ('es', 'en', 'fr')", name="language"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)  # type: ignore[assignment]
    email: Mapped[str] = mapped_column(String(120), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    """When the owner of the e-mail first set a password through a link sent there."""
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_step: Mapped[int | None]
    """The half minute of the last code that was used, counted from 1970: no code opens twice."""
    tf_phone_number: Mapped[str | None] = mapped_column(String(128))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON))
    language: Mapped[str] = mapped_column(String(2), default="es")
    created_at: Mapped[datetime] = mapped_column(default=now)

    grants: Mapped[list[Grant]] = relationship(cascade="all, delete-orphan", lazy="selectin", order_by="Grant.role")

    @property
    def roles(self) -> list[Grant]:  # type: ignore[override]
        """Flask-Security's name for the grants."""
        return self.grants

    def get_security_payload(self) -> dict[str, Any]:
        """What Flask-Security may tell about a user: nothing."""
        return {}


class Grant(Base, RoleMixin):
    """A user is something somewhere: a moderator of a country, an officer of a consulate or of all of a country."""

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint("role <> 'admin' OR (country IS NULL AND consulate_id IS NULL)", name="admin_is_everywhere"),
        CheckConstraint("role <> 'consulate' OR (country IS NULL) <> (consulate_id IS NULL)", name="consulate_scope"),
        CheckConstraint("(role = 'editor') = (organization_id IS NOT NULL)", name="editor_scope"),
        CheckConstraint("role <> 'moderator' OR consulate_id IS NULL", name="moderator_scope"),
        Index("ix_grants_organization_id", "organization_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)  # type: ignore[assignment]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(closed_set(Role))
    country: Mapped[str | None] = mapped_column(String(2))
    """A moderator's country, or the sending country whose consulates a liaison answers for."""
    consulate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    granted_by: Mapped[str] = mapped_column(String(80))

    # Flask-Security's roles are equal where their names are; two grants of one role are not the same grant.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def name(self) -> str:  # type: ignore[override]
        """Flask-Security's name of a role."""
        return self.role.value

    def get_permissions(self) -> set[str]:
        """Permissions live in policy.py, not in roles."""
        return set()


class SignIn(Base):
    """One browser in which a user is signed in. Ended ones sign nobody in any more."""

    __tablename__ = "sign_ins"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(60))
    """Browser and system in words that their owner recognises; no address."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_on: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    has_second_factor: Mapped[bool] = mapped_column(default=False)
    """A code or a recovery code was given in this browser; a password alone opens less."""


class RateWindow(Base):
    """How often something was tried within a window that ends at `expires_at`; keys are digests."""

    __tablename__ = "rate_windows"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LinkPurpose(enum.StrEnum):
    """Which door a link opens."""

    DRAFT = "draft"
    CONFIRM_SUBMISSION = "confirm-submission"
    MANAGE = "manage"
    STILL_RIGHT = "still-right"
    OLD_CHANNEL = "old-channel"
    CLAIM = "claim"
    VISIT = "visit"
    PARTNERSHIP = "partnership"
    REFERRAL = "referral"
    KEY = "key"
    """Shown or sent after a call, it is exchanged once for the link to the organization's own page."""


class AccessLink(Base):
    """An unguessable link: only its digest is kept. It opens one door until it expires, is used or is revoked."""

    __tablename__ = "access_links"
    __table_args__ = (
        CheckConstraint("organization_id IS NOT NULL OR submission_id IS NOT NULL", name="subject"),
        Index("ix_access_links_organization_id", "organization_id"),
        Index("ix_access_links_submission_id", "submission_id"),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(closed_set(LinkPurpose))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    partnership_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("partnerships.id", ondelete="CASCADE"), index=True
    )
    referral_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("referrals.id", ondelete="CASCADE"), index=True)
    email: Mapped[str | None] = mapped_column(String(120))
    """The address that the link was sent to: using it proves that somebody reads mail there."""
    note: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class TokenScope(enum.StrEnum):
    """What a token lets a case register do."""

    CREATE_REFERRALS = "referrals:create"
    READ_REFERRALS = "referrals:read"
    CLOSE_REFERRALS = "referrals:close"


class ApiToken(Base):
    """The key of a country's case register to one consulate's referrals. Only its digest is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    consulate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consulates.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]


class InstallationKey(Base):
    """The one row that tells which key this database belongs to, without telling anything of the key."""

    __tablename__ = "installation_key"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(64))
    noted_at: Mapped[datetime] = mapped_column(default=now)
