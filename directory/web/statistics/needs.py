"""Looked for and not found: needs that nobody near could meet, by subdivision, for the network."""

from __future__ import annotations

from datetime import date

from flask import Response, abort, g, render_template, request
from flask_babel import gettext

from directory.clock import today
from directory.extensions import db
from directory.places.countries import MEMBER_STATES, subdivision_name
from directory.statistics.suppression import SafeTable
from directory.statistics.unmet import Period, periods, unmet_table
from directory.vocabulary.catalogue import vocabulary
from directory.web.statistics.region import region
from directory.web.statistics.tables import csv_response

WITHHELD = "<5"


def _asked() -> tuple[str, Period | None, SafeTable | None]:
    """The country and the period of the address, and their table; the latest period where none is named."""
    country = request.args.get("country", "US")
    if country not in MEMBER_STATES:
        abort(400)
    ended = periods(today())
    named = request.args.get("from")
    if named is None:
        period = ended[0] if ended else None
    else:
        period = next((item for item in ended if item.first == _day(named)), None) or abort(404)
    return country, period, unmet_table(db.session, period, [country]) if period else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(400)


@region.get("/workspace/region/needs")
def needs() -> str:
    """What was looked for in a country, and nobody on record near offers it."""
    country, period, table = _asked()
    names = {code: subdivision_name(code, g.lang) for code in (table.columns if table else ())}
    return render_template(
        "statistics/needs.html", country_code=country, period=period, periods=periods(today()), table=table, names=names
    )


@region.get("/workspace/region/needs.csv")
def needs_csv() -> Response:
    """The same as a file."""
    country, period, table = _asked()
    if period is None or table is None:
        abort(404)
    labels = vocabulary(db.session).areas
    header = [gettext("Need"), *table.columns, gettext("Total")]
    rows = [
        [labels[area].labels[g.lang] if area in labels else area,
         *(_shown(table.cells[area, place]) for place in table.columns), _shown(table.row_totals[area])]
        for area in table.rows
    ]  # fmt: skip
    totals = [gettext("Total"), *(_shown(table.column_totals[place]) for place in table.columns), _shown(table.total)]
    return csv_response([header, *rows, totals], f"needs-{country}-{period.first}")


def _shown(count: int | None) -> object:
    return WITHHELD if count is None else count
