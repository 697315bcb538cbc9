"""The four pages that most people need of a pocket guide: for each kind of need the nearest who can be called."""

from __future__ import annotations

from dataclasses import dataclass

from directory.places.distance import Point, great_circle_km
from directory.publication.consulate_records import PublicConsulate
from directory.vocabulary.catalogue import Vocabulary
from directory.web.paper.guide import Entry, Guide

EACH = 4
"""Organizations a group of needs: with seven groups they fill three pages of A5."""


@dataclass(frozen=True)
class Nearest:
    """An entry of the guide, where it is, and how far from the consulate; None where a point is unknown."""

    entry: Entry
    place: str
    km: float | None


def nearest_by_need(guide: Guide, terms: Vocabulary) -> list[tuple[str, list[Nearest]]]:
    """For each group of needs that somebody in the area meets: its label, and the nearest, who can be called first."""
    seat = _seat(guide.consulate)
    near = [_nearest(entry, seat, guide.language) for entry in guide.entries]
    near.sort(key=lambda item: (not item.entry.phones, item.km is None, item.km or 0.0, item.entry.number))
    found = []
    for slug, group in terms.groups.items():
        areas = {term.slug for term in terms.areas_of(slug)}
        once = {item.entry.record.id: item for item in reversed(near) if areas.intersection(item.entry.areas)}
        chosen = sorted(once.values(), key=near.index)[:EACH]
        if chosen:
            found.append((group.labels[guide.language], chosen))
    return found


def _seat(consulate: PublicConsulate) -> Point | None:
    if consulate.latitude is None or consulate.longitude is None:
        return None
    return consulate.latitude, consulate.longitude


def _nearest(entry: Entry, seat: Point | None, language: str) -> Nearest:
    places = entry.locations or entry.record.locations[:1]
    measured = [
        (great_circle_km(seat, (place.latitude, place.longitude)), place)
        for place in places
        if seat and place.latitude is not None and place.longitude is not None
    ]
    km, place = min(measured, key=lambda item: item[0]) if measured else (None, next(iter(places), None))
    return Nearest(entry, place.place_in(language) if place else "", km)
