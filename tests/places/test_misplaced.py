"""A point is where its town is, or the file is told what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.exchange.table import BrokenFile
from directory.extensions import db
from directory.organizations.models import Location
from directory.places.lookup import TownIndex
from directory.places.misplaced import misplaced
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row

MCALLEN, TIJUANA = (26.20341, -98.23001), (32.5027, -117.00371)


@pytest.mark.parametrize(
    ("point", "town", "said"),
    [
        ((26.2, -98.2), MCALLEN, None),
        ((26.9, -98.2), MCALLEN, None),
        ((0.0, 0.0), MCALLEN, "0, 0 is in the Atlantic"),
        ((0.0001, -0.0001), TIJUANA, "0, 0 is in the Atlantic"),
        ((26.2, 98.2), MCALLEN, "its sign was lost; probably 26.2, -98.2"),
        ((-26.2, -98.2), MCALLEN, "its sign was lost; probably 26.2, -98.2"),
        ((-26.2, 98.2), MCALLEN, "both signs are wrong; probably 26.2, -98.2"),
        ((-98.2, 26.2), MCALLEN, "swapped; probably 26.2, -98.2"),
        ((98.2, 26.2), MCALLEN, "swapped, and a sign was lost; probably 26.2, -98.2"),
        ((-117.0, 32.5), TIJUANA, "swapped; probably 32.5, -117.0"),
        ((32.5, 117.0), TIJUANA, "its sign was lost; probably 32.5, -117.0"),
        ((19.4, -99.1), TIJUANA, "at most 100 km"),
        ((41.88, -87.63), MCALLEN, "km from McAllen; at most 100 km"),
    ],
)
def test_what_cannot_be_is_named_with_what_was_meant(
    point: tuple[float, float], town: tuple[float, float], said: str | None
) -> None:
    found = misplaced(point, [town], "McAllen")
    assert (found is None) if said is None else (said in (found or "").replace("latitude and longitude are ", ""))


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert misplaced((1.0, 2.0), [], "nowhere") is None


@pytest.mark.parametrize(
    ("latitude", "longitude", "said"),
    [
        ("32.5027", "117.00371", "its sign was lost; probably 32.5027, -117.00371"),
        ("0", "0", "0, 0 is in the Atlantic"),
        ("25.67", "-100.31", "km from Tijuana"),
        ("-117.00371", "32.5027", "latitude and longitude are probably swapped"),
    ],
)
def test_an_import_refuses_it_by_line_and_column(
    app: Flask, tmp_path: Path, latitude: str, longitude: str, said: str
) -> None:
    row = organization_row(location_city="Tijuana", location_admin1="MX-BCN", latitude=latitude, longitude=longitude)
    with pytest.raises(BrokenFile) as told:
        add_organizations(tmp_path, row)
    (problem,) = told.value.problems
    assert (problem.line, problem.column) == (2, "latitude") and said in problem.reason
    assert db.session.scalars(select(Location)).all() == []


def test_consulates_too_and_a_country_stands_for_a_town_that_is_not_known(app: Flask, tmp_path: Path) -> None:
    row = consulate_row(city="Xyzzy", host_country="US", admin1="US-TX", latitude="26.2", longitude="98.23")
    with pytest.raises(BrokenFile) as told:
        add_consulates(tmp_path, row)
    assert "km from United States" in told.value.problems[0].reason


def test_of_two_towns_of_one_name_the_point_says_which(seeded: Flask) -> None:
    towns = TownIndex(db.session, ["US"])
    south, north = (42.120967, -77.947062), (42.87, -74.27)
    found = [towns.find("US", "US-NY", "Wellsville", point) for point in (south, north, None)]
    assert [round(town.longitude or 0) for town in found if town] == [-78, -74, -74]
    assert towns.find("US", None, "Wellsville", south) == found[0], "no state is needed where a point is"
