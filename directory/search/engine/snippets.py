"""The passage of a text that shows why it was found, in pieces: a template marks them and escapes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from directory.search.engine.analysis import stem, stems, words
from directory.search.engine.parts import Asked, Phrase, Word
from directory.search.engine.weights import PLAIN

LENGTH = 24
"""Words that a passage has."""
_BEFORE = 5
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Snippet:
    """A passage: its language, and pieces of text that were looked for or not. Plain text, never markup."""

    language: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Sought:
    """The words of a query as a text may hold them."""

    plain: frozenset[str]
    stems: frozenset[str]
    prefixes: tuple[str, ...]

    @classmethod
    def of(cls, asked: Asked, corrections: Iterable[str] = ()) -> Sought:
        """What a query looks for, labels included."""
        plain = set(corrections)
        prefixes = []
        for part in asked.required:
            if isinstance(part, Word):
                own = [part]
                prefixes += [part.plain.removeprefix(PLAIN)] if part.is_prefix else []
            elif isinstance(part, Phrase):
                own = []
                plain |= set(part.words)
            else:
                own = [item for group in part.sets for item in group]
            plain |= {item.plain.removeprefix(PLAIN) for item in own}
        return cls(frozenset(plain), frozenset(item for known in plain for item in stems(known)), tuple(prefixes))

    def holds(self, typed: str, language: str) -> bool:
        """Whether a word of a text in some language is one of them."""
        folded = words(typed)
        if len(folded) != 1:
            return False
        found = folded[0]
        return found in self.plain or stem(found, language) in self.stems or found.startswith(self.prefixes)


def snippet(text: str, language: str, sought: Sought) -> Snippet | None:
    """The passage with the most different words that were looked for; None where the text has none of them."""
    spans = [match.span() for match in _WORD.finditer(text)]
    hits = [at for at, (start, end) in enumerate(spans) if sought.holds(text[start:end], language)]
    if not hits:
        return None

    def richness(first: int) -> tuple[int, int]:
        own = {text[slice(*spans[at])].casefold() for at in hits if first <= at < first + LENGTH - _BEFORE}
        return len(own), -first

    start = max(max(hits, key=richness) - _BEFORE, 0)
    end = min(start + LENGTH, len(spans))
    return Snippet(language, tuple(_pieces(text, spans[start:end], {at - start for at in hits}, end < len(spans))))


def _pieces(text: str, spans: list[tuple[int, int]], hits: set[int], is_cut: bool) -> Iterable[tuple[str, bool]]:
    at = spans[0][0]
    if text[:at].strip():
        yield "… ", False
    else:
        at = 0
    for number, (start, end) in enumerate(spans):
        if number in hits:
            if text[at:start]:
                yield text[at:start], False
            yield text[start:end], True
            at = end
    rest = text[at : spans[-1][1]] + " …" if is_cut else text[at:]
    if rest:
        yield rest, False
