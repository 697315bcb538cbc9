"""The JSON route of help lines."""

from __future__ import annotations

from flask import g
from flask_openapi import APIBlueprint, Tag
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from directory.api.models import SourceOut
from directory.api.requests import Country, LanguageQuery
from directory.api.responses import documented, json_response, note_validator, request_etag
from directory.clock import today
from directory.exchange.json_records import line_json
from directory.extensions import db
from directory.lines.models import LineChannel, LineKind
from directory.publication.lines import current_lines, lines_stamp, lines_usable_in

blueprint = APIBlueprint("lines", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="directory")])
blueprint.before_request(note_validator)


class LinesRequest(LanguageQuery):
    """Which help lines to list."""

    country: Country | None = Field(
        None, description="Where the call is made: a country's own lines and those of others that it can reach."
    )
    kind: LineKind | None = Field(None, description="Who answers.")
    sending: Country | None = Field(None, description="The sending country whose nationals a line serves.")
    all: bool = Field(
        False, description="Also those that are left out because they are doubtful or older than five years."
    )
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=100)


class LineOut(BaseModel):
    """A help line. `number` is what is dialled from `from`; `text` as its source prints it."""

    id: str
    key: str
    kind: LineKind
    country: str | None
    sending_country: str | None
    name: str
    channel: LineChannel
    number: str
    text: str
    from_: list[str] = Field(alias="from", description="ISO 3166 codes; none where no source says it.")
    from_where: str | None
    hours: str | None
    opening_hours: str | None
    languages: list[str]
    for_whom: str | None
    website: str | None
    doubtful: bool
    in_danger: bool
    shown: bool
    status: str
    verified_on: str | None
    source: SourceOut
    modified_at: str


class LineList(BaseModel):
    """One page of help lines."""

    total: int
    page: int
    size: int
    pages: int
    results: list[LineOut]


@blueprint.get("/lines", summary="List help lines", responses={200: LineList, **documented(304, 400)})
def lines(query: LinesRequest) -> Response:
    """Emergency and help lines of the member countries, and lines of sending countries for their nationals."""
    g.entity_tag = request_etag(*lines_stamp(db.session))
    day = today()
    found = list(current_lines(db.session, day))
    if query.country:
        found = lines_usable_in(found, query.country)
    if query.kind:
        found = [line for line in found if line.kind == query.kind]
    if query.sending:
        found = [line for line in found if line.sending_country == query.sending]
    if not query.all:
        found = [line for line in found if line.is_shown(day)]
    first = (query.page - 1) * query.size
    body = {
        "total": len(found),
        "page": query.page,
        "size": query.size,
        "pages": -(-len(found) // query.size),
        "results": [line_json(line, query.lang, day) for line in found[first : first + query.size]],
    }
    return json_response(body, query.lang)
