"""What is counted of a search: phrases and unmet needs, numbers alone; the text itself leaves no trace."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text

from directory.database import begin_write
from directory.extensions import db
from directory.operations.housekeeping import save_uses
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from directory.search.follower import search_index
from directory.search.phrases.uses import take_phrase_uses, uses_of, write_phrase_uses
from directory.search.sync import synchronise
from directory.statistics.models import UnmetNeed
from directory.statistics.unmet import (
    KEPT_WEEKS,
    count_unmet,
    forget_unmet,
    periods,
    take_unmet,
    unmet_table,
    write_unmet,
)
from directory.vocabulary.models import LexiconPhrase, PhraseUse
from tests.client import CheckingClient
from tests.factories import add_organizations, organization_row
from tests.site import letters, read, visitor

TODAY = date(2026, 11, 30)


@pytest.fixture
def anybody(site: Flask, tmp_path: Path) -> CheckingClient:
    """A visitor of a site with one shelter, in Tijuana."""
    with site.app_context():
        add_organizations(tmp_path, organization_row())
        synchronise(search_index(), db.session)
    return visitor(site)


def ask(client: CheckingClient, **arguments: str) -> str:
    return client.get("/en/search", query_string=arguments).get_data(as_text=True)


def unmet(site: Flask) -> dict[tuple[str, str], int]:
    with site.app_context():
        return dict(take_unmet())


def test_a_need_that_nobody_near_offers_counts_once_in_ten_minutes(site: Flask, anybody: CheckingClient) -> None:
    ask(anybody, q="comida en McAllen")
    ask(anybody, q="food McAllen Texas")
    anybody.get("/api/v1/search", query_string={"q": "comida McAllen"})
    assert unmet(site) == {("food", "US-TX"): 1}
    ask(anybody, q="comida en McAllen")
    assert unmet(site) == {}, "the same need in the same state within ten minutes"


@pytest.mark.parametrize(
    "arguments",
    [
        {"q": "albergue en Tijuana"},  # somebody is there
        {"q": "comida"},  # no place
        {"q": "McAllen"},  # no need
        {"q": "comida México"},  # a whole country
        {"q": "comida en McAllen", "page": "2"},
        {"q": "comida en McAllen", "language": "mam"},
        {"q": "comida en McAllen", "population": "women"},
        {"q": "comida en McAllen", "available": "1"},
        {"q": "xyzzy McAllen"},
        {"q": "comida en McAllen", "sort": "name"},  # the first page is not the nearest
        {"q": "comida en McAllen", "admin1": "MX-JAL"},  # two places
        {"area": "food", "admin1": "us-tx"},  # no code of a subdivision
    ],
)
def test_what_says_nothing_of_a_need_is_not_counted(
    site: Flask, anybody: CheckingClient, arguments: dict[str, str]
) -> None:
    ask(anybody, **arguments)
    assert unmet(site) == {}


def test_the_two_taps_count_too(site: Flask, anybody: CheckingClient) -> None:
    ask(anybody, area="food", near="26.2,-98.2")
    ask(anybody, area="food", admin1="MX-JAL")
    assert unmet(site) == {("food", "US-TX"): 1, ("food", "MX-JAL"): 1}


def test_counting_is_off_where_the_installation_says_so(site: Flask, anybody: CheckingClient) -> None:
    site.extensions["directory.counts_needs"] = False
    ask(anybody, q="comida en McAllen")
    assert unmet(site) == {}


def test_only_need_state_and_week_are_kept(site: Flask, anybody: CheckingClient) -> None:
    ask(anybody, q="comida en McAllen para mi hijo Juan Pérez, hondureño, habla mam")
    with site.app_context():
        save_uses()
        found = db.session.scalars(select(UnmetNeed).order_by(UnmetNeed.area))
        rows = [(row.area, row.admin1, row.week.weekday(), row.count) for row in found]
        db.session.remove()
    assert rows == [("food", "US-TX", 0, 1), ("interpretation", "US-TX", 0, 1)]
    assert {column.key for column in inspect(UnmetNeed).columns} == {"week", "area", "admin1", "count"}


def test_phrases_are_counted_as_read_and_as_struck_out(site: Flask, anybody: CheckingClient) -> None:
    ask(anybody, q="comida")
    ask(anybody, q="comida", literal="comida")
    ask(anybody, q="comida", page="2")
    with site.app_context():
        own = db.session.scalars(select(LexiconPhrase.id).filter_by(folded="comida", value="food")).one()
        db.session.rollback()
        save_uses()
        assert uses_of(db.session, [own]) == {own: (1, 1)}
        db.session.rollback()
        save_uses()
        assert uses_of(db.session, [own]) == {own: (1, 1)}, "what was written is not written again"
        db.session.remove()


def test_a_phrase_that_is_gone_is_passed_over(app: Flask) -> None:
    begin_write(db.session)
    write_phrase_uses(db.session, take_phrase_uses() + type(take_phrase_uses())({(10**6, False): 3}), TODAY)
    assert db.session.scalar(select(func.count()).select_from(PhraseUse)) == 0


@pytest.fixture
def counted(app: Flask) -> Iterator[Flask]:
    """A write transaction with what four weeks counted."""
    begin_write(db.session)
    (latest, *_) = periods(TODAY)
    for day, counts in (
        (latest.first, {("food", "US-TX"): 7, ("food", "US-LA"): 3, ("shelter", "US-TX"): 12, ("food", "MX-JAL"): 9}),
        (latest.last, {("food", "US-TX"): 1, ("shelter", "US-LA"): 6}),
    ):
        write_unmet(db.session, type(take_unmet())(counts), day)
    yield app


def test_small_numbers_and_what_tells_them_are_withheld(counted: Flask) -> None:
    table = unmet_table(db.session, periods(TODAY)[0], ["US"])
    assert (table.rows, table.columns) == (("food", "shelter"), ("US-LA", "US-TX"))
    assert table.cells["food", "US-LA"] is None
    hidden = sum(value is None for value in [*table.cells.values(), *table.row_totals.values()])
    assert hidden >= 2, "a row with one blank and its total tells the blank"
    assert table.total == 29


def test_periods_are_always_the_same_whole_weeks() -> None:
    today = periods(TODAY)
    assert all((item.last - item.first).days == 27 and item.first.weekday() == 0 for item in today)
    assert today[0].last < TODAY
    assert len(today) <= KEPT_WEEKS // 4
    tomorrow = periods(date(2026, 12, 1))
    assert set(today) <= set(tomorrow) | {today[-1]}


def test_after_two_years_it_is_forgotten(counted: Flask) -> None:
    assert forget_unmet(db.session, TODAY) == 0
    assert forget_unmet(db.session, date(2029, 1, 1)) == 6


def test_the_network_sees_the_table_and_takes_it_along(site: Flask, anybody: CheckingClient) -> None:
    from directory.accounts.models import Role
    from tests.site import database, make_user, signed_in

    with database(site):
        write_unmet(db.session, type(take_unmet())({("food", "US-TX"): 3}), date(2024, 1, 10))
        count_unmet([])
    officer = signed_in(site, make_user(site, "o@x.example", Role.CONSULATE, country="HN"))
    officer.page("/en/workspace/region/needs")
    page = "/en/workspace/region/needs?country=US&from=2024-01-01"
    assert officer.get(page).status_code == 404, "older than two years"
    with database(site):
        latest = periods(read_today(site))[0]
        write_unmet(db.session, type(take_unmet())({("food", "US-TX"): 3, ("food", "US-LA"): 8}), latest.first)
    officer.page("/en/workspace/region/needs?country=US")
    shown = officer.get("/en/workspace/region/needs.csv?country=US")
    assert shown.mimetype == "text/csv"
    assert "<5" in shown.get_data(as_text=True)
    assert ",3," not in shown.get_data(as_text=True)
    assert officer.get("/en/workspace/region/needs?country=ZZ").status_code == 400
    assert officer.get("/en/workspace/region/needs?from=today").status_code == 400


def read_today(site: Flask) -> date:
    from directory.clock import today

    with site.app_context():
        return today()


class Kept(logging.Handler):
    """Everything that is logged, with its arguments."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")


