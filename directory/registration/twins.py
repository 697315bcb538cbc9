"""Registrations that wait and may be of the same organization as another one, found without reading all that wait."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy import String, cast, select

from directory.database import AnySession
from directory.organizations.duplicates.fingerprint import Fingerprint, Match
from directory.organizations.duplicates.index import current_duplicates
from directory.organizations.duplicates.memory import DuplicateIndex
from directory.organizations.record_data import RecordData
from directory.registration.models import OPEN_STATES, Submission, SubmissionKind

MAX_TWINS = 5
_EXTENSION = "directory.twins"
_READ_AT_ONCE = 500
_AS_TEXT = cast(Submission.id, String).label("key")


@dataclass
class _Waiting:
    """What waits, as far as this process has read it: submission → version. The lock is held while it is brought up."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    index: DuplicateIndex = field(default_factory=DuplicateIndex)
    versions: dict[str, int] = field(default_factory=dict)


def waiting_twins(session: AnySession, own: Fingerprint, submission_id: uuid.UUID | None) -> list[Match]:
    """Open registrations of probably the same organization, likeliest first, `submission_id` itself left out.

    How rare a word or a contact is, the records tell; what waits is too little to know.
    """
    records = current_duplicates(session)
    waiting: _Waiting = current_app.extensions.setdefault(_EXTENSION, _Waiting())
    with waiting.lock:
        _bring_up(waiting, session, submission_id)
        left_out = (submission_id,) if submission_id else ()
        return waiting.index.find(own, exclude=left_out, limit=MAX_TWINS, judged_by=records)


def _bring_up(waiting: _Waiting, session: AnySession, left_out: uuid.UUID | None) -> None:
    """Read what is new or was saved since. What the running transaction writes is not read: it may be taken back."""
    now_there = _versions(session)
    for gone in waiting.versions.keys() - now_there.keys():
        waiting.index.drop(uuid.UUID(gone))
        del waiting.versions[gone]
    known = waiting.versions
    changed = [uuid.UUID(item) for item, version in now_there.items() if known.get(item) != version]
    changed = [item for item in changed if item != left_out]
    for start in range(0, len(changed), _READ_AT_ONCE):
        ids = changed[start : start + _READ_AT_ONCE]
        rows = select(Submission.id, _AS_TEXT, Submission.version, Submission.data).where(Submission.id.in_(ids))
        for submission_id, key, version, data in session.execute(rows):
            waiting.index.put(submission_id, fingerprint_of(RecordData.model_validate(data)))
            known[key] = version


def _versions(session: AnySession) -> dict[str, int]:
    """What waits: id as the database writes it → version. Texts and numbers in portions: nothing for the collector."""
    query = select(_AS_TEXT, Submission.version).where(
        Submission.kind == SubmissionKind.NEW, Submission.state.in_(OPEN_STATES)
    )
    found: dict[str, int] = {}
    for portion in session.execute(query, execution_options={"yield_per": _READ_AT_ONCE}).partitions():
        found.update(portion)
    return found


def fingerprint_of(data: RecordData) -> Fingerprint:
    """What duplicates are looked for by."""
    return Fingerprint(
        names=(data.name, *data.alternate_names),
        acronym=data.acronym,
        websites=tuple(filter(None, (data.website, *data.urls))),
        emails=data.all_emails(),
        phones=tuple(phone.number for phone in data.all_phones() if phone.number),
        places=tuple((place.country, place.admin1, place.city) for place in data.locations.values()),
    )
