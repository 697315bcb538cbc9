"""The search page and the map: read the parameters, search, and show what a person can do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Response, g, json, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from directory.accounts.policy import Permission, allows
from directory.accounts.viewer import viewer
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs, find_by_slug
from directory.clock import today
from directory.extensions import db
from directory.partnerships.own import consulates_of, partners_of
from directory.publication.consulates import consulate_name, public_consulates
from directory.publication.points import organization_points
from directory.publication.records import PublicConsulate
from directory.publication.validator import feed_etag
from directory.search.engine.query import FACETS, SearchQuery, SearchResult
from directory.search.execute import execute
from directory.search.parameters import BadQuery, SearchParameters, from_arguments, to_query
from directory.web.display import is_signed_in
from directory.web.hits import records_of, with_records
from directory.web.languages import page_blueprint
from directory.web.picks import PARAMETER, read_picks

blueprint = page_blueprint("results", __name__)
MAX_WIDER = 4
SHOWN_VALUES = 8


@dataclass(frozen=True)
class Wider:
    """A wider search that finds something: in words, its address, and how many it finds."""

    kind: str
    value: str
    url: str
    total: int


def _read(arguments: MultiDict[str, str]) -> SearchQuery:
    """The search of an address. Raises BadQuery, for syntax too."""
    try:
        return to_query(from_arguments(arguments), db.session)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadQuery(str(first["loc"][0]), "", first["msg"]) from error


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Results as a list; everything a person chose is in the address."""
    try:
        query = _read(request.args)
    except BadQuery as error:
        return (
            render_template(
                "web/search.html",
                query=SearchQuery(),
                result=None,
                bad=_told(error),
                address=_address,
                picks=read_picks(request.args),
            ),
            400,
        )
    overlay = _overlay()
    consulates = _consulates(query)
    query = replace(query, preferred=overlay.partners)
    result = execute(query, today())
    return render_template(
        "web/search.html",
        query=query,
        result=result,
        found=with_records(result.hits, records_of(result.hits)),
        facets=_shown_facets(query, result),
        chosen=_chosen(query),
        consulates=consulates,
        wider=_wider(query) if not result.total else [],
        partner_names=_partner_names(query, overlay, consulates),
        refer_url=overlay.refer_url,
        address=_address,
        picks=read_picks(request.args),
        bad=None,
    )


@dataclass(frozen=True)
class Overlay:
    """What a signed-in officer sees besides: partners of the own consulates, and where to refer somebody."""

    partners: frozenset[UUID] = frozenset()
    consulate_slug: str | None = None
    """The officer's consulate, where there is just one."""
    is_officer: bool = False

    def refer_url(self, slug: str, areas: tuple[str, ...]) -> str | None:
        """Where to refer somebody to an organization; None for whoever cannot."""
        if not self.is_officer:
            return None
        if self.consulate_slug is None:
            return url_for("network.organization", slug=slug)
        need = areas[0] if len(areas) == 1 else None
        return url_for("joint.refer_page", slug=self.consulate_slug, organization=slug, need=need)


def _overlay() -> Overlay:
    """Asks nothing of the database for anybody who is not signed in."""
    if not is_signed_in() or not allows(viewer(), Permission.JOINT_WORK):
        return Overlay()
    mine = consulates_of(db.session, viewer())
    ids = [item.id for item in mine]
    slugs = current_slugs(db.session, Entity.CONSULATE, ids)
    partners = frozenset(partners_of(db.session, ids, today()))
    return Overlay(partners, slugs[ids[0]] if len(ids) == 1 else None, is_officer=True)


def _partner_names(
    query: SearchQuery, overlay: Overlay, consulates: Mapping[str, PublicConsulate]
) -> dict[UUID, list[str]]:
    """What the badges say: whose partner an organization is, of the chosen consulates and of one's own."""
    found: dict[UUID, list[str]] = {organization_id: [gettext("Our partner")] for organization_id in overlay.partners}
    for item in query.consulate:
        if item.slug not in consulates:
            continue
        name = gettext("Partner: %(name)s", name=consulate_name(consulates[item.slug], g.lang))
        for organization_id in item.partners:
            if organization_id not in overlay.partners or item.slug != overlay.consulate_slug:
                found.setdefault(organization_id, []).append(name)
    return found


def _told(error: BadQuery) -> str:
    """What is wrong with the address, in the reader's language."""
    part = f"{error.parameter}={error.value}" if error.value else error.parameter
    return str(gettext("The part “%(part)s” of the address cannot be used. Nothing else was lost.", part=part))


