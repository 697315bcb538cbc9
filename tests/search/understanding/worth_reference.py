"""What a record is worth to what was understood, in plain Python: location by location, as docs/search.md says it."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

from directory.places.distance import great_circle_km
from directory.publication.records import PublicLocation, PublicOrganization
from directory.search.engine.intent import HERE_KM, WIDER_KM, Intent, Sought

COMMON = ("es", "en", "fr")


def score(record: PublicOrganization, intent: Intent) -> float:
    """Its score before words and the day's factors."""
    if record.locations:
        base = max(_location(record, place, intent) for place in record.locations)
    else:
        base = _without_location(record, intent)
    return base * _nationality(record, intent) + _people(record, intent, base)


def _location(record: PublicOrganization, place: PublicLocation, intent: Intent) -> float:
    near = max((sought.weight * nearness(record, place, sought) for sought in intent.places), default=0.0)
    if not intent.needs:
        return 1.6 * near
    need = _need(_offered(record, place), intent)
    return need * (0.25 + 1.6 * near) + 0.9 * near


def _offered(record: PublicOrganization, place: PublicLocation) -> Iterable[str]:
    return place.areas or record.areas


def _need(offered: Iterable[str], intent: Intent) -> float:
    met = sorted((weight for area, weight in intent.needs if area in offered), reverse=True)
    if met:
        return met[0] + 0.15 * sum(met[1:])
    return 0.3 * max((weight for area, weight in intent.related if area in offered), default=0.0)


def nearness(record: PublicOrganization, place: PublicLocation, sought: Sought) -> float:
    """p: how near a location is to a place that was named."""
    is_inside = any(_lies_in(place, code) for code in sought.codes)
    in_country = bool(sought.country) and place.country == sought.country
    value = 0.0
    km = None
    if sought.point is not None and place.latitude is not None and place.longitude is not None:
        km = great_circle_km((place.latitude, place.longitude), sought.point)
        beyond = km
        if sought.codes:
            beyond = max(km - WIDER_KM, 0.0)
        elif sought.radius_km:
            beyond = max(km - sought.radius_km / 2, 0.0)
        value = 1 / (1 + (beyond / 70) ** 1.6)
        if sought.country and not in_country:
            value *= 0.25
    if in_country and place.latitude is None:
        value = max(value, 0.15 if sought.codes else 0.05)
    floor = 0.16 if sought.admin1 and place.admin1 == sought.admin1 else 0.05 if in_country else 0.0
    if sought.point is not None:
        floor *= 0.5 + 0.5 / (1 + min(km if km is not None else 20_000.0, 20_000.0) / 800)
    value = max(value, floor)
    if sought.codes:
        value = 1.0 if is_inside else min(value, 0.9)
    return max(value, 0.8) if _covers(record, sought) else value


def _lies_in(place: PublicLocation, code: str) -> bool:
    if code.startswith("county:"):
        return place.admin2 == code.removeprefix("county:")
    return code == (place.country if len(code) == 2 else place.admin1)


def _covers(record: PublicOrganization, sought: Sought) -> bool:
    """Says that it covers the subdivision, or the country where a part of it was meant, without being there."""
    for code, said in ((sought.admin1, record.admin1s), (sought.country, record.countries)):
        is_asked = code and (len(code) > 2 or sought.admin1 is not None or sought.codes)
        if is_asked and code in said and not any(_lies_in(place, code) for place in record.locations):
            return True
    return False


def _without_location(record: PublicOrganization, intent: Intent) -> float:
    if not intent.needs and not intent.places:
        return 0.0
    need = max((weight for area, weight in intent.needs if area in record.areas), default=0.0)
    near = max((0.15 * sought.weight for sought in intent.places if sought.country in record.countries), default=0.0)
    return need * (0.25 + 1.6 * near) + 0.9 * near


def _nationality(record: PublicOrganization, intent: Intent) -> float:
    named = record.nationalities
    return 0.5 if intent.nationality and named and intent.nationality not in named else 1.0


def _people(record: PublicOrganization, intent: Intent, base: float) -> float:
    added = 0.35 * sqrt(sum(weight for group, weight in intent.populations if group in record.populations))
    for language, weight in intent.languages:
        added += (0.25 if language in COMMON else 0.8) * weight * (language in record.languages)
    if intent.nationality:
        added += 0.2 * (intent.nationality in record.nationalities)
    return added * (min(1.0, base / 1.5) if intent.needs or intent.places else 1.0)


def here(record: PublicOrganization, place: PublicLocation, sought: Sought) -> bool:
    """Whether a location is where the person is, or serves it: the first rung."""
    if any(_lies_in(place, code) for code in sought.codes) or _covers(record, sought):
        return True
    if sought.codes or sought.point is None or place.latitude is None or place.longitude is None:
        return False
    km = great_circle_km((place.latitude, place.longitude), sought.point)
    reach = sought.radius_km or HERE_KM
    is_across = bool(sought.country) and place.country != sought.country
    return km <= (reach / 2 if is_across else reach)


def is_on_first_rung(record: PublicOrganization, intent: Intent) -> bool:
    """Whether one of its locations offers the need, and is here."""
    return any(
        any(area in _offered(record, place) for area, _ in intent.needs)
        and any(here(record, place, sought) for sought in intent.places)
        for place in record.locations
    )
