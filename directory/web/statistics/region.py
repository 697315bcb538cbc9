"""The sums of the region by quarter, as far as they tell of nobody."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, abort, g, render_template, request
from flask_babel import gettext
from sqlalchemy import select

from directory.clock import today
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.referrals.choices import answer_names, outcome_names
from directory.referrals.remind import ABANDONED_AFTER, GIVE_UP_AFTER
from directory.statistics.register import Entry, entries
from directory.statistics.suppression import SafeTable, safe_median, suppress
from directory.vocabulary.catalogue import vocabulary
from directory.web.languages import page_blueprint
from directory.web.statistics.chart import Bar, Stack, bars, stacks
from directory.web.statistics.tables import csv_response

region: Blueprint = page_blueprint("region", __name__)
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])")
ANSWERS_FINAL = ABANDONED_AFTER + timedelta(days=1)
"""So long after its end nobody can answer a referral of a quarter any more."""
OUTCOMES_FINAL = ABANDONED_AFTER + GIVE_UP_AFTER + timedelta(days=2)
"""And so long after it what became of those accepted is settled."""


@dataclass(frozen=True)
class RegionTable:
    """A table of the region after suppression."""

    key: str
    title: str
    labels: Mapping[str, str]
    columns: Mapping[str, str]
    safe: SafeTable


def _quarter() -> tuple[str, date, date]:
    """The quarter of the address, else the last final one.

    Quarters do not overlap: from a year and three of its quarters one could tell the fourth. And they are shown once
    nothing in them can change: from two readings a day apart one could tell the case of that day.
    """
    typed = request.args.get("quarter", "")
    if typed:
        found = _QUARTER.fullmatch(typed)
        if found is None:
            abort(400, gettext("Write a quarter like 2026-Q3."))
        year, number = int(found[1]), int(found[2])
    else:
        year, number = map(int, recent_quarters(today(), 1)[0].split("-Q"))
    since = date(year, 3 * number - 2, 1)
    if today() < _final_on(year, number, ANSWERS_FINAL):
        abort(400, gettext("This quarter is not final yet: what grows from day to day would tell of single cases."))
    return f"{year}-Q{number}", since, since.replace(month=3 * number)


def _final_on(year: int, number: int, after: timedelta) -> date:
    """From which day on the figures of a quarter cannot change any more."""
    end = date(year + (number == 4), 3 * number % 12 + 1, 1)
    return end + after


def _quarter_before(year: int, number: int) -> tuple[int, int]:
    return (year, number - 1) if number > 1 else (year - 1, 4)


def recent_quarters(on: date, count: int = 8) -> list[str]:
    """The last quarters whose answers are final, the newest first."""
    found: list[str] = []
    year, number = on.year, (on.month + 2) // 3
    while len(found) < count:
        year, number = _quarter_before(year, number)
        if on >= _final_on(year, number, ANSWERS_FINAL):
            found.append(f"{year}-Q{number}")
    return found


def _region_tables(
    found: Sequence[Entry], country_of: Mapping[uuid.UUID, str], *, with_outcomes: bool
) -> list[RegionTable]:
    """Needs by answer; then situations and outcomes. Sums over countries only.

    The second and third table share nothing with the first but one total. Where the first withholds it, they are
    left out, since their rows would give it away.
    """
    terms = vocabulary(db.session)
    needs = {slug: term.labels[g.lang] for slug, term in terms.areas.items()}
    situations = {slug: term.labels[g.lang] for slug, term in terms.populations.items()} | {"": gettext("not said")}
    outcomes = outcome_names() | {"": gettext("not closed yet")}
    by_need = _region_table("need", gettext("By need"), needs, answer_names(), found, country_of)
    tables = [by_need]
    if by_need.safe.total is not None:
        column = {"all": gettext("Referrals")}
        tables.append(_region_table("population", gettext("By situation"), situations, column, found, country_of))
    if with_outcomes and by_need.safe.column_totals["accepted"] is not None:
        accepted = [entry for entry in found if entry.answer == "accepted"]
        column = {"all": gettext("Accepted referrals")}
        tables.append(
            _region_table("outcome", gettext("What became of those accepted"), outcomes, column, accepted, country_of)
        )
    return [table for table in tables if table.safe.rows]


def _region_table(
    key: str,
    title: str,
    labels: Mapping[str, str],
    columns: Mapping[str, str],
    found: Sequence[Entry],
    country_of: Mapping[uuid.UUID, str],
) -> RegionTable:
    """Counts by one attribute of the entries and, where there is more than one column, by answer."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for entry in found:
        column = entry.answer if len(columns) > 1 else next(iter(columns))
        by_country = counts.setdefault((getattr(entry, key), column), {})
        country = country_of[entry.consulate_id]
        by_country[country] = by_country.get(country, 0) + entry.count
    rows = tuple(row for row in labels if any(place == row for place, _ in counts))
    return RegionTable(key, title, labels, columns, suppress(counts, rows, tuple(columns)))


def _region_chart(table: RegionTable) -> tuple[Stack, ...] | tuple[Bar, ...]:
    """A table of the region as bars; with parts where it has several columns."""
    safe = table.safe
    if len(safe.columns) == 1:
        return bars((table.labels[row], safe.cells[(row, safe.columns[0])]) for row in safe.rows)
    return stacks(
        (table.labels[row], [safe.cells[(row, column)] for column in safe.columns], safe.row_totals[row])
        for row in safe.rows
    )


def _region_figures() -> tuple[str, list[RegionTable], float | None]:
    quarter, since, until = _quarter()
    found = entries(db.session, since, until)
    country_of = {
        row.id: row.sending_country for row in db.session.execute(select(Consulate.id, Consulate.sending_country))
    }
    hours: dict[str, list[float]] = {}
    for entry in found:
        hours.setdefault(country_of[entry.consulate_id], []).extend(entry.hours)
    year, number = map(int, quarter.split("-Q"))
    is_settled = today() >= _final_on(year, number, OUTCOMES_FINAL)
    return quarter, _region_tables(found, country_of, with_outcomes=is_settled), safe_median(hours)


@region.get("/workspace/region/statistics")
def statistics_of_region() -> str:
    """Sums of all countries for one quarter."""
    quarter, tables, hours = _region_figures()
    return render_template(
        "statistics/statistics_region.html",
        quarter=quarter,
        quarters=recent_quarters(today()),
        tables=tables,
        median_hours=hours,
        chart_of=_region_chart,
    )


@region.get("/workspace/region/statistics.csv")
def statistics_of_region_csv() -> Response:
    """The same for a spreadsheet."""
    quarter, tables, _ = _region_figures()
    withheld = gettext("withheld")
    rows: list[list[object]] = []
    for table in tables:
        rows.append([table.title, *table.columns.values(), gettext("Total")])
        for row in table.safe.rows:
            cells = [table.safe.cells[(row, column)] for column in table.safe.columns]
            shown = [withheld if cell is None else cell for cell in (*cells, table.safe.row_totals[row])]
            rows.append([table.labels[row], *shown])
    return csv_response(rows, f"region-{quarter}")
