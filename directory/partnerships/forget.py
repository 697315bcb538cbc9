"""What is left of partnerships after their time: the bare history. Nothing here commits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from directory.database import AnySession
from directory.partnerships.models import FocalPoint, Partnership, PartnershipEvent


def forget_words(session: AnySession, keep: timedelta, now: datetime) -> int:
    """Of partnerships that ended longer than `keep` ago only the bare history is left; returns how many rows went."""
    over = select(Partnership.id).where(Partnership.closed_at < now - keep)
    statements = (
        delete(FocalPoint).where(FocalPoint.partnership_id.in_(over)),
        update(Partnership)
        .where(
            Partnership.closed_at < now - keep,
            Partnership.message.is_not(None) | Partnership.private_note.is_not(None),
        )
        .values(message=None, private_note=None),
        update(PartnershipEvent)
        .where(PartnershipEvent.partnership_id.in_(over), PartnershipEvent.note.is_not(None))
        .values(note=None),
    )
    count = 0
    for statement in statements:
        result = session.execute(statement.execution_options(synchronize_session=False))
        count += result.rowcount  # type: ignore[attr-defined]  # a DML result has it
    return count
