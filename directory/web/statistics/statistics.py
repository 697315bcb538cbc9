"""The register in figures: a consulate's own, a country's, and sums of the region that tell of nobody."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Sequence
from datetime import date

from flask import Response, abort, g, render_template, request
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.policy import Permission
from directory.clock import today
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.publication.consulates import consulate_name, public_consulates
from directory.referrals.choices import answer_names, outcome_names
from directory.statistics.register import ANSWERS, OUTCOMES, Entry, entries, months, total_of
from directory.statistics.upkeep import upkeep_of
from directory.vocabulary.catalogue import vocabulary
from directory.web.consulates.country import liaison, own_country
from directory.web.consulates.desk import consulate_at
from directory.web.partnerships.desk import joint
from directory.web.statistics.tables import Names, Period, as_csv, bars_of, stacks_of, tables_of

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
MAX_MONTHS = 60


def _chosen() -> Period:
    """What the address says; the last twelve months where it says nothing. 400 for what cannot be read."""
    last = today().replace(day=1)
    first = last.replace(year=last.year - 1, month=last.month + 1) if last.month < 12 else last.replace(month=1)
    since, until = _month("since", first), _month("until", last)
    terms = vocabulary(db.session)
    need, population = request.args.get("need", ""), request.args.get("population", "")
    is_known = (not need or need in terms.areas) and (not population or population in terms.populations)
    if since > until or len(list(months(since, until))) > MAX_MONTHS or not is_known:
        abort(400, gettext("These months or filters cannot be used together."))
    return Period(since, until, need, population)


def _month(name: str, default: date) -> date:
    typed = request.args.get(name, "")
    if not typed:
        return default
    found = _MONTH.fullmatch(typed)
    if found is None:
        abort(400, gettext("Write a month like 2026-11."))
    return date(int(found[1]), int(found[2]), 1)


def _page(
    found: Sequence[Entry], period: Period, consulates: Names | None, hosts: Collection[str], **more: object
) -> str:
    return render_template(
        "statistics/statistics.html",
        tables=tables_of(found, period, consulates),
        total=total_of(found),
        upkeep=upkeep_of(db.session, hosts, period.since, period.until),
        hosts=sorted(hosts),
        period=period,
        answers=answer_names(),
        answer_keys=ANSWERS,
        answer_labels=[answer_names()[key] for key in ANSWERS],
        outcomes=outcome_names(),
        outcome_keys=OUTCOMES,
        chart_of=stacks_of,
        bars_of=bars_of,
        **more,
    )


def _found(period: Period, consulate_ids: Collection[uuid.UUID] | None) -> list[Entry]:
    return entries(db.session, period.since, period.until, consulate_ids, period.need, period.population)


@joint.get("/workspace/consulates/<slug>/statistics")
def statistics(slug: str) -> str:
    """The consulate's own."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    period = _chosen()
    return _page(_found(period, [consulate.id]), period, None, [consulate.host_country], record=record)


@joint.get("/workspace/consulates/<slug>/statistics.csv")
def statistics_csv(slug: str) -> Response:
    """The same for a spreadsheet."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    period = _chosen()
    found = _found(period, [consulate.id])
    return as_csv(
        tables_of(found, period, None), total_of(found), f"{record.slug}-{period.since:%Y-%m}-{period.until:%Y-%m}"
    )


def _of_country(code: str) -> dict[object, str]:
    ids = db.session.scalars(
        select(Consulate.id)
        .where(Consulate.sending_country == code)
        .order_by(Consulate.host_country, Consulate.city, Consulate.id)
    )
    return {record.id: consulate_name(record, g.lang) for record in public_consulates(db.session, list(ids))}


def _without_silent(consulates: dict[object, str], found: Sequence[Entry]) -> dict[object, str]:
    """Only consulates that referred somebody: a list of forty zeros helps nobody."""
    active = {entry.consulate_id for entry in found}
    return {key: name for key, name in consulates.items() if key in active}


@liaison.get("/workspace/countries/<code>/statistics")
def statistics_of_country(code: str) -> str:
    """All consulates of a country, for its liaison."""
    own_country(code, Permission.ANSWER_FOR_COUNTRY)
    period, consulates = _chosen(), _of_country(code)
    found = _found(period, list(consulates))  # type: ignore[arg-type]  # the keys are ids
    hosts = set(
        db.session.scalars(
            select(Consulate.host_country).where(Consulate.sending_country == code, Consulate.removed_at.is_(None))
        )
    )
    return _page(found, period, _without_silent(consulates, found), hosts, code=code)


@liaison.get("/workspace/countries/<code>/statistics.csv")
def statistics_of_country_csv(code: str) -> Response:
    """The same for a spreadsheet."""
    own_country(code, Permission.ANSWER_FOR_COUNTRY)
    period, consulates = _chosen(), _of_country(code)
    found = _found(period, list(consulates))  # type: ignore[arg-type]  # the keys are ids
    tables = tables_of(found, period, _without_silent(consulates, found))
    return as_csv(tables, total_of(found), f"{code}-{period.since:%Y-%m}-{period.until:%Y-%m}")
