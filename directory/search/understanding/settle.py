"""From what was chosen to what is meant: nested and implied senses, negation, ages, nationalities, consulates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pyroaring import BitMap

from directory.search.understanding import cues
from directory.search.understanding.candidates import (
    Candidate,
    Text,
)
from directory.search.understanding.gazetteer import DETENTION, Gazetteer
from directory.search.understanding.known import Knowledge
from directory.search.understanding.reading import IMPLIED, Concept, ReadPlace

ADULT = 18
PAPERS, DETENTION_SUPPORT = "documentation", "detention-support"
BESIDE = 4
"""So many words behind *consulate* its country may stand."""


def concepts_of(
    chosen: Sequence[Candidate], text: Text, knowledge: Knowledge
) -> tuple[list[Concept], dict[Concept, BitMap]]:
    """The concepts of what was chosen: their own, those nested in them of another kind, and what they imply."""
    found: list[Concept] = []
    documents: dict[Concept, BitMap] = {}
    for candidate in chosen:
        shown, start, end = span(candidate, text)
        if candidate.documents:
            concept = Concept("organization", shown, 1.0, shown, start, end, candidate.how)
            found.append(concept)
            documents[concept] = BitMap(candidate.documents)
            continue
        own = [sense for sense in candidate.senses if sense.kind != "place"]
        found += [Concept(sense.kind, sense.value, sense.weight, shown, start, end, candidate.how) for sense in own]
        found += [
            Concept(kind, value, IMPLIED * sense.weight, shown, start, end, "implied")
            for sense in own
            for kind, value in sense.implies
        ]
        if own and candidate.end - candidate.start > 1:
            kinds = {sense.kind for sense in own}
            found += _nested(candidate, kinds, text, knowledge)
    return found, documents


def _nested(candidate: Candidate, kinds: set[str], text: Text, knowledge: Knowledge) -> list[Concept]:
    """What a part of a phrase says that is of another kind than the whole: *kids* within *lawyer for kids*."""
    found = []
    for item in knowledge.lexicon.find(text.words[candidate.start : candidate.end]):
        if item.end - item.start == candidate.end - candidate.start:
            continue
        start, end = candidate.start + item.start, candidate.start + item.end
        first, last = text.tokens[start], text.tokens[end - 1]
        shown = " ".join(text.raws[start:end])
        found += [
            Concept(sense.kind, sense.value, 0.8 * sense.weight, shown, first.start, last.end, "context")
            for sense in item.senses
            if sense.kind not in kinds and sense.kind != "place" and not sense.needs
        ]
    return found


def span(candidate: Candidate, text: Text) -> tuple[str, int, int]:
    first, last = text.tokens[candidate.start], text.tokens[candidate.end - 1]
    raws = list(dict.fromkeys(text.tokens[candidate.start : candidate.end]))
    return " ".join(dict.fromkeys(token.raw for token in raws)), first.start, last.end


def of_facilities(places: Iterable[ReadPlace], concepts: Sequence[Concept], gazetteer: Gazetteer) -> list[Concept]:
    """A place of detention, named without any need, says that somebody is held there."""
    held = [place for place in places if gazetteer.kind_of(place.value) == DETENTION]
    if not held or any(concept.kind in ("area", "population") for concept in concepts):
        return list(concepts)
    first = held[0]
    implied = Concept("area", DETENTION_SUPPORT, IMPLIED, first.text, first.start, first.end, "implied")
    return [*concepts, implied]


def unique(found: Iterable[Concept]) -> list[Concept]:
    """Each meaning once: the one that counts most, else the first."""
    best: dict[tuple[str, str], Concept] = {}
    for concept in found:
        key = concept.kind, concept.value
        if key not in best or concept.weight > best[key].weight:
            best[key] = concept
    return list(best.values())


def peoples_countries(
    places: list[ReadPlace], concepts: list[Concept], text: Text
) -> tuple[list[ReadPlace], list[Concept]]:
    """*De Honduras* said of a person is a nationality, of a road a place."""
    kept: list[ReadPlace] = []
    added: list[Concept] = []
    for place in places:
        is_country = len(place.value) == 2
        at = next((i for i, token in enumerate(text.tokens) if token.start == place.start), None)
        if not is_country or at is None or cues.cue_before(text.words, at, text.raws) != cues.FROM:
            kept.append(place)
            continue
        window = text.words[max(0, at - 5) : at]
        is_of_person = any(cues.is_cue(word, cues.PERSON) or word.isdigit() for word in window)
        has_other = any(other is not place and other.role != "from" for other in places)
        goes_on = any(other.role == "to" for other in places)
        if (is_of_person or has_other) and not goes_on:
            added.append(Concept("nationality", place.value, 1.0, place.text, place.start, place.end, "context"))
        else:
            kept.append(place)
    if kept and all(place.weight < 1 for place in kept):
        kept[0] = replace(kept[0], weight=1.0)
    return kept, [*concepts, *added]


def with_consulate(
    places: list[ReadPlace], concepts: list[Concept], text: Text, knowledge: Knowledge
) -> tuple[list[ReadPlace], list[Concept]]:
    """*Consulado de El Salvador en Dallas*: the consulate, not a nationality and a town."""
    at = next((i for i, word in enumerate(text.words) if word in cues.words_of(cues.CONSULATE)), None)
    if at is None:
        return places, concepts
    nationality = next((concept.value for concept in concepts if concept.kind == "nationality"), None)
    sender = None if nationality else _country_beside(at, places, text)
    sending = nationality or (sender.value if sender else None)
    rest = [place for place in places if place is not sender]
    if sending is None or not rest:
        return places, concepts
    towns = [place for place in rest if len(place.value) != 2]
    slug = knowledge.consulates.find(sending, (towns or rest)[0])
    if slug is None:
        return places, concepts
    if all(place.weight < 1 for place in rest):
        rest[0] = replace(rest[0], weight=1.0)
    token = text.tokens[at]
    named = Concept("consulate", slug, 1.0, token.raw, token.start, token.end, "context")
    if not any(concept.kind == "area" for concept in concepts):
        # Who asks for a consulate and says no more, most often needs papers.
        concepts = [*concepts, Concept("area", PAPERS, IMPLIED, token.raw, token.start, token.end, "implied")]
    return rest, [named, *(concept for concept in concepts if concept.kind != "nationality")]


def _country_beside(at: int, places: Sequence[ReadPlace], text: Text) -> ReadPlace | None:
    """The country that stands beside a word for a consulate: *Nicaragua consulate*, *consulado de Honduras*."""
    near = {token.start for token in text.tokens[max(0, at - 2) : at + BESIDE + 1]}
    return next((place for place in places if len(place.value) == 2 and place.start in near), None)


def without_negated(concepts: Iterable[Concept], text: Text) -> tuple[list[Concept], list[Concept]]:
    """What stands, and what the text says is not there. Who is *without work* and names no other need needs work."""
    kept: list[Concept] = []
    negated: list[Concept] = []
    concepts = list(concepts)
    starts = {token.start: at for at, token in reversed(list(enumerate(text.tokens)))}
    ends = {token.end: at + 1 for at, token in enumerate(text.tokens)}
    spans = [(starts[concept.start], ends[concept.end]) for concept in concepts if concept.end in ends]
    for concept in concepts:
        at = starts.get(concept.start)
        others = [span for span in spans if span[0] != at]
        can_be = at is not None and concept.kind in ("area", "language", "population")
        is_off = can_be and cues.is_negated(text.words, at or 0, others)
        (negated if is_off else kept).append(concept)
    if not any(concept.kind == "area" for concept in kept):
        lacking = [concept for concept in negated if concept.kind == "area"]
        kept += lacking
        negated = [concept for concept in negated if concept not in lacking]
    return kept, negated


def with_ages(concepts: Iterable[Concept], text: Text) -> list[Concept]:
    """*17 años* implies children; a number of something else implies nothing. A child that is *sola* is alone."""
    found = list(concepts)
    for at, word in enumerate(text.words):
        if word.isdigit() and len(word) <= 2 and int(word) < ADULT and _is_of_person(text, at):
            found.append(_children(text, at, at + 1, IMPLIED, "children-adolescents", "implied"))
    for at, word in enumerate(text.words[:-1]):
        is_age = word.isdigit() and len(word) <= 2 and text.words[at + 1] in cues.words_of(cues.AGE)
        if is_age and (int(word) < ADULT or text.words[at + 1] in cues.words_of(cues.BABY)):
            found.append(_children(text, at, at + 2, IMPLIED, "children-adolescents", "implied"))
    is_child = any(concept.value == "children-adolescents" and concept.weight != 0.6 for concept in found)
    alone = next((at for at, word in enumerate(text.words) if word in cues.words_of(cues.ALONE)), None)
    if is_child and alone is not None:
        found.append(_children(text, alone, alone + 1, 1.0, "unaccompanied-children", "context"))
    return unique(found)


def _is_of_person(text: Text, at: int) -> bool:
    """Whether a number follows who it is said of: *mi sobrina de 15*, *girl, 14*. Not *de 8 a 10*, *2 hijos*."""
    before = text.words[max(0, at - 3) : at]
    while before and before[-1] in cues.words_of(cues.LITTLE) | cues.words_of(cues.FROM):
        before = before[:-1]
    return bool(before) and before[-1] in cues.words_of(cues.RELATIVE)


def _children(text: Text, start: int, end: int, weight: float, value: str, how: str) -> Concept:
    first, last = text.tokens[start], text.tokens[end - 1]
    return Concept("population", value, weight, " ".join(text.raws[start:end]), first.start, last.end, how)
