"""How a change gets its number: at the outermost commit, from one counter row, in commit order."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from directory.changes.models import AuditEntry, Change, ChangeKind, Entity, FeedCounter, Revision
from directory.clock import now
from directory.database import AnySession

Snapshotter = Callable[[Session, Sequence[uuid.UUID]], dict[uuid.UUID, dict[str, Any]]]
"""Given ids, returns the full private records as JSON-ready dictionaries, by id."""

Redactor = Callable[[Session, Sequence[uuid.UUID]], None]
"""Given ids of records of which less is to be seen, takes it out of what was kept of the time before."""

_redactors: dict[Entity, Redactor] = {}
_snapshotters: dict[Entity, Snapshotter] = {}
_RECORDED = "directory.change_recorded"


@dataclass
class Tally:
    """What became of the records of a batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    """Values of a file that gave way to what a person had stated."""

    def add(self, part: Tally) -> None:
        """Count what became of another batch, too."""
        self.created += part.created
        self.updated += part.updated
        self.unchanged += part.unchanged
        self.kept += part.kept


def register_snapshot(entity: Entity, snapshotter: Snapshotter) -> None:
    """Tell how a record of `entity` becomes a snapshot; `create_app` does this for every entity."""
    _snapshotters[entity] = snapshotter


def register_redactor(entity: Entity, redactor: Redactor) -> None:
    """Tell what a redaction of `entity` takes out of the past; `create_app` does this."""
    _redactors[entity] = redactor


def record_change(session: AnySession, entity: Entity, entity_id: uuid.UUID, kind: ChangeKind) -> None:
    """Note that something public changed. The number comes when the transaction commits."""
    session.add(Change(entity=entity, entity_id=entity_id, kind=kind))
    session.info[_RECORDED] = True


def record_audit(
    session: AnySession,
    actor: str,
    action: str,
    entity: Entity | None = None,
    entity_id: uuid.UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note who did what. `actor` names a role, a command or a user id, never a person's contact data."""
    session.add(AuditEntry(actor=actor, action=action, entity=entity, entity_id=entity_id, before=before, after=after))


def listen(session: AnySession) -> None:
    """Number the changes of every transaction of `session` as it commits."""
    if not event.contains(session, "before_commit", _before_commit):
        event.listen(session, "before_commit", _before_commit)


def _before_commit(session: Session) -> None:
    # SQLAlchemy calls this for savepoints too; a number given there would outlive their rollback.
    if session.in_nested_transaction() or not session.info.get(_RECORDED):
        return
    session.flush()
    # Committed changes always have a number, so those without one are this transaction's own. A change
    # of a savepoint that was rolled back is not among them.
    pending = session.execute(
        select(Change.id, Change.entity, Change.entity_id, Change.kind).where(Change.seq.is_(None)).order_by(Change.id)
    ).all()
    session.info.pop(_RECORDED)
    if not pending:
        return
    for entity, redactor in _redactors.items():
        # In this transaction, and before the revision that it makes: what was public must not stay in the past.
        hidden = {row.entity_id for row in pending if (row.entity, row.kind) == (entity, ChangeKind.REDACTED)}
        if hidden:
            redactor(session, sorted(hidden))
    for entity in Entity:
        _write_revisions(session, entity, list({row.entity_id: None for row in pending if row.entity == entity}))
    _give_numbers(session, [row.id for row in pending])


def _write_revisions(session: Session, entity: Entity, ids: list[uuid.UUID]) -> None:
    if not ids or entity not in _snapshotters:
        return
    last_numbers: dict[uuid.UUID, int] = {}
    for row in session.execute(
        select(Revision.entity_id, func.max(Revision.number))
        .where(Revision.entity == entity, Revision.entity_id.in_(ids))
        .group_by(Revision.entity_id)
    ):
        last_numbers[row[0]] = row[1]
    at = now()
    for record_id, snapshot in _snapshotters[entity](session, ids).items():
        number = last_numbers.get(record_id, 0) + 1
        session.add(Revision(entity=entity, entity_id=record_id, number=number, at=at, snapshot=snapshot))
    session.flush()


def _give_numbers(session: Session, change_ids: list[int]) -> None:
    """Take as many numbers as there are changes and fill them in, in the order in which they were noted."""
    last = session.execute(
        update(FeedCounter)
        .values(value=FeedCounter.value + len(change_ids))
        .returning(FeedCounter.value)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    first = last - len(change_ids) + 1
    session.execute(update(Change), [{"id": row_id, "seq": first + offset} for offset, row_id in enumerate(change_ids)])
