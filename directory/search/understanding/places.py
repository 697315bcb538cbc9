"""Which of eleven *Victorias*: by the region beside it, what was chosen before, who lives there, whom we know there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from math import log1p, log10

from directory.search.engine.analysis import STOP_WORDS
from directory.search.understanding import cues
from directory.search.understanding.candidates import SMALL_TOWN, Candidate, Text
from directory.search.understanding.gazetteer import (
    COUNTRY,
    COUNTY,
    DETENTION,
    SUBDIVISION,
    TOWN,
    Gazetteer,
    region_place,
)
from directory.search.understanding.reading import ReadPlace
from directory.search.understanding.sources.phrases import common_words

MAX_ALTERNATIVES = 5
NEAR_KM = 60.0
"""What *near* means where nobody says how near."""
SECOND = 0.6
"""What a second place counts beside the one where the person is."""
_MARGIN = 2.5
"""How close another place of the name must score to be offered as an alternative."""
FRENCH = 2.5
"""What a place in Canada counts more where somebody writes French."""
KNOWN_WEIGHT, ENOUGH_KNOWN = 0.4, 12
"""What organizations around a place count, and how many of them are enough."""
_KM_A_MILE = 1.609344


@dataclass(frozen=True)
class Context:
    """What is known beside the text: chosen countries and subdivisions, an area of one's own, where we know people."""

    countries: frozenset[str] = frozenset()
    admin1s: frozenset[str] = frozenset()
    covers: Callable[[str, str | None], bool] | None = None
    """Whether a consulate's area holds a country and subdivision."""
    density: Callable[[float, float], int] = lambda _latitude, _longitude: 0
    """How many organizations are around a point (degrees)."""


def resolve(chosen: Sequence[Candidate], text: Text, gazetteer: Gazetteer, context: Context) -> list[ReadPlace]:
    """The places of a text, each with its runners-up, regions joined with the towns in them, roles said."""
    spans = [candidate for candidate in chosen if _is_place(candidate)]
    regions = _regions_said(spans, gazetteer)
    read: list[tuple[Candidate, ReadPlace]] = []
    for candidate in spans:
        place = _resolved(candidate, text, gazetteer, context, regions)
        if place is not None:
            read.append((candidate, place))
    return _with_roles(_joined(_told(read, text, gazetteer), text), text)


def _told(
    read: list[tuple[Candidate, ReadPlace]], text: Text, gazetteer: Gazetteer
) -> list[tuple[Candidate, ReadPlace]]:
    """Without hamlets of plain words (*cerca de la central*) where a place elsewhere is named without doubt."""
    plain = [_is_hamlet_of_plain_words(candidate, place, text, gazetteer) for candidate, place in read]
    sure = [place for (_, place), is_plain in zip(read, plain, strict=True) if not is_plain]
    return [
        (candidate, place)
        for (candidate, place), is_plain in zip(read, plain, strict=True)
        if not (is_plain and sure and all(place.admin1 not in (other.admin1, *other.codes) for other in sure))
    ]


def _is_hamlet_of_plain_words(candidate: Candidate, place: ReadPlace, text: Text, gazetteer: Gazetteer) -> bool:
    number = gazetteer.number_of.get(place.value)
    words = text.words[candidate.start : candidate.end]
    return (
        number is not None
        and int(gazetteer.kind[number]) == TOWN
        and int(gazetteer.people[number]) < SMALL_TOWN
        and all(word in STOP_WORDS or word in common_words() or word in cues.all_words() for word in words)
    )


def _is_place(candidate: Candidate) -> bool:
    return bool(candidate.places) or any(sense.kind == "place" for sense in candidate.senses)


