"""The right answers by plain counting, which every engine's totals and facets must equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.engines.ask import FACETS, Ask
from benchmarks.engines.contender import Answer
from directory.search.documents import Document


class WrongAnswer(Exception):
    """An engine says something else than plain counting does."""


@dataclass(frozen=True)
class Expected:
    """What is true of a question: all ids that match, and the counts of each facet over them."""

    ids: frozenset[str]
    facets: dict[str, dict[str, int]]


class Truth:
    """Collects what some questions need of each document."""

    def __init__(self, asks: Iterable[Ask]) -> None:
        self._postings: dict[tuple[str, str], set[int]] = {
            pair: set() for ask in asks for word in ask.words for pair in word
        }
        self._ids: list[str] = []
        self._values: list[dict[str, frozenset[str]]] = []

    def add(self, document: Document) -> None:
        """Take one document in."""
        number = len(self._ids)
        self._ids.append(document.id)
        self._values.append({facet: frozenset(document.stored[name]) for facet, name in FACETS.items()})
        for field, terms in document.fields.items():
            for term in set(terms):
                if (postings := self._postings.get((field, term))) is not None:
                    postings.add(number)

    def expected(self, ask: Ask) -> Expected:
        """The true answer."""
        found = set(range(len(self._ids)))
        for word in ask.words:
            found &= set().union(*(self._postings[pair] for pair in word))
        for facet, wanted in ask.filters().items():
            found = {number for number in found if not self._values[number][facet].isdisjoint(wanted)}
        facets = {
            facet: dict(Counter(value for number in found for value in self._values[number][facet])) for facet in FACETS
        }
        return Expected(frozenset(self._ids[number] for number in found), facets)


def check(name: str, ask: Ask, answer: Answer, expected: Expected) -> None:
    """Raises WrongAnswer unless total, facets and first hits agree. A facet that is filtered is not compared."""
    total = len(expected.ids)
    wrong = []
    if answer.total != total:
        wrong.append(f"total {answer.total}, not {total}")
    first = {str(found) for found in answer.ids}
    if len(first) != min(ask.size, total) or not expected.ids.issuperset(first):
        wrong.append(f"{len(answer.ids)} first hits, not all of which match")
    for facet in FACETS:
        if facet not in ask.filters() and dict(answer.facets[facet]) != expected.facets[facet]:
            wrong.append(f"facet {facet}")
    if wrong:
        raise WrongAnswer(f"{name} on {ask.query.text!r} {ask.filters()}: {'; '.join(wrong)}")
