"""The history of a record: its revisions and who decided what; comparing and restoring."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from directory.changes.models import AuditEntry, Entity, Revision
from directory.database import AnySession
from directory.organizations.differences import Difference, differences
from directory.organizations.edit import change_record, record_data, revision_data
from directory.organizations.models import Organization
from directory.organizations.save import OPENNESS
from directory.registration.protection import with_private_places
from directory.vocabulary.catalogue import Vocabulary


@dataclass(frozen=True)
class RevisionRow:
    """A revision without its content."""

    number: int
    at: datetime


def revisions(session: AnySession, organization_id: uuid.UUID) -> list[RevisionRow]:
    """All revisions, the last one first."""
    query = (
        select(Revision.number, Revision.at)
        .where(Revision.entity == Entity.ORGANIZATION, Revision.entity_id == organization_id)
        .order_by(Revision.number.desc())
    )
    return [RevisionRow(row.number, row.at) for row in session.execute(query)]


def decisions(session: AnySession, organization_id: uuid.UUID) -> list[AuditEntry]:
    """Who did what, the last one first."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.entity == Entity.ORGANIZATION, AuditEntry.entity_id == organization_id)
        .order_by(AuditEntry.id.desc())
    )
    return list(session.scalars(query))


def merged_records(session: AnySession, organization_id: uuid.UUID) -> list[Organization]:
    """The records that became a part of this one; each keeps its own history."""
    return list(session.scalars(select(Organization).where(Organization.merged_into_id == organization_id)))


def compare(
    session: AnySession, organization_id: uuid.UUID, older: int, newer: int, terms: Vocabulary
) -> list[Difference]:
    """What changed from one revision to another. Raises NoSuchRevision."""
    return differences(
        revision_data(session, organization_id, older, terms), revision_data(session, organization_id, newer, terms)
    )


def restore(
    session: AnySession, organization: Organization, number: int, terms: Vocabulary, actor: str
) -> list[Difference]:
    """Make the record say again what it said at a revision; that makes a new revision. Raises NoSuchRevision.

    What is protected now stays protected, whatever it was then.
    """
    current = record_data(session, organization.id, terms)
    data = with_private_places(revision_data(session, organization.id, number, terms), current)
    locations = {
        key: place.model_copy(update={"visibility": min(place.visibility, known.visibility, key=OPENNESS.__getitem__)})
        if (known := current.locations.get(key))
        else place
        for key, place in data.locations.items()
    }
    is_private = data.is_email_private or current.is_email_private
    restored = data.model_copy(update={"locations": locations, "is_email_private": is_private})
    return change_record(session, organization, restored, terms, actor, "restore")


def as_lines(values: dict[str, Any] | None) -> list[tuple[str, str]]:
    """What an audit entry noted, for a page."""
    return [(key, str(value)) for key, value in (values or {}).items() if value not in (None, "", [], {})]
