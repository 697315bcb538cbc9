"""Reading a text: tokens, candidates, the cheapest cover, places resolved, negation, what is left over."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from pyroaring import BitMap

from directory.search.engine.analysis import LANGUAGES, STOP_WORDS, words
from directory.search.understanding import cues
from directory.search.understanding.candidates import (
    COST_NAME,
    COST_PLACE,
    Candidate,
    Present,
    Text,
    concept_candidates,
    place_candidates,
)
from directory.search.understanding.choose import choose
from directory.search.understanding.forms import EXACT, SOUND
from directory.search.understanding.gazetteer import SUBDIVISION
from directory.search.understanding.known import Knowledge, Names
from directory.search.understanding.lexicon import Found
from directory.search.understanding.places import Context, resolve
from directory.search.understanding.reading import Concept, Reading, ReadPlace, Spent
from directory.search.understanding.settle import (
    concepts_of,
    of_facilities,
    peoples_countries,
    span,
    unique,
    with_ages,
    with_consulate,
    without_negated,
)
from directory.search.understanding.tokens import Token, typed

_POSTAL = re.compile(r"\d{5}|[abceghjklmnprstvxy]\d[a-z]")


def read(
    text: str,
    knowledge: Knowledge,
    names: Names | None = None,
    context: Context | None = None,
    literal: Iterable[str] = (),
) -> tuple[Reading, dict[Concept, BitMap]]:
    """What a text means, and the organizations behind each organization that it names."""
    parts = typed(text)
    tokens = [token for token in parts.tokens if not token.is_excluded]
    asked = Text.of(tokens)
    blocked = _literal_positions(asked.words, literal)
    asked, candidates, struck = _candidates(asked, knowledge, names, blocked)
    chosen = choose(asked.words, candidates)
    places = resolve(chosen, asked, knowledge.gazetteer, context or Context())
    concepts, documents = concepts_of(chosen, asked, knowledge)
    places, concepts = peoples_countries(places, concepts, asked)
    places += _postal_places(asked, knowledge, blocked, places)
    places, concepts = with_consulate(places, concepts, asked, knowledge)
    concepts = of_facilities(places, concepts, knowledge.gazetteer)
    kept, negated = without_negated(concepts, asked)
    kept = unique(kept)
    reading = Reading(
        concepts=tuple(with_ages(kept, asked)),
        places=tuple(places),
        free=_free(chosen, asked, places),
        negated=tuple(negated),
        excluded=tuple(_excluded(parts.tokens, knowledge)),
        corrections=tuple(sorted(_used(chosen, asked, knowledge).items())),
        costs=tuple(_spent(item, asked) for item in chosen),
        rows=_rows(chosen),
        struck=_rows(choose(asked.words, struck)) if struck else (),
        phones=parts.phones,
        cut=parts.cut,
        clean=parts.clean,
    )
    return reading, {concept: found for concept, found in documents.items() if concept in reading.concepts}


def _rows(chosen: Iterable[Candidate]) -> tuple[int, ...]:
    """The rows of the lexicon behind candidates, each once."""
    return tuple(dict.fromkeys(row for item in chosen for row in item.rows))


def _spent(candidate: Candidate, text: Text) -> Spent:
    shown, start, end = span(candidate, text)
    return Spent(shown, start, end, candidate.how, round(candidate.cost, 3))


def _literal_positions(typed_words: Sequence[str], literal: Iterable[str]) -> frozenset[int]:
    """The tokens that are to be taken as they are written."""
    found: set[int] = set()
    for phrase in literal:
        own = words(phrase)
        for at in range(len(typed_words) - len(own) + 1):
            if own and list(typed_words[at : at + len(own)]) == own:
                found.update(range(at, at + len(own)))
    return frozenset(found)


def _candidates(
    text: Text, knowledge: Knowledge, names: Names | None, blocked: frozenset[int]
) -> tuple[Text, list[Candidate], list[Candidate]]:
    """The text as it is read, what may be meant, and what may be meant by the words that are taken literally."""
    lexicon = knowledge.lexicon
    found = lexicon.find(text.words)
    covered = _covered(found) | blocked
    found += _by_sound(text, covered, knowledge)
    covered = _covered(found) | blocked
    replaced, changed = knowledge.speller.meant(text.words, covered, _is_live(names))
    if changed:
        text = Text.of(text.tokens, replaced, changed)
        text, replaced = _spread(text, changed)
        found = lexicon.find(text.words)
        found += _by_sound(text, _covered(found), knowledge)
        blocked = frozenset(at for at in blocked if at < len(text.words))
    present = _present(found)
    regions = _region_starts(found, knowledge)
    candidates = concept_candidates(found, text, present)
    candidates += place_candidates(
        found, text, knowledge.gazetteer, lexicon.meanings, present, regions | _short_regions(text, knowledge)
    )
    candidates += _abbreviated(text, knowledge, candidates)
    for at, pair in knowledge.speller.joined(text.words, _covered(found) | blocked).items():
        candidates += _joined_candidates(at, pair, knowledge)
    if names is not None:
        named = names.candidates(text, lexicon.meanings)
        candidates += [item for item in named if not _is_a_kind_somewhere(item, text, found)]
    open_to_reading = [item for item in candidates if blocked.isdisjoint(range(item.start, item.end))]
    literal = [item for item in candidates if blocked and blocked.issuperset(range(item.start, item.end))]
    return text, open_to_reading, literal


def _spread(text: Text, changed: dict[int, str]) -> tuple[Text, list[str]]:
    """Words that were split stand as two tokens at the same place of the text."""
    if not any(" " in word for word in changed.values()):
        return text, list(text.words)
    tokens: list[Token] = []
    own: list[str] = []
    corrected = []
    for at, token in enumerate(text.tokens):
        for word in text.words[at].split(" "):
            if at in changed:
                corrected.append(len(own))
            own.append(word)
            tokens.append(token)
    return Text.of(tokens, own, corrected), own


def _is_a_kind_somewhere(candidate: Candidate, text: Text, found: Iterable[Found]) -> bool:
    """Whether a part of a name says only what somebody does and where: *migrantes Ciudad Juárez*."""
    if candidate.cost <= COST_NAME:
        return False
    placed = {at for item in found if len(item.places) for at in range(item.start, item.end)}
    own = range(candidate.start, candidate.end)
    return all(at in placed or text.words[at] in cues.all_words() for at in own) and not placed.isdisjoint(own)


def _by_sound(text: Text, covered: frozenset[int], knowledge: Knowledge) -> list[Found]:
    """Runs of two words and more that sound like a phrase (*nueba yorc*), where a word of them is not known."""
    if len(covered) >= len(text.words):
        return []
    heard = knowledge.lexicon.find(text.words, (SOUND,))
    return [item for item in heard if item.end - item.start > 1 and not covered.issuperset(range(item.start, item.end))]


def _is_live(names: Names | None) -> Callable[[str], bool]:
    return (lambda word: bool(names.holders(word))) if names else (lambda _word: False)


def _covered(found: Iterable[Found]) -> frozenset[int]:
    """The tokens that some phrase of the lexicon holds."""
    return frozenset(at for item in found for at in range(item.start, item.end))


def _present(found: Iterable[Found]) -> Present:
    """What is meant anywhere in the text without company."""
    present: dict[str, list[tuple[int, int]]] = {}
    for item in found:
        span_of = item.start, item.end
        for sense in item.senses:
            if not sense.needs and sense.kind != "place":
                present.setdefault(f"{sense.kind}:{sense.value}", []).append(span_of)
                present.setdefault(f"kind:{sense.kind}", []).append(span_of)
        if len(item.places):
            present.setdefault("kind:place", []).append(span_of)
    return present


def _region_starts(found: Iterable[Found], knowledge: Knowledge) -> frozenset[int]:
    kinds = knowledge.gazetteer.kind
    return frozenset(
        item.start for item in found if len(item.places) and bool((kinds[item.places] >= SUBDIVISION).any())
    )


def _short_regions(text: Text, knowledge: Knowledge) -> frozenset[int]:
    plain = cues.words_of(cues.SHORT)
    return frozenset(
        at
        for at, (word, token) in enumerate(zip(text.words, text.tokens, strict=True))
        if word in knowledge.abbreviations and (token.is_capital or token.after_comma or word not in plain)
    )


def _abbreviated(text: Text, knowledge: Knowledge, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Subdivisions in short: in capitals, behind a comma, or behind a town that lies there."""
    gazetteer = knowledge.gazetteer
    towns: dict[int, set[str]] = {}
    for candidate in candidates:
        for number in candidate.places:
            towns.setdefault(candidate.end, set()).add(gazetteer.region(number))
        for sense in candidate.senses:
            if sense.kind == "place" and sense.value in gazetteer.number_of:
                towns.setdefault(candidate.end, set()).add(gazetteer.region(gazetteer.number_of[sense.value]))
    found = []
    for at, (word, token) in enumerate(zip(text.words, text.tokens, strict=True)):
        for number in knowledge.abbreviations.get(word, ()):
            is_behind = gazetteer.id(number) in towns.get(at, ())
            is_plain = word in cues.words_of(cues.SHORT) or word in STOP_WORDS
            stands = token.after_comma and token.is_capital if is_plain else token.is_capital or token.after_comma
            if is_behind or stands:
                cost = COST_PLACE if is_behind else COST_PLACE + 0.2
                found.append(Candidate(at, at + 1, cost, "exact", (), (number,), frozenset({number})))
    return found


