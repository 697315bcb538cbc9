"""From the text of a query to what the index is asked: words, phrases, and labels that stand for a term.

A label of a service area or population in one language stands for the term itself and for its labels in the
other languages, so that *aide juridique* finds what *legal aid* finds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from directory.search.engine.analysis import STOP_WORDS, stem, without_stop_words, words
from directory.search.engine.parts import Alternatives, Asked, Part, Phrase, Token, Word, tokens, word
from directory.search.engine.weights import AREA, STEM, plain_term
from directory.vocabulary.catalogue import Term, Vocabulary


@dataclass(frozen=True)
class _Label:
    words: tuple[str, ...]
    term: Term
    is_area: bool


@dataclass(frozen=True)
class _Typed:
    """A word of a query outside quotation marks."""

    text: str
    is_last: bool


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
        self._read = lru_cache(maxsize=1024)(self._asked)

    def asked(self, text: str, literal: tuple[str, ...] = ()) -> Asked:
        """What must be found and what must not; words in `literal` are no part of a label."""
        return self._read(text, literal)

    def _asked(self, text: str, literal: tuple[str, ...]) -> Asked:
        found = tokens(text)
        plain = [token for token in found if not token.is_phrase and not token.is_excluded]
        kept = frozenset(item for token in literal for item in words(token))
        phrases = [Phrase(token.words) for token in found if token.is_phrase and not token.is_excluded]
        required = [*self._parts(_typed(plain, is_all=not phrases), kept), *phrases]
        excluded = [part for token in found if token.is_excluded for part in _without(token)]
        return Asked(tuple(dict.fromkeys(required)), tuple(dict.fromkeys(excluded)))

    def _parts(self, typed: Sequence[_Typed], kept: frozenset[str]) -> Iterator[Part]:
        start = 0
        while start < len(typed):
            label = self._label_at([item.text for item in typed], start, kept)
            if label:
                yield _label_part(label)
            else:
                yield word(typed[start].text, is_prefix=typed[start].is_last)
            start += len(label.words) if label else 1

    def _label_at(self, found: list[str], start: int, kept: frozenset[str]) -> _Label | None:
        for length in range(min(self._longest, len(found) - start), 0, -1):
            own = tuple(found[start : start + length])
            if (label := self._labels.get(own)) and kept.isdisjoint(own):
                return label
        return None


def _typed(found: Sequence[Token], *, is_all: bool) -> list[_Typed]:
    """The words that carry meaning, each once; all of them where none would be left and they are all there is."""
    everything = {
        item: _Typed(item, token.is_last and at == len(token.words) - 1)
        for token in found
        for at, item in enumerate(token.words)
    }
    telling = [item for text, item in everything.items() if text not in STOP_WORDS]
    return telling or (list(everything.values()) if is_all else [])


def _without(token: Token) -> list[Part]:
    """What an excluded token excludes: a phrase, or each of its words by any of its stems."""
    return [Phrase(token.words)] if token.is_phrase else [word(item) for item in token.words]


def _label_part(label: _Label) -> Alternatives:
    sets = [
        tuple(_in_language(item, language) for item in without_stop_words(words(text)))
        for language, text in sorted(label.term.labels.items())
    ]
    terms = (AREA + label.term.slug,) if label.is_area else ()
    return Alternatives(tuple(dict.fromkeys(item for item in sets if item)), terms)


def _in_language(text: str, language: str) -> Word:
    return Word(plain_term(text), (STEM + stem(text, language),))
