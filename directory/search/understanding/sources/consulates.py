"""Consulates as a text may name them: *consulado de Honduras en Houston*."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from directory.places.distance import great_circle_km
from directory.search.engine.analysis import words
from directory.search.understanding.reading import ReadPlace

NEAR_KM = 80.0


class KnownConsulate(NamedTuple):
    """A consulate in public sight. `point` in degrees."""

    slug: str
    sending: str
    host: str
    admin1: str | None
    city: str | None
    point: tuple[float, float] | None
    is_open: bool
    is_embassy: bool = False


class ConsulateNames:
    """Finds the consulate that is meant by a sending country and a place."""

    def __init__(self, consulates: Iterable[KnownConsulate] = ()) -> None:
        self._by_sending: dict[str, list[KnownConsulate]] = {}
        for consulate in consulates:
            self._by_sending.setdefault(consulate.sending, []).append(consulate)
        self._sending = {item.slug: item.sending for known in self._by_sending.values() for item in known}

    def sending(self, slugs: Iterable[str]) -> frozenset[str]:
        """The countries that send these consulates."""
        return frozenset(self._sending[slug] for slug in slugs if slug in self._sending)

    def find(self, sending: str | None, place: ReadPlace | None) -> str | None:
        """The slug of the nearest open one at the place, else in its country; None where there is none."""
        if sending is None or place is None:
            return None
        ranked = []
        others = []
        for item in self._by_sending.get(sending, ()):
            if not item.is_open or item.host != place.country:
                continue
            km = great_circle_km(item.point, place.point) if item.point and place.point else inf
            is_there = words(item.city or "") == words(place.name) and item.admin1 == place.admin1
            is_within = item.admin1 in place.codes or (item.is_embassy and item.host in place.codes)
            if km <= NEAR_KM or is_there or is_within:
                ranked.append((km, item.slug))
            else:
                others.append((km, item.slug))
        found = ranked or [item for item in others if item[0] < inf]
        return min(found)[1] if found else None
