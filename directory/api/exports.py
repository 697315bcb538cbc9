"""The export routes: everything public as files, what changed after an instant at once, each with validators."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import IO, Literal

from flask import request, send_file
from flask_openapi import APIBlueprint, Tag
from pydantic import AwareDatetime, BaseModel, Field
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response as WerkzeugResponse

from directory.accounts.throttle import throttle
from directory.api.export_files import NEVER, Pieces, gathered, hand_out, last_change, text_of
from directory.api.responses import Responses, base_url, documented, not_modified, open_to_all, request_etag
from directory.changes.models import Entity
from directory.clock import now, today
from directory.exchange.export import MEDIA_TYPES, Format, export_consulates, export_lines, export_organizations
from directory.exchange.hsds.package import MEDIA_TYPE as PACKAGE_TYPE
from directory.exchange.hsds.package import write_package
from directory.extensions import db
from directory.problems import COME_BACK_S
from directory.publication.lines import current_lines, lines_stamp
from directory.publication.validator import feed_etag, held
from directory.settings import LANGUAGES
from directory.settings import VERSION as RELEASE


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


_RESPONSES: Responses = {
    200: {"description": "The records", "content": {media: {} for media in MEDIA_TYPES.values()}},
    **documented(304, 400, 429, 503),
}
_PACKAGE: Responses = {
    200: {"description": "The package", "content": {PACKAGE_TYPE: {}}},
    **documented(304, 429, 503),
}
_PARTS_AT_ONCE = 2
"""Threads of a process that gather what changed at one time, at most."""
_parts = threading.Semaphore(_PARTS_AT_ONCE)
blueprint = APIBlueprint("exports", __name__, url_prefix="/export", abp_tags=[Tag(name="export")])


@blueprint.get("/organizations.<form>", summary="All organizations", responses=_RESPONSES)
def organizations(path: OrganizationsExport, query: ExportQuery) -> WerkzeugResponse:
    """Every organization in public sight, or those that changed after an instant."""
    form, base, since = Format(path.form), base_url(), query.modified_after
    return _answered(
        Entity.ORGANIZATION, form, since, lambda: export_organizations(db.session, form, base, now(), since)
    )


@blueprint.get("/consulates.<form>", summary="All consulates", responses=_RESPONSES)
def consulates(path: ConsulatesExport, query: ExportQuery) -> WerkzeugResponse:
    """Every consulate, or those that changed after an instant."""
    form, base, since = Format(path.form), base_url(), query.modified_after
    return _answered(Entity.CONSULATE, form, since, lambda: export_consulates(db.session, form, base, since))


@blueprint.get("/lines.<form>", summary="All help lines", responses=_RESPONSES)
def lines(path: LinesExport) -> WerkzeugResponse:
    """Every help line on record, also those that pages leave out because they are old or doubtful."""
    form = Format(path.form)
    known = current_lines(db.session, today())
    last = max((line.modified_at for line in known), default=NEVER)
    tag = feed_etag(db.session, base_url(), form, *lines_stamp(db.session))
    day = today()
    write = text_of(lambda: export_lines(known, form, day))
    return hand_out(f"lines.{form}", tag, f"{MEDIA_TYPES[form]}; charset=utf-8", last, write)


@blueprint.get("/hsds.zip", summary="All organizations as a package of HSDS 3.1", responses=_PACKAGE)
def package() -> WerkzeugResponse:
    """Every organization in public sight: the tables of the specification with their descriptor."""
    base = base_url()
    tag = feed_etag(db.session, base, "hsds.zip")

    def write(file: IO[bytes]) -> None:
        write_package(db.session, file, base, RELEASE, now())

    return hand_out("hsds.zip", tag, PACKAGE_TYPE, last_change(Entity.ORGANIZATION), write)


def _answered(entity: Entity, form: Format, since: datetime | None, pieces: Pieces) -> WerkzeugResponse:
    """All records as a file; what changed after an instant as it is read."""
    name = f"{entity.value}s.{form}"
    if since is None:
        tag = feed_etag(db.session, base_url(), name)
        return hand_out(name, tag, f"{MEDIA_TYPES[form]}; charset=utf-8", last_change(entity), text_of(pieces))
    tag = request_etag()
    if has := held(tag, request.if_none_match):
        return not_modified(LANGUAGES[0], has)
    throttle("export", request.remote_addr)
    if not _parts.acquire(blocking=False):
        raise ServiceUnavailable("others are reading what changed", retry_after=COME_BACK_S)
    try:
        file = gathered(text_of(pieces))
    finally:
        _parts.release()
    response = send_file(
        file, f"{MEDIA_TYPES[form]}; charset=utf-8", as_attachment=True, download_name=name, conditional=False,
        etag=False, last_modified=last_change(entity),
    )  # fmt: skip
    return open_to_all(response, LANGUAGES[0], tag)
