"""From an address to a record: by id or slug, with former slugs and removed records told apart."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from directory.changes.models import Entity
from directory.changes.slugs import current_slugs, find_by_slug
from directory.consulates.models import Consulate
from directory.database import AnySession
from directory.identifiers import parse_uuid
from directory.organizations.models import Organization


@dataclass(frozen=True)
class Found:
    """The record with this id is in public sight."""

    record_id: uuid.UUID


@dataclass(frozen=True)
class Moved:
    """The slug is a former one; the record answers at this slug now."""

    slug: str


@dataclass(frozen=True)
class Gone:
    """The record was removed and left a tombstone."""


_TABLES: dict[Entity, type[Organization] | type[Consulate]] = {
    Entity.ORGANIZATION: Organization,
    Entity.CONSULATE: Consulate,
}


def find_record(session: AnySession, entity: Entity, key: str) -> Found | Moved | Gone | None:
    """What an id or slug leads to; None where there never was such a record."""
    record_id, is_current = parse_uuid(key), True
    if record_id is None:
        by_slug = find_by_slug(session, entity, key)
        if by_slug is None:
            return None
        record_id, is_current = by_slug
    table = _TABLES[entity]
    row = session.execute(select(table.removed_at).where(table.id == record_id)).one_or_none()
    if row is None:
        return None
    if row.removed_at is not None:
        kept = _merged_into(session, record_id) if entity == Entity.ORGANIZATION else None
        return Moved(current_slugs(session, entity, [kept])[kept]) if kept else Gone()
    if is_current:
        return Found(record_id)
    return Moved(current_slugs(session, entity, [record_id])[record_id])


def _merged_into(session: AnySession, organization_id: uuid.UUID) -> uuid.UUID | None:
    """The public record that a removed one became a part of, through any number of merges."""
    seen: set[uuid.UUID] = set()
    current: uuid.UUID | None = organization_id
    while current and current not in seen:
        seen.add(current)
        row = session.execute(
            select(Organization.removed_at, Organization.merged_into_id).where(Organization.id == current)
        ).one()
        if row.removed_at is None:
            return current
        current = row.merged_into_id
    return None
