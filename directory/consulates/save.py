"""Creating and replacing consulates. Nothing here commits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, selectinload

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import Tally, record_audit, record_change
from directory.changes.slugs import current_slugs, free_slug, give_slug, taken_slugs
from directory.changes.snapshot import snapshot_of
from directory.consulates.edit import contacts_of, jurisdiction_of
from directory.consulates.models import Consulate, ConsulateStatus
from directory.database import AnySession, Base


def save_consulates(session: AnySession, drafts: Sequence[Consulate], actor: str) -> Tally:
    """Create or replace each of `drafts` (transient objects with their ids); equal digests change nothing."""
    tally = Tally()
    taken = taken_slugs(session, Entity.CONSULATE)
    known = {row.id: row for row in load_consulates(session, [draft.id for draft in drafts])}
    for draft in drafts:
        if draft.id not in known:
            _create(session, draft, taken, actor)
            tally.created += 1
        elif known[draft.id].source_digest == draft.source_digest:
            tally.unchanged += 1
        else:
            tally.kept += _keep_own_words(known[draft.id], draft)
            session.merge(draft)
            record_change(session, Entity.CONSULATE, draft.id, ChangeKind.UPDATED)
            record_audit(session, actor, "replace", Entity.CONSULATE, draft.id)
            tally.updated += 1
    return tally


Row = TypeVar("Row", bound=Base)
_JURISDICTION = (
    "jurisdiction_state", "jurisdiction_note", "jurisdiction_source", "jurisdiction_source_url",
    "jurisdiction_source_date", "jurisdiction_edited_at",
)  # fmt: skip
_CONTACTS = (
    "email", "website", "address", "postal_code", "contacts_edited_at",
    "address_source", "address_source_url", "address_source_date",
    "email_source", "email_source_url", "email_source_date",
)  # fmt: skip


def _keep_own_words(known: Consulate, draft: Consulate) -> int:
    """What a consulate said of itself outlives an import: a list that somebody compiled knows less.

    Returns how many values of the file gave way.
    """
    kept = 0
    if known.jurisdiction_edited_at and draft.status != ConsulateStatus.CLOSED:
        kept += jurisdiction_of(known)["areas"] != jurisdiction_of(draft)["areas"]
        draft.jurisdiction = [_copy(area) for area in known.jurisdiction]
        for name in _JURISDICTION:
            setattr(draft, name, getattr(known, name))
    if known.contacts_edited_at:
        stated, told = contacts_of(known), contacts_of(draft)
        kept += sum(stated[name] != told[name] for name in stated)
        draft.phones = [_copy(phone) for phone in known.phones]
        for name in _CONTACTS:
            setattr(draft, name, getattr(known, name))
    return kept


def _copy(row: Row) -> Row:
    return type(row)(**{column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs})


def _create(session: AnySession, draft: Consulate, taken: set[str], actor: str) -> None:
    session.add(draft)
    # The source key reads well (`hn-mcallen`) and has no language, which a consulate's name has.
    slug = free_slug([draft.source_key or f"{draft.sending_country} {draft.city}"], taken)
    taken.add(slug)
    give_slug(session, Entity.CONSULATE, draft.id, slug)
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
