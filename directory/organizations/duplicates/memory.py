"""All records in memory: which may be the same as a candidate, and which are meant by a name half typed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Set
from uuid import UUID

from directory.organizations.duplicates.compare import THRESHOLD, compare_profiles
from directory.organizations.duplicates.fingerprint import Fingerprint, Match, Profile, Reason, profile_of
from directory.organizations.duplicates.lexicon import STOP_WORDS
from directory.organizations.duplicates.names import canonical, folded_words
from directory.organizations.duplicates.postings import Postings

MAX_COMPARED = 80
MAX_POSTINGS = 2_000
MAX_TYPED = 400
MIN_TYPED = 4
_TOWN_POINTS = 0.3
_ENOUGH_TYPED = 0.75
_ELSEWHERE = 0.8
_UNKNOWN = 0.5


class DuplicateIndex:
    """Finds records that may be the same as a candidate. Threads may share it: they take turns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[UUID, str] = {}
        self._profiles: dict[UUID, Profile] = {}
        self._postings = Postings()

    def __len__(self) -> int:
        return len(self._profiles)

    def put(self, organization_id: UUID, fingerprint: Fingerprint) -> None:
        """Add a record, or replace what is known of it."""
        profile = profile_of(fingerprint)
        with self._lock:
            self._drop(organization_id)
            self._names[organization_id] = next(iter(fingerprint.names), "")
            self._profiles[organization_id] = profile
            self._postings.put(organization_id, profile)

    def drop(self, organization_id: UUID) -> None:
        """Forget a record; one that is not known is no error."""
        with self._lock:
            self._drop(organization_id)

    def _drop(self, organization_id: UUID) -> None:
        profile = self._profiles.pop(organization_id, None)
        if profile is not None:
            del self._names[organization_id]
            self._postings.drop(organization_id, profile)

    def find(
        self,
        candidate: Fingerprint,
        *,
        exclude: Collection[UUID] = (),
        limit: int = 5,
        minimum: float = THRESHOLD,
        judged_by: DuplicateIndex | None = None,
    ) -> list[Match]:
        """Records that are the same with at least `minimum` likelihood, best first.

        What is rare is told by this index, or by `judged_by`, which knows more records than this one holds.
        """
        left_out = frozenset(exclude)
        profile = profile_of(candidate)
        with self._lock:
            chosen = {item: (self._names[item], self._profiles[item]) for item in self._candidates(profile, left_out)}
        found = []
        judge = self if judged_by is None else judged_by
        with judge._lock:
            rarity = judge._postings.rarity(left_out)
            for organization_id, (name, other) in chosen.items():
                score, reasons = compare_profiles(profile, other, rarity)
                if score >= minimum:
                    found.append(Match(organization_id, name, round(score, 4), reasons))
        return sorted(found, key=_best_first)[:limit]

    def typed(self, name: str, country: str | None = None, limit: int = 5) -> list[Match]:
        """Records whose name has the words of a name that is being typed, the last word perhaps unfinished.

        Those outside `country` (alpha-2) count less. Nothing is found before four letters are typed.
        """
        words = [word for word in folded_words(name) if word not in STOP_WORDS]
        if sum(map(len, words)) < MIN_TYPED:
            return []
        found = []
        with self._lock:
            holders = {word: self._holders(word, is_last=word == words[-1]) for word in words}
            points = self._typed_points(holders)
            for organization_id in sorted(points, key=lambda item: (-points[item], item))[:MAX_TYPED]:
                score, reason = self._typed_score(organization_id, holders, points[organization_id])
                is_elsewhere = country and country not in self._profiles[organization_id].codes
                found.append(self._match(organization_id, score * (_ELSEWHERE if is_elsewhere else 1), (reason,)))
        return sorted(found, key=_best_first)[:limit]

    def _match(self, organization_id: UUID, score: float, reasons: tuple[Reason, ...]) -> Match:
        return Match(organization_id, self._names[organization_id], round(score, 4), reasons)

    def _candidates(self, profile: Profile, left_out: frozenset[UUID]) -> list[UUID]:
        """The records worth comparing: all that share a contact, and the best by shared words and town."""
        points = self._points(profile)
        best = sorted(points, key=lambda item: (-points[item], item))[: MAX_COMPARED + len(left_out)]
        chosen = self._postings.with_contacts(profile).union(best)
        return sorted(chosen - left_out)

    def _points(self, profile: Profile) -> dict[UUID, float]:
        points: defaultdict[UUID, float] = defaultdict(float)
        towns = self._postings.in_towns(profile)
        words = {near for word in profile.words for near in (word, *self._postings.near_words(word))}
        rarest_first = sorted(words, key=lambda word: (len(self._postings.with_word(word)), word))
        for word in rarest_first:
            holders = self._postings.with_word(word)
            # A word that very many have only adds to those which something else brought up.
            chosen = holders & (towns | points.keys()) if len(holders) > MAX_POSTINGS else holders
            weight = self._postings.weight(word)
            for organization_id in chosen:
                points[organization_id] += weight
        for organization_id in towns & points.keys():
            points[organization_id] += _TOWN_POINTS
        return points

    def _holders(self, word: str, *, is_last: bool) -> Set[UUID]:
        """The records with a typed word, in any language and with one slip; of the last word also its beginning."""
        found = set(self._postings.with_acronym(word))
        for part in canonical(word):
            for near in (part, *self._postings.near_words(part)):
                found |= self._postings.with_word(near)
        return found | self._postings.spelled.beginning(word) if is_last else found

    def _typed_points(self, holders: Mapping[str, Set[UUID]]) -> dict[UUID, float]:
        """The records with enough of the typed words, and the part of their weight that each has."""
        weights = {word: self._postings.weight_of(len(found)) for word, found in holders.items() if found}
        if not weights:
            return {}
        # A word that no record has is a slip as often as it is another organization: it counts little.
        usual = sum(weights.values()) / len(weights)
        weights = {word: weights.get(word, _UNKNOWN * usual) for word in holders}
        points: defaultdict[UUID, float] = defaultdict(float)
        for word, found in holders.items():
            for organization_id in found:
                points[organization_id] += weights[word]
        total = sum(weights.values())
        return {item: value / total for item, value in points.items() if value >= _ENOUGH_TYPED * total}

    def _typed_score(
        self, organization_id: UUID, holders: Mapping[str, Set[UUID]], part: float
    ) -> tuple[float, Reason]:
        """How near a record's name is to being what was typed, and by what."""
        profile = self._profiles[organization_id]
        typed = "".join(holders)
        if typed in profile.acronyms:
            return part, Reason.SAME_ACRONYM
        words = {near for word in holders for near in canonical(word)}
        if any(words == set(name.words) for name in profile.names):
            return part, Reason.SAME_NAME
        shortest = min((len(name.words) for name in profile.names), default=1)
        return part * (0.5 + 0.4 * min(1.0, len(holders) / shortest)), Reason.SIMILAR_NAME


def _best_first(match: Match) -> tuple[float, str, UUID]:
    return -match.score, match.name, match.organization_id
