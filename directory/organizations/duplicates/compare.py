"""How likely two records are one organization, and why: names weighed by rarity, then contacts and places."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from directory.organizations.duplicates.fingerprint import Fingerprint, Profile, Reason, profile_of
from directory.organizations.duplicates.lexicon import COMMON_WORDS
from directory.organizations.duplicates.names import Name

THRESHOLD = 0.5
FUZZY_WORD = 0.8
FUZZY_LETTERS = 5
SIMILAR_NAME = 0.6
SAME_NAME = 0.97
RARE_WORD = 0.8
_COMMON_WORD, _RARE_WORD = 0.35, 0.9


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much a word or a contact tells, 0..1: a contact 1 for one holder, less for many."""

    word: Callable[[str], float]
    contact: Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Odds:
    """Log odds that each sign adds; all start at `base`. Chosen on the tuning half of the labelled pairs."""

    base: float = -5.2
    name: float = 7.5
    acronym: float = 1.2
    phone: float = 2.3
    email: float = 2.3
    website: float = 2.6
    same_town: float = 0.9
    other_town: float = -1.0
    generic_elsewhere: float = -2.6
    names_disagree: float = -1.2
    other_website: float = -0.6


def _any_word(word: str) -> float:
    return _COMMON_WORD if word in COMMON_WORDS else _RARE_WORD


PLAIN_RARITY = Rarity(word=_any_word, contact=lambda _key: 1.0)
"""Where no other records are known: common words weigh less, all contacts weigh the same."""
ODDS = Odds()


@dataclass(frozen=True, slots=True)
class NameLikeness:
    """How alike two names are (0..1), how much the shared words tell together and the rarest alone.

    `disagrees`: one names a place where the other record is not.
    """

    score: float
    told: float
    rarest: float = 0.0
    disagrees: bool = False


def compare(
    a: Fingerprint, b: Fingerprint, rarity: Rarity = PLAIN_RARITY, odds: Odds = ODDS
) -> tuple[float, tuple[Reason, ...]]:
    """The likelihood that both are one organization (0..1) and the signs for it."""
    return compare_profiles(profile_of(a), profile_of(b), rarity, odds)


def compare_profiles(a: Profile, b: Profile, rarity: Rarity, odds: Odds = ODDS) -> tuple[float, tuple[Reason, ...]]:
    """As `compare`, for records made ready before."""
    is_same_town = any(here.is_same(there) for here in a.towns for there in b.towns)
    is_other_town = not is_same_town and _is_elsewhere(a, b)
    likeness = _best_name(a, b, rarity, is_same_town, is_other_town)
    acronym = _shared_acronym(a, b, rarity)
    phone = _strongest(a.phones & b.phones, rarity)
    email = _strongest(a.emails & b.emails, rarity)
    website = _strongest((a.websites & b.websites) - _domains(a.emails & b.emails), rarity)
    is_generic = (likeness.told < 1.1 or likeness.rarest < RARE_WORD) and acronym < 1
    name = max(likeness.score * _certainty(likeness.told + 0.5 * is_same_town), 0.85 * acronym)
    sum_of_odds = (
        odds.base
        + odds.name * name
        + odds.acronym * acronym * (likeness.score >= SIMILAR_NAME)
        + odds.phone * phone
        + odds.email * email
        + odds.website * website
        + odds.same_town * is_same_town
        + is_other_town * (odds.generic_elsewhere if is_generic else odds.other_town)
        + odds.names_disagree * likeness.disagrees
        + odds.other_website * bool(a.websites and b.websites and not a.websites & b.websites)
    )
    found = {
        Reason.SAME_NAME: likeness.score >= SAME_NAME,
        Reason.SIMILAR_NAME: SIMILAR_NAME <= likeness.score < SAME_NAME,
        Reason.SAME_ACRONYM: acronym > 0,
        Reason.SAME_WEBSITE: website > 0,
        Reason.SAME_EMAIL: email > 0,
        Reason.SAME_PHONE: phone > 0,
        Reason.SAME_PLACE: is_same_town,
    }
    return 1 / (1 + math.exp(-sum_of_odds)), tuple(reason for reason, holds in found.items() if holds)


def _certainty(told: float) -> float:
    """How far alike names count: hardly where only words like `casa` and `migrant` are shared."""
    return 1 - math.exp(-told / 0.4)


def _strongest(keys: Iterable[str], rarity: Rarity) -> float:
    return max(map(rarity.contact, keys), default=0.0)


def _domains(emails: Iterable[str]) -> set[str]:
    return {email.rpartition("@")[2] for email in emails}


def _is_elsewhere(a: Profile, b: Profile) -> bool:
    """Whether both say where they are and the places differ."""
    if a.towns and b.towns:
        return True
    return bool(a.codes and b.codes) and not a.codes & b.codes


