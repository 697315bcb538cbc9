"""What was understood and why, as data: for pages, for the API, in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from directory.places.countries import country_name
from directory.search.engine.intent import WIDER_KM
from directory.search.engine.query import Hit, Relaxed
from directory.search.engine.worth import ANYTHING, COUNTRY, ELSEWHERE, RELATED_HERE, ROOT, WIDER
from directory.search.understanding.gazetteer import place_label
from directory.search.understanding.reading import IMPLIED, Concept, Reading, ReadPlace
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.languages import language_name

ORDER = ("area", "population", "nationality", "language", "place", "consulate", "organization")
MAX_WHY = 4
NameOf = Callable[[str, str], str]
"""What a consulate of this slug is called in a language."""
_WHY: Mapping[str, Mapping[str, str]] = {
    "named": {"es": "La nombró", "en": "You named it", "fr": "Vous l’avez nommé"},
    "need": {"es": "Ofrece lo que busca", "en": "Offers what you look for", "fr": "Offre ce que vous cherchez"},
    "related": {"es": "Ofrece algo parecido", "en": "Offers something related", "fr": "Offre une aide proche"},
    "here": {"es": "Está ahí", "en": "Is there", "fr": "Est sur place"},
    "near": {"es": "Está cerca", "en": "Is near", "fr": "Est à proximité"},
    "region": {"es": "En el mismo estado o provincia", "en": "In the same state or province",
               "fr": "Dans le même État ou la même province"},
    "country": {"es": "En el mismo país", "en": "In the same country", "fr": "Dans le même pays"},
    "people": {"es": "Para quien la necesita", "en": "For whom it is needed", "fr": "Pour la personne concernée"},
}  # fmt: skip


def label_of(kind: str, value: str, language: str, terms: Vocabulary) -> str:
    """What a meaning is called in a language; the value where nothing names it."""
    if kind == "area" and value in terms.areas:
        return terms.areas[value].labels[language]
    if kind == "population" and value in terms.populations:
        return terms.populations[value].labels[language]
    if kind == "language":
        return language_name(value, language)
    if kind == "nationality":
        return country_name(value, language)
    return value


def shown(reading: Reading) -> list[Concept]:
    """The concepts that are shown, in order: what is suggested only where no need was said, and then the surest."""
    has_need = any(concept.kind == "area" and concept.how != "implied" for concept in reading.concepts)
    suggested = [concept.weight for concept in reading.of("area") if concept.how == "implied"]
    least = IMPLIED if has_need else max(suggested, default=IMPLIED) - 1e-6
    said = [
        concept
        for concept in reading.concepts
        if concept.how != "implied" or concept.weight > IMPLIED or (concept.kind == "area" and concept.weight > least)
    ]
    return sorted(said, key=lambda concept: (ORDER.index(concept.kind), concept.start))


def understood(reading: Reading, language: str, terms: Vocabulary, consulate: NameOf) -> list[dict[str, Any]]:
    """What was read, as the contract has it: concepts by kind, then places."""
    found = [
        {
            "kind": concept.kind,
            "value": concept.value,
            "label": consulate(concept.value, language)
            if concept.kind == "consulate"
            else label_of(concept.kind, concept.value, language, terms),
            "text": concept.text,
            "start": concept.start,
            "end": concept.end,
            "how": concept.how,
        }
        for concept in reading.concepts
    ]
    found += [_place(place, language) for place in reading.places]
    return sorted(found, key=lambda item: (ORDER.index(item["kind"]), item["start"]))


def _place(place: ReadPlace, language: str) -> dict[str, Any]:
    latitude, longitude = place.point or (None, None)
    return {
        "kind": "place",
        "value": place.value,
        "label": place_label(place, language),
        "text": place.text,
        "start": place.start,
        "end": place.end,
        "how": place.how,
        "role": place.role,
        "country": place.country,
        "admin1": place.admin1,
        "latitude": latitude,
        "longitude": longitude,
        "radius_km": round(place.radius_km, 1) if place.radius_km else None,
        "alternatives": [
            {"value": other.value, "label": place_label(other, language), "country": other.country,
             "admin1": other.admin1}
            for other in place.alternatives
        ],
    }  # fmt: skip


def read_as(reading: Reading) -> list[dict[str, str]]:
    """The corrections that the reading rests on."""
    return [{"text": typed, "read_as": meant} for typed, meant in reading.corrections]


def relaxed(steps: tuple[Relaxed, ...], reading: Reading, language: str, terms: Vocabulary) -> list[dict[str, Any]]:
    """From which result on what was given up."""
    place = reading.places[0] if reading.places else None
    name = place_label(place, language) if place else None
    needs = [
        {"kind": "area", "value": concept.value, "label": label_of("area", concept.value, language, terms)}
        for concept in reading.of("area")
    ]
    said = [{"kind": "place", "value": place.value, "label": name}] if place else []
    without: Mapping[int, list[Any]] = {
        WIDER: [], COUNTRY: said, RELATED_HERE: needs, ANYTHING: needs, ELSEWHERE: said,
    }  # fmt: skip
    return [
        {
            "from": step.start,
            "step": step.step,
            "place": name,
            "within_km": int(WIDER_KM) if step.rung == WIDER and step.step == "place" else None,
            "without": without.get(step.rung, [*needs, *said]),
        }
        for step in steps
    ]


def costs(reading: Reading) -> list[dict[str, Any]]:
    """What each run of words was read as costs; the cheapest cover of the text was taken."""
    return [
        {"text": item.text, "start": item.start, "end": item.end, "how": item.how, "cost": item.cost}
        for item in reading.costs
    ]


def score(hit: Hit) -> dict[str, Any]:
    """The rung of a result, and what its score is made of: (the sum of `terms`) × `factor`."""
    terms = dict(hit.terms)
    factor = terms.pop("factor", 1.0)
    return {"rung": hit.rung, "terms": terms, "factor": factor}


def match(hit: Hit) -> dict[str, Any]:
    """What of the question a result answers."""
    return {"need": hit.need, "place": hit.place, "lacks": list(hit.lacks)}


def why(hit: Hit, reading: Reading, language: str) -> list[dict[str, str]]:
    """At most four reasons for a result."""
    return [{"code": code, "label": _WHY[code][language]} for code in list(_codes(hit, reading))[:MAX_WHY]]


def _codes(hit: Hit, reading: Reading) -> Iterator[str]:
    if hit.rung == ROOT and (reading.of("organization") or reading.phones):
        yield "named"
    if hit.need == "yes":
        yield "need"
    elif hit.need == "related":
        yield "related"
    if hit.place in ("here", "near", "region", "country"):
        yield hit.place
    people = [item for item in reading.concepts if item.kind in ("population", "language") and item.how != "implied"]
    if people and len(hit.lacks) < len(people):
        yield "people"