def _joined_candidates(at: int, pair: str, knowledge: Knowledge) -> list[Candidate]:
    """Two tokens that are one word (*mc allen*)."""
    found = knowledge.lexicon.find([pair], (EXACT,))
    senses = tuple(sense for item in found for sense in item.senses if not sense.needs)
    places = tuple(number for item in found for number in item.places.tolist())
    own = frozenset(number for item in found for number in item.places[item.place_is_own].tolist())
    candidates = []
    if senses:
        candidates.append(Candidate(at, at + 2, 0.6, "typo", senses))
    if places:
        candidates.append(Candidate(at, at + 2, 0.6, "typo", (), places, own))
    return candidates


def _postal_places(
    text: Text, knowledge: Knowledge, blocked: Collection[int], places: Sequence[ReadPlace]
) -> list[ReadPlace]:
    """Postal codes that our own records have, or their first three signs."""
    found = []
    for at, (word, token) in enumerate(zip(text.words, text.tokens, strict=True)):
        if at in blocked or not _POSTAL.fullmatch(word):
            continue
        place = knowledge.postal.get(word) or knowledge.postal.get(word[:3])
        if place is not None and not any(other.start <= token.start < other.end for other in places):
            found.append(replace(place, text=token.raw, start=token.start, end=token.end))
    return found if not places else [replace(place, weight=0.6) for place in found]


