"""Which records hold a word, a contact, an acronym or a town: what is rare tells more."""

from __future__ import annotations

import math
from collections.abc import Collection, Set
from uuid import UUID

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.organizations.duplicates.compare import FUZZY_LETTERS, FUZZY_WORD, Rarity
from directory.organizations.duplicates.fingerprint import Profile
from directory.organizations.duplicates.lexicon import COMMON_WORDS
from directory.organizations.duplicates.spelled import SpelledWords

MAX_HOLDERS = 200
_LEAST_WEIGHT = 0.1
_USUAL_COUNT = 1_000
"""A directory with fewer records says little about which words are rare: it counts as if it had so many."""
_USUAL_HOLDERS = 30
"""How many of them a word of the lexicon would have."""
_NEAR_WORDS = 6
_NOBODY: frozenset[UUID] = frozenset()
_ACRONYM = "acronym:"
_OWN_KEYS = (_ACRONYM, "+")
"""Acronyms and phones: that a few others hold one says less against it than that they hold a website."""


class Postings:
    """Inverted lists over the profiles of all records."""

    def __init__(self) -> None:
        self._count = 0
        self._by_word: dict[str, set[UUID]] = {}
        self._by_key: dict[str, set[UUID]] = {}
        self._by_town: dict[str, set[UUID]] = {}
        self._by_initial: dict[str, set[str]] = {}
        self.spelled = SpelledWords()

    def put(self, organization_id: UUID, profile: Profile) -> None:
        """Enter a record that is not entered yet."""
        self._count += 1
        for word in profile.words:
            _add(self._by_word, word, organization_id)
            self._by_initial.setdefault(word[0], set()).add(word)
        for key in keys_of(profile):
            _add(self._by_key, key, organization_id)
        for word in profile.town_words:
            _add(self._by_town, word, organization_id)
        self.spelled.put(organization_id, profile.spelled)

    def drop(self, organization_id: UUID, profile: Profile) -> None:
        """Strike out a record that was entered with this profile."""
        self._count -= 1
        for word in profile.words:
            _discard(self._by_word, word, organization_id)
            if word not in self._by_word:
                self._by_initial[word[0]].discard(word)
        for key in keys_of(profile):
            _discard(self._by_key, key, organization_id)
        for word in profile.town_words:
            _discard(self._by_town, word, organization_id)
        self.spelled.drop(organization_id, profile.spelled)

    def with_word(self, word: str) -> Set[UUID]:
        """The records whose names have this canonical word."""
        return self._by_word.get(word, _NOBODY)

    def with_acronym(self, acronym: str) -> Set[UUID]:
        """The records that have, or may have, this acronym."""
        return self._by_key.get(f"{_ACRONYM}{acronym}", _NOBODY)

    def with_contacts(self, profile: Profile) -> set[UUID]:
        """The records that share a contact or acronym which not too many hold."""
        holders = (self._by_key.get(key, _NOBODY) for key in keys_of(profile))
        return {item for found in holders if len(found) <= MAX_HOLDERS for item in found}

    def in_towns(self, profile: Profile) -> set[UUID]:
        """The records that may be in a town of `profile`."""
        return {
            item
            for town in profile.towns
            for item in min((self._in_town(word) for word in sorted(town.words)), key=len)
        }

    def _in_town(self, word: str) -> Set[UUID]:
        return self._by_town.get(word, _NOBODY)

    def weight(self, word: str) -> float:
        """How much a word of a name tells: 1 for one that no record has, near 0 for one that all have."""
        missing = max(0.0, 1 - self._count / _USUAL_COUNT) if word in COMMON_WORDS else 0.0
        return self.weight_of(len(self.with_word(word)) + missing * _USUAL_HOLDERS)

    def weight_of(self, holders: float) -> float:
        """How much it tells to be among so many holders of a word, 0..1."""
        return max(_LEAST_WEIGHT, 1 - math.log1p(holders) / math.log1p(max(self._count, _USUAL_COUNT)))

    def rarity(self, left_out: Collection[UUID]) -> Rarity:
        """What words and contacts tell where the records of `left_out` do not count as holders of a contact."""

        def contact(key: str) -> float:
            holders = self._by_key.get(key, _NOBODY)
            others = max(1, len(holders) - sum(1 for item in left_out if item in holders))
            return others**-0.5 if key.startswith(_OWN_KEYS) else 1 / others

        return Rarity(word=self.weight, contact=contact)

    def near_words(self, word: str) -> list[str]:
        """Words of the records that are one slip away from `word` and begin as it does."""
        if len(word) < FUZZY_LETTERS or not word.isalpha() or len(self.with_word(word)) > MAX_HOLDERS:
            return []
        known = self._by_initial.get(word[0], ())
        found = process.extract(word, known, scorer=OSA.normalized_similarity, score_cutoff=FUZZY_WORD, limit=None)
        nearest_first = sorted((-similarity, near) for near, similarity, _ in found if near != word)
        return [near for _, near in nearest_first[:_NEAR_WORDS]]


def keys_of(profile: Profile) -> set[str]:
    """Under what a record can be found besides its words."""
    acronyms = profile.acronyms | profile.initials | profile.short_names
    return {*profile.websites, *profile.emails, *profile.phones, *(f"{_ACRONYM}{word}" for word in acronyms)}


def _add(postings: dict[str, set[UUID]], key: str, organization_id: UUID) -> None:
    postings.setdefault(key, set()).add(organization_id)


def _discard(postings: dict[str, set[UUID]], key: str, organization_id: UUID) -> None:
    postings[key].discard(organization_id)
    if not postings[key]:
        del postings[key]
