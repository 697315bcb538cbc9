"""Suggestions of service areas and populations, found by their labels in any language and by synonyms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from directory.search.engine.analysis import words
from directory.search.engine.suggest import PrefixIndexBuilder
from directory.search.suggest.candidates import Candidate
from directory.vocabulary.catalogue import Term


class Terms:
    """One vocabulary. Terms that are shown first come first of equals."""

    def __init__(self, kind: Literal["area", "population"], terms: Mapping[str, Term]) -> None:
        self._kind = kind
        self._terms = list(terms.values())
        builder = PrefixIndexBuilder()
        for number, term in enumerate(self._terms):
            for label in term.labels.values():
                builder.add(number, words(label))
            for synonym in term.synonyms:
                builder.add(number, words(synonym), is_own=False)
        self._index = builder.build([0.0] * len(self._terms))

    def find(self, typed: Sequence[str], language: str, limit: int, *, tolerant: bool) -> list[Candidate]:
        """Terms, labelled in a language."""
        found = self._index.find(typed, limit, tolerant=tolerant)
        return [self._candidate(self._terms[match.number], language, match.score) for match in found]

    def _candidate(self, term: Term, language: str, score: float) -> Candidate:
        names = (*term.labels.values(), *term.synonyms)
        path = f"/search?{self._kind}={term.slug}"
        return Candidate(self._kind, term.slug, term.labels[language], path, names, score)
