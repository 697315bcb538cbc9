"""The map: the same search as points over our own outlines, and as a list of places for who cannot see it."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, g, json, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from directory.clock import now
from directory.extensions import db
from directory.places.models import Place, PlaceKind
from directory.publication.points import organization_points
from directory.publication.validator import conditional, feed_etag
from directory.search.engine.query import SearchQuery
from directory.search.execute import Understood, execute, matching_ids
from directory.search.parameters import BadQuery
from directory.web.kept import kept
from directory.web.public.addresses import Addresses
from directory.web.public.results import blueprint, chosen_filters, read_search, told

FIT_KM = 60.0
"""What is shown around a place that was asked for without a distance."""
MOST_TOWNS = 2_000


@blueprint.get("/map")
def map_page() -> ResponseReturnValue:
    """The same search on a map, and as a list of places for who cannot see it."""
    address = Addresses(request.args)
    try:
        query = replace(read_search(request.args), page=1, size=1)
    except BadQuery as error:
        return render_template(
            "public/map.html", query=SearchQuery(), result=None, bad=told(error), address=address
        ), 400
    result = execute(query, now())
    return render_template(
        "public/map.html",
        query=query,
        result=result,
        chosen=chosen_filters(query, address),
        fit=_asked_circle(query, result),
        bad=None,
        address=address,
    )


def _asked_circle(query: SearchQuery, result: Understood) -> tuple[float, float, float] | None:
    """Where the search is: latitude, longitude in degrees, kilometres around it; None where it names no point."""
    if query.near:
        return (*query.near.point, query.within_km or FIT_KM)
    place = next((item for item in result.reading.places if item.point and not item.codes), None)
    return (*place.point, place.radius_km or FIT_KM) if place and place.point else None


@blueprint.get("/map/points.json")
def map_points() -> ResponseReturnValue:
    """The points of a search for the map: `[latitude, longitude, name, slug, place, is_exact]`."""
    try:
        query = read_search(request.args)
    except BadQuery as error:
        return Response(json.dumps({"detail": str(error)}), status=400, content_type="application/json")
    etag = feed_etag(db.session, request.full_path)
    wanted = None
    if query.text or query.filters():
        wanted, feed_seq = matching_ids(query, now())
        etag = f"{etag}-{feed_seq}"
    text = kept(etag, lambda: json.dumps({"points": organization_points(db.session, g.lang, wanted)}))
    response = Response(text, content_type="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(etag)
    return conditional(response, request)


@blueprint.get("/map/towns.json")
def map_towns() -> ResponseReturnValue:
    """The largest towns for the map, most people first: `[latitude, longitude, name]`."""
    query = (
        select(Place.latitude, Place.longitude, Place.name)
        .where(Place.kind == PlaceKind.TOWN, Place.population.is_not(None), Place.latitude.is_not(None))
        .order_by(Place.population.desc(), Place.id)
        .limit(MOST_TOWNS)
    )
    towns = [
        (round(latitude or 0, 3), round(longitude or 0, 3), name)
        for latitude, longitude, name in db.session.execute(query)
    ]
    response = Response(json.dumps({"towns": towns}), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.add_etag()
    return conditional(response, request)