SECRET = "xyzzyfamilia"


def test_a_search_text_is_in_no_log_metric_table_or_letter(site: Flask, anybody: CheckingClient) -> None:
    kept = Kept()
    logging.getLogger().addHandler(kept)
    before = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        page = anybody.get("/en/search", query_string={"q": f"comida McAllen {SECRET}"})
        anybody.get("/api/v1/search", query_string={"q": f"comida McAllen {SECRET}"})
        anybody.get("/api/v1/suggest", query_string={"q": SECRET})
        anybody.get("/en/search", query_string={"q": SECRET, "area": "nothing"})
        anybody.get("/en/search/not-understood", query_string={"q": SECRET})
        with site.app_context():
            save_uses()
    finally:
        logging.getLogger().removeHandler(kept)
        logging.getLogger().setLevel(before)
    assert [line for line in kept.lines if SECRET in line] == []
    assert page.headers["Referrer-Policy"] == "no-referrer", "no other site is told the address"
    assert SECRET not in anybody.get("/metrics").get_data(as_text=True)
    assert letters(site) == []
    assert read(site, _tables_with_secret) == []


def _tables_with_secret() -> list[str]:
    """Every table in which the text stands."""
    found = []
    for table in inspect(db.engine).get_table_names():
        rows = db.session.execute(text(f'SELECT * FROM "{table}"'))
        if any(SECRET in str(row) for row in rows):
            found.append(table)
    return found


def test_what_is_wrong_with_an_address_does_not_repeat_the_text(anybody: CheckingClient) -> None:
    answer = anybody.get("/en/search", query_string={"q": f"comida {SECRET}", "near": "nowhere at all"})
    assert answer.status_code == 400
    told = answer.get_data(as_text=True)
    assert f"q={SECRET}" not in told.partition("<main")[2].replace("&amp;", "&").split("notice-urgent")[1][:400]


def test_the_reading_rests_on_rows_of_the_table(seeded: Flask) -> None:
    found = execute(SearchQuery("abogado para menores McAllen")).reading
    phrases = db.session.scalars(select(LexiconPhrase.folded).where(LexiconPhrase.id.in_(found.rows)))
    assert set(phrases) & {"abogado", "menores"}
    struck = execute(SearchQuery("abogado para menores McAllen", literal=("abogado",))).reading
    assert set(struck.struck) & set(found.rows)
    assert not set(struck.struck) & set(struck.rows)
