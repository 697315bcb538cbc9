"""Great-circle distance over columns of coordinates in radians."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""
_DIAMETER_KM = np.float32(2 * EARTH_RADIUS_KM)
_HALF = np.float32(0.5)


def distances_km(radians: NDArray[np.float32], latitude: float, longitude: float) -> NDArray[np.float32]:
    """Kilometres from a point in degrees to each row (latitude, longitude) of float32 radians; NaN stays NaN.

    Haversine on a sphere, in float32, which holds a place to about a metre: within 0.5 % from 1 km on.
    Antimeridian and poles need no special case.
    """
    phi, lam = np.float32(np.radians(latitude)), np.float32(np.radians(longitude))
    latitudes, longitudes = radians[:, 0], radians[:, 1]
    half_phi = np.sin((latitudes - phi) * _HALF)
    half_lambda = np.sin((longitudes - lam) * _HALF)
    a = half_phi * half_phi + np.cos(latitudes) * np.cos(phi) * half_lambda * half_lambda
    return np.asarray(_DIAMETER_KM * np.arcsin(np.sqrt(np.minimum(a, np.float32(1.0)))), np.float32)
