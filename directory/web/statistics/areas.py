"""Coverage and gaps: who helps with what where, for one consulate, a country in a host country, or the region."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask import abort, g, render_template, request
from sqlalchemy import select

from directory.accounts.policy import Permission
from directory.accounts.viewer import viewer
from directory.clock import now, today
from directory.consulates.jurisdiction import JurisdictionMap, Spot
from directory.consulates.models import Consulate, ConsulateStatus
from directory.extensions import db
from directory.moderation.standing import standings
from directory.partnerships.models import Partnership, PartnershipState
from directory.partnerships.own import consulates_of, partners_of
from directory.places.countries import MEMBER_STATES, country_name, subdivision_name, subdivisions_of
from directory.publication.consulates import consulate_name
from directory.publication.partners import PublicPartners
from directory.search.engine.query import SearchQuery
from directory.statistics.coverage import ColumnOf, Figure, Matrix, matrix, offers
from directory.statistics.sheet import sheet_of
from directory.vocabulary.catalogue import vocabulary
from directory.web.consulates.country import blueprint as country
from directory.web.consulates.country import own_country
from directory.web.consulates.desk import consulate_at
from directory.web.partnerships.desk import joint
from directory.web.public.counts import counted
from directory.web.public.lookup import as_filter
from directory.web.statistics.region import region


def coverage_matrix(
    countries: Collection[str], columns: Collection[str], column_of: ColumnOf, partners: Collection[uuid.UUID]
) -> Matrix:
    """The matrix of today."""
    on, terms = today(), vocabulary(db.session)
    standing = {row.organization_id: row.status for row in standings(db.session, on)}
    return matrix(offers(db.session, terms, countries, on), terms, columns, column_of, standing, partners)


def figure_shown() -> Figure:
    """What the page counts: `?show=open`."""
    shown = request.args.get("show", Figure.TOTAL.value)
    return Figure(shown) if shown in set(Figure) else abort(400)


def _page(found: Matrix, area: SearchQuery, title: str, names: dict[str, str], **more: Any) -> str:
    result = counted(replace(area, size=1))
    statuses = dict(result.facets["status"])
    return render_template(
        "statistics/coverage.html",
        matrix=found,
        sheet=sheet_of(found, result.total, sum(statuses.get(name, 0) for name in ("verified", "due"))),
        area_searched=area.filters(),
        title=title,
        names=names,
        figure=figure_shown(),
        figures=list(Figure),
        today=today(),
        **more,
    )


@joint.get("/workspace/consulates/<slug>/coverage")
def coverage(slug: str) -> str:
    """The consulate's own area, by its subdivisions."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    jurisdiction = JurisdictionMap.load(db.session).jurisdictions.get(consulate.id)
    codes: set[str] = set()
    for area in record.jurisdiction:
        if area.mode == "include":
            codes |= {area.admin1} if area.admin1 else set(subdivisions_of(area.country))

    def column_of(spot: Spot) -> str | None:
        return spot.admin1 if jurisdiction and jurisdiction.covers(spot) is not None else None

    columns = sorted(codes, key=lambda code: subdivision_name(code, g.lang).casefold())
    found = coverage_matrix(
        {code[:2] for code in codes}, columns, column_of, partners_of(db.session, [consulate.id], now())
    )
    names = {code: subdivision_name(code, g.lang) for code in columns}
    return _page(
        found, SearchQuery(consulate=(as_filter(record),)), consulate_name(record, g.lang), names, record=record
    )


@country.get("/workspace/countries/<code>/coverage")
def coverage_of_country(code: str) -> str:
    """A host country, by its subdivisions, for all consulates of my country there."""
    own_country(code, Permission.READ_COUNTRY)
    rows = db.session.execute(
        select(Consulate.id, Consulate.host_country).where(
            Consulate.sending_country == code,
            Consulate.removed_at.is_(None),
            Consulate.status != ConsulateStatus.CLOSED,
        )
    ).all()
    hosts = sorted({row.host_country for row in rows})
    host = request.args.get("host") or ("US" if "US" in hosts else hosts[0] if hosts else "")
    if host not in hosts:
        abort(404)
    columns = sorted(subdivisions_of(host), key=lambda item: subdivision_name(item, g.lang).casefold())
    # What sister consulates keep between themselves and their partners stays there: theirs count where public.
    mine = {item.id for item in consulates_of(db.session, viewer())}
    here = [row.id for row in rows if row.host_country == host]
    public = PublicPartners.current(db.session)
    partners = partners_of(db.session, [item for item in here if item in mine], now())
    partners |= {partner for item in here for partner in public.of_consulate(item)}
    found = coverage_matrix([host], columns, lambda spot: spot.admin1, partners)
    names = {item: subdivision_name(item, g.lang) for item in columns}
    return _page(
        found,
        SearchQuery(country=(host,)),
        f"{country_name(code, g.lang)} · {country_name(host, g.lang)}",
        names,
        hosts=hosts,
        host=host,
        code=code,
    )


@region.get("/workspace/region/coverage")
def coverage_of_region() -> str:
    """The eleven countries. Partners are those who say so in public."""
    public = select(Partnership).where(Partnership.is_public, Partnership.state == PartnershipState.ACTIVE)
    partners = {item.organization_id for item in db.session.scalars(public) if item.is_in_force(today())}
    columns = sorted(MEMBER_STATES, key=lambda item: country_name(item, g.lang).casefold())
    found = coverage_matrix(MEMBER_STATES, columns, lambda spot: spot.country, partners)
    names = {item: country_name(item, g.lang) for item in columns}
    return _page(found, SearchQuery(), "", names, is_region=True)
