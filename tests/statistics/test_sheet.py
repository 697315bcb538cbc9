"""The sheet for a meeting: it says what the matrix says, and one number for one thing."""

from __future__ import annotations

import re
import uuid

from directory.statistics.coverage import Cell, Figure, Matrix
from directory.statistics.sheet import sheet_of
from tests.client import text_of
from tests.world import World


def _cell(*ids: int) -> Cell:
    cell = Cell()
    cell.organizations[Figure.TOTAL] = {uuid.UUID(int=number) for number in ids}
    return cell


def test_an_organization_in_two_places_counts_once() -> None:
    cells = {("food", "US-TX"): _cell(1, 2), ("food", "US-NM"): _cell(2), ("shelter", "US-TX"): _cell(2)}
    sheet = sheet_of(Matrix(("food", "shelter", "legal-aid"), ("US-NM", "US-TX"), cells), 5, 1)
    assert (sheet.total, sheet.placed, sheet.unplaced) == (5, 2, 3)
    assert sheet.places == (("US-TX", 2), ("US-NM", 1))
    assert [(item.area, item.count, item.without) for item in sheet.scarce] == [
        ("legal-aid", 0, ("US-NM", "US-TX")), ("shelter", 1, ("US-NM",)), ("food", 2, ()),
    ]  # fmt: skip


def test_five_of_each_at_most_and_places_without_any_are_none_of_the_fullest() -> None:
    columns = tuple(f"US-{letter}X" for letter in "ABCDEFG")
    matrix = Matrix(tuple(f"area-{number}" for number in range(9)), columns, {("area-0", "US-AX"): _cell(1)})
    sheet = sheet_of(matrix, 1, 0)
    assert sheet.places == (("US-AX", 1),) and len(sheet.scarce) == 5
    assert sheet_of(Matrix((), (), {}), 0, 0).places == ()


def test_the_desk_and_the_sheet_name_one_number(world: World) -> None:
    world.follow()
    desk = text_of(world.mcallen.page(world.desk()))
    sheet = text_of(world.mcallen.page(world.desk("coverage")))
    assert "a una organización de nuestra circunscripción" in desk
    assert "1 organización · 0 confirmadas" in sheet
    assert "nadie" not in sheet.lower().replace("no significa que nadie ayude", ""), "the source is silent, not empty"


def test_every_column_is_reachable_in_chunks(world: World) -> None:
    page = world.liaison.get("/es/workspace/countries/HN/coverage?host=US").get_data(as_text=True)
    assert page.count('class="matrix"') == -(-page.count('<th scope="col">') // 8) > 5


def test_what_was_done_for_the_directory_is_shown_before_anybody_was_referred(world: World) -> None:
    page = text_of(world.mcallen.page(world.desk("statistics")))
    assert re.search(r"0\s*organizaciones confirmadas.*0\s*llamadas anotadas", page)
    assert page.index("El directorio") < page.index("Ninguna canalización")
