"""What a protected place must lose of the time before: its street stood in revisions and in edits that were sent in.

The row itself keeps it, for moderators.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, scoped_session, selectinload
from sqlalchemy.orm.attributes import flag_modified

from directory.changes.models import AuditEntry, Entity, Revision
from directory.database import AnySession
from directory.organizations.models import Location, Visibility
from directory.organizations.record_data import WHEREABOUTS
from directory.registration.models import EDITABLE_STATES, OPEN_STATES, Submission, SubmissionVersion

_OPEN = OPEN_STATES | EDITABLE_STATES


def listen(session: scoped_session[Any]) -> None:
    """From now on what is decided or withdrawn loses its protected places as it is written."""
    event.listen(session, "before_flush", _redact_what_ends)


def _redact_what_ends(session: Session, *_rest: object) -> None:
    for item in session.dirty:
        if isinstance(item, Submission) and item.state not in _OPEN and inspect(item).attrs.state.history.has_changes():
            with session.no_autoflush:
                _redact_submission(item, _protected_places(session, item.organization_id))


def _protected_places(session: Session, organization_id: uuid.UUID | None) -> set[str]:
    ids = select(Location.id).where(
        Location.organization_id == organization_id, Location.visibility != Visibility.PUBLIC
    )
    return set(map(str, session.scalars(ids))) if organization_id else set()


def redact(session: AnySession, organization_ids: Sequence[uuid.UUID]) -> None:
    """Take what tells where their protected places are out of everything older about these organizations."""
    query = select(Location).where(
        Location.organization_id.in_(organization_ids), Location.visibility != Visibility.PUBLIC
    )
    places: dict[uuid.UUID, dict[str, Location]] = {}
    for row in session.scalars(query):
        places.setdefault(row.organization_id, {})[str(row.id)] = row
    for organization_id, known in places.items():
        _redact_revisions(session, organization_id, known)
        _redact_submissions(session, organization_id, known)
        _redact_audit(session, organization_id, known)
    session.flush()


def _redact_revisions(session: AnySession, organization_id: uuid.UUID, known: Mapping[str, Location]) -> None:
    revisions = select(Revision).where(Revision.entity == Entity.ORGANIZATION, Revision.entity_id == organization_id)
    for revision in session.scalars(revisions):
        told = [_forget(place) for place in revision.snapshot.get("locations", []) if place["id"] in known]
        ties = [tie for service in revision.snapshot.get("services", []) for tie in service["locations"]]
        # Revisions of some days held a copy of the place beside each service.
        told += [tie.pop("location", None) is not None for tie in ties if tie["location_id"] in known]
        if any(told):
            flag_modified(revision, "snapshot")


def _redact_submissions(session: AnySession, organization_id: uuid.UUID, known: Collection[str]) -> None:
    """Open edits are left as they are: they start from what is lost here, are private, and lose it when they end."""
    about = select(Submission).where(Submission.organization_id == organization_id, Submission.state.not_in(_OPEN))
    for submission in session.scalars(about.options(selectinload(Submission.versions))):
        _redact_submission(submission, known)


def _redact_submission(submission: Submission, known: Collection[str]) -> None:
    """Take out places that are protected on record, and those that it meant to be. Versions may share their data."""
    rows: list[Submission | SubmissionVersion] = [submission, *submission.versions]
    for row in rows:
        places: dict[str, dict[str, Any]] = row.data.get("locations") or {}
        protected = [
            key for key, place in places.items() if key in known or place.get("visibility") != Visibility.PUBLIC
        ]
        left = {key: places[key] | {name: None for name in WHEREABOUTS if name in places[key]} for key in protected}
        if any(left[key] != places[key] for key in protected):
            row.data = row.data | {"locations": places | left}


def _redact_audit(session: AnySession, organization_id: uuid.UUID, known: Mapping[str, Location]) -> None:
    private = {f"locations.{key}.{name}" for key in known for name in WHEREABOUTS}
    about = select(AuditEntry).where(AuditEntry.entity == Entity.ORGANIZATION, AuditEntry.entity_id == organization_id)
    for entry in session.scalars(about):
        for side in ("before", "after"):
            told = getattr(entry, side) or {}
            if any(told.get(path) is not None for path in private):
                setattr(entry, side, {path: None if path in private else value for path, value in told.items()})


def redact_all(session: Session) -> None:
    """Everything of before this was done at once, for an installation that an earlier release served."""
    query = select(Location.organization_id).where(Location.visibility != Visibility.PUBLIC).distinct()
    redact(session, list(session.scalars(query)))


def _forget(place: dict[str, Any]) -> bool:
    """Take out of a place all that tells where it is; whether there was anything."""
    told = [name for name in WHEREABOUTS if place.get(name) is not None]
    place.update(dict.fromkeys(told))
    return bool(told)
