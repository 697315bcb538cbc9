"""What a document is worth to what was understood, location by location: columns, no loop over documents.

One location must answer both need and place: a branch in Houston does not bring the office in Los Angeles nearer. The
formula stands in docs/search.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search.engine.bitmaps import numbers
from directory.search.engine.day import DayView
from directory.search.engine.geo import distances_km
from directory.search.engine.intent import HERE_KM, WIDER_KM, Intent, Sought
from directory.search.engine.locations import Flags, LocationFacts
from directory.search.engine.matching import rows_within
from directory.search.engine.weights import Floats

MORE_NEEDS, RELATED = 0.15, 0.3
HALF_KM, STEEPNESS = 70.0, 1.6
ACROSS_BORDER, IN_SUBDIVISION, IN_COUNTRY, COVERED, WITHOUT_POINT = 0.25, 0.16, 0.05, 0.8, 0.15
NEED_BASE, NEED_PLACE, PLACE_ALONE = 0.25, 1.6, 0.9
PEOPLE, RARE_LANGUAGE, LANGUAGE, NATIONALITY, PEOPLE_BASE = 0.35, 0.8, 0.25, 0.2, 1.5
OTHER_NATIONALITY = 0.5
NAMED, NAME_WORD = 6.0, 1.2
COMMON_LANGUAGES = frozenset({"es", "en", "fr"})
ROOT, HERE, WIDER, COUNTRY, RELATED_HERE, ANYTHING, ELSEWHERE, WORDS, NOTHING = range(9)
"""The rungs: 1 need here, 2 need in the wider area, 3 need in the country, 4 a related need here, 5 anything here,
6 the need elsewhere, 7 words; 0 what was named. 8 is none of them."""


@dataclass(frozen=True)
class Worth:
    """Scores and rungs of all documents, and the value of each location for choosing the one that is shown."""

    score: Floats
    people: Floats
    """What of the score is due to the people that are meant."""
    named: Floats
    """What of it is due to the document's name."""
    rung: NDArray[np.int8]
    location: Floats
    km: Floats | None
    """From where the person is to each location; infinite without a point."""
    need: NDArray[np.int8]
    """2 the need, 1 a related one, 0 neither, of each location."""
    here: NDArray[np.int8]
    """4 here, 3 near, 2 in the subdivision, 1 in the country, 0 elsewhere, of each location."""


def worth(intent: Intent, view: DayView) -> Worth:
    """What every document is worth, before words and the day's factors."""
    facts = view.location_facts
    need, is_need, is_related = _needs(intent, facts)
    place, near, km = _places(intent, facts, view)
    has_need = bool(intent.needs)
    location = (
        need * (NEED_BASE + NEED_PLACE * place) + PLACE_ALONE * place if has_need else NEED_PLACE * place
    ).astype(np.float32)
    base = facts.best(location)
    base = np.maximum(base, _unlocated(intent, facts, view))
    people = _people(intent, facts, view, base, has_need or intent.places)
    score = base * _nationality(intent, facts, view) + people
    named = np.zeros(len(score), np.float32)
    rung = _rungs(intent, facts, view, is_need, is_related, near)
    if intent.named is not None and len(intent.named):
        own = numbers(intent.named)
        own = own[own < view.collection.end]
        named[own] = np.float32(NAMED)
        score = score + named
        rung[own] = ROOT
    need_said = np.where(is_need, 2, np.where(is_related, 1, 0)).astype(np.int8)
    return Worth(score.astype(np.float32), people.astype(np.float32), named, rung, location, km, need_said, near)


def _needs(intent: Intent, facts: LocationFacts) -> tuple[Floats, Flags, Flags]:
    """n of each location: 1 where it offers the need, more for each further; less for a related one."""
    total = np.zeros(len(facts), np.float32)
    best = np.zeros(len(facts), np.float32)
    for area, weight in intent.needs:
        offered = facts.offers(area).astype(np.float32) * np.float32(weight)
        best = np.maximum(best, offered)
        total += offered
    is_need = best > 0
    need = np.where(is_need, best + np.float32(MORE_NEEDS) * (total - best), np.float32(0))
    related = np.zeros(len(facts), np.float32)
    for area, weight in intent.related:
        related = np.maximum(related, facts.offers(area).astype(np.float32) * np.float32(weight))
    need = np.where(is_need, need, np.float32(RELATED) * related).astype(np.float32)
    return need, is_need, ~is_need & (related > 0)


