"""Words as they are spelled in names, in order, so that a word half typed finds those that begin with it."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from uuid import UUID

MAX_WORDS = 300


class SpelledWords:
    """Folded words → the records whose names have them."""

    def __init__(self) -> None:
        self._holders: dict[str, set[UUID]] = {}
        self._sorted: list[str] = []

    def put(self, organization_id: UUID, words: Iterable[str]) -> None:
        """Note that a record's names have these words."""
        for word in words:
            if word not in self._holders:
                self._holders[word] = set()
                insort(self._sorted, word)
            self._holders[word].add(organization_id)

    def drop(self, organization_id: UUID, words: Iterable[str]) -> None:
        """Forget that a record's names have these words."""
        for word in words:
            holders = self._holders.get(word, set())
            holders.discard(organization_id)
            if word in self._holders and not holders:
                del self._holders[word]
                del self._sorted[bisect_left(self._sorted, word)]

    def beginning(self, prefix: str) -> set[UUID]:
        """The records with a word that begins with `prefix`; of very many words only the first."""
        start = bisect_left(self._sorted, prefix)
        found: set[UUID] = set()
        for word in self._sorted[start : start + MAX_WORDS]:
            if not word.startswith(prefix):
                break
            found |= self._holders[word]
        return found
