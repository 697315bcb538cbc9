"""Distance: right everywhere on Earth, in filters, orders and answers, and never from a place that is not public."""

from __future__ import annotations

from math import isclose
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sqlalchemy import select

from directory.clock import now
from directory.extensions import db
from directory.organizations.models import Location, Organization
from directory.places.distance import Point, great_circle_km
from directory.places.models import Place, PlaceKind, PlaceName
from directory.publication.organizations import all_organizations
from directory.search.engine.geo import distances_km
from directory.search.engine.query import Near, SearchQuery, SearchResult, Sort
from directory.search.execute import execute
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.client import CheckingClient
from tests.conftest import TOWNS
from tests.factories import add_organizations, organization_row, start_writing

HALF_ROUND_KM = 20_015.2
points = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
TIJUANA: Point = (TOWNS[1][5], TOWNS[1][6])
SECRET: Point = (32.40, -116.90)
"""Where the protected house really is: some 15 km from its city's point."""


def column(*places: Point) -> np.ndarray:
    """Points as the engine keeps them."""
    return np.radians(np.array(places, np.float64)).astype(np.float32)


@given(points, points)
@example((-17.0, 179.995), (-17.0, -179.995))
@example((90.0, 12.0), (89.9, -168.0))
@example((-90.0, 0.0), (90.0, 0.0))
@example((0.0, 0.0), (0.0, 180.0))
@example((51.0, 0.0), (51.0, 0.0144))
def test_a_column_is_within_half_a_percent_from_one_kilometre_on(one: Point, other: Point) -> None:
    expected = great_circle_km(one, other)
    assume(expected >= 1)
    assert isclose(float(distances_km(column(one), *other)[0]), expected, rel_tol=0.005)


@given(points, st.floats(0.0, 0.009), st.floats(0.0, 0.009))
def test_what_is_nearer_than_a_kilometre_is_within_three_metres(one: Point, north: float, east: float) -> None:
    other = (max(-90.0, one[0] - north), max(-180.0, one[1] - east))
    assert isclose(float(distances_km(column(one), *other)[0]), great_circle_km(one, other), abs_tol=0.003)


@given(points, points)
def test_both_ways_are_as_far_and_nothing_is_farther_than_half_round(one: Point, other: Point) -> None:
    there, back = float(distances_km(column(one), *other)[0]), float(distances_km(column(other), *one)[0])
    assert 0 <= there <= HALF_ROUND_KM
    assert isclose(there, back, rel_tol=0.005, abs_tol=0.003)


def test_a_place_without_a_point_is_at_no_distance() -> None:
    rows = np.array([[np.nan, np.nan], [0.0, 0.0]], np.float32)
    assert np.isnan(distances_km(rows, 10.0, 10.0)).tolist() == [True, False]


def test_antimeridian_and_poles_need_no_special_case() -> None:
    east_of_fiji, north_pole = column((-17.0, 179.99)), column((90.0, 77.0))
    assert isclose(float(distances_km(east_of_fiji, -17.0, -179.99)[0]), 2.13, abs_tol=0.01)
    assert float(distances_km(north_pole, 90.0, -120.0)[0]) < 0.003
    assert isclose(float(distances_km(north_pole, 89.0, -120.0)[0]), 111.19, abs_tol=0.01)


# End to end.


@pytest.fixture
def houses(app: Flask, tmp_path: Path) -> Flask:
    """Five organizations: two on both sides of the antimeridian, one at a pole, one protected, one nowhere."""
    far = {"Casa Fiji Oeste": (-17.0, 179.99), "Casa Fiji Este": (-17.0, -179.95), "Casa Polar": (90.0, 10.0)}
    nowhere = {"location_city": "", "location_admin1": ""}
    places = {
        **dict.fromkeys(far, nowhere),
        "Casa Protegida": {"latitude": str(SECRET[0]), "longitude": str(SECRET[1]), "visibility": "city_only"},
        "Casa Nowhere": nowhere,
    }
    add_organizations(
        tmp_path,
        *(
            organization_row(name=name, organization_key=name, location_key=name) | cells
            for name, cells in places.items()
        ),
    )
    # No file may say so: no member country lies there.
    start_writing()
    for place in db.session.scalars(select(Location)):
        if point := far.get(place.source_key or ""):
            place.latitude, place.longitude = point
    db.session.commit()
    synchronise(search_index(), db.session)
    return app


def names(result: SearchResult) -> list[str]:
    """The names of what was found, in order."""
    known = {row.id: row.name for row in db.session.execute(select(Organization.id, Organization.name))}
    return [known[hit.organization_id] for hit in result.hits]


def near(point: Point, within_km: float | None = None, text: str = "", sort: Sort = Sort.RELEVANCE) -> SearchResult:
    return execute(SearchQuery(text=text, near=Near(point, "x"), within_km=within_km, sort=sort))


