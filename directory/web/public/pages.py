"""The public pages that are not search: home, records, countries, service areas, and what is explained."""

from __future__ import annotations

from calendar import monthcalendar
from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from babel.dates import format_skeleton, get_day_names
from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from directory.changes.models import Entity
from directory.clock import today
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.moderation.criteria import listed, not_listed
from directory.places.countries import MEMBER_STATES
from directory.places.names import fold
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import count_consulates, find_consulates, local_rank, public_consulates, words_of
from directory.publication.points import city_counts
from directory.publication.records import PublicOrganization
from directory.search.engine.query import Hit, SearchQuery
from directory.vocabulary.catalogue import Vocabulary, vocabulary
from directory.web.display import current_language
from directory.web.dotted_map import base_map, draw_organizations, draw_places
from directory.web.languages import page_blueprint
from directory.web.public.counts import counted
from directory.web.public.fallback import fallback_of
from directory.web.public.hits import records_of, with_records
from directory.web.public.lookup import as_filter, find_or_abort

blueprint = page_blueprint("pages", __name__)
ORGANIZATIONS_BY_NEED = 6


@blueprint.get("/")
def home() -> str:
    """One question, one box; countries, needs and the region at a glance."""
    result = counted(SearchQuery(size=1))
    return render_template(
        "public/home.html",
        total=result.total,
        counts=dict(result.facets["country"]),
        area_counts=dict(result.facets["area"]),
        consulate_count=count_consulates(db.session),
        drawing=draw_organizations(None),
    )


@blueprint.get("/consulates")
def consulates() -> ResponseReturnValue:
    """By my country, then by my place; with words of a name or a place. Without any of them, the countries only."""
    sending, host, asked = (request.args.get(name, "").strip() for name in ("sending", "host", "q"))
    if any(code and code not in MEMBER_STATES for code in (sending, host)):
        abort(400, gettext("This directory has the eleven member countries; choose one of them."))
    conditions = []
    if sending:
        conditions.append(Consulate.sending_country == sending)
    if host:
        conditions.append(Consulate.host_country == host)
    records = find_consulates(db.session, *conditions)
    found = [record for record in records if fold(asked[:80]) in fold(words_of(record, current_language()))]
    found.sort(key=lambda item: (item.host_country, item.sending_country, local_rank(item.kind) == 5, item.city or ""))
    grouped: dict[str, list[PublicConsulate]] = defaultdict(list)
    for record in found:
        grouped[record.host_country if sending else record.sending_country].append(record)
    return render_template(
        "public/consulates.html",
        grouped=grouped if sending or host or asked else {},
        counts=Counter(record.sending_country for record in records),
        sending=sending,
        host=host,
        asked=asked[:80],
        total=len(found),
    )


@blueprint.get("/consulates/<slug>")
def consulate(slug: str) -> ResponseReturnValue:
    """One consulate: how to reach it, whom it serves, and who can help in its area, by need."""
    found = find_or_abort(Entity.CONSULATE, slug, "pages.consulate")
    if not isinstance(found, UUID):
        return found
    record = next(iter(public_consulates(db.session, [found])), None) or abort(410)
    query = SearchQuery(consulate=(as_filter(record),), size=1)
    result = counted(query)
    terms = vocabulary(db.session)
    neighbours = find_consulates(
        db.session,
        Consulate.sending_country == record.sending_country,
        Consulate.host_country == record.host_country,
        Consulate.id != record.id,
        Consulate.status != "closed",
    )
    counts = dict(result.facets["area"])
    return render_template(
        "public/consulate.html",
        record=record,
        total=result.total,
        counts=counts,
        needs=_by_need(record, terms, counts),
        missing=[slug for slug in terms.areas if record.jurisdiction and not counts.get(slug)],
        neighbours=neighbours,
        fallback=fallback_of(record, neighbours),
        drawing=_jurisdiction_map(record),
    )


def _by_need(
    record: PublicConsulate, terms: Vocabulary, counts: dict[str, int]
) -> dict[str, list[tuple[PublicOrganization, Hit]]]:
    """For each group of needs that somebody in the area meets, a few organizations and their place in it."""
    hits: dict[str, tuple[Hit, ...]] = {}
    for group in terms.groups:
        areas = tuple(term.slug for term in terms.areas_of(group) if counts.get(term.slug))
        if areas:
            query = SearchQuery(consulate=(as_filter(record),), area=areas, size=ORGANIZATIONS_BY_NEED)
            hits[group] = counted(query).hits
    by_id = records_of(hit for found in hits.values() for hit in found)
    return {group: with_records(found, by_id) for group, found in hits.items()}


def _jurisdiction_map(record: PublicConsulate) -> Any:
    if record.host_country not in MEMBER_STATES:
        return None
    covers = as_filter(record).covers
    _, spots = base_map(record.host_country)
    strong = (spot for spot in spots if covers(record.host_country, spot.admin1, spot.admin2))
    marker = (
        (record.latitude, record.longitude) if record.latitude is not None and record.longitude is not None else None
    )
    return draw_places(record.host_country, strong, marker)


@blueprint.get("/countries/<code>")
def country(code: str) -> str:
    """One country: who helps there, by need and by place, and which consulates are there."""
    if code not in MEMBER_STATES:
        abort(404)
    result = counted(SearchQuery(country=(code,), size=1))
    return render_template(
        "public/country.html",
        code=code,
        total=result.total,
        area_counts=dict(result.facets["area"]),
        regions=[item for item in result.facets["admin1"] if item[0].startswith(f"{code}-")],
        cities=city_counts(db.session, code).most_common(12),
        consulates=find_consulates(db.session, Consulate.host_country == code, Consulate.status != "closed"),
        drawing=draw_organizations(code),
    )


@blueprint.get("/service-areas/<slug>")
def service_area(slug: str) -> str:
    """One service area: where the person is, where it is offered, and a first page of who offers it."""
    terms = vocabulary(db.session)
    code = request.args.get("country", "")
    if slug not in terms.areas or (code and code not in MEMBER_STATES):
        abort(404)
    result = counted(SearchQuery(area=(slug,), country=(code,) if code else (), size=10))
    return render_template(
        "public/service_area.html",
        term=terms.areas[slug],
        code=code,
        regions=[item for item in result.facets["admin1"] if code and item[0].startswith(f"{code}-")],
        siblings=[term for term in terms.areas_of(terms.areas[slug].group or "") if term.slug != slug],
        total=result.total,
        countries=result.facets["country"],
        populations=result.facets["population"][:8],
        found=with_records(result.hits, records_of(result.hits)),
    )


@blueprint.get("/calendar")
def leave() -> ResponseReturnValue:
    """Where the quick exit leads: a month, which names nothing and no one."""
    day, locale = today(), get_locale()
    short, wide = (get_day_names(width, locale=locale) for width in ("narrow", "wide"))
    names = [(short[number], wide[number]) for number in range(7)]  # Monday first, as the weeks below
    page = render_template(
        "public/leave.html",
        month=format_skeleton("yMMMM", day, locale=locale),
        weekdays=names,
        weeks=monthcalendar(day.year, day.month),
        today=day.day,
    )
    return page, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@blueprint.get("/criteria")
def criteria() -> str:
    """Who is listed and who is not, how to be corrected or removed, and that nobody may charge."""
    return render_template("public/criteria.html", listed_criteria=listed(), unlisted_criteria=not_listed())


@blueprint.get("/about")
def about() -> str:
    """What this is, where the data come from, and how to reuse them."""
    return render_template("public/about.html", total=counted(SearchQuery(size=1)).total)
