"""From an address to a record, and from a consulate to what search asks of it."""

from __future__ import annotations

from uuid import UUID

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from directory.changes.models import Entity
from directory.extensions import db
from directory.publication.consulate_records import PublicConsulate
from directory.publication.find import Found, Gone, Moved, find_record
from directory.search.engine.query import ConsulateFilter, PlaceArea


def find_or_abort(entity: Entity, slug: str, endpoint: str) -> UUID | Response:
    """The id behind a slug; a redirect for a former slug; 410 for a removed record, 404 for none."""
    found = find_record(db.session, entity, slug)
    if isinstance(found, Found):
        return found.record_id
    if isinstance(found, Moved):
        return redirect(url_for(endpoint, slug=found.slug), code=301)
    return abort(410 if isinstance(found, Gone) else 404)


def as_filter(record: PublicConsulate) -> ConsulateFilter:
    """The places that a consulate serves and its public partners, as search sees them."""
    return ConsulateFilter(
        record.slug,
        tuple(
            PlaceArea(area.country, area.admin1, area.admin2, area.mode == "exclude", area.place_id)
            for area in record.jurisdiction
        ),
        frozenset(partner.id for partner in record.partners),
    )
