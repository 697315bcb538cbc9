"""The register in figures: a consulate's own, a country's, and sums of the region that tell of nobody."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, abort, g, render_template, request
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.policy import Permission
from directory.clock import today
from directory.consulates.models import Consulate
from directory.exchange.export import neutral
from directory.extensions import db
from directory.publication.consulates import consulate_name, public_consulates
from directory.referrals.choices import answer_names, outcome_names
from directory.referrals.remind import ABANDONED_AFTER, GIVE_UP_AFTER
from directory.statistics.register import ANSWERS, OUTCOMES, Entry, Figures, entries, figures_by, months, total_of
from directory.statistics.suppression import SafeTable, safe_median, suppress
from directory.vocabulary.catalogue import vocabulary
from directory.web.consulates.country import liaison, own_country
from directory.web.consulates.desk import consulate_at
from directory.web.languages import page_blueprint
from directory.web.partnerships.desk import joint
from directory.web.statistics.chart import Bar, Stack, bars, stacks

region: Blueprint = page_blueprint("region", __name__)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])")
MAX_MONTHS = 60
ANSWERS_FINAL = ABANDONED_AFTER + timedelta(days=1)
"""So long after its end nobody can answer a referral of a quarter any more."""
OUTCOMES_FINAL = ABANDONED_AFTER + GIVE_UP_AFTER + timedelta(days=2)
"""And so long after it what became of those accepted is settled."""
Names = Mapping[object, str]


@dataclass(frozen=True)
class Period:
    """Months from one first day to another, both included, and what else is chosen."""

    since: date
    until: date
    need: str
    population: str

    def arguments(self) -> dict[str, str]:
        """The same for an address."""
        chosen = {"since": f"{self.since:%Y-%m}", "until": f"{self.until:%Y-%m}"}
        return chosen | {key: value for key in ("need", "population") if (value := getattr(self, key))}


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


@dataclass(frozen=True)
class Table:
    """Figures by something, named and in order."""

    key: str
    title: str
    rows: Sequence[tuple[str, Figures]]


def _tables(found: Sequence[Entry], period: Period, consulates: Names | None) -> list[Table]:
    terms = vocabulary(db.session)
    by_need, by_population = figures_by(found, "need"), figures_by(found, "population")
    by_month = figures_by(found, "month")
    tables = [
        Table("need", gettext("By need"), [
            (term.labels[g.lang], by_need[slug]) for slug, term in terms.areas.items() if slug in by_need
        ]),
        Table("population", gettext("By situation"), [
            *((term.labels[g.lang], by_population[slug]) for slug, term in terms.populations.items()
              if slug in by_population),
            *([(gettext("not said"), by_population[""])] if "" in by_population else []),
        ]),
        Table("month", gettext("By month"), [
            (f"{month:%Y-%m}", by_month.get(month, Figures())) for month in months(period.since, period.until)
        ]),
    ]  # fmt: skip
    if consulates is not None:
        by_consulate = figures_by(found, "consulate_id")
        rows = [(name, by_consulate.get(key, Figures())) for key, name in consulates.items()]
        tables.insert(0, Table("consulate", gettext("By consulate"), rows))
    return tables


def _as_csv(tables: Sequence[Table], total: Figures, name: str) -> Response:
    answers, outcomes = answer_names(), outcome_names()
    header = [
        gettext("Table"), gettext("Row"), gettext("Referrals"), *(answers[key] for key in ANSWERS),
        gettext("Median hours to the answer"), *(outcomes[key] for key in OUTCOMES),
    ]  # fmt: skip
    rows = [[table.title, label, *_cells(figures)] for table in tables for label, figures in table.rows]
    return csv_response([header, *rows, [gettext("Total"), "", *_cells(total)]], name)


def _cells(figures: Figures) -> list[object]:
    return [
        figures.sent,
        *(figures.answers[key] for key in ANSWERS),
        "" if figures.median_hours is None else figures.median_hours,
        *(figures.outcomes[key] for key in OUTCOMES),
    ]


def csv_response(rows: Sequence[Sequence[object]], name: str) -> Response:
    """A file for a spreadsheet, with no cell that would run as a formula."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows([[neutral(cell) for cell in row] for row in rows])
    return Response(
        "\ufeff" + buffer.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


def _page(found: Sequence[Entry], period: Period, consulates: Names | None, **more: object) -> str:
    return render_template(
        "statistics/statistics.html",
        tables=_tables(found, period, consulates),
        total=total_of(found),
        period=period,
        answers=answer_names(),
        answer_keys=ANSWERS,
        answer_labels=[answer_names()[key] for key in ANSWERS],
        outcomes=outcome_names(),
        outcome_keys=OUTCOMES,
        chart_of=_stacks,
        bars_of=_bars,
        **more,
    )


def _bars(table: Table) -> tuple[Bar, ...]:
    """How many referrals, one bar a row."""
    return bars((label, figures.sent) for label, figures in table.rows)


def _stacks(table: Table) -> tuple[Stack, ...]:
    """The answers of a table as bars with parts."""
    return stacks((label, [figures.answers[key] for key in ANSWERS], figures.sent) for label, figures in table.rows)


def _found(period: Period, consulate_ids: Collection[uuid.UUID] | None) -> list[Entry]:
    return entries(db.session, period.since, period.until, consulate_ids, period.need, period.population)


@joint.get("/workspace/consulates/<slug>/statistics")
def statistics(slug: str) -> str:
    """The consulate's own."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    period = _chosen()
    return _page(_found(period, [consulate.id]), period, None, record=record)


@joint.get("/workspace/consulates/<slug>/statistics.csv")
def statistics_csv(slug: str) -> Response:
    """The same for a spreadsheet."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    period = _chosen()
    found = _found(period, [consulate.id])
    return _as_csv(
        _tables(found, period, None), total_of(found), f"{record.slug}-{period.since:%Y-%m}-{period.until:%Y-%m}"
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
    return _page(found, period, _without_silent(consulates, found), code=code)


@liaison.get("/workspace/countries/<code>/statistics.csv")
def statistics_of_country_csv(code: str) -> Response:
    """The same for a spreadsheet."""
    own_country(code, Permission.ANSWER_FOR_COUNTRY)
    period, consulates = _chosen(), _of_country(code)
    found = _found(period, list(consulates))  # type: ignore[arg-type]  # the keys are ids
    tables = _tables(found, period, _without_silent(consulates, found))
    return _as_csv(tables, total_of(found), f"{code}-{period.since:%Y-%m}-{period.until:%Y-%m}")


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
