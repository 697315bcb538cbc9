"""Which lines are shown, and how old what is said of them is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from directory.extensions import db
from directory.lines.models import HelpLine, LineKind
from directory.publication.lines import (
    current_lines,
    hours_in,
    is_older,
    kinds_for,
    lines_about,
    lines_in_danger,
    lines_of_sending,
    look_again,
)
from tests.factories import add_lines, line_row

DAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("said_on", "is_old"),
    [
        (None, False), ("2026-11-30", False), ("2024-11-30", False), ("2024-11-29", True), ("2024", False),
        ("2023", True), ("2024-11", False), ("2024-10", True),
    ],
)  # fmt: skip
def test_a_vague_date_is_old_only_where_all_of_it_is(said_on: str | None, is_old: bool) -> None:
    assert is_older(said_on, DAY, 730) is is_old


def test_what_is_old_or_doubtful_is_left_out_until_somebody_has_called(app: Flask, tmp_path: Path) -> None:
    add_lines(
        tmp_path,
        line_row(line_key="new"),
        line_row(line_key="undated", source_date=""),
        line_row(line_key="old", source_date="2019-05-29"),
        line_row(line_key="doubtful", doubtful="1"),
    )
    shown = {line.key for line in current_lines(db.session, DAY) if line.is_shown(DAY)}
    assert shown == {"new", "undated"}
    db.session.execute(update(HelpLine).values(verified_on=date(2026, 11, 1)))
    db.session.commit()
    look_again()
    assert {line.key for line in current_lines(db.session, date(2026, 12, 1)) if line.is_shown(DAY)} == {
        "new", "undated", "old", "doubtful",
    }  # fmt: skip


def test_a_confirmation_lapses_after_ninety_days(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row())
    db.session.execute(update(HelpLine).values(verified_on=date(2026, 6, 1)))
    db.session.commit()
    look_again()
    for day, status in ((date(2026, 8, 30), "verified"), (date(2026, 8, 31), "due"), (date(2026, 11, 1), "stale")):
        assert [line.status for line in current_lines(db.session, day)] == [status]


def test_the_lines_of_a_need_are_those_of_the_country_and_of_the_subdivision(app: Flask, tmp_path: Path) -> None:
    add_lines(
        tmp_path,
        line_row(line_key="us"),
        line_row(line_key="qc", country="CA", **{"from": "CA-QC"}),
        line_row(line_key="bc", country="CA", **{"from": "CA-BC"}),
        line_row(line_key="danger", kind="emergency", number="911", country="CA", in_danger="1", **{"from": "CA"}),
        line_row(line_key="child", kind="children", country="CA", **{"from": "CA"}),
    )
    lines = current_lines(db.session, DAY)
    kinds = kinds_for(["gender-based-violence"], ["unaccompanied-children"])
    assert kinds == (LineKind.VIOLENCE, LineKind.CHILDREN)
    assert [line.key for line in lines_about(lines, DAY, "CA", kinds, ["CA-QC"])] == ["qc", "child"]
    assert [line.key for line in lines_about(lines, DAY, "CA", kinds)] == ["child"]
    assert [line.key for line in lines_in_danger(lines, DAY, "CA")] == ["danger"]


def test_a_sending_country_s_lines_are_those_that_answer_from_the_host(app: Flask, tmp_path: Path) -> None:
    own = {"country": "", "sending_country": "HN", "number": "+504 3221-7309", "hours": ""}
    add_lines(
        tmp_path,
        line_row(line_key="papers", kind="consular", **own, **{"from": "US"}),
        line_row(line_key="whatsapp", kind="protection", channel="whatsapp", **own, **{"from": ""}),
        line_row(line_key="central", kind="protection", **own, **{"from": "GT"}),
        line_row(line_key="day", kind="protection", **own, **{"from": ""}),
        line_row(line_key="night", kind="protection", **(own | {"hours": "24/7"}), **{"from": "US|CA"}),
    )
    lines = current_lines(db.session, DAY)
    assert [line.key for line in lines_of_sending(lines, DAY, "HN", "US")] == ["night", "day", "papers", "whatsapp"]
    assert [line.key for line in lines_of_sending(lines, DAY, "HN", "MX")] == ["day", "whatsapp"]
    assert lines_of_sending(lines, DAY, "MX", "US") == []


def test_an_old_line_of_a_country_is_better_than_none(app: Flask, tmp_path: Path) -> None:
    own = {"country": "", "kind": "protection", "number": "+504 3221-7309", "from": "US"}
    add_lines(
        tmp_path,
        line_row(line_key="old", sending_country="GT", source_date="2015", **own),
        line_row(line_key="doubtful", sending_country="GT", doubtful="1", **own),
        line_row(line_key="hn-old", sending_country="HN", source_date="2015", **own),
        line_row(line_key="hn-new", sending_country="HN", **own),
    )
    lines = current_lines(db.session, DAY)
    assert [line.key for line in lines_of_sending(lines, DAY, "GT", "US")] == ["old"]
    assert [line.key for line in lines_of_sending(lines, DAY, "HN", "US")] == ["hn-new"]


def test_hours_are_said_in_the_language_of_the_page(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row(hours="Mo-Fr 08:00-20:00; Sa 09:30-12:00", hours_zone="America/New_York"))
    (line,) = current_lines(db.session, DAY)
    assert hours_in(line, "es") == "lun–vie 8:00–20:00, sáb 9:30–12:00 (hora oriental)"
    assert hours_in(line, "en") == "Mon–Fri 8:00–20:00, Sat 9:30–12:00 (Eastern Time)"


def test_a_change_is_seen_whatever_the_clock_says(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row())
    (before,) = current_lines(db.session, DAY)
    db.session.execute(update(HelpLine).values(name="Línea Dicha", version=2, changed_at=before.modified_at))
    db.session.commit()
    look_again()
    assert [line.name for line in current_lines(db.session, DAY)] == ["Línea Dicha"]


def test_midnight_is_a_time_of_day(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row(hours="Mo 00:00-06:00"))
    (line,) = current_lines(db.session, DAY)
    assert hours_in(line, "en") == "Mon 0:00–6:00"