def _excluded(tokens: Iterable[Token], knowledge: Knowledge) -> list[Concept]:
    """Groups of people behind a minus: `-familias` takes out who works for families."""
    return [
        Concept(sense.kind, sense.value, 1.0, token.raw, token.start, token.end, "exact")
        for token in tokens
        if token.is_excluded
        for item in knowledge.lexicon.find([token.word], (EXACT, *LANGUAGES))
        for sense in item.senses
        if sense.kind == "population" and not sense.needs and sense.weight >= 0.8
    ]


def _free(chosen: Sequence[Candidate], text: Text, places: Iterable[ReadPlace]) -> tuple[str, ...]:
    """The words that nothing covers and that say something, as they were typed."""
    covered = {at for candidate in chosen for at in range(candidate.start, candidate.end)}
    spans = [(place.start, place.end) for place in places]
    free = [
        token.word
        for at, token in enumerate(text.tokens)
        if at not in covered and not any(start <= token.start < end for start, end in spans)
    ]
    return tuple(
        dict.fromkeys(word for word in free if word not in STOP_WORDS and len(word) > 1 and not word.isdigit())
    )


def _used(chosen: Sequence[Candidate], text: Text, knowledge: Knowledge) -> dict[str, str]:
    """The corrections that the reading rests on: what was typed, and what was read."""
    typed_at = {
        token.raw: text.words[at]
        for candidate in chosen
        for at in range(candidate.start, candidate.end)
        if at in text.corrected
        for token in [text.tokens[at]]
    }
    for candidate in chosen:
        if candidate.how == "typo" and not any(at in text.corrected for at in range(candidate.start, candidate.end)):
            shown, *_ = span(candidate, text)
            whole = "".join(text.words[candidate.start : candidate.end])
            if knowledge.lexicon.find([whole], (EXACT,)):
                typed_at.setdefault(shown, whole)
    return typed_at
