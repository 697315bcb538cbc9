"""How a text was read, on the results page: parts that can be struck out or chosen, headings of wider results."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import g
from flask_babel import gettext

from directory.extensions import db
from directory.places.countries import country_name, subdivision_name
from directory.search.engine.intent import WIDER_KM
from directory.search.engine.query import SearchQuery
from directory.search.engine.worth import ANYTHING, COUNTRY, ELSEWHERE, RELATED_HERE, WIDER
from directory.search.execute import Understood, execute
from directory.search.explain import label_of, shown
from directory.search.understanding.gazetteer import place_label
from directory.search.understanding.reading import Concept, ReadPlace
from directory.vocabulary.catalogue import vocabulary
from directory.web.public.addresses import Addresses

_FILTERS = {"area": "area", "population": "population", "language": "language", "nationality": "nationality"}
MAX_OTHERS = 3
_NAMED = ("consulate", "organization")


@dataclass(frozen=True)
class Chip:
    """A part of the text and what it was read as. `strike` takes it literally; `choose` makes it a filter."""

    kind: str
    label: str
    text: str
    strike: str
    choose: str | None
    others: tuple[tuple[str, str], ...] = ()
    """Other places that may have been meant: label and address."""


def chips(query: SearchQuery, result: Understood, address: Addresses) -> list[Chip]:
    """Everything that was read, in the order need, people, language, place, organization."""
    terms = vocabulary(db.session)
    found = [
        Chip(
            concept.kind,
            label_of(concept.kind, concept.value, g.lang, terms) if concept.kind not in _NAMED else concept.text,
            concept.text,
            _struck(query, concept.text, address),
            _chosen(query, concept, address),
        )
        for concept in shown(result.reading)
    ]
    places = [
        Chip("place", place_label(place, g.lang) or place.text, place.text, _struck(query, place.text, address),
             _chosen_place(query, place, address), tuple(_others(query, place, address)))
        for place in result.reading.places
    ]  # fmt: skip
    if result.asks_own_area:
        places = [Chip("own", gettext("Area of my consulate"), "", address(anywhere="1"), None)]
    at = next((at for at, chip in enumerate(found) if chip.kind in _NAMED), len(found))
    return [*found[:at], *places, *found[at:]]


def _struck(query: SearchQuery, text: str, address: Addresses) -> str:
    return address(literal=list(dict.fromkeys([*query.literal, text])))


def _without(text: str, start: int, end: int) -> str | None:
    return " ".join(f"{text[:start]} {text[end:]}".split()) or None


def _chosen(query: SearchQuery, concept: Concept, address: Addresses) -> str | None:
    name = _FILTERS.get(concept.kind)
    if name is None:
        return None
    values = list(dict.fromkeys([*getattr(query, name), concept.value]))
    return address(**{name: values, "q": _without(query.text, concept.start, concept.end)})


def _chosen_place(query: SearchQuery, place: ReadPlace, address: Addresses) -> str | None:
    rest = _without(query.text, place.start, place.end)
    if place.codes == (place.value,) and not place.value.startswith("county:"):
        name = "country" if len(place.value) == 2 else "admin1"
        return address(**{name: [place.value], "q": rest})
    if place.point and not place.codes:
        return address(near=place.value if place.name and "," not in place.value else _point(place), q=rest)
    return None


def _point(place: ReadPlace) -> str:
    latitude, longitude = place.point or (0.0, 0.0)
    return f"{latitude:g},{longitude:g}"


def _others(query: SearchQuery, place: ReadPlace, address: Addresses) -> Iterator[tuple[str, str]]:
    for other in place.alternatives[:MAX_OTHERS]:
        url = _chosen_place(query, replace(other, start=place.start, end=place.end), address)
        if url:
            yield place_label(other, g.lang), url


def headings(query: SearchQuery, result: Understood) -> dict[int, str]:
    """The heading before each result of the page with which a rung begins, by the result's place on the page."""
    first = (query.page - 1) * query.size
    if not result.relaxed:
        return {}
    place = result.reading.places[0] if result.reading.places else None
    where = place_label(place, g.lang) if place else None
    found: dict[int, str] = {}
    if result.relaxed[0].start and not first and result.asks_own_area:
        found[0] = gettext("In the area of my consulate (%(count)s)", count=result.relaxed[0].start)
    elif result.relaxed[0].start and where and not first:
        found[0] = gettext("In %(place)s (%(count)s)", place=where, count=result.relaxed[0].start)
    for step in result.relaxed:
        at = max(step.start - first, 0) if step.start + step.count > first else -1
        if 0 <= at < len(result.hits):
            found[at] = _heading(step.rung, step.step, step.count, where, place)
    return found


def _heading(rung: int, step: str, count: int, where: str | None, place: ReadPlace | None) -> str:
    if step == "words":
        return str(gettext("With some of the words (%(count)s)", count=count))
    if rung == WIDER:
        return str(
            gettext("Up to %(distance)s km or in the same state (%(count)s)", distance=int(WIDER_KM), count=count)
        )
    if rung == COUNTRY and place is not None and place.country:
        land = country_name(place.country, g.lang)
        return str(gettext("Farther away in %(country)s (%(count)s)", country=land, count=count))
    if rung in (RELATED_HERE, ANYTHING) and where is None:
        return str(gettext("Something related, or who may know where to go (%(count)s)", count=count))
    if rung == RELATED_HERE:
        return str(gettext("Something related in %(place)s (%(count)s)", place=where, count=count))
    if rung == ANYTHING:
        return str(gettext("Others in %(place)s, who may know where to go (%(count)s)", place=where, count=count))
    if rung == ELSEWHERE:
        return str(gettext("Farther away (%(count)s)", count=count))
    return str(gettext("Wider (%(count)s)", count=count))


def lacking(result: Understood) -> list[str]:
    """What is said in one line above the first result: languages that nobody shown says they speak."""
    terms = vocabulary(db.session)
    asked = [concept for concept in result.reading.of("language") if concept.how != "implied"]
    return [
        gettext("Nobody shown here says that they speak %(language)s. Ask for an interpreter.",
                language=label_of("language", concept.value, g.lang, terms))
        for concept in asked
        if result.hits and all(f"language:{concept.value}" in hit.lacks for hit in result.hits)
    ]  # fmt: skip


THIN = 10
"""Fewer organizations than this in a state or province: there the list itself is thin."""


def thin_place(query: SearchQuery, result: Understood) -> tuple[str, int] | None:
    """The state or province that was asked for, where hardly anybody is on record: its name, and how many are."""
    codes = list(query.admin1) or [
        code for place in result.reading.places[:1] for code in (*place.codes, place.admin1) if code and len(code) > 2
    ]
    regions = list(dict.fromkeys(code for code in codes if not code.startswith("county:")))
    if len(regions) != 1:
        return None
    total = execute(SearchQuery(admin1=(regions[0],), size=1), result.at).total
    return (subdivision_name(regions[0], g.lang), total) if total < THIN else None
