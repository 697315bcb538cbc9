"""Checks of single cells. Each returns the clean value and notes a problem instead of raising."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from urllib.parse import urlsplit

from directory.exchange.table import Problem, Row
from directory.places.countries import country_name, is_country, is_subdivision
from directory.places.lookup import Town, TownIndex
from directory.places.misplaced import misplaced
from directory.spreadsheet import folded, read_day
from directory.vocabulary.languages import is_language
from directory.web_address import MAX_URL, normal_url

FIVE_DIGITS = frozenset({"US", "MX", "CR", "GT", "HN", "NI", "DO"})
"""Countries whose postal codes have five digits."""
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_EMAIL = re.compile(r"[^@\s<>()]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class RowChecker:
    """Reads the cells of one row and collects what is wrong with them in `problems`."""

    def __init__(self, row: Row, problems: list[Problem]) -> None:
        self.row = row
        self.problems = problems

    def fail(self, column: str, reason: str) -> None:
        """Note that `column` of this row cannot be used."""
        self.problems.append(Problem(self.row.line, column, reason))

    def required(self, column: str, max_length: int) -> str:
        """A cell that must be filled."""
        if not self.row[column]:
            self.fail(column, "must be filled")
        return self.optional(column, max_length) or ""

    def optional(self, column: str, max_length: int) -> str | None:
        """A cell that may be blank: None then."""
        value = self.row[column]
        if len(value) > max_length:
            self.fail(column, f"longer than {max_length} characters")
        return value or None

    def one_of(self, column: str, allowed: Mapping[str, str], default: str | None = None) -> str:
        """A cell from a closed set (`spreadsheet.words_for`), in any of three languages; `default` where blank."""
        typed = self.row[column] or default or ""
        value = allowed.get(folded(typed))
        if value is None:
            known = ", ".join(dict.fromkeys(map(str, allowed.values())))
            self.fail(column, f"{typed!r} is none of: {known}")
        return str(value or typed)

    def several(self, column: str, is_known: Callable[[str], bool], what: str) -> list[str]:
        """The values of a cell with bars, each once; every unknown one is a problem."""
        values = list(dict.fromkeys(self.row.list(column)))
        for value in values:
            if not is_known(value):
                self.fail(column, f"{value!r} is not {what}")
        return values

    def country(self, column: str) -> str:
        """An ISO 3166-1 alpha-2 code, which must be given."""
        value = self.row[column]
        if not is_country(value):
            self.fail(column, f"{value!r} is not an ISO 3166-1 alpha-2 country code")
        return value

    def admin1(self, column: str, country: str) -> str | None:
        """An ISO 3166-2 code of `country`, or None."""
        value = self.row[column]
        if value and not (is_subdivision(value) and value.startswith(f"{country}-")):
            self.fail(column, f"{value!r} is not an ISO 3166-2 subdivision of {country or 'the country'}")
        return value or None

    def languages(self, column: str) -> list[str]:
        """Codes of spoken languages."""
        return self.several(column, is_language, "an ISO 639-1 code, or an ISO 639-3 code where there is none")

    def web_address(self, column: str) -> str | None:
        """An address on the web, or None; one without a protocol gets it."""
        value = self.optional(column, MAX_URL)
        if value is None or is_web_address(value):
            return value
        try:
            return normal_url(value)
        except ValueError:
            self.fail(column, f"{value!r} is not an address on the web, such as www.example.org")
            return value

    def postal_code(self, column: str, country: str) -> str | None:
        """A postal code, or None; one that lost its first zero to a spreadsheet is named."""
        value = self.optional(column, 16)
        if value and country in FIVE_DIGITS and re.fullmatch(r"\d{3,4}", value):
            self.fail(column, f"{value!r} lost its first zero: probably {value:0>5}; format the column as text")
        return value

    def email(self, column: str) -> str | None:
        """An e-mail address, or None."""
        value = self.optional(column, 120)
        if value and not _EMAIL.fullmatch(value):
            self.fail(column, f"{value!r} is not an e-mail address")
        return value

    def vague_date(self, column: str) -> str | None:
        """A date as precise as known: YYYY, YYYY-MM or YYYY-MM-DD; or None."""
        value = self.row[column]
        if not value or is_vague_date(value):
            return value or None
        try:
            country = self.row["location_country"] or self.row["host_country"] or self.row["country"]
            return read_day(value, country).isoformat()
        except ValueError as error:
            self.fail(column, f"{error}; a year or a month is enough: 2026, 2026-11")
            return value

    def point(self, latitude: str, longitude: str) -> tuple[float, float] | None:
        """Coordinates in degrees, both or neither."""
        if not self.row[latitude] and not self.row[longitude]:
            return None
        first = self._degrees(latitude, 180)
        second = self._degrees(longitude, 180)
        if first is not None and abs(first) > 90:
            swapped = ": latitude and longitude are probably swapped" if second and abs(second) <= 90 else ""
            self.fail(latitude, f"{first} is not between -90 and 90{swapped}")
            return None
        return None if first is None or second is None else (first, second)

    def town_and_point(
        self, country: str, admin1: str | None, city: str | None, towns: TownIndex
    ) -> tuple[Town | None, tuple[float, float] | None]:
        """The town of an office and its own point; one that is not where its town or country is, is a problem."""
        point = self.point("latitude", "longitude")
        if self.row["precision"] not in ("", "exact"):
            point = None  # our own export gave the town's point; the gazetteer gives it again
        town = towns.find(country, admin1, city, point) if city else None
        if point is None:
            return town, None
        where = town.name if town else country_name(country, "en")
        if reason := misplaced(point, towns.points(country, town), where):
            self.fail("latitude", reason)
        return town, point

    def _degrees(self, column: str, limit: float) -> float | None:
        try:
            value = float(self.row[column])
        except ValueError:
            self.fail(column, f"{self.row[column]!r} is not a number of degrees")
            return None
        if not -limit <= value <= limit:
            self.fail(column, f"{value} is not between -{limit} and {limit}")
            return None
        return value


def is_web_address(value: str) -> bool:
    """Whether a text is an http or https address of a host, of at most 300 characters."""
    if len(value) > 300:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and not re.search(r"[\s<>\"]", value)


def is_vague_date(value: str) -> bool:
    """Whether a text is YYYY, YYYY-MM or a day of the calendar."""
    if not _DATE.fullmatch(value):
        return False
    year, month, day = (*map(int, value.split("-")), 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