def _places(intent: Intent, facts: LocationFacts, view: DayView) -> tuple[Floats, NDArray[np.int8], Floats | None]:
    """p of each location, how near it is in words (see `Worth.here`), and the distance to where the person is."""
    place = np.zeros(len(facts), np.float32)
    near = np.full(len(facts), 4 if not intent.places else 0, np.int8)
    km: Floats | None = None
    for sought in intent.places:
        own, own_near, own_km = _place(sought, facts, view)
        place = np.maximum(place, own * np.float32(sought.weight))
        if sought.weight == 1.0:
            near = np.maximum(near, np.int8(4) if sought.is_filter else own_near)
            km = own_km if km is None else km
    return place, near, km


def _place(sought: Sought, facts: LocationFacts, view: DayView) -> tuple[Floats, NDArray[np.int8], Floats | None]:
    collection = view.collection
    in_country = facts.within(sought.country) if sought.country else np.zeros(len(facts), np.bool_)
    in_admin1 = facts.within(sought.admin1) if sought.admin1 else np.zeros(len(facts), np.bool_)
    inside = np.zeros(len(facts), np.bool_)
    for code in sought.codes:
        inside |= facts.within(code)
    for consulate in sought.consulates:
        inside |= rows_within(consulate, collection)
    km: NDArray[Any] | None = None
    reach = sought.radius_km or HERE_KM
    if sought.point is not None:
        km = np.nan_to_num(distances_km(collection.arrays["location_radians"], *sought.point), nan=np.inf)
        beyond: NDArray[Any] = (
            km if not sought.codes else np.asarray(np.maximum(km - np.float32(WIDER_KM), 0), np.float32)
        )
        if sought.radius_km and not sought.codes:
            beyond = np.asarray(np.maximum(km - np.float32(sought.radius_km / 2), 0), np.float32)
        place = (1.0 / (1.0 + (beyond / HALF_KM) ** STEEPNESS)).astype(np.float32)
        if sought.country:
            place = np.where(in_country, place, place * np.float32(ACROSS_BORDER))
    else:
        place = np.zeros(len(facts), np.float32)
    unknown = np.float32(WITHOUT_POINT if sought.codes else IN_COUNTRY)
    place = np.maximum(place, np.where(in_country & ~facts.has_point, unknown, np.float32(0)))
    # Far away in the same country the nearer is still the better one.
    floor = np.where(in_admin1, np.float32(IN_SUBDIVISION), np.where(in_country, np.float32(IN_COUNTRY), np.float32(0)))
    place = np.maximum(place, floor * (_fading(km) if km is not None else np.float32(1)))
    is_region = bool(sought.codes or sought.consulates)
    place = np.where(inside, np.float32(1), np.minimum(place, np.float32(0.9)) if is_region else place)
    covered = _covering(sought, facts, view)
    place = np.where(covered, np.maximum(place, np.float32(COVERED)), place).astype(np.float32)
    is_near = km <= reach if km is not None and not is_region else np.zeros(len(facts), np.bool_)
    across = in_country if sought.country else np.ones(len(facts), np.bool_)
    is_wider = (km <= WIDER_KM) & across if km is not None else np.zeros(len(facts), np.bool_)
    is_here = inside | (is_near & (across | (km <= reach / 2 if km is not None else across))) | covered
    near = np.select(
        [is_here, is_wider | (in_admin1 if not is_region else is_wider), in_admin1, in_country], [4, 3, 2, 1], 0
    )
    return place.astype(np.float32), near.astype(np.int8), km


def _fading(km: Floats) -> Floats:
    """Between 1 and a half: what a floor is worth at a distance."""
    return (0.5 + 0.5 / (1.0 + np.minimum(km, 20_000.0) / 800.0)).astype(np.float32)


def _covering(sought: Sought, facts: LocationFacts, view: DayView) -> Flags:
    """Locations whose organization says that it covers the subdivision or country without being there."""
    covered = np.zeros(view.collection.end, np.bool_)
    for facet, code in (("admin1", sought.admin1), ("country", sought.country)):
        if not code or (facet == "country" and sought.admin1 is None and not sought.codes):
            continue
        holders = facts.holds(facet, code)
        present = np.zeros(view.collection.end, np.bool_)
        present[facts.owner[facts.within(code)]] = True
        covered |= holders & ~present
    return covered[facts.owner] if len(facts) else np.empty(0, np.bool_)


