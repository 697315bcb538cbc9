"""The JSON routes: search, organizations, consulates, changes."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask_openapi import APIBlueprint, Tag
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response

from directory.api.models import ChangesOut, ConsulateList, ConsulateOut, OrganizationOut
from directory.api.requests import ChangesRequest, ConsulatesRequest, LanguageQuery, RecordPath, SearchRequest
from directory.api.responses import (
    base_url,
    documented,
    json_response,
    not_modified,
    note_validator,
    open_to_all,
)
from directory.api.results import search_json
from directory.api.search_models import SearchOut
from directory.changes.feed import changes_since, feed_position
from directory.changes.models import Change, Entity
from directory.clock import now
from directory.consulates.models import Consulate
from directory.exchange.json_records import Json, consulate_json, organization_json
from directory.extensions import db
from directory.places.asked import SeveralPlaces, UnknownPlace, read_place
from directory.problems import problem
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import find_consulates, public_consulates
from directory.publication.covering import Answer, answers_for, consulates_covering
from directory.publication.find import Found, Moved, find_record
from directory.publication.organizations import public_organizations
from directory.publication.validator import held
from directory.search.execute import execute
from directory.search.learning import note
from directory.search.marks import IndexMissing
from directory.search.parameters import BadQuery, to_query
from directory.search.validator import search_tag

blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="directory")])


blueprint.before_request(note_validator)


@blueprint.get("/search", summary="Search organizations", responses={200: SearchOut, **documented(304, 400, 503)})
def search(query: SearchRequest) -> Response:
    """Results with facets; the same parameters as the search page."""
    at = now()
    try:
        etag = search_tag(db.session, at, request.full_path, base_url(), asks_consulate=bool(query.consulate))
        if known := held(etag, request.if_none_match):
            return not_modified(query.lang, known)
        asked = to_query(query, db.session)
        result = execute(asked, at)
        note(asked, result)
    except BadQuery as error:
        return problem(400, str(error))
    except IndexMissing:
        return problem(503, "The search index is being built. Try again in a few seconds.")
    body = search_json(asked, result, query.lang, base_url())
    return open_to_all(Response(body, content_type="application/json"), query.lang, etag)


@blueprint.get(
    "/organizations/<key>",
    summary="The public record of an organization",
    responses={200: OrganizationOut, **documented(301, 304, 400, 404, 410)},
)
def organization(path: RecordPath, query: LanguageQuery) -> Response:
    """One organization by id, or by current or former slug."""
    found = find_record(db.session, Entity.ORGANIZATION, path.key)
    if isinstance(found, Found) and (records := public_organizations(db.session, [found.record_id], now())):
        return json_response(organization_json(records[0], query.lang, base_url()), query.lang)
    return _elsewhere(found, "api.organization")


@blueprint.get("/consulates", summary="List consulates", responses={200: ConsulateList, **documented(304, 400)})
def consulates(query: ConsulatesRequest) -> Response:
    """Consulates by sending and host country, and by a place that they cover.

    With `sending` and `covers` the answer is never empty while that country has an office on record: each result
    says in `answer.role` whether it is known or assumed to serve the place, is the accredited embassy, the nearest
    office, or assists by an agreement.
    """
    try:
        found = _consulates(query)
    except UnknownPlace as error:
        return problem(400, f"covers: {str(error)!r} is no place of the gazetteer, ISO code or point on land")
    except SeveralPlaces as error:
        listed = "; ".join(f"{place.code} ({place.label(query.lang)})" for place in error.candidates)
        return problem(400, f"covers: {str(error)!r} may be one of several places, name one by its id: {listed}")
    first = (query.page - 1) * query.size
    shown = found[first : first + query.size]
    body = {
        "total": len(found),
        "page": query.page,
        "size": query.size,
        "pages": -(-len(found) // query.size),
        "results": [
            {**consulate_json(record, query.lang, base_url()), **(_answer(answer) if answer else {})}
            for record, answer in shown
        ],
    }
    return json_response(body, query.lang)


def _consulates(query: ConsulatesRequest) -> list[tuple[PublicConsulate, Answer | None]]:
    """The consulates that are asked for; with a sending country and a place, those one can turn to and why.

    Raises UnknownPlace and SeveralPlaces.
    """
    conditions: list[ColumnElement[bool]] = []
    if query.covers:
        place = read_place(db.session, query.covers)
        if query.sending:
            found = answers_for(db.session, query.sending, place).answers
            return [(item.consulate, item) for item in found if query.host in (None, item.consulate.host_country)]
        conditions.append(Consulate.id.in_(list(consulates_covering(db.session, place))))
    if query.sending:
        conditions.append(Consulate.sending_country == query.sending)
    if query.host:
        conditions.append(Consulate.host_country == query.host)
    return [(record, None) for record in find_consulates(db.session, *conditions)]


def _answer(answer: Answer) -> Json:
    return {"answer": {"role": answer.role.value, "distance_km": answer.distance_km, "agreement": answer.agreement}}


@blueprint.get(
    "/consulates/<key>",
    summary="The public record of a consulate",
    responses={200: ConsulateOut, **documented(301, 304, 400, 404, 410)},
)
def consulate(path: RecordPath, query: LanguageQuery) -> Response:
    """One consulate by id, or by current or former slug."""
    found = find_record(db.session, Entity.CONSULATE, path.key)
    if isinstance(found, Found) and (records := public_consulates(db.session, [found.record_id])):
        return json_response(consulate_json(records[0], query.lang, base_url()), query.lang)
    return _elsewhere(found, "api.consulate")


@blueprint.get("/changes", summary="What changed", responses={200: ChangesOut, **documented(304, 400)})
def changes(query: ChangesRequest) -> Response:
    """Changes after a number, in commit order; another epoch means: start from nothing."""
    position = feed_position(db.session)
    entity = Entity(query.entity) if query.entity else None
    found = changes_since(db.session, query.since, query.limit + 1, entity)
    shown = found[: query.limit]
    # Read to the end, those of the other kind are behind it too.
    last = shown[-1].seq if shown else None
    end = query.since if last is None else last
    if entity and len(found) == len(shown):
        end = max(end, position.seq)
    body = {
        "epoch": str(position.epoch),
        "changes": [_change(item) for item in shown],
        "next": end,
        "more": len(found) > query.limit,
    }
    return json_response(body, "en")


def _change(change: Change) -> Json:
    return {
        "seq": change.seq,
        "entity": change.entity.value,
        "id": str(change.entity_id),
        "kind": change.kind.value,
        "at": change.at.isoformat(),
    }


def _elsewhere(found: Any, endpoint: str) -> Response:
    """Where a record that is not here went: to another slug, away for good, or it never was."""
    if isinstance(found, Moved):
        response = redirect(url_for(endpoint, key=found.slug, lang=request.args.get("lang")), code=301)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    if found is None:
        return problem(404, "There is no record with this id or slug.")
    return problem(410, "This record was removed.")