def _regions_said(spans: Sequence[Candidate], gazetteer: Gazetteer) -> dict[int, frozenset[str]]:
    """The codes of regions that each span may name, by its first token."""
    found = {}
    for span in spans:
        codes = {
            gazetteer.id(number) for number in span.places if gazetteer.kind[number] in (SUBDIVISION, COUNTRY, COUNTY)
        }
        codes |= {
            code for sense in span.senses if sense.kind == "place" for code in sense.value.split("+") if _is_code(code)
        }
        if codes:
            found[span.start] = frozenset(codes)
    return found


def _is_code(value: str) -> bool:
    return value.startswith("county:") or (len(value) == 2 and value.isupper()) or (len(value) > 3 and value[2] == "-")


def _resolved(
    candidate: Candidate, text: Text, gazetteer: Gazetteer, context: Context, regions: dict[int, frozenset[str]]
) -> ReadPlace | None:
    lexical = [sense for sense in candidate.senses if sense.kind == "place"]
    if lexical:
        place = lexical_place(lexical[0].value, gazetteer)
        if place is None:
            return None
        found = _placed(place, candidate, text)
        name = place.name if place.value.startswith("g") or place.codes else ""
        return replace(found, name=name or found.text, how=candidate.how)
    others = frozenset().union(*(codes for start, codes in regions.items() if start != candidate.start))
    scored = sorted(
        ((_score(number, candidate, text, gazetteer, context, others), -number) for number in candidate.places),
        reverse=True,
    )
    best = gazetteer.place(-scored[0][1])
    runners_up = tuple(
        gazetteer.place(-number) for score, number in scored[1 : MAX_ALTERNATIVES + 1] if scored[0][0] - score < _MARGIN
    )
    return replace(_placed(best, candidate, text), how=candidate.how, alternatives=runners_up)


def _placed(place: ReadPlace, candidate: Candidate, text: Text) -> ReadPlace:
    """A place with the words that it was read from."""
    first, last = text.tokens[candidate.start], text.tokens[candidate.end - 1]
    shown = " ".join(text.raws[candidate.start : candidate.end])
    return replace(place, start=first.start, end=last.end, text=shown)


def lexical_place(value: str, gazetteer: Gazetteer) -> ReadPlace | None:
    """A place as the lexicon names it: an id, codes joined by `+`, or `latitude,longitude,radius`."""
    if value.count(",") == 2:
        latitude, longitude, radius = map(float, value.split(","))
        region = gazetteer.region_at(latitude, longitude)
        admin1 = region if len(region) > 2 else None
        return ReadPlace(value, "", region[:2], admin1, (latitude, longitude), (), radius)
    parts = value.split("+")
    if len(parts) > 1:
        return region_place(parts, gazetteer)
    number = gazetteer.number_of.get(value)
    return None if number is None else gazetteer.place(number)


def _score(
    number: int, candidate: Candidate, text: Text, gazetteer: Gazetteer, context: Context, others: Collection[str]
) -> float:
    kind, region = int(gazetteer.kind[number]), gazetteer.region(number)
    country = region[:2]
    own_code = gazetteer.id(number)
    score = 1.0 if number in candidate.own_names else 0.0
    score += log10(int(gazetteer.people[number]) + 10)
    latitude, longitude = float(gazetteer.latitude[number]), float(gazetteer.longitude[number])
    if latitude == latitude:
        # A part of a large city has the whole city around it: beyond a few, more tell nothing.
        score += KNOWN_WEIGHT * log1p(min(context.density(latitude, longitude), ENOUGH_KNOWN))
    elsewhere = [code for code in others if code != own_code]
    if elsewhere:
        if region in elsewhere or (kind == COUNTY and region in elsewhere):
            score += 9
        elif country in elsewhere:
            score += 5
        elif any(not code.startswith("county:") for code in elsewhere) and kind not in (COUNTRY, SUBDIVISION):
            score -= 4
    if country == "CA" and text.is_french:
        score += FRENCH
    if context.countries or context.admin1s:
        score += 5 if region in context.admin1s or country in context.countries else -3
    if context.covers is not None and context.covers(country, region if len(region) > 2 else None):
        score += 4
    if kind in (COUNTRY, SUBDIVISION):
        before = text.words[max(0, candidate.start - 2) : candidate.start]
        # French says *à Mexico* of the city, *au Mexique* of the country.
        is_french_city = candidate.start > 0 and text.raws[candidate.start - 1].lower() == "à"
        is_city = is_french_city or not cues.words_of(cues.TOWN).isdisjoint(before)
        score += -5 if is_city else 8 if kind == COUNTRY else 6
    if kind == DETENTION:
        score += 3 if cues.DETAINED in text.cues else 0
    return score


