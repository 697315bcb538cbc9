"""The list of OWASP ASVS 5.0.0 is whole, and what it names is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ANSWERS = ("done", "not applicable", "accepted", "not yet")
PUBLISHED = {"1": 70, "2": 183, "3": 92}
"""How many requirements the standard has of each level."""
_ROW = re.compile(r"\| (V\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")


@dataclass(frozen=True)
class Row:
    """What is answered to one requirement."""

    number: str
    level: str
    asked: str
    answer: str
    how: str

    @property
    def tests(self) -> list[str]:
        """The tests that it names, `path::name`."""
        return re.findall(r"`(tests/[\w/]+\.py::\w+)`", self.how)

    @property
    def paths(self) -> list[str]:
        """The files that it names beside its tests."""
        return [name for name in re.findall(r"`([\w./]+/[\w./]+|\w+\.(?:txt|toml))`", self.how) if "::" not in name]


@cache
def levels() -> dict[str, str]:
    """The level of each requirement, from the standard's own list."""
    found = {}
    for line in (Path(__file__).parent / "asvs_levels.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            section, each = line.split(" ")
            found |= {f"{section}.{at}": level for at, level in enumerate(each, 1)}
    return found


@cache
def page() -> str:
    return (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")


@cache
def rows() -> list[Row]:
    """The rows of the page."""
    lines = [line for line in page().splitlines() if re.match(r"\| V\d", line)]
    matches = [_ROW.fullmatch(line) for line in lines]
    assert all(matches), [line for line, match in zip(lines, matches, strict=True) if not match]
    return [Row(*match.groups()) for match in matches if match]


@cache
def names_in(path: str) -> frozenset[str]:
    """The functions of a file of tests."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_the_list_of_numbers_is_the_standards() -> None:
    assert Counter(levels().values()) == PUBLISHED
    assert len(levels()) == 345
    assert levels()["V1.2.10"] == "3"
    assert levels()["V6.2.4"] == "1"


def test_every_requirement_of_levels_one_and_two_is_answered_once_in_its_order() -> None:
    wanted = [number for number, level in levels().items() if level in "12"]
    assert len(wanted) == 253
    assert [row.number for row in rows()] == wanted
    assert {row.number: row.level for row in rows()} == {number: levels()[number] for number in wanted}


def test_the_counts_on_the_page_are_those_of_its_rows() -> None:
    said = {answer: int(count) for answer, count in re.findall(r"^- \*\*([a-z ]+)\*\* \((\d+)\)", page(), re.MULTILINE)}
    counted = Counter(row.answer for row in rows())
    assert said == {answer: counted[answer] for answer in ANSWERS}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.number)
def test_a_row_says_what_its_answer_asks_for(row: Row) -> None:
    assert row.answer in ANSWERS
    assert len(row.how.split()) >= 2
    missing = [path for path in row.paths if not (ROOT / path).is_file()]
    assert missing == []
    unknown = [name for name in row.tests if name.split("::")[1] not in names_in(name.split("::")[0])]
    assert unknown == []
    assert set(re.findall(r"`(tests/[^`]*)`", row.how)) - {*row.tests, *row.paths} == set(), "named in another way"
    if row.answer == "done":
        assert row.tests
        assert row.paths, "where it is done"
    if row.answer == "accepted":
        assert "Would change: " in row.how
    if row.answer == "not yet":
        assert row.how.startswith("Missing: ")