def _shared_acronym(a: Profile, b: Profile, rarity: Rarity) -> float:
    """How much a shared acronym tells: all of it only where one side gives no other name, or derives from the other."""
    shared = a.acronyms & b.acronyms
    alone = (a.short_names & (b.acronyms | b.initials)) | (b.short_names & (a.acronyms | a.initials))
    derived = (a.acronyms & b.initials) | (b.acronyms & a.initials)
    return max(
        0.5 * max((rarity.contact(f"acronym:{word}") for word in shared | derived), default=0.0),
        max((rarity.contact(f"acronym:{word}") for word in alone), default=0.0),
    )


def _best_name(a: Profile, b: Profile, rarity: Rarity, is_same_town: bool, is_other_town: bool) -> NameLikeness:
    found = (
        _Pair(a, b, rarity, is_same_town, is_other_town).likeness(mine, other) for mine in a.names for other in b.names
    )
    return max(found, key=lambda item: (item.score * _certainty(item.told), item.score), default=NameLikeness(0, 0))


class _Pair:
    """Two records whose names are compared; where they are decides what a place in a name says."""

    def __init__(self, a: Profile, b: Profile, rarity: Rarity, is_same_town: bool, is_other_town: bool) -> None:
        self.a, self.b, self.rarity = a, b, rarity
        self.is_same_town, self.is_other_town = is_same_town, is_other_town

    def likeness(self, mine: Name, other: Name) -> NameLikeness:
        """How alike two names are: shared weight against the weight of what only one of them has."""
        shared, mine_left, other_left = match_words(mine.words, other.words)
        weights = [similarity * self._shared_weight(x, y, mine, other) for x, y, similarity in shared]
        told = sum(weights)
        if not told:
            return NameLikeness(0, 0)
        left_a = [self._leftover(word, mine, self.a, self.b) for word in mine_left]
        left_b = [self._leftover(word, other, self.b, self.a) for word in other_left]
        weight_a, weight_b = sum(weight for weight, _ in left_a), sum(weight for weight, _ in left_b)
        misplaced = sum(weight for weight, is_misplaced in (*left_a, *left_b) if is_misplaced)
        low, high = sorted((weight_a, weight_b))
        extra = (0.9 if self.is_other_town else 0.3 + 0.6 * (1 - max(weights))) * (high - low)
        return NameLikeness(told / (told + 1.3 * low + extra + 0.3 * misplaced), told, max(weights), misplaced > 0)

    def _shared_weight(self, word: str, near: str, mine: Name, other: Name) -> float:
        """The weight of a word that both have; a place that both are in tells little beside the place itself."""
        weight = min(self.rarity.word(word), self.rarity.word(near))
        is_home = (word in self.a.town_words and word in self.b.town_words) or (
            word in mine.regions and word in other.regions
        )
        return 0.3 * weight if is_home else weight

    def _leftover(self, word: str, name: Name, own: Profile, others: Profile) -> tuple[float, bool]:
        """The weight of a word that the other name lacks, and whether it names a place where the other is not."""
        region = name.regions.get(word)
        if word in others.town_words or (region and region in others.codes):
            return 0.0, False
        if self.is_same_town and (word in own.town_words or (region and region in own.codes)):
            return 0.0, False
        names_place = bool(region) or word in own.town_words
        return self.rarity.word(word), names_place and bool(others.codes) and not self.is_same_town


def match_words(
    mine: tuple[str, ...], other: tuple[str, ...]
) -> tuple[list[tuple[str, str, float]], list[str], list[str]]:
    """Pairs of words that are equal or one slip apart, with their similarity, and what is left on each side."""
    there = set(other)
    shared = [(word, word, 1.0) for word in mine if word in there]
    taken = {word for word, _, _ in shared}
    mine_left = [word for word in mine if word not in taken]
    other_left = [word for word in other if word not in taken]
    for word in tuple(mine_left):
        best, similarity = _closest(word, other_left)
        if best:
            shared.append((word, best, similarity))
            mine_left.remove(word)
            other_left.remove(best)
    return shared, mine_left, other_left


def _closest(word: str, others: Iterable[str]) -> tuple[str, float]:
    if len(word) < FUZZY_LETTERS or not word.isalpha():
        return "", 0.0
    found = (
        (OSA.normalized_similarity(word, other, score_cutoff=FUZZY_WORD), other)
        for other in others
        if len(other) >= FUZZY_LETTERS and not (word in COMMON_WORDS and other in COMMON_WORDS)
    )
    similarity, best = max(found, default=(0.0, ""))
    return (best, similarity) if similarity >= FUZZY_WORD else ("", 0.0)