def _joined(read: list[tuple[Candidate, ReadPlace]], text: Text) -> list[tuple[Candidate, ReadPlace]]:
    """Towns with the region that stands beside them as one: *Victoria BC*."""
    found: list[tuple[Candidate, ReadPlace]] = []
    for candidate, place in read:
        if found and place.codes:
            before, town = found[-1]
            is_inside = town.admin1 in place.codes or town.country in place.codes
            between = text.words[before.end : candidate.start]
            if (
                is_inside
                and town.value not in place.codes
                and all(word in cues.words_of(cues.LITTLE) or word in ("in", "en") for word in between)
            ):
                joined = Candidate(before.start, candidate.end, 0.0, before.how)
                found[-1] = (joined, _placed(town, joined, text))
                continue
        found.append((candidate, place))
    values = {place.value for _, place in found if not place.codes}
    inside = {code for _, place in found if not place.codes for code in (place.admin1, place.country)}
    # A region that only repeats where a town is says nothing of its own.
    return [
        (candidate, place)
        for candidate, place in found
        if not (values and len(place.codes) == 1 and place.codes[0] in inside)
    ]


def _with_roles(read: list[tuple[Candidate, ReadPlace]], text: Text) -> list[ReadPlace]:
    """Where the person is comes first and counts whole; from where and to where count less."""
    said = [cues.cue_before(text.words, candidate.start, text.raws) for candidate, _ in read]
    places = []
    for (candidate, place), cue in zip(read, said, strict=True):
        before = text.words[candidate.start - 1] if candidate.start else ""
        role = cue or "at"
        if role == "from" and cues.is_weak_from(before) and "to" not in said:
            role = "at"
        if role == "to" and "from" not in said and len(read) == 1:
            role = "at"
        places.append(replace(place, role=role, radius_km=_radius(candidate.start, text) or place.radius_km))
    roles = [place.role for place in places]
    # Who goes from one place to another needs help where they arrive.
    own = ["self" if _is_of_oneself(candidate.start, text) else None for candidate, _ in read]
    order: tuple[tuple[Sequence[str | None], str], ...] = ((own, "self"), (said, cues.AT), (roles, "at"), (roles, "to"))
    first = next((found.index(role) for found, role in order if role in found), 0)
    return [replace(place, weight=1.0 if at == first else SECOND) for at, place in enumerate(places)]


def _is_of_oneself(start: int, text: Text) -> bool:
    """Whether somebody says of themselves that they are there: *estoy en*, *I live in*, *j'habite à*."""
    window = text.words[max(0, start - 3) : start]
    return not cues.words_of(cues.SELF).isdisjoint(window)


def _radius(start: int, text: Text) -> float | None:
    """*within 30 miles of*, *a 50 km de*, *near*: kilometres; None where nothing is said."""
    window = text.words[max(0, start - 6) : start]
    for at, word in enumerate(window):
        if word.isdigit() and at + 1 < len(window):
            unit = window[at + 1]
            if unit in ("km", "kilometros", "kilometers", "kilometres", "kilometro"):
                return min(float(word), 1_000.0)
            if unit in ("mi", "mile", "miles", "millas", "milles"):
                return min(float(word) * _KM_A_MILE, 1_000.0)
    return NEAR_KM if not cues.words_of(cues.NEAR).isdisjoint(window[-3:]) else None
