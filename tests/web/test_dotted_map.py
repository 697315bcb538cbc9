"""The dotted map's projection and drawing."""

from __future__ import annotations

import math

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from directory.web.dotted_map import REGION_CENTRE, base_map, draw, project


def test_the_centre_is_the_origin() -> None:
    assert project(*REGION_CENTRE, REGION_CENTRE) == (0.0, 0.0)


@given(st.floats(8, 57), st.floats(-130, -60))
def test_distance_from_the_centre_is_the_chord(latitude: float, longitude: float) -> None:
    """Azimuthal equal-area: the radius of a point is 2 sin(c / 2) for its angular distance c (Snyder)."""
    x, y = project(latitude, longitude, REGION_CENTRE)
    phi0, lam0 = (math.radians(value) for value in REGION_CENTRE)
    phi, lam = math.radians(latitude), math.radians(longitude)
    cosine = math.sin(phi0) * math.sin(phi) + math.cos(phi0) * math.cos(phi) * math.cos(lam - lam0)
    c = math.acos(max(-1.0, min(1.0, cosine)))
    assert math.isclose(math.hypot(x, y), 2 * math.sin(c / 2), abs_tol=1e-7)


def test_the_region_and_every_country_can_be_drawn(seeded: Flask) -> None:
    for country in (None, "US", "MX", "CA", "BZ", "DO"):
        grid, spots = base_map(country)
        assert len(spots) > 50
        assert all(0 <= spot.cell[0] <= grid.columns and 0 <= spot.cell[1] <= grid.rows for spot in spots)


def test_dots_grow_with_their_number(seeded: Flask) -> None:
    drawing = draw("MX", [(32.5, -117.0)] * 12 + [(19.4, -99.1)])
    assert set(drawing.strong) == {"s", "l"}
