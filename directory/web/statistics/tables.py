"""Figures as tables of a page and as a CSV file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, g
from flask_babel import gettext

from directory.extensions import db
from directory.referrals.choices import answer_names, outcome_names
from directory.spreadsheet import written
from directory.statistics.register import ANSWERS, OUTCOMES, Entry, Figures, figures_by, months
from directory.vocabulary.catalogue import vocabulary
from directory.web.statistics.chart import Bar, Stack, bars, stacks

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


@dataclass(frozen=True)
class Table:
    """Figures by something, named and in order."""

    key: str
    title: str
    rows: Sequence[tuple[str, Figures]]


def tables_of(found: Sequence[Entry], period: Period, consulates: Names | None) -> list[Table]:
    """By need, situation and month; by consulate too, where their names are given."""
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


def as_csv(tables: Sequence[Table], total: Figures, name: str) -> Response:
    """The tables one below the other, and their total."""
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
    return Response(
        "".join(written(rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


def bars_of(table: Table) -> tuple[Bar, ...]:
    """How many referrals, one bar a row."""
    return bars((label, figures.sent) for label, figures in table.rows)


def stacks_of(table: Table) -> tuple[Stack, ...]:
    """The answers of a table as bars with parts."""
    return stacks((label, [figures.answers[key] for key in ANSWERS], figures.sent) for label, figures in table.rows)
