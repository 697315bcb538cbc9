"""The export routes: everything public, streamed, with validators and `modified_after`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from flask import Response, g, stream_with_context
from flask_openapi import APIBlueprint, Tag
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import func, select
from werkzeug.wrappers import Response as WerkzeugResponse

from directory.api.responses import Responses, base_url, documented, note_validator, open_to_all, request_etag
from directory.changes.models import Change, Entity
from directory.clock import now, today
from directory.exchange.export import MEDIA_TYPES, Format, export_consulates, export_lines, export_organizations
from directory.extensions import db
from directory.publication.lines import current_lines, lines_stamp


class OrganizationsExport(BaseModel):
    """The format of an export of organizations."""

    form: Literal["json", "ndjson", "csv", "geojson"]


class ConsulatesExport(BaseModel):
    """The format of an export of consulates."""

    form: Literal["json", "csv", "geojson"]


class LinesExport(BaseModel):
    """The format of an export of help lines."""

    form: Literal["json", "ndjson", "csv"]


class ExportQuery(BaseModel):
    """Only what changed after an instant."""

    modified_after: AwareDatetime | None = Field(None, description="RFC 3339 instant with its zone.")


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_RESPONSES: Responses = {
    200: {"description": "The records", "content": {media: {} for media in MEDIA_TYPES.values()}},
    **documented(304, 400),
}
blueprint = APIBlueprint("exports", __name__, url_prefix="/export", abp_tags=[Tag(name="export")])


blueprint.before_request(note_validator)


@blueprint.get("/organizations.<form>", summary="All organizations", responses=_RESPONSES)
def organizations(path: OrganizationsExport, query: ExportQuery) -> WerkzeugResponse:
    """Every organization in public sight, or those that changed after an instant."""
    form = Format(path.form)
    pieces = export_organizations(db.session, form, base_url(), now(), query.modified_after)
    return _streamed("organizations", form, _last_change(Entity.ORGANIZATION), pieces)


@blueprint.get("/consulates.<form>", summary="All consulates", responses=_RESPONSES)
def consulates(path: ConsulatesExport, query: ExportQuery) -> WerkzeugResponse:
    """Every consulate, or those that changed after an instant."""
    form = Format(path.form)
    pieces = export_consulates(db.session, form, base_url(), query.modified_after)
    return _streamed("consulates", form, _last_change(Entity.CONSULATE), pieces)


@blueprint.get("/lines.<form>", summary="All help lines", responses=_RESPONSES)
def lines(path: LinesExport) -> WerkzeugResponse:
    """Every help line on record, also those that pages leave out because they are old or doubtful."""
    form = Format(path.form)
    g.entity_tag = request_etag(*lines_stamp(db.session))
    known = current_lines(db.session, today())
    last = max((line.modified_at for line in known), default=_NEVER)
    return _streamed("lines", form, last, export_lines(known, form, today()))


def _streamed(name: str, form: Format, last_modified: datetime, pieces: Iterator[str]) -> WerkzeugResponse:
    response = Response(stream_with_context(pieces), content_type=f"{MEDIA_TYPES[form]}; charset=utf-8")
    response.automatically_set_content_length = False  # else werkzeug reads the whole stream to measure it
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.last_modified = last_modified
    return open_to_all(response, "es", g.entity_tag)


def _last_change(entity: Entity) -> datetime:
    """When a record of an entity last changed."""
    at = db.session.scalar(select(func.max(Change.at)).where(Change.entity == entity))
    return at or _NEVER
