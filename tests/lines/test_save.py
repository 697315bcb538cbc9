"""Lines on record: what a person stated outlives every file, and nobody overwrites somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.changes.models import AuditEntry
from directory.database import begin_write
from directory.exchange.load import import_lines
from directory.exchange.table import BrokenFile
from directory.extensions import db
from directory.lines.models import HelpLine
from directory.lines.save import Changed, add_line, confirm_line, data_of, set_removed, state_line
from tests.factories import add_lines, line_row, write_csv

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def the_line() -> HelpLine:
    return db.session.scalars(select(HelpLine)).one()


def state(**changes: object) -> HelpLine:
    db.session.rollback()
    begin_write(db.session)
    line = the_line()
    state_line(db.session, line, line.version, replace(data_of(line), **changes), "moderator", NOW)  # type: ignore[arg-type]
    db.session.commit()
    return line


def test_a_file_renews_what_nobody_stated_and_leaves_the_rest(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row())
    state(hours="Mo-Fr 08:00-16:00")
    path = write_csv(tmp_path / "new.csv", line_row(name="Línea Nueva", hours="Sa 08:00-12:00"))
    tally = import_lines(db.session, path)
    line = the_line()
    assert (line.name, line.hours) == ("Línea Nueva", "Mo-Fr 08:00-16:00")
    assert (tally.updated, tally.kept) == (1, 1)
    again = import_lines(db.session, path)
    assert (again.updated, again.unchanged) == (0, 1)


def test_who_states_a_number_states_from_where_it_is_dialled(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row())
    db.session.rollback()
    begin_write(db.session)
    line = the_line()
    confirm_line(db.session, line, line.version, "moderator", date(2026, 11, 30), NOW)
    db.session.commit()
    line = state(text="1-888-373-7888", number="+18883737888", dial="+18883737888")
    assert line.verified_on is None, "nobody has called the new number"
    import_lines(db.session, write_csv(tmp_path / "new.csv", line_row(number="1-800-422-4453", **{"from": "US|CA"})))
    line = the_line()
    assert (line.number, line.reach) == ("+18883737888", ("US",))


def test_a_line_that_was_taken_off_stays_off(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row())
    db.session.rollback()
    begin_write(db.session)
    line = the_line()
    set_removed(db.session, line, line.version, "moderator", NOW, off=True)
    db.session.commit()
    import_lines(db.session, write_csv(tmp_path / "new.csv", line_row(name="Línea Nueva")))
    assert the_line().removed_at == NOW


def test_the_second_of_two_moderators_is_told(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row())
    db.session.rollback()
    begin_write(db.session)
    line, shown = the_line(), 1
    state_line(db.session, line, shown, replace(data_of(line), name="Una"), "first", NOW)
    for act in (
        lambda: state_line(db.session, line, shown, replace(data_of(line), name="Otra"), "second", NOW),
        lambda: confirm_line(db.session, line, shown, "second", date(2026, 11, 30), NOW),
        lambda: set_removed(db.session, line, shown, "second", NOW, off=True),
    ):
        with pytest.raises(Changed):
            act()
    assert line.name == "Una"


def test_every_change_by_hand_is_in_the_audit_trail(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row())
    state(name="Línea Dicha")
    db.session.rollback()
    begin_write(db.session)
    added = add_line(db.session, replace(data_of(the_line()), name="Línea Agregada"), "moderator", NOW)
    confirm_line(db.session, added, 1, "moderator", date(2026, 11, 30), NOW)
    set_removed(db.session, added, 2, "moderator", NOW, off=True)
    db.session.commit()
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("line-%")).order_by(AuditEntry.id))
    told = [(entry.action, (entry.before or {}).get("name"), (entry.after or {})["name"]) for entry in entries]
    assert told == [
        ("line-change", "Línea Ejemplo", "Línea Dicha"),
        ("line-add", None, "Línea Agregada"),
        ("line-confirm", None, "Línea Agregada"),
        ("line-remove", None, "Línea Agregada"),
    ]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"number": ""}, "number"),
        ({"source_name": ""}, "source_name"),
        ({"number": "911", "from": "CA"}, "number"),
        ({"number": "911", "from": ""}, "number"),
        ({"number": "quién sabe"}, "number"),
        ({"from": "XX"}, "from"),
        ({"kind": "friendship"}, "kind"),
        ({"kind": "protection"}, "kind"),
        ({"country": ""}, "country"),
        ({"sending_country": "MX"}, "country"),
        ({"channel": "pigeon"}, "channel"),
        ({"hours": "always"}, "hours"),
        ({"hours_zone": "Mars/Olympus"}, "hours_zone"),
        ({"languages": "spanish"}, "languages"),
        ({"doubtful": "maybe"}, "doubtful"),
        ({"source_date": "yesterday"}, "source_date"),
        ({"website": "javascript:alert(1)"}, "website"),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_column(
    app: Flask, tmp_path: Path, cells: dict[str, str], column: str
) -> None:
    path = write_csv(tmp_path / "bad.csv", line_row(line_key="good"), line_row(**cells))
    with pytest.raises(BrokenFile) as refused:
        import_lines(db.session, path)
    assert [(problem.line, problem.column) for problem in refused.value.problems] == [(3, column)]
    assert db.session.scalars(select(HelpLine)).all() == []


def test_the_same_key_twice_is_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="stands twice"):
        import_lines(db.session, write_csv(tmp_path / "bad.csv", line_row(), line_row()))


def test_a_confirmation_does_not_outlive_the_number_that_was_called(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row())
    db.session.rollback()
    begin_write(db.session)
    line = the_line()
    confirm_line(db.session, line, line.version, "moderator", date(2026, 11, 30), NOW)
    db.session.commit()
    add_lines(tmp_path, line_row(name="Línea Nueva"))
    assert the_line().verified_on == date(2026, 11, 30)
    add_lines(tmp_path, line_row(number="1-888-373-7888"))
    assert the_line().verified_on is None


def test_a_file_that_moves_a_line_whose_number_was_stated_moves_nothing(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row())
    state(text="1-888-373-7888", number="+18883737888", dial="8883737888")
    add_lines(tmp_path, line_row(country="", sending_country="MX", kind="protection", number="+1 520-623-7874"))
    line = the_line()
    assert (line.country, line.sending_country, line.number) == ("US", None, "+18883737888")


def test_an_export_that_leaves_notes_out_takes_none_away(app: Flask, tmp_path: Path) -> None:
    add_lines(tmp_path, line_row(note="Only for colleagues"))
    add_lines(tmp_path, line_row(name="Línea Nueva"))
    assert (the_line().name, the_line().note) == ("Línea Nueva", "Only for colleagues")


@pytest.mark.parametrize("zone", ["localtime", "Factory", "EST"])
def test_a_zone_is_that_of_a_place(app: Flask, tmp_path: Path, zone: str) -> None:
    with pytest.raises(BrokenFile, match="hours_zone"):
        add_lines(tmp_path, line_row(hours="Mo 08:00-09:00", hours_zone=zone))
