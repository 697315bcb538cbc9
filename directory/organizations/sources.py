"""What a source says anew of records that people have worked on: theirs stands, the rest is taken in.

A revision with another digest of the source than the one before was written by a file; every other one by people. What
people changed in any of them, a file never changes again, nor the contacts of a record that somebody confirmed.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from directory.changes.models import Entity, Revision
from directory.changes.snapshot import snapshot_of
from directory.database import AnySession
from directory.organizations.differences import Path, differences, only
from directory.organizations.edit import draft_of
from directory.organizations.models import Organization, Visibility
from directory.organizations.record_data import CONTACT_FIELDS, WHEREABOUTS, RecordData, flatten, from_snapshot
from directory.organizations.save import load_organizations
from directory.vocabulary.catalogue import Vocabulary

_SOURCE = ("source_name", "source_url", "source_date", "source_licence", "source_digest", "source_key")


@dataclass(frozen=True)
class Kept:
    """Values of a record that a file would have changed, and that stay as people left them."""

    id: uuid.UUID
    name: str
    paths: tuple[Path, ...]

    def __str__(self) -> str:
        return f"{self.name}: {', '.join('.'.join(part for part in path) for path in self.paths)}"


def respect_people(
    session: AnySession, drafts: Sequence[Organization], terms: Vocabulary
) -> tuple[list[Organization], list[Kept]]:
    """The drafts of a file, with what people said in place of what the file says of it; and where that differs.

    Drafts that are new, unchanged or of records that only files wrote come back as they are. Nothing is written.
    """
    rows = {row.id: row for row in load_organizations(session, _changing(session, drafts))}
    snapshots = _snapshots(session, rows)
    found, kept = [], []
    for draft in drafts:
        row = rows.get(draft.id)
        if row is None:
            found.append(draft)
            continue
        now = from_snapshot(snapshot_of(row), terms)
        said = from_snapshot(snapshot_of(draft), terms)
        theirs = _touched(snapshots[row.id], now, terms)
        if row.verified_on is not None:
            theirs |= {item.path for item in differences(now, said) if item.path[-1] in CONTACT_FIELDS}
        if not theirs:
            found.append(draft)
            continue
        merged = only(said, now, theirs | _whole(theirs, now, said))
        if paths := tuple(item.path for item in differences(merged, said)):
            kept.append(Kept(row.id, row.name, paths))
        found.append(_with_source(draft_of(session, row.id, merged, terms), draft))
    session.expunge_all()
    return found, kept


def _changing(session: AnySession, drafts: Iterable[Organization]) -> list[uuid.UUID]:
    """The ids of those that are on record, in sight, and that the file says otherwise than before."""
    said = {draft.id: draft.source_digest for draft in drafts}
    query = select(Organization.id, Organization.source_digest).where(
        Organization.id.in_(list(said)), Organization.removed_at.is_(None)
    )
    return [row.id for row in session.execute(query) if row.source_digest != said[row.id]]


def _snapshots(session: AnySession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Mapping[str, Any]]]:
    query = (
        select(Revision.entity_id, Revision.snapshot)
        .where(Revision.entity == Entity.ORGANIZATION, Revision.entity_id.in_(list(ids)))
        .order_by(Revision.entity_id, Revision.number)
    )
    found: dict[uuid.UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in session.execute(query):
        found[row.entity_id].append(row.snapshot)
    return found


def _touched(snapshots: Sequence[Mapping[str, Any]], now: RecordData, terms: Vocabulary) -> set[Path]:
    """Every value that people set, changed or took away; of a protected place where it is, too."""
    found: set[Path] = set()
    before, digest = RecordData(), None
    for snapshot in snapshots:
        after = from_snapshot(snapshot, terms)
        if snapshot["source_digest"] == digest:
            found |= {item.path for item in differences(before, after)}
        before, digest = after, snapshot["source_digest"]
    if found:
        found |= {
            ("locations", key, name)
            for key, place in now.locations.items()
            for name in WHEREABOUTS
            if place.visibility != Visibility.PUBLIC
        }
    return found


def _whole(theirs: set[Path], now: RecordData, said: RecordData) -> set[Path]:
    """All of a place or service that people worked on and that the file has no more: it stays as a whole."""
    there, here = {path[:2] for path in flatten(said)}, flatten(now)
    lost = {path[:2] for path in theirs if path in here and path[:2] not in there}
    return {path for path in here if path[:2] in lost}


def _with_source(merged: Organization, draft: Organization) -> Organization:
    """A merged record as the file's: its source, what people do not edit, and the sources of places it knows."""
    for name in _SOURCE:
        setattr(merged, name, getattr(draft, name))
    merged.accreditations = list(draft.accreditations)
    places = {place.id: place for place in draft.locations}
    for place in merged.locations:
        if said := places.get(place.id):
            for name in (*_SOURCE[:4], "source_key"):
                setattr(place, name, getattr(said, name))
    stated = dict(_availabilities(draft))
    for service in merged.services:
        if service.group_id in stated:
            service.availability = stated[service.group_id]
    return merged


def _availabilities(draft: Organization) -> Iterator[tuple[uuid.UUID, Any]]:
    for service in draft.services:
        if "availability" in service.__dict__ and service.availability is not None:
            yield service.group_id, service.availability
