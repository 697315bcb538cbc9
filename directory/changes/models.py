"""Tables of the change feed, the revisions and the audit trail."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from directory.clock import now
from directory.database import Base, closed_set

_RowNumber = BigInteger().with_variant(Integer, "sqlite")


class Entity(enum.StrEnum):
    """The kinds of public records that the feed tells about."""

    ORGANIZATION = "organization"
    CONSULATE = "consulate"


class ChangeKind(enum.StrEnum):
    """What happened to a public record. `redacted`: forget what you hold of it and read it anew."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    REDACTED = "redacted"


class FeedCounter(Base):
    """The one row whose value is the last number given to a change; `epoch` names this life of the feed."""

    __tablename__ = "feed_counter"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), CheckConstraint("value >= 0", name="value"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[uuid.UUID]


class Change(Base):
    """Something public changed. `seq` is given in the last statements of the transaction; NULL before."""

    __tablename__ = "changes"
    __table_args__ = (
        UniqueConstraint("seq"),
        CheckConstraint("seq > 0", name="seq"),
        Index("ix_changes_entity", "entity", "entity_id"),
    )

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    entity: Mapped[Entity] = mapped_column(closed_set(Entity))
    entity_id: Mapped[uuid.UUID]
    kind: Mapped[ChangeKind] = mapped_column(closed_set(ChangeKind))
    at: Mapped[datetime] = mapped_column(default=now)


class Revision(Base):
    """The full private record as it was at one commit; numbers count from 1 without gaps."""

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("entity", "entity_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True)
    entity: Mapped[Entity] = mapped_column(closed_set(Entity))
    entity_id: Mapped[uuid.UUID]
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)
    snapshot: Mapped[dict[str, Any]]


class AuditEntry(Base):
    """Who did what to a record, when, and what stood there before and after. Never edited."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_record", "entity", "entity_id"),)

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    entity: Mapped[Entity | None] = mapped_column(closed_set(Entity))
    entity_id: Mapped[uuid.UUID | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class Slug(Base):
    """A name in an address. Former slugs stay and lead to the current one; one slug serves all languages."""

    __tablename__ = "slugs"
    __table_args__ = (
        CheckConstraint("slug = lower(slug) AND length(slug) > 0", name="slug"),
        Index(
            "uq_slugs_current",
            "entity",
            "entity_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    entity: Mapped[Entity] = mapped_column(closed_set(Entity), primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    entity_id: Mapped[uuid.UUID] = mapped_column(index=True)
    is_current: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
