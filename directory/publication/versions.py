"""Which revision of a record is current, and since when (one query for many records)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from directory.changes.models import Entity, Revision
from directory.database import AnySession


@dataclass(frozen=True)
class Version:
    """The number of a record's last revision and its instant."""

    number: int
    at: datetime


def versions(session: AnySession, entity: Entity, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Version]:
    """The last revision of each id."""
    query = (
        select(Revision.entity_id, func.max(Revision.number), func.max(Revision.at))
        .where(Revision.entity == entity, Revision.entity_id.in_(list(ids)))
        .group_by(Revision.entity_id)
    )
    return {row[0]: Version(row[1], row[2]) for row in session.execute(query)}


def revised_after(session: AnySession, entity: Entity, instant: datetime) -> set[uuid.UUID]:
    """The ids of all records of an entity with a revision younger than an instant."""
    query = select(Revision.entity_id).where(Revision.entity == entity, Revision.at > instant).distinct()
    return set(session.scalars(query))
