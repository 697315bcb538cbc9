"""Erasing a record or an address wherever it is kept. Nothing here commits; `operations/purge.py` empties the disk.

What refers to an organization is found in the tables themselves, and an address in every column that can hold text: a
table of tomorrow is not forgotten.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from markupsafe import escape
from sqlalchemy import JSON, Column, String, Table, Text, and_, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from directory.accounts.models import Grant, Role, User
from directory.accounts.people import count_admins
from directory.changes.models import AuditEntry, ChangeKind, Entity, Revision, Slug
from directory.changes.recording import record_audit, record_change
from directory.changes.slugs import give_slug
from directory.database import Base
from directory.mail.models import OutboxMessage
from directory.moderation.removal import remove
from directory.organizations.models import Organization
from directory.referrals.reduce import reduce_all_of

Erased = Counter[str]
"""How many rows were deleted or emptied, by table."""
_WHOLE_ROWS = frozenset(
    {"users", "outbox_messages", "access_links", "submissions", "submission_versions", "focal_points", "contacts"}
)
"""Tables of which a row that holds an address says nothing without it."""
_KEPT_OF_A_TOMBSTONE = frozenset({"id", "name", "country", "created_at", "removed_at", "is_email_private"})
_PUBLIC = {
    "organizations": (Entity.ORGANIZATION, "id"),
    "locations": (Entity.ORGANIZATION, "organization_id"),
    "consulates": (Entity.CONSULATE, "id"),
}
"""Tables that the public sees, and whose record changes with them."""
_QUIETLY = {"synchronize_session": False}


PURGE_DUE = "purge.due"
"""The file of the data directory that asks for its database and index to be written anew."""


class LastAdministrator(ValueError):
    """Without this account nobody could administer the directory."""


def erase_organization(session: Session, organization: Organization, actor: str, now: datetime) -> Erased:
    """Leave a tombstone: an id that answers 410, and counts. Needs a write transaction.

    Goes with it: texts, places, contacts, revisions, edits, letters, reports, joint work with its people, accounts that
    were there for it alone. Referrals become counts.
    """
    record_id, name = organization.id, organization.name
    if organization.removed_at is None:
        remove(session, organization, actor, now)
    session.flush()
    erased: Erased = Counter()
    erased["users"] += _forget_editors(session, record_id)
    erased["outbox_messages"] += _unname_letters(session, name)
    erased["referrals"] += reduce_all_of(session, record_id)
    for table in reversed(Base.metadata.sorted_tables):
        for column in _references(table, "organizations"):
            if table.name != "organizations":
                erased[table.name] += _count_of(session, delete(table).where(column == record_id))
    erased["revisions"] += _count_of(session, delete(Revision).where(_about(Revision, record_id)))
    told = or_(AuditEntry.before.is_not(None), AuditEntry.after.is_not(None))
    erased["audit_entries"] += _count_of(
        session, update(AuditEntry).where(_about(AuditEntry, record_id), told).values(before=None, after=None)
    )
    erased["slugs"] += _count_of(session, delete(Slug).where(_about(Slug, record_id)))
    session.expire_all()
    session.execute(update(Organization).where(Organization.id == record_id).values(_blank(record_id)))
    give_slug(session, Entity.ORGANIZATION, record_id, _tombstone_name(record_id))
    record_change(session, Entity.ORGANIZATION, record_id, ChangeKind.DELETED)
    record_audit(session, actor, "erase", Entity.ORGANIZATION, record_id)
    return +erased


def erase_address(session: Session, address: str, actor: str) -> Erased:
    """Take an e-mail address out of every table. Needs a write transaction. Raises LastAdministrator."""
    wanted = address.strip().lower()
    _refuse_last_administrator(session, wanted)
    pattern = re.compile(rf"(?<![\w.+-]){re.escape(wanted)}(?![\w-]|\.\w)", re.IGNORECASE)
    erased: Erased = Counter()
    for table in reversed(Base.metadata.sorted_tables):
        columns = [column for column in table.columns if isinstance(column.type, String | Text | JSON)]
        if not columns:
            continue
        holding = or_(*(func.lower(cast(column, Text)).contains(wanted, autoescape=True) for column in columns))
        for row in session.execute(select(table).where(holding)).mappings().all():
            values = {name: _without(row[name], pattern, column) for name, column in table.columns.items()}
            if changed := {name: value for name, value in values.items() if value != row[name]}:
                _erase_from(session, table, row, changed)
                erased[table.name] += 1
    session.flush()
    record_audit(session, actor, "erase")
    session.expire_all()
    return +erased


def ask_for_purge(data_dir: Path) -> None:
    """Let the housekeeper of any process of this machine empty the files, after the transaction is committed."""
    (data_dir / PURGE_DUE).touch()


def _erase_from(session: Session, table: Table, row: Any, changed: dict[str, Any]) -> None:
    this_row = and_(*(column == row[column.name] for column in table.primary_key))
    if table.name in _WHOLE_ROWS:
        session.execute(delete(table).where(this_row))
        return
    session.execute(update(table).where(this_row).values(changed))
    if table.name in _PUBLIC:
        entity, key = _PUBLIC[table.name]
        record_change(session, entity, row[key], ChangeKind.REDACTED)


def _without(value: Any, pattern: re.Pattern[str], column: Column[Any]) -> Any:
    """A value without an address: nothing where it was all that there was and nothing is allowed."""
    left = _stripped(value, pattern)
    return None if left == "" and column.nullable else left


def _stripped(value: Any, pattern: re.Pattern[str]) -> Any:
    match value:
        case str():
            return pattern.sub("", value).strip() if pattern.search(value) else value
        case dict():
            return {_stripped(key, pattern): _stripped(item, pattern) for key, item in value.items()}
        case list():
            return [_stripped(item, pattern) for item in value]
        case _:
            return value


def _refuse_last_administrator(session: Session, wanted: str) -> None:
    user = session.scalar(select(User).where(User.email == wanted))
    is_admin = user is not None and any(grant.role == Role.ADMIN for grant in user.grants)
    if is_admin and count_admins(session) == 1:
        raise LastAdministrator


def _forget_editors(session: Session, record_id: uuid.UUID) -> int:
    """Accounts that were there for this record alone."""
    here = select(Grant.user_id).where(Grant.organization_id == record_id)
    elsewhere = select(Grant.user_id).where(or_(Grant.organization_id.is_(None), Grant.organization_id != record_id))
    return _count_of(session, delete(User).where(User.id.in_(here), User.id.not_in(elsewhere)))


def _unname_letters(session: Session, name: str) -> int:
    """Letters to others about it, also the last ones that tell of its leaving: they go on without its name."""
    fields = ("subject", "text", "html")
    columns = [getattr(OutboxMessage, field) for field in fields]
    spellings = sorted({name, str(escape(name))}, key=len, reverse=True)
    holding = or_(*(column.contains(one, autoescape=True) for column in columns for one in spellings))
    whole = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, spellings))})(?!\w)")
    letters = session.scalars(select(OutboxMessage).where(holding)).all()
    for letter in letters:
        for field in fields:
            if value := getattr(letter, field):
                setattr(letter, field, whole.sub("…", value))
    session.flush()
    return len(letters)


def _references(table: Table, name: str) -> Iterator[Column[Any]]:
    return (key.parent for key in table.foreign_keys if key.column.table.name == name)


def _about(table: Any, record_id: uuid.UUID) -> Any:
    return and_(table.entity == Entity.ORGANIZATION, table.entity_id == record_id)


def _blank(record_id: uuid.UUID) -> dict[str, Any]:
    columns = Organization.__table__.columns
    empty = {column.name: None for column in columns if column.nullable and column.name not in _KEPT_OF_A_TOMBSTONE}
    return {**empty, "name": _tombstone_name(record_id)}


def _tombstone_name(record_id: uuid.UUID) -> str:
    return f"erased-{record_id.hex[:12]}"


def _count_of(session: Session, statement: Any) -> int:
    return int(session.execute(statement.execution_options(**_QUIETLY)).rowcount)  # type: ignore[attr-defined]
