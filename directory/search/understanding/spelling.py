"""What was meant by a word that nothing knows: two words run together, one cut in two, how it sounds, one edit away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from directory.search.engine.analysis import LANGUAGES, STOP_WORDS
from directory.search.understanding import cues
from directory.search.understanding.forms import EXACT, sound
from directory.search.understanding.lexicon import Lexicon
from directory.search.understanding.sources.phrases import common_words

ONE_EDIT_FROM, TWO_EDITS_FROM = 5, 9
MAX_CORRECTED = 8
_LEAST_PIECE = 3
LEAST_HALF = 4
"""Letters of the longer part of a word that was cut in two."""


class Speller:
    """Knows what single words there are; made once for a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._rank: dict[str, int] = {}
        self._by_length: dict[int, list[str]] = {}
        self._by_sound: dict[str, str] = {}
        for word in lexicon.spelled:
            if len(word) >= ONE_EDIT_FROM:
                self._rank[word] = len(self._rank)
                self._by_length.setdefault(len(word), []).append(word)
                self._by_sound.setdefault(sound(word), word)

    def meant(
        self, words: Sequence[str], covered: Collection[int], is_live: Callable[[str], bool]
    ) -> tuple[list[str], dict[int, str]]:
        """The words with those replaced that nothing knows, and what stands at each replaced position.

        A word that is a word is never corrected: not one that a phrase or a live record holds, nor a common one.
        """
        found = list(words)
        changed: dict[int, str] = {}
        for at, word in enumerate(words):
            if len(changed) >= MAX_CORRECTED or at in covered or not self._may_be_wrong(word):
                continue
            better = None
            if not is_live(word):
                better = self._split(word) or self._by_sound.get(sound(word)) or self._near(word)
            if better and better != word:
                found[at] = better
                changed[at] = better
        return found, changed

    def joined(self, words: Sequence[str], covered: Collection[int]) -> dict[int, str]:
        """Words that were cut in two: the position of the first, and both as one that the lexicon knows."""
        pairs = {
            at: words[at] + words[at + 1]
            for at in range(len(words) - 1)
            if (at not in covered or at + 1 not in covered)
            and len(words[at]) > 1
            and len(words[at + 1]) > 1
            and max(len(words[at]), len(words[at + 1])) >= LEAST_HALF
        }
        known = {
            item.start for item in self._lexicon.find(list(pairs.values()), (EXACT,)) if item.end - item.start == 1
        }
        return {at: pair for position, (at, pair) in enumerate(pairs.items()) if position in known}

    def _may_be_wrong(self, word: str) -> bool:
        return (
            len(word) >= ONE_EDIT_FROM
            and word.isalpha()
            and word not in STOP_WORDS
            and word not in self._lexicon.single_words
            and word not in common_words()
            and word not in cues.all_words()
        )

    def _near(self, word: str) -> str | None:
        edits = 2 if len(word) >= TWO_EDITS_FROM else 1
        lengths = range(len(word) - edits, len(word) + edits + 1)
        similar = [
            item
            for length in lengths
            for item in extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=edits, limit=20
            )
        ]
        # A letter is dropped more often than added.
        best = min(similar, key=lambda item: (item[1], -len(item[0]), self._rank[item[0]]), default=None)
        return best[0] if best else None

    def _split(self, word: str) -> str | None:
        """Two words that were run together, where both together are a phrase or a place (*sanantonio*, *dasile*)."""
        for at in range(1, len(word) - _LEAST_PIECE + 1):
            first, second = word[:at], word[at:]
            if at == 1 and first in "dl" and second in self._lexicon.single_words:
                return second
            if at >= _LEAST_PIECE:
                for item in self._lexicon.find([first, second], (EXACT, *LANGUAGES)):
                    if item.end - item.start == 2 and item.form == EXACT:
                        return f"{first} {second}"
        return None
