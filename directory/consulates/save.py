"""Creating and replacing consulates. Nothing here commits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import Tally, record_audit, record_change
from directory.changes.slugs import assign_slug, current_slugs, free_slug, taken_slugs
from directory.changes.snapshot import snapshot_of
from directory.consulates.models import Consulate
from directory.database import AnySession


def save_consulates(session: AnySession, drafts: Sequence[Consulate], actor: str) -> Tally:
    """Create or replace each of `drafts` (transient objects with their ids); equal digests change nothing."""
    tally = Tally()
    taken = taken_slugs(session, Entity.CONSULATE)
    query = select(Consulate.id, Consulate.source_digest).where(Consulate.id.in_([draft.id for draft in drafts]))
    known = {row.id: row.source_digest for row in session.execute(query)}
    for draft in drafts:
        if draft.id not in known:
            _create(session, draft, taken, actor)
            tally.created += 1
        elif known[draft.id] == draft.source_digest:
            tally.unchanged += 1
        else:
            session.merge(draft)
            record_change(session, Entity.CONSULATE, draft.id, ChangeKind.UPDATED)
            record_audit(session, actor, "replace", Entity.CONSULATE, draft.id)
            tally.updated += 1
    return tally


def _create(session: AnySession, draft: Consulate, taken: set[str], actor: str) -> None:
    session.add(draft)
    # The source key reads well (`hn-mcallen`) and has no language, which a consulate's name has.
    slug = free_slug([draft.source_key or f"{draft.sending_country} {draft.city}"], taken)
    taken.add(slug)
    assign_slug(session, Entity.CONSULATE, draft.id, slug)
    record_change(session, Entity.CONSULATE, draft.id, ChangeKind.CREATED)
    record_audit(session, actor, "create", Entity.CONSULATE, draft.id)


def load_consulates(session: AnySession, ids: Sequence[uuid.UUID]) -> list[Consulate]:
    """Consulates with their jurisdiction and phones (three queries)."""
    return list(
        session.scalars(
            select(Consulate)
            .where(Consulate.id.in_(ids))
            .options(selectinload(Consulate.jurisdiction), selectinload(Consulate.phones))
        )
    )


def snapshot_consulates(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """The full private records, by id, for the revisions."""
    slugs = current_slugs(session, Entity.CONSULATE, ids)
    return {
        record.id: {**snapshot_of(record), "slug": slugs.get(record.id)} for record in load_consulates(session, ids)
    }
