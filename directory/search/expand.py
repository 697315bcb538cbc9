"""From the words of a query to what the index is asked: fields by word, and labels that stand for a term.

A label of a service area or population in one language stands for the term itself and for its labels in the
other languages, so that *aide juridique* finds what *legal aid* finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from directory.search.engine.analysis import query_words, stem, stems, without_stop_words, words
from directory.search.store import AnyQuery, TermsQuery
from directory.vocabulary.catalogue import Term, Vocabulary

Part = TermsQuery | AnyQuery


def word_query(word: str) -> TermsQuery:
    """One word in all fields: as it is in names, acronyms and places, by its stems elsewhere."""
    plain = [("acronym", word), ("name", word), ("place", word)]
    stemmed = [(field, item) for item in stems(word) for field in ("name_stem", "topic", "text")]
    return TermsQuery(tuple(plain + stemmed))


@dataclass(frozen=True)
class _Label:
    words: tuple[str, ...]
    term: Term
    is_area: bool


class Expander:
    """Knows the labels of the vocabulary; made once for a vocabulary."""

    def __init__(self, terms: Vocabulary) -> None:
        labels: dict[tuple[str, ...], _Label] = {}
        for is_area, group in ((True, terms.areas), (False, terms.populations)):
            for term in group.values():
                for label in term.labels.values():
                    key = tuple(without_stop_words(words(label)))
                    labels.setdefault(key, _Label(key, term, is_area))
        self._labels = labels
        self._longest = max((len(key) for key in labels), default=0)

    def parts(self, text: str) -> list[Part]:
        """What must all be found: one part for each word, or for each label that the query spells out."""
        found = query_words(text)
        parts: list[Part] = []
        start = 0
        while start < len(found):
            label = self._label_at(found, start)
            parts.append(_label_query(label) if label else word_query(found[start]))
            start += len(label.words) if label else 1
        return parts

    def _label_at(self, found: list[str], start: int) -> _Label | None:
        for length in range(min(self._longest, len(found) - start), 0, -1):
            label = self._labels.get(tuple(found[start : start + length]))
            if label:
                return label
        return None


def _label_query(label: _Label) -> AnyQuery:
    alternatives: list[tuple[TermsQuery, ...]] = []
    if label.is_area:
        alternatives.append((TermsQuery((("area", label.term.slug),)),))
    for language, text in sorted(label.term.labels.items()):
        alternatives.append(tuple(_in_language(without_stop_words(words(text)), language)))
    return AnyQuery(tuple(dict.fromkeys(alternatives)))


def _in_language(found: Iterable[str], language: str) -> Iterable[TermsQuery]:
    for word in found:
        own = stem(word, language)
        yield TermsQuery((("acronym", word), ("name", word), ("name_stem", own), ("topic", own), ("text", own)))
