"""Putting lines on record: by an import, field by field, and by hand. Nothing here commits."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from directory.changes.recording import Tally, record_audit
from directory.database import AnySession
from directory.lines.models import HelpLine, LineChannel, LineKind


@dataclass(frozen=True)
class LineData:
    """What is said of a line; the fields mean what the columns of `HelpLine` mean."""

    kind: LineKind
    country: str | None
    sending_country: str | None
    name: str
    channel: LineChannel
    text: str
    number: str | None
    dial: str | None
    reach: tuple[str, ...]
    hours: str | None
    hours_zone: str | None
    languages: tuple[str, ...]
    for_whom: dict[str, str]
    website: str | None
    note: str | None
    is_doubtful: bool
    is_in_danger: bool
    source_name: str
    source_url: str | None
    source_date: str | None


FIELDS = tuple(field.name for field in fields(LineData))
_TIED = (
    ("channel", "text", "number", "dial", "reach", "country", "sending_country", "kind"),
    ("hours", "hours_zone"),
    ("source_name", "source_url", "source_date"),
)
"""What only makes sense together: who states one of them states all."""


class Changed(Exception):
    """Somebody else changed the line meanwhile, or took it off."""


def data_of(line: HelpLine) -> LineData:
    """What a row says."""
    return LineData(**{name: getattr(line, name) for name in FIELDS})


def save_lines(session: AnySession, drafts: Sequence[tuple[uuid.UUID, str, LineData]], now: datetime) -> Tally:
    """Create or renew lines by id; what a person stated stays, and a line that was taken off stays off.

    `drafts`: id, key and what the file says.
    """
    tally = Tally()
    known = {row.id: row for row in session.scalars(select(HelpLine).with_for_update(key_share=True))}
    for line_id, key, data in drafts:
        line = known.get(line_id)
        if line is None:
            session.add(HelpLine(id=line_id, source_key=key, changed_at=now, **_values(data)))
            tally.created += 1
            continue
        held = {name: getattr(line, name) for name in line.edited_fields}
        tally.kept += sum(getattr(data, name) != value for name, value in held.items())
        if data.note is None:  # an export leaves notes out: they are nobody's but ours
            held.setdefault("note", line.note)
        former = (line.number, line.dial, line.channel)
        if line.removed_at or not _put(line, replace(data, **held)):
            tally.unchanged += 1
            continue
        if (line.number, line.dial, line.channel) != former:
            line.verified_on = line.verified_by = None  # nobody has called the new one
        _touch(line, now)
        tally.updated += 1
    return tally


def take_off_lines(session: AnySession, keys: Collection[str], now: datetime) -> None:
    """Take off lines that a release has no more; what a person stated or confirmed stays."""
    query = select(HelpLine).where(HelpLine.source_key.in_(keys), HelpLine.removed_at.is_(None))
    for line in session.scalars(query.with_for_update(key_share=True)):
        if not line.edited_fields and line.verified_on is None:
            line.removed_at = now
            _touch(line, now)


def add_line(session: AnySession, data: LineData, actor: str, now: datetime) -> HelpLine:
    """A line that a person puts on record; all of it counts as stated."""
    line_id = uuid.uuid4()
    line = HelpLine(id=line_id, source_key=str(line_id), edited_fields=FIELDS, version=1, changed_at=now,
                    **_values(data))  # fmt: skip
    session.add(line)
    _note(session, actor, "line-add", None, line)
    return line


def state_line(session: AnySession, line: HelpLine, version: int, data: LineData, actor: str, now: datetime) -> bool:
    """Put what a person states in place of what stood there; False where nothing differs. Raises Changed."""
    _check(line, version)
    before = asdict(data_of(line))
    stated = {name for name, value in before.items() if value != getattr(data, name)}
    if not stated:
        return False
    for group in _TIED:
        if stated.intersection(group):
            stated.update(group)
    _put(line, data)
    line.edited_fields = tuple(sorted({*line.edited_fields, *stated}))
    if stated.intersection(_TIED[0]):
        line.verified_on = line.verified_by = None  # another number is another number
    _touch(line, now)
    _note(session, actor, "line-change", before, line)
    return True


def confirm_line(session: AnySession, line: HelpLine, version: int, actor: str, day: date, now: datetime) -> None:
    """Somebody called and it answers as it is written here. Raises Changed."""
    _check(line, version)
    line.verified_on, line.verified_by = day, actor
    _touch(line, now)
    _note(session, actor, "line-confirm", None, line)


def set_removed(session: AnySession, line: HelpLine, version: int, actor: str, now: datetime, *, off: bool) -> None:
    """Take a line out of public sight, or put it back. Raises Changed."""
    _check(line, version)
    line.removed_at = now if off else None
    _touch(line, now)
    _note(session, actor, "line-remove" if off else "line-restore", None, line)


def _check(line: HelpLine, version: int) -> None:
    if line.version != version:
        raise Changed(str(line.id))


def _touch(line: HelpLine, now: datetime) -> None:
    line.changed_at, line.version = now, line.version + 1


def _values(data: LineData) -> dict[str, Any]:
    return {name: getattr(data, name) for name in FIELDS}


def _put(line: HelpLine, data: LineData) -> bool:
    """Whether anything was different."""
    different = {name: value for name, value in _values(data).items() if getattr(line, name) != value}
    for name, value in different.items():
        setattr(line, name, value)
    return bool(different)


def _note(session: AnySession, actor: str, action: str, before: dict[str, Any] | None, line: HelpLine) -> None:
    """The audit trail names a line by its key: its id stands in no feed."""
    after = {"line": line.source_key, **asdict(data_of(line))}
    record_audit(session, actor, action, before=before and {"line": line.source_key, **before}, after=after)
