"""Great-circle distance between two points."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""
Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def great_circle_km(one: Point, other: Point) -> float:
    """Kilometres between two points (haversine; the error against the ellipsoid is below 0.6 %)."""
    phi1, phi2 = radians(one[0]), radians(other[0])
    half_phi = (phi2 - phi1) / 2
    half_lambda = radians(other[1] - one[1]) / 2
    a = sin(half_phi) ** 2 + cos(phi1) * cos(phi2) * sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(a)))
