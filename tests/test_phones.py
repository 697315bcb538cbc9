"""Telephone numbers as their sources print them."""

from __future__ import annotations

import csv

import pytest

from directory.phones import ParsedPhone, display_phone, parse_phones
from directory.settings import resource_dir


@pytest.mark.parametrize(
    ("printed", "country", "numbers"),
    [
        ("(664) 6825180 / (664) 3827685", "MX", ["+526646825180", "+526643827685"]),
        ("01 (664) 683-0575", "MX", ["+526646830575"]),
        ("1-800-668-5950 or 613-632-0179 for headquarters", "CA", ["+18006685950", None]),
        ("(213) 928 2917 / 477 775 0485", "US", ["+12139282917", None]),
        ("+502 2337-4909; +502 2366-4215", "GT", ["+50223374909", "+50223664215"]),
        ("", "US", []),
        ("call us", "US", [None]),
    ],
)
def test_numbers_are_split_and_parsed(printed: str, country: str, numbers: list[str | None]) -> None:
    assert [phone.number for phone in parse_phones(printed, country)] == numbers


def test_an_extension_is_kept_apart() -> None:
    assert parse_phones("403-346-8818 ext. 228", "CA") == [ParsedPhone("+14033468818", "403-346-8818 ext. 228", "228")]
    assert parse_phones("(718) 739-4100 (Ext. 225)", "US")[0].extension == "225"


def test_the_same_number_stands_once() -> None:
    assert len(parse_phones("(686)554-5364, (686)554-6045, +52 686 554 5364", "MX")) == 2


def test_what_cannot_be_parsed_is_kept_as_text() -> None:
    assert parse_phones("ask at the parish", "MX") == [ParsedPhone(None, "ask at the parish")]


def test_a_number_is_shown_with_its_country_code() -> None:
    assert display_phone("+526646825180").startswith("+52 ")


def test_nearly_all_numbers_of_the_seed_data_parse() -> None:
    with (resource_dir("seed_data") / "organizations.csv").open(encoding="utf-8", newline="") as file:
        cells = [(row["phones"], row["location_country"]) for row in csv.DictReader(file) if row["phones"]]
    whole = [all(phone.number for phone in parse_phones(cell, country)) for cell, country in cells]
    assert len(cells) == 2093
    assert sum(whole) >= 2050
