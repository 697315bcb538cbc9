"""Whether a point is where its town is, and what was probably meant where it is not."""

from __future__ import annotations

from collections.abc import Sequence

from directory.places.distance import Point, great_circle_km

FAR_KM = 100.0
"""No office is farther from its own town than this."""
_NEAR_ZERO = 0.01


def misplaced(point: Point, known: Sequence[Point], where: str) -> str | None:
    """Why a point cannot be right, with what was probably meant; None if it may be.

    `known`: the point of its town, else those of all towns of its country; `where`: how these are called.
    Coordinates in degrees.
    """
    if not known:
        return None
    if abs(point[0]) < _NEAR_ZERO and abs(point[1]) < _NEAR_ZERO:
        return "0, 0 is in the Atlantic: leave both cells blank where the point is not known"
    nearest = _nearest_km(point, known)
    if nearest <= FAR_KM:
        return None
    latitude, longitude = point
    slips = (
        ("its sign was lost", (latitude, -longitude)),
        ("latitude and longitude are swapped", (longitude, latitude)),
        ("latitude and longitude are swapped, and a sign was lost", (longitude, -latitude)),
        ("latitude and longitude are swapped, and a sign was lost", (-longitude, latitude)),
        ("its sign was lost", (-latitude, longitude)),
        ("both signs are wrong", (-latitude, -longitude)),
    )
    for what, meant in slips:
        if abs(meant[0]) <= 90 and _nearest_km(meant, known) <= FAR_KM:
            return f"{latitude}, {longitude} is {nearest:,.0f} km from {where}: {what}; probably {meant[0]}, {meant[1]}"
    return f"{latitude}, {longitude} is {nearest:,.0f} km from {where}; at most {FAR_KM:.0f} km are believed"


def _nearest_km(point: Point, known: Sequence[Point]) -> float:
    return min(great_circle_km(point, other) for other in known)
