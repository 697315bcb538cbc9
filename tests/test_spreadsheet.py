"""CSV as spreadsheets write it: one reader and one writer for every file that a person touches."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from directory.exchange.load import import_organizations
from directory.exchange.table import BrokenFile
from directory.exchange.words import CONSULATE_KINDS, FLAGS, LINE_KINDS, VISIBILITIES
from directory.extensions import db
from directory.organizations.models import Organization
from directory.spreadsheet import Unreadable, damage, folded, neutral, read_day, read_sheet, written
from tests.factories import add_organizations, organization_row

ROWS = [["name", "city", "note"], ["Casa Peñasco", "Montréal, Québec", 'dijo "sí"'], ["Niño", "Mérida", "dos\nlíneas"]]


def as_file(delimiter: str, line_end: str) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(ROWS)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_spreadsheet_says_the_same(encoding: str, delimiter: str, line_end: str) -> None:
    sheet = read_sheet(as_file(delimiter, line_end).encode(encoding), ["name", "city"])
    assert sheet.header == tuple(ROWS[0])
    assert [list(cells) for _, cells in sheet.rows] == ROWS[1:]
    assert sheet.delimiter == delimiter


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("sep=;\nname;city\nCasa, Luz;Tijuana\n", [(3, ("Casa, Luz", "Tijuana"))]),
        ("SEP=|\r\nname|city\r\nCasa|Tijuana\r\n", [(3, ("Casa", "Tijuana"))]),
        ("name,city,,\nCasa,Tijuana,,\n", [(2, ("Casa", "Tijuana"))]),
        ("name,city\nCasa,Tijuana,,\n", [(2, ("Casa", "Tijuana"))]),
        ('name,city\n"Casa\nLuz",Tijuana\nDos,Tecate\n', [(2, ("Casa\nLuz", "Tijuana")), (4, ("Dos", "Tecate"))]),
        ("name,city\n\n,\nCasa,Tijuana\n", [(4, ("Casa", "Tijuana"))]),
        ('name,city\nCasa,"=""02138"""\n', [(2, ("Casa", "02138"))]),
        ("name,city\nCasa,'+52 664 682 5180\n", [(2, ("Casa", "+52 664 682 5180"))]),
        ("name,city\nCasa\u00a0Luz, Tijuana \n", [(2, ("Casa Luz", "Tijuana"))]),
        ("name,a;b\nCasa,x;y\n", [(2, ("Casa", "x;y"))]),
        ('"name";"city"\n"Casa; Luz";"Tijuana"\n', [(2, ("Casa; Luz", "Tijuana"))]),
    ],
)
def test_what_programs_add_is_taken_off_and_lines_are_the_files(
    text: str, rows: list[tuple[int, tuple[str, ...]]]
) -> None:
    assert list(read_sheet(text.encode(), ["name", "city"]).rows) == rows


@pytest.mark.parametrize(
    ("raw", "line", "said"),
    [
        (b"", 1, "empty"),
        (b"name,city\nCasa\n", 2, "has 1 cells, the header 2"),
        (b"name,city\nCasa,Tijuana,extra\n", 2, "has 3 cells, the header 2"),
        (b"name,,\nCasa,,x\n", 1, "column 2 has no name, but line 2 holds something there"),
        (b'name,city\n"Casa,Tijuana\n', 2, "not CSV"),
        (b"name,city\nCa\0sa,Tijuana\n", 2, "NUL"),
        (b"name\n\x81\x8d\n", 1, "neither UTF-8, UTF-16 nor Windows-1252"),
        (b"\xff\xfen\x00a", 1, "neither UTF-8"),
    ],
)
def test_what_is_no_table_is_said_with_its_line(raw: bytes, line: int, said: str) -> None:
    with pytest.raises(Unreadable) as told:
        read_sheet(raw)
    assert told.value.line == line and said in told.value.reason


@pytest.mark.parametrize(
    ("text", "country", "day"),
    [
        ("2026-11-30", None, date(2026, 11, 30)),
        ("30/11/2026", "MX", date(2026, 11, 30)),
        ("5/11/2026", "MX", date(2026, 11, 5)),
        ("5.11.2026", "GT", date(2026, 11, 5)),
        ("11/05/2026", "US", date(2026, 11, 5)),
        ("11/30/2026", "US", date(2026, 11, 30)),
        ("30/11/2026", "US", date(2026, 11, 30)),
        ("30-11-2026", "CA", date(2026, 11, 30)),
        ("11/30/2026", "CA", date(2026, 11, 30)),
        ("05/05/2026", "CA", date(2026, 5, 5)),
        ("5/11/2026", None, date(2026, 11, 5)),
    ],
)
def test_a_day_is_read_as_its_country_writes_it(text: str, country: str | None, day: date) -> None:
    assert read_day(text, country) == day


