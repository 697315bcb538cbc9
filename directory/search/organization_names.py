"""Which organizations a text names: acronyms, whole names, and runs of their words that few others have."""

from __future__ import annotations

from collections.abc import Sequence

from pyroaring import BitMap

from directory.search.engine.analysis import STOP_WORDS, words
from directory.search.engine.collection import Collection
from directory.search.engine.parts import Alternatives
from directory.search.engine.weights import NAMED, PHONE
from directory.search.understanding import cues
from directory.search.understanding.candidates import COST_NAME, Candidate, Text
from directory.search.understanding.sources.phrases import common_spellings

MAX_HOLDERS = 40
"""A word in more names than this tells none of them."""
MAX_NAMED = 6
"""A run of words that more organizations share is a kind of organization, not a name."""
MAX_ASKED = 40
RARE_AMONG, RARE_LETTERS = 3, 4
"""In a text of so few telling words one word of so many letters may stand for a name."""
PHONE_DIGITS = 7
_LEGAL_FORMS = frozenset(["inc", "ac", "llc", "iap", "corp", "ltd", "ltee", "asociacion", "civil", "a", "c"])


class OrganizationNames:
    """The names of one generation's organizations, asked through its postings."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._names: dict[int, tuple[tuple[str, ...], ...]] = {}

    def holders(self, word: str) -> BitMap:
        """The live documents that have a word in a name or acronym."""
        return self._collection.column(Alternatives((), (NAMED + word,))).documents & self._collection.live

    def with_phone(self, digits: str) -> BitMap:
        """The live documents with a public number that ends like this one (its last seven digits)."""
        part = Alternatives((), (PHONE + digits[-PHONE_DIGITS:],))
        return self._collection.column(part).documents & self._collection.live

    def candidates(self, text: Text, meanings: frozenset[str]) -> list[Candidate]:
        """Runs of a text that are the name of a few organizations."""
        found: dict[tuple[int, int], set[int]] = {}
        whole: set[tuple[int, int]] = set()
        content = [at for at, word in enumerate(text.words) if word not in STOP_WORDS and len(word) > 2]
        for at in content[:MAX_ASKED]:
            holders = self.holders(text.words[at])
            if not 0 < len(holders) <= MAX_HOLDERS:
                continue
            for number in holders:
                for name in self._names_of(number):
                    run = _run(text.words, at, name)
                    if run is None:
                        continue
                    is_whole = run[1] - run[0] >= len(name)
                    told = sum(word not in STOP_WORDS for word in text.words[run[0] : run[1]])
                    if told < 2 and not (
                        self._stands_alone(run, text, meanings, len(content))
                        if is_whole
                        else self._is_rare(run, text, meanings, len(content))
                    ):
                        continue
                    found.setdefault(run, set()).add(number)
                    if is_whole:
                        whole.add(run)
        return [
            Candidate(start, end, _cost(start, end, (start, end) in whole, text), "exact", documents=frozenset(numbers))
            for (start, end), numbers in found.items()
            if len(numbers) <= MAX_NAMED
        ]

    def _stands_alone(self, run: tuple[int, int], text: Text, meanings: frozenset[str], count: int) -> bool:
        """Whether one word may be a name: an acronym in capitals, or no common word in a short text."""
        word, token = text.words[run[0]], text.tokens[run[0]]
        # *raíces* is a word; *raices* may be one without its accent, or a name.
        is_plain = word in cues.all_words() or token.raw.lower() in common_spellings()
        return token.is_capital or (word not in meanings and (count == 1 or (count <= 4 and not is_plain)))

    def _is_rare(self, run: tuple[int, int], text: Text, meanings: frozenset[str], count: int) -> bool:
        """Whether one word of a name is enough in a short text (*scalabrini mtl*): rare, and without a meaning."""
        word, token = text.words[run[0]], text.tokens[run[0]]
        is_plain = word in cues.all_words() or word in meanings or token.raw.lower() in common_spellings()
        is_typed = run[0] not in text.corrected
        return count <= RARE_AMONG and len(word) >= RARE_LETTERS and is_typed and not is_plain

    def _names_of(self, number: int) -> tuple[tuple[str, ...], ...]:
        known = self._names.get(number)
        if known is None:
            source, own = self._collection.source_of(number)
            listed = source.columns.named(own)[4:]
            known = tuple(name for name in (_told(words(item)) for item in listed) if name)
            self._names[number] = known
        return known


def _told(name: Sequence[str]) -> tuple[str, ...]:
    """A name without its legal form."""
    found = list(name)
    while len(found) > 1 and found[-1] in _LEGAL_FORMS:
        found.pop()
    return tuple(found)


def _run(words_typed: Sequence[str], at: int, name: Sequence[str]) -> tuple[int, int] | None:
    """The longest run of the text around a position that stands so in a name."""
    best: tuple[int, int] | None = None
    for place, word in enumerate(name):
        if word != words_typed[at]:
            continue
        start, begin = at, place
        while start and begin and words_typed[start - 1] == name[begin - 1]:
            start, begin = start - 1, begin - 1
        end, stop = at + 1, place + 1
        while end < len(words_typed) and stop < len(name) and words_typed[end] == name[stop]:
            end, stop = end + 1, stop + 1
        if best is None or end - start > best[1] - best[0]:
            best = (start, end)
    return best


def _cost(start: int, end: int, is_whole: bool, text: Text) -> float:
    told = sum(word not in STOP_WORDS for word in text.words[start:end])
    return COST_NAME + (0.0 if is_whole else 0.35 if told < 3 else 0.1)
