"""The JSON routes: search, organizations, consulates, changes."""

from __future__ import annotations

from typing import Literal

from flask import redirect, request, url_for
from flask_openapi import APIBlueprint, Tag
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from directory.api.models import ChangesOut, ConsulateList, ConsulateOut, OrganizationOut, SearchOut
from directory.api.responses import Responses, json_response, request_etag
from directory.api.results import search_json
from directory.changes.feed import changes_since, feed_position
from directory.changes.models import Entity
from directory.consulates.models import Consulate
from directory.exchange.json_records import consulate_json, organization_json
from directory.extensions import db
from directory.problems import Problem, problem
from directory.publication.consulates import find_consulates, public_consulates
from directory.publication.covering import UnknownPlace, consulates_covering
from directory.publication.find import Found, Gone, Moved, find_record
from directory.publication.organizations import public_organizations
from directory.publication.validator import today
from directory.search.execute import execute
from directory.search.parameters import BadQuery, SearchParameters, to_query
from directory.search.store import IndexMissing
from directory.settings import Settings

Language = Literal["es", "en", "fr"]
MAX_CHANGES = 1_000
_PROBLEMS: Responses = {
    400: {
        "description": "A parameter cannot be used",
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    },
    404: {
        "description": "No such record",
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    },
    410: {
        "description": "The record was removed",
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    },
    503: {
        "description": "The index is being built",
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    },
}
_NOT_MODIFIED: Responses = {304: {"description": "Not modified"}}
_MOVED: Responses = {301: {"description": "The record has another slug now"}}


def _failures(*statuses: int) -> Responses:
    return {status: _PROBLEMS[status] for status in statuses} | _NOT_MODIFIED


class LanguageQuery(BaseModel):
    """The language of labels."""

    lang: Language = Field("es", description="Language of labels and generated texts.")


class SearchRequest(SearchParameters):
    """A search, and the language of its labels."""

    lang: Language = Field("es", description="Language of labels and generated texts.")


class RecordPath(BaseModel):
    """An id or a slug."""

    key: str = Field(min_length=1, max_length=120, description="UUID, or current or former slug.")


class ConsulatesRequest(LanguageQuery):
    """Which consulates to list."""

    sending: str | None = Field(None, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2 of the sending country.")
    host: str | None = Field(None, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2 of the host country.")
    covers: str | None = Field(
        None,
        min_length=2,
        max_length=80,
        description="A gazetteer id or ISO code that must lie in the jurisdiction.",
    )
    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(100, ge=1, le=500)


class ChangesRequest(BaseModel):
    """From which number on, and how many at most."""

    since: int = Field(0, ge=0, le=2**63 - 1)
    limit: int = Field(100, ge=1, le=MAX_CHANGES)


def blueprints(settings: Settings) -> list[APIBlueprint]:
    """The blueprint of /api/v1, bound to the address of this installation."""
    api = APIBlueprint("api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="directory")])
    base_url = settings.base_url

    @api.get("/search", summary="Search organizations", responses={200: SearchOut, **_failures(400, 503)})
    def search(query: SearchRequest) -> Response:
        try:
            asked = to_query(query, db.session)
            result = execute(asked, today())
        except BadQuery as error:
            return problem(400, str(error))
        except IndexMissing:
            return problem(503, "The search index is being built. Try again in a few seconds.")
        body = search_json(asked, result, query.lang, base_url)
        return json_response(body, query.lang, request_etag(result.feed_seq))

    @api.get(
        "/organizations/<key>",
        summary="The public record of an organization",
        responses={200: OrganizationOut, **_failures(400, 404, 410), **_MOVED},
    )
    def organization(path: RecordPath, query: LanguageQuery) -> Response:
        match find_record(db.session, Entity.ORGANIZATION, path.key):
            case Found(record_id):
                records = public_organizations(db.session, [record_id], today())
                if records:
                    return json_response(
                        organization_json(records[0], query.lang, base_url), query.lang, request_etag()
                    )
                return problem(410, "This record was removed.")
            case Moved(slug):
                return _moved("api.organization", slug)
            case Gone():
                return problem(410, "This record was removed.")
            case _:
                return problem(404, "There is no organization with this id or slug.")

    @api.get("/consulates", summary="List consulates", responses={200: ConsulateList, **_failures(400)})
    def consulates(query: ConsulatesRequest) -> Response:
        conditions = []
        if query.sending:
            conditions.append(Consulate.sending_country == query.sending)
        if query.host:
            conditions.append(Consulate.host_country == query.host)
        if query.covers:
            try:
                conditions.append(Consulate.id.in_(consulates_covering(db.session, query.covers)))
            except UnknownPlace as error:
                return problem(400, f"covers: {error}")
        records = find_consulates(db.session, *conditions)
        first = (query.page - 1) * query.size
        body = {
            "total": len(records),
            "page": query.page,
            "size": query.size,
            "pages": -(-len(records) // query.size),
            "results": [consulate_json(record, query.lang, base_url) for record in records[first : first + query.size]],
        }
        return json_response(body, query.lang, request_etag())

    @api.get(
        "/consulates/<key>",
        summary="The public record of a consulate",
        responses={200: ConsulateOut, **_failures(400, 404, 410), **_MOVED},
    )
    def consulate(path: RecordPath, query: LanguageQuery) -> Response:
        match find_record(db.session, Entity.CONSULATE, path.key):
            case Found(record_id):
                records = public_consulates(db.session, [record_id])
                return json_response(consulate_json(records[0], query.lang, base_url), query.lang, request_etag())
            case Moved(slug):
                return _moved("api.consulate", slug)
            case Gone():
                return problem(410, "This record was removed.")
            case _:
                return problem(404, "There is no consulate with this id or slug.")

    @api.get("/changes", summary="What changed", responses={200: ChangesOut, **_failures(400)})
    def changes(query: ChangesRequest) -> Response:
        epoch = feed_position(db.session).epoch
        found = changes_since(db.session, query.since, query.limit + 1)
        shown = found[: query.limit]
        body = {
            "epoch": str(epoch),
            "changes": [
                {
                    "seq": change.seq,
                    "entity": change.entity.value,
                    "id": str(change.entity_id),
                    "kind": change.kind.value,
                    "at": change.at.isoformat(),
                }
                for change in shown
            ],
            "next": shown[-1].seq if shown else query.since,
            "more": len(found) > query.limit,
        }
        return json_response(body, "en", request_etag())

    return [api]


def _moved(endpoint: str, slug: str) -> Response:
    target = url_for(endpoint, key=slug, lang=request.args.get("lang"))
    response = redirect(target, code=301)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
