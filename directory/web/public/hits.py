"""From what a search found to what a page shows: hits with their public records."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from directory.clock import now
from directory.extensions import db
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization
from directory.search.engine.query import Hit


def records_of(hits: Iterable[Hit]) -> dict[UUID, PublicOrganization]:
    """The public records of some hits, by id, each built once."""
    ids = list(dict.fromkeys(hit.organization_id for hit in hits))
    return {record.id: record for record in public_organizations(db.session, ids, now())}


def with_records(hits: Iterable[Hit], by_id: dict[UUID, PublicOrganization]) -> list[tuple[PublicOrganization, Hit]]:
    """Hits with their records; one that was removed since the index was written is left out."""
    return [(by_id[hit.organization_id], hit) for hit in hits if hit.organization_id in by_id]
