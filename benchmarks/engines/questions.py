"""What is asked: about sixty searches from rare names to words that most records hold, in three languages."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator

from benchmarks.engines.ask import Ask, Word
from directory.search.documents import Document
from directory.search.engine.analysis import query_words, stems, without_stop_words, words
from directory.search.engine.parts import MIN_PREFIX
from directory.search.engine.query import SearchQuery
from directory.vocabulary.catalogue import Vocabulary

WORDS_ONLY = (
    "nozico", "Zurela", "jagria", "rorebreros", "jujolotes", "sonilanco", "Rogor", "ejemplo 1234",
    "ejemplo", "confidencial", "acompañamiento", "neighbors", "jardinería", "photographie", "calligraphy",
    "Milwaukee", "Tijuana", "Toronto", "Guatemala", "Somerville", "pastoral esperanza Tijuana", "talleres costura",
    "workshops backpacks", "conseils vêtements", "ateliers guitare Toronto", "guidance groceries Milwaukee",
    "barrio nozico mochilas cobijas", "quartier Zurela", "free bicycles nozico neighbors",
)  # fmt: skip
FILTERED: tuple[tuple[str, dict[str, str]], ...] = (
    ("ejemplo", {"country": "MX"}),
    ("ejemplo", {"country": "US CA", "area": "food"}),
    ("migrantes", {"country": "MX GT"}),
    ("acompañamiento", {"population": "women"}),
    ("gratuita medicinas", {"area": "shelter legal-aid"}),
    ("talleres", {"country": "MX", "area": "health-care"}),
    ("talleres cobijas voluntarios", {"admin1": "MX-BCN MX-CHP"}),
    ("Tijuana", {"area": "shelter"}),
    ("Toronto", {"population": "families refugees"}),
    ("urban guidance", {"country": "US"}),
    ("neighbors", {"country": "US", "admin1": "US-TX US-CA"}),
    ("guidance", {"admin1": "US-TX", "area": "legal-aid", "population": "families women"}),
    ("young neighbors", {"area": "food housing"}),
    ("workshops groceries", {"country": "US"}),
    ("Milwaukee", {"country": "US", "area": "legal-aid asylum-support"}),
    ("conseils", {"country": "CA"}),
    ("soutien accompagnement", {"country": "CA", "area": "legal-aid"}),
    ("ateliers", {"population": "refugees"}),
    ("photographie", {"country": "CA US"}),
    ("nozico", {"country": "MX"}),
    ("Zurela", {"area": "legal-aid"}),
    ("nozico cobijas", {"area": "food transport", "population": "workers"}),
    ("jagria", {"country": "US MX CA"}),
    ("casa ejemplo", {"country": "HN SV NI"}),
    ("confidencial", {"area": "asylum-support"}),
    ("región voluntarios", {"country": "MX", "population": "women"}),
    ("", {"country": "MX"}),
    ("", {"area": "legal-aid", "population": "women families"}),
    ("", {"country": "US", "admin1": "US-CA", "area": "shelter"}),
    ("", {}),
    ("", {}),
)  # fmt: skip
PLAIN_FIELDS, STEM_FIELDS = ("acronym", "name", "place"), ("name_stem", "topic", "text")
COLD: tuple[str, dict[str, str]] = ("gratuita medicinas", {"country": "MX"})
"""The first question to a process that has just started."""
AFTER_COMMIT: tuple[str, dict[str, str]] = ("acompañamiento", {})
"""The question after each change; the changed record did not match it before."""


def asks(vocabulary: Vocabulary, prefix_terms: Callable[[str], Word] = lambda _: ()) -> list[Ask]:
    """All questions. `prefix_terms` may give further terms by which an engine finds the last word of a text."""
    return [question(vocabulary, text, filters, prefix_terms) for text, filters in _questions()]


def _questions() -> Iterator[tuple[str, dict[str, str]]]:
    """Those with and without filters in turn."""
    plain: list[tuple[str, dict[str, str]]] = [(text, {}) for text in WORDS_ONLY]
    for place in range(max(len(plain), len(FILTERED))):
        yield from plain[place : place + 1]
        yield from FILTERED[place : place + 1]


def question(
    vocabulary: Vocabulary,
    text: str,
    filters: dict[str, str],
    prefix_terms: Callable[[str], Word] = lambda _: (),
) -> Ask:
    """One question from its text and its filters. Raises ValueError for a text that spells out a label."""
    if label := spelt_label(text, vocabulary):
        raise ValueError(f"{text!r} spells out {label!r}, which our engine would expand")
    values = {facet: tuple(listed.split()) for facet, listed in filters.items()}
    found = query_words(text)
    last = prefix_terms(found[-1]) if found else ()
    return Ask(query=SearchQuery(text=text, **values), words=words_of(text, last), **values)


def words_of(text: str, prefix_terms: Word = ()) -> tuple[Word, ...]:
    """The words of a text as alternatives of (field, term); `prefix_terms` are further ones for the last word."""
    found = [_alternatives(word) for word in query_words(text)]
    if found and prefix_terms:
        found[-1] = tuple(dict.fromkeys((*found[-1], *prefix_terms)))
    return tuple(found)


def _alternatives(word: str) -> Word:
    """A word as it is in names, acronyms and places, by its stems elsewhere."""
    return (
        *((field, word) for field in PLAIN_FIELDS),
        *((field, stem) for stem in stems(word) for field in STEM_FIELDS),
    )


class Dictionary:
    """All terms of a corpus, to say for what the last word of a query also stands in our engine."""

    def __init__(self) -> None:
        self._terms: set[tuple[str, str]] = set()
        self._sorted: list[tuple[str, str]] = []

    def add(self, document: Document) -> None:
        """Take the terms of one document in."""
        for field in (*PLAIN_FIELDS, *STEM_FIELDS):
            self._terms.update((field, term) for term in document.fields[field])

    def beginning(self, word: str) -> Word:
        """The terms that begin with a word of three letters or more, by field."""
        self._sorted = self._sorted or sorted(self._terms)
        if len(word) < MIN_PREFIX:
            return ()
        found = []
        for field in (*PLAIN_FIELDS, *STEM_FIELDS):
            at = bisect_left(self._sorted, (field, word))
            while at < len(self._sorted) and self._sorted[at][0] == field and self._sorted[at][1].startswith(word):
                found.append(self._sorted[at])
                at += 1
        return tuple(found)


def spelt_label(text: str, vocabulary: Vocabulary) -> str | None:
    """The label or synonym of the vocabulary whose words stand in a text one after the other."""
    found = query_words(text)
    for term in (*vocabulary.areas.values(), *vocabulary.populations.values()):
        for label in (*term.labels.values(), *term.synonyms):
            key = without_stop_words(words(label))
            if any(found[start : start + len(key)] == key for start in range(len(found))):
                return label
    return None