def _address(endpoint: str = "results.search", /, **changes: Any) -> str:
    """The address of this search with some parameters replaced; the page begins anew unless it is given.

    Only parameters of a search, and what was picked for a handout, are carried along: `url_for` takes `_scheme`,
    `lang` and others as its own.
    """
    query = {
        name: request.args.getlist(name)
        for name in SearchParameters.model_fields
        if name != "page" and name in request.args
    }
    query |= {PARAMETER: list(read_picks(request.args).slugs)}
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
    return url_for(endpoint, **query)  # type: ignore[arg-type]  # werkzeug takes lists


def _shown_facets(query: SearchQuery, result: SearchResult) -> dict[str, list[tuple[str, int]]]:
    """For each facet the chosen values, then the most frequent; a facet with a single value helps nobody."""
    shown = {}
    for name in FACETS:
        values = dict(result.facets[name])
        chosen = [(value, values.get(value, 0)) for value in getattr(query, name)]
        others = [item for item in result.facets[name] if item[0] not in getattr(query, name)]
        if chosen or len(others) > 1:
            shown[name] = chosen + others
    return shown


def _chosen(query: SearchQuery) -> list[tuple[str, str, str]]:
    """Every chosen filter value with the address that drops it."""
    return [
        (name, value, _address(**{name: [other for other in values if other != value] or None}))
        for name, values in query.filters().items()
        for value in values
    ]


def _consulates(query: SearchQuery) -> dict[str, Any]:
    """The chosen consulates by slug."""
    if not query.consulate:
        return {}
    found = [find_by_slug(db.session, Entity.CONSULATE, item.slug) for item in query.consulate]
    records = public_consulates(db.session, [item[0] for item in found if item])
    by_id = {record.id: record for record in records}
    return {
        item.slug: by_id[known[0]]
        for item, known in zip(query.consulate, found, strict=True)
        if known and known[0] in by_id
    }


def _wider(query: SearchQuery) -> list[Wider]:
    """The nearest wider searches that find something: without one word, without one filter, the whole country."""
    candidates: list[tuple[str, str, SearchQuery, str]] = []
    if query.admin1:
        countries = tuple(dict.fromkeys(code[:2] for code in query.admin1))
        wider = replace(query, admin1=(), country=countries)
        candidates.append(("country", countries[0], wider, _address(admin1=None, country=list(countries))))
    words = query.text.split()
    if 1 < len(words) <= 6:
        for position, word in enumerate(words):
            text = " ".join(words[:position] + words[position + 1 :])
            candidates.append(("word", word, replace(query, text=text), _address(q=text)))
    for name in query.filters():
        candidates.append(("filter", name, _without(query, name), _address(**{name: None})))
    found = [Wider(kind, value, url, execute(wider, today()).total) for kind, value, wider, url in candidates]
    return sorted((item for item in found if item.total), key=lambda item: item.total)[:MAX_WIDER]


def _without(query: SearchQuery, name: str) -> SearchQuery:
    changes: dict[str, Any] = {name: False if name == "available" else ()}
    return replace(query, **changes)


@blueprint.get("/map")
def map_page() -> ResponseReturnValue:
    """The same search on a map, and as a list of places for who cannot see it."""
    try:
        query = replace(_read(request.args), page=1, size=1)
    except BadQuery as error:
        return render_template(
            "web/map.html", query=SearchQuery(), result=None, bad=_told(error), address=_address
        ), 400
    return render_template(
        "web/map.html",
        query=query,
        result=execute(query, today()),
        chosen=_chosen(query),
        bad=None,
        address=_address,
    )


@blueprint.get("/map/points.json")
def map_points() -> ResponseReturnValue:
    """The points of a search for the map: `[latitude, longitude, name, slug, place, is_exact]`."""
    try:
        query = _read(request.args)
    except BadQuery as error:
        return Response(json.dumps({"detail": str(error)}), status=400, content_type="application/json")
    etag = feed_etag(db.session, request.full_path)
    wanted = None
    if query.text or query.filters():
        result = execute(replace(query, page=1, size=10**9), today())
        wanted = {hit.organization_id for hit in result.hits}
        etag = f"{etag}-{result.feed_seq}"
    points = organization_points(db.session, g.lang, wanted)
    response = Response(json.dumps({"points": points}), content_type="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(etag)
    return response.make_conditional(request)