@pytest.mark.parametrize(
    ("text", "country", "said"),
    [
        ("5/11/2026", "CA", "may be 2026-11-05 or 2026-05-11"),
        ("5/11/2026", "PA", "may be 2026-11-05 or 2026-05-11"),
        ("31/31/2026", "MX", "is no day of the calendar"),
        ("2026-02-30", "MX", "is not a day: write it as 2026-11-30"),
        ("yesterday", "US", "is not a day: write it as 2026-11-30"),
        ("45991", "US", "is not a day: write it as 2026-11-30"),
    ],
)
def test_a_day_that_may_be_two_is_asked_back(text: str, country: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_day(text, country)


@pytest.mark.parametrize(
    ("words", "typed", "value"),
    [
        (VISIBILITIES, "PÚBLICO", "public"),
        (VISIBILITIES, "Solo ciudad", "city_only"),
        (VISIBILITIES, "city-only", "city_only"),
        (VISIBILITIES, "ville seulement", "city_only"),
        (VISIBILITIES, "Cachée", "hidden"),
        (CONSULATE_KINDS, "Consulado General", "consulate-general"),
        (CONSULATE_KINDS, "Ambassade", "embassy"),
        (LINE_KINDS, "trata de personas", "trafficking"),
        (LINE_KINDS, "POLICÍA", "police"),
        (FLAGS, "Sí", "1"),
        (FLAGS, "Non", ""),
        (FLAGS, "VERDADERO", "1"),
    ],
)
def test_closed_lists_know_the_words_of_three_languages(words: dict[str, str], typed: str, value: str) -> None:
    assert words[folded(typed)] == value


@pytest.mark.parametrize("cell", ["5.2E+11", "5,26647E+11", "1E+10", "5.2e+11"])
def test_what_a_spreadsheet_has_spoilt_is_named(app: Flask, tmp_path: Path, cell: str) -> None:
    assert damage(cell)
    with pytest.raises(BrokenFile) as told:
        add_organizations(tmp_path, organization_row(phones=cell))
    (problem,) = told.value.problems
    assert (problem.line, problem.column) == (2, "phones") and "format the column as text" in problem.reason


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("postal_code", "6600", "probably 06600"),
        ("visibility", "maybe", "is none of: public, city_only, hidden"),
        ("website", "not an address", "such as www.example.org"),
        ("source_date", "31/31/2026", "no day of the calendar"),
        ("country", "Mexico", "alpha-2"),
    ],
)
def test_a_refusal_says_what_would_be_right(app: Flask, tmp_path: Path, column: str, value: str, said: str) -> None:
    with pytest.raises(BrokenFile) as told:
        add_organizations(tmp_path, organization_row(**{column: value}))
    assert any((item.line, item.column) == (2, column) and said in item.reason for item in told.value.problems)


def test_a_list_from_excel_in_spanish_comes_in(app: Flask, tmp_path: Path) -> None:
    row = organization_row(name="Casa Peñón Ficticia", website="www.casa-ficticia.example.org", visibility="PÚBLICA",
                           source_date="5/11/2026", location_country="MX", postal_code='="02138"')  # fmt: skip
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerows([[*row, "", ""], [*row.values(), "", ""]])
    path = tmp_path / "lista.csv"
    path.write_bytes(buffer.getvalue().encode("cp1252"))
    import_organizations(db.session, path)
    found = db.session.scalars(select(Organization)).one()
    assert (found.name, found.website) == ("Casa Peñón Ficticia", "https://www.casa-ficticia.example.org")
    assert (found.source_date, found.locations[0].postal_code) == ("2026-11-05", "02138")


TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=8)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_what_is_written_for_people_is_read_back(rows: list[tuple[str, str]]) -> None:
    raw = "".join(written([("a", "b"), *rows])).encode()
    assert raw.startswith(b"\xef\xbb\xbf")
    sheet = read_sheet(raw.replace(b"\0", b""), ["a", "b"])
    kept = [tuple(read_back(cell) for cell in row) for row in rows]
    assert [cells for _, cells in sheet.rows] == [row for row in kept if any(row)]


def read_back(cell: str) -> str:
    """A cell as a reader cleans it: an apostrophe that only keeps a spreadsheet from running it is not its own."""
    quoted = neutral(cell).replace("\0", "").replace('"', '""')
    sheet = read_sheet(f'a,b\n"{quoted}",x\n'.encode(), ["a", "b"])
    return sheet.rows[0][1][0]
