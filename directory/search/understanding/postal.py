"""Postal codes that our own records have, and their first three signs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from directory.search.engine.analysis import words
from directory.search.understanding.reading import ReadPlace

AREA_SIGNS = 3
AREA_KM = 25.0
COUNTRIES = ("US", "MX", "CA")
"""Whose codes are read; five digits are first the US's, then Mexico's."""


def postal_places(rows: Iterable[tuple[str, str, str | None, float, float]]) -> dict[str, ReadPlace]:
    """A place for each code and for each beginning of three signs: the mean of its locations."""
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    regions: dict[tuple[str, str], Counter[str | None]] = defaultdict(Counter)
    for country, code, admin1, latitude, longitude in rows:
        if country not in COUNTRIES:
            continue
        folded = "".join(words(code))[: 5 if country != "CA" else AREA_SIGNS]
        for key in {folded, folded[:AREA_SIGNS]}:
            points[country, key].append((latitude, longitude))
            regions[country, key][admin1] += 1
    found: dict[str, ReadPlace] = {}
    for country in COUNTRIES:
        for (owner, key), known in points.items():
            if owner != country or key in found or not key:
                continue
            middle = sum(p[0] for p in known) / len(known), sum(p[1] for p in known) / len(known)
            is_area = len(key) == AREA_SIGNS
            found[key] = ReadPlace(
                value=f"{middle[0]:.4f},{middle[1]:.4f}",
                name=key.upper(),
                country=country,
                admin1=regions[owner, key].most_common(1)[0][0],
                point=(round(middle[0], 5), round(middle[1], 5)),
                radius_km=AREA_KM if is_area else None,
            )
    return found