def _unlocated(intent: Intent, facts: LocationFacts, view: DayView) -> Floats:
    """What documents without any location are worth: by their organization's areas and country."""
    found = np.zeros(view.collection.end, np.float32)
    if not intent.needs and not intent.places:
        return found
    bare = np.ones(view.collection.end, np.bool_)
    bare[facts.located] = False
    need = np.zeros(view.collection.end, np.float32)
    for area, weight in intent.needs:
        need = np.maximum(need, facts.holds("area", area) * np.float32(weight))
    place = np.zeros(view.collection.end, np.float32)
    for sought in intent.places:
        if sought.country:
            own = facts.holds("country", sought.country) * np.float32(WITHOUT_POINT * sought.weight)
            place = np.maximum(place, own)
    value = need * (NEED_BASE + NEED_PLACE * place) + PLACE_ALONE * place
    return np.where(bare, value, np.float32(0)).astype(np.float32)


def _nationality(intent: Intent, facts: LocationFacts, view: DayView) -> Floats | np.float32:
    """Who names another nationality, and not this one, comes after: half the base."""
    if intent.nationality is None:
        return np.float32(1)
    own = facts.holds("nationality", intent.nationality)
    names_any = np.zeros(view.collection.end, np.bool_)
    names_any[numbers(view.collection.any_nationality)] = True
    return np.where(names_any & ~own, np.float32(OTHER_NATIONALITY), np.float32(1)).astype(np.float32)


def _people(intent: Intent, facts: LocationFacts, view: DayView, base: Floats, is_placed: object) -> Floats:
    """What it counts to work for the people that are meant, in their language."""
    end = view.collection.end
    met = np.zeros(end, np.float32)
    for population, weight in intent.populations:
        met += facts.holds("population", population) * np.float32(weight)
    added: NDArray[Any] = np.float32(PEOPLE) * np.sqrt(met)
    for language, weight in intent.languages:
        share = LANGUAGE if language in COMMON_LANGUAGES else RARE_LANGUAGE
        added = added + facts.holds("language", language) * np.float32(share * weight)
    if intent.nationality is not None:
        added = added + facts.holds("nationality", intent.nationality) * np.float32(NATIONALITY)
    limit = np.minimum(np.float32(1), base / np.float32(PEOPLE_BASE)) if is_placed else np.float32(1)
    return (added * limit).astype(np.float32)


def _rungs(
    intent: Intent, facts: LocationFacts, view: DayView, is_need: Flags, is_related: Flags, near: NDArray[np.int8]
) -> NDArray[np.int8]:
    """The rung of each document: the best of its locations'."""
    end = view.collection.end
    if not intent.needs and not intent.places:
        return _rungs_of_people(intent, facts, end)
    if intent.needs:
        own = np.select(
            [is_need & (near == 4), is_need & (near == 3), is_need & (near >= 1), is_related & (near == 4), near == 4,
             is_need | (is_related & (near >= 1))],
            [HERE, WIDER, COUNTRY, RELATED_HERE, ANYTHING, ELSEWHERE],
            NOTHING,
        )  # fmt: skip
    else:
        own = np.select([near == 4, near == 3, near >= 1], [HERE, WIDER, COUNTRY], NOTHING)
    rung = np.full(end, NOTHING, np.int8)
    if len(facts.located):
        rung[facts.located] = np.minimum.reduceat(own.astype(np.int8), facts.starts)
    return np.minimum(rung, _unlocated_rungs(intent, facts, end))


def _unlocated_rungs(intent: Intent, facts: LocationFacts, end: int) -> NDArray[np.int8]:
    bare = np.ones(end, np.bool_)
    bare[facts.located] = False
    has_need = np.zeros(end, np.bool_)
    for area, _ in intent.needs:
        has_need |= facts.holds("area", area)
    in_country = np.zeros(end, np.bool_) if intent.places else np.ones(end, np.bool_)
    for sought in intent.places:
        if sought.country:
            in_country |= facts.holds("country", sought.country)
    found = bare & in_country & (has_need if intent.needs else True)
    inside = np.full(end, not intent.places or any(sought.is_filter for sought in intent.places))
    for code in (code for sought in intent.places for code in sought.codes if not code.startswith("county:")):
        inside |= facts.holds("country" if len(code) == 2 else "admin1", code)
    return np.select([found & inside, found, bare & has_need], [HERE, COUNTRY, ELSEWHERE], NOTHING).astype(np.int8)


def _rungs_of_people(intent: Intent, facts: LocationFacts, end: int) -> NDArray[np.int8]:
    """Without need or place: who works for the people, in the language, of the nationality that are meant."""
    met = np.zeros(end, np.bool_)
    for facet, values in (("population", intent.populations), ("language", intent.languages)):
        for value, _ in values:
            met |= facts.holds(facet, value)
    if intent.nationality is not None:
        met |= facts.holds("nationality", intent.nationality)
    return np.where(met, HERE, NOTHING).astype(np.int8)
