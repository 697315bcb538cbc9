"""Reading the change feed: what happened after a number, and where the feed stands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from directory.changes.models import Change, Entity, FeedCounter
from directory.database import AnySession


@dataclass(frozen=True)
class FeedPosition:
    """Where the feed stands. Two positions compare only within one epoch."""

    epoch: uuid.UUID
    seq: int


def feed_position(session: AnySession) -> FeedPosition:
    """The epoch and the last number given."""
    row = session.execute(select(FeedCounter.epoch, FeedCounter.value)).one()
    return FeedPosition(row.epoch, row.value)


def changes_since(session: AnySession, since: int, limit: int, entity: Entity | None = None) -> list[Change]:
    """At most `limit` changes with a number above `since`, of all records or of one kind, in order."""
    query = select(Change).where(Change.seq > since).order_by(Change.seq).limit(limit)
    if entity is not None:
        query = query.where(Change.entity == entity)
    return list(session.scalars(query))