def test_the_nearest_come_first_across_the_antimeridian(houses: Flask) -> None:
    everything = near((-17.0, -179.99))
    assert names(everything)[:2] == ["Casa Fiji Oeste", "Casa Fiji Este"]
    assert names(everything)[-1] == "Casa Nowhere"
    assert [hit.distance_km for hit in everything.hits][:2] == [2.1, 4.3]
    assert everything.hits[-1].distance_km is None
    assert names(near((-17.0, 180.0), text="casa", sort=Sort.DISTANCE)) == names(near((-17.0, -180.0)))


def test_within_is_a_circle_that_knows_antimeridian_and_poles(houses: Flask) -> None:
    assert names(near((-17.0, -179.99), within_km=3)) == ["Casa Fiji Oeste"]
    assert set(names(near((-17.0, -179.99), within_km=5))) == {"Casa Fiji Oeste", "Casa Fiji Este"}
    assert names(near((89.5, -170.0), within_km=60)) == ["Casa Polar"]
    assert "Casa Nowhere" not in names(near((0.0, 0.0), within_km=20_020))
    assert near((0.0, 0.0), within_km=20_020).total == 4


def test_a_protected_place_is_found_at_its_citys_point_and_never_at_its_own(houses: Flask) -> None:
    away = great_circle_km(TIJUANA, SECRET)
    assert away > 10
    assert names(near(TIJUANA, within_km=1)) == ["Casa Protegida"]
    assert near(TIJUANA).hits[0].distance_km == 0.0
    assert near(SECRET, within_km=away - 1).total == 0
    own = near(SECRET, within_km=away + 1)
    assert own.hits[0].distance_km == round(away, 1)
    record = next(item for item in all_organizations(db.session, now()) if item.name == "Casa Protegida")
    assert (record.locations[0].latitude, record.locations[0].longitude) == TIJUANA


def test_the_answer_says_how_far(houses: Flask) -> None:
    client = houses.test_client()
    for asked in ("32.5027,-117.00371", " 32.5027 , -117.00371 ", "t-tijuana", "Tijuana", "MX-BCN", "tijuana, mexico"):
        body = client.get("/api/v1/search", query_string={"near": asked, "within": "5"}).get_json()
        assert [(item["name"], item["distance_km"]) for item in body["results"]] == [("Casa Protegida", 0.0)], asked
    far = client.get("/api/v1/search", query_string={"near": "US", "sort": "distance"}).get_json()
    assert far["results"][0]["distance_km"] > 1000, "a country is at the point of its largest town"
    assert far["results"][-1]["distance_km"] is None
    plain = client.get("/api/v1/search?q=casa").get_json()
    assert all(item["distance_km"] is None for item in plain["results"])
    assert body["query"]["filters"]["near"] == ["tijuana, mexico"] or body["query"]["filters"]["near"] == ["t-tijuana"]


def test_a_name_of_several_places_lists_them(houses: Flask) -> None:
    start_writing()
    for place_id, admin1 in (("t-mission-tx", "US-TX"), ("t-mission-ks", "US-KS")):
        db.session.add(Place(id=place_id, kind=PlaceKind.TOWN, name="Mission", country="US", admin1=admin1,
                             latitude=26.2, longitude=-98.3, timezone="America/Chicago", population=1))  # fmt: skip
        db.session.flush()
        db.session.add(PlaceName(place_id=place_id, folded="mission", name="Mission"))
    db.session.commit()
    client = houses.test_client()
    response = client.get("/api/v1/search?near=Mission")
    assert response.status_code == 400
    detail = response.get_json()["detail"]
    assert "near" in detail
    assert "t-mission-tx" in detail
    assert "t-mission-ks" in detail
    assert client.get("/api/v1/search", query_string={"near": "Mission, Texas"}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "near=999,999", "near=90.1,0", "near=0,180.5", "near=nan,nan", "near=inf,0", "near=1e2,0", "near=0",
        "near=0,0,0", "near=%F0%9F%99%82", "near=" + "a" * 200, "within=10", "sort=distance", "sort=distance&near=",
        "within=10&near=+", "near=0,0&within=nan", "near=0,0&within=inf", "near=0,0&within=-inf", "near=0,0&within=0",
        "near=0,0&within=-1", "near=0,0&within=20021", "near=0,0&within=x", "near=0,0&within=1e999",
    ],
)  # fmt: skip
def test_what_is_no_place_or_no_distance_is_refused(client: CheckingClient, query: str) -> None:
    response = client.get(f"/api/v1/search?{query}")
    assert response.status_code == 400
    assert any(name in response.get_json()["detail"] for name in ("near", "within", "sort"))


@pytest.mark.parametrize(
    "query", ["near=-90,180", "near=90,-180", "near=0,-0", "near=%2B1.5,2", "near=0,0&within=20020"]
)
def test_any_point_on_earth_may_be_asked_from(client: CheckingClient, query: str) -> None:
    response = client.get(f"/api/v1/search?{query}&size=1")
    assert response.status_code == 200
    assert response.get_json()["results"][0]["distance_km"] > 0
