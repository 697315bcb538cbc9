"""The search page and the map: read the parameters, search, and show what a person can do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.http import quote_etag

from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.clock import now
from directory.extensions import db
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import public_consulates
from directory.publication.lines import lines_stamp
from directory.publication.validator import held
from directory.search.engine.query import FACETS, SearchQuery, SearchResult, Sort
from directory.search.engine.ranking import order as meant_order
from directory.search.execute import execute
from directory.search.learning import note
from directory.search.parameters import BadQuery, consulate_filters, from_arguments, to_query
from directory.search.passages import passages
from directory.search.validator import search_tag
from directory.web.display import is_signed_in, static_file
from directory.web.languages import page_blueprint
from directory.web.public.addresses import Addresses
from directory.web.public.cards import page_cards
from directory.web.public.overlay import overlay_of_viewer, partner_names, said_of_the_person
from directory.web.public.understood import chips, headings, lacking, thin_place
from directory.web.public.wider import country_of, urgency_of, who_orients, wider_searches

blueprint = page_blueprint("results", __name__)
DISTANCES_KM = (10.0, 25.0, 50.0, 100.0, 250.0)


def read_search(arguments: MultiDict[str, str]) -> SearchQuery:
    """The search of an address. Raises BadQuery, for syntax too."""
    try:
        return to_query(from_arguments(arguments), db.session)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadQuery(str(first["loc"][0]), "", first["msg"]) from error


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Results as a list; everything a person chose is in the address."""
    address, at, etag = Addresses(request.args), now(), None
    if _is_for_everybody():
        etag = _tag(at)
        if known := held(etag, request.if_none_match):
            return Response(status=304, headers={"ETag": quote_etag(known), "Cache-Control": "no-cache"})
    try:
        query = read_search(request.args)
    except BadQuery as error:
        said = {"bad": told(error), "choices": error.places}
        return _page(query=SearchQuery(), result=None, address=address, picks=address.picks, **said), 400
    response = make_response(_found(query, address, at))
    if etag:
        response.set_etag(etag)
    elif is_signed_in():
        response.headers["Cache-Control"] = "no-store"
    return response


def _page(**values: Any) -> str:
    return render_template("public/search.html", **values)


def _found(query: SearchQuery, address: Addresses, at: datetime) -> str:
    """The page of a search that can be answered."""
    overlay = overlay_of_viewer()
    consulates = _consulates(item.slug for item in query.consulate)
    own = consulate_filters([overlay.consulate_slug], db.session) if overlay.consulate_slug else ()
    query = replace(query, preferred=overlay.partners, own=own)
    result = execute(query, at)
    note(query, result)
    return _page(
        query=query,
        result=result,
        found=page_cards(result, address.picks),
        passages=passages(query, result.hits, g.lang),
        distances=_distances(query),
        orders=_orders(query),
        order=meant_order(query).value,
        facets=_shown_facets(query, result),
        chosen=chosen_filters(query, address),
        consulates=consulates,
        named_consulates=_consulates(item.value for item in result.reading.of("consulate")).values(),
        wider=wider_searches(query, address) if not result.total else [],
        orienting=who_orients(query, result) if not result.total else [],
        country_meant=country_of(query, result),
        urgent=urgency_of(query, result),
        read=chips(query, result, address),
        headings=headings(query, result),
        lacking=lacking(result),
        thin=thin_place(query, result),
        partner_names=partner_names(query, overlay, consulates),
        refer_url=replace(overlay, said=said_of_the_person(query, result.reading)).refer_url,
        address=address,
        picks=address.picks,
        bad=None,
    )


def _distances(query: SearchQuery) -> list[float]:
    """The distances that are offered, and the one that was chosen."""
    if query.near is None:
        return []
    return sorted({*DISTANCES_KM, *([query.within_km] if query.within_km else [])})


def _orders(query: SearchQuery) -> list[tuple[str, str]]:
    """The orders that make a difference, and what they are called."""
    names = [(Sort.RELEVANCE, gettext("By relevance"))] if query.text else []
    names += [(Sort.DISTANCE, gettext("By distance"))] if query.near else []
    return [(sort.value, name) for sort, name in [*names, (Sort.NAME, gettext("By name"))]]


def _is_for_everybody() -> bool:
    """Whether the page says nothing to this browser alone."""
    return not is_signed_in() and "_flashes" not in session


def _tag(at: datetime) -> str:
    """The entity tag of this search page for everybody. Raises IndexMissing."""
    shown = current_app.jinja_env.globals
    site = (shown["base_url"], static_file(""), *lines_stamp(db.session))
    return search_tag(db.session, at, request.full_path, *site, asks_consulate="consulate" in request.args)


def told(error: BadQuery) -> str:
    """What is wrong with the address, in the reader's language."""
    part = f"{error.parameter}={error.value}" if error.value else error.parameter
    return str(gettext("The part “%(part)s” of the address cannot be used. Nothing else was lost.", part=part))


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


def chosen_filters(query: SearchQuery, address: Addresses) -> list[tuple[str, str, str]]:
    """Every chosen filter value with the address that drops it."""
    return [
        (name, value, address(**{name: [other for other in values if other != value] or None}))
        for name, values in query.filters().items()
        for value in values
    ]


def _consulates(slugs: Iterable[str]) -> dict[str, PublicConsulate]:
    """Those of the consulates that are in public sight, by the slugs that were given."""
    ids = {slug: known[0] for slug in slugs if (known := find_by_slug(db.session, Entity.CONSULATE, slug))}
    by_id = {record.id: record for record in public_consulates(db.session, list(ids.values()))} if ids else {}
    return {slug: by_id[record_id] for slug, record_id in ids.items() if record_id in by_id}
