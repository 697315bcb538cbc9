"""Names by the beginnings of their words: against a plain reference, and one rule after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from directory.search.engine.analysis import MAX_WORD, words
from directory.search.engine.suggest import (
    AROUND,
    EXACT,
    MAX_TYPED_WORDS,
    MISTYPED,
    OTHER,
    OTHER_FIRST,
    OWN,
    OWN_FIRST,
    POINTS,
    Mask,
    Match,
    PrefixIndex,
    PrefixIndexBuilder,
    index_segment,
)
from directory.search.engine.wordlist import TextsBuilder, WordList, edits_allowed, is_beginning_like

WORDS = st.text(alphabet="abcñé", min_size=1, max_size=11)
NAMES = st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=3), st.booleans()), min_size=0, max_size=3)
Names = list[tuple[list[str], bool]]


@dataclass(frozen=True)
class Reference:
    """The obvious way: every word of every name is compared with every word typed."""

    entries: Sequence[Names]
    weights: Sequence[float]
    around: Sequence[Sequence[str]]

    def find(self, typed: Sequence[str], limit: int, tolerant: bool) -> list[Match]:
        found = []
        wanted = list(dict.fromkeys(typed))
        for number, names in enumerate(self.entries):
            own = [self.points(names, word, tolerant) for word in wanted]
            beside = [
                AROUND * any(_worth(other, word, POINTS[OWN], tolerant) for other in self.around[number])
                for word in wanted
            ]
            best = [max(pair) for pair in zip(own, beside, strict=True)]
            if wanted and all(best) and any(own):
                found.append(Match(number, sum(best) / len(wanted) + self.weights[number]))
        return sorted(found, key=lambda match: (-match.score, match.number))[:limit]

    def points(self, names: Names, word: str, tolerant: bool) -> int:
        worths = [0]
        for name, is_own in names:
            for place, other in enumerate(name):
                rank = (OWN_FIRST if place == 0 else OWN) if is_own else (OTHER_FIRST if place == 0 else OTHER)
                worth = _worth(other, word, int(POINTS[rank]), tolerant)
                worths.append(worth + EXACT * (is_own and other == word))
        return max(worths)


def _worth(other: str, word: str, points: int, tolerant: bool) -> int:
    if other.startswith(word):
        return points
    is_like = tolerant and edits_allowed(word) and is_beginning_like(other, word, edits_allowed(word))
    return points - min(MISTYPED, points - 1) if is_like else 0


def build(entries: Iterable[Names], weights: Iterable[float], around: Sequence[Sequence[str]] = ()) -> PrefixIndex:
    builder = PrefixIndexBuilder()
    for number, names in enumerate(entries):
        for name, is_own in names:
            builder.add(number, name, is_own=is_own)
    if not around:
        return builder.build(weights)
    return builder.build(
        weights, (build([[(list(item), True)] for item in around], [0.0] * len(around)), range(len(around)))
    )


@given(st.data())
def test_the_index_finds_what_the_obvious_way_finds(data: st.DataObject) -> None:
    entries = data.draw(st.lists(NAMES, min_size=1, max_size=8))
    weights = [float(item) for item in data.draw(st.lists(st.integers(0, 8), min_size=8, max_size=8))][: len(entries)]
    around = [data.draw(st.lists(WORDS, min_size=1, max_size=2)) for _ in entries]
    known = [word for names in entries for name, _ in names for word in name] or ["a"]
    cut = st.sampled_from(known).map(lambda word: word[: max(1, len(word) - 1)])
    typed = data.draw(st.lists(st.one_of(WORDS, cut, st.sampled_from(known)), min_size=1, max_size=3))
    tolerant = data.draw(st.booleans())
    limit = data.draw(st.integers(1, 9))
    found = build(entries, weights, around).find(typed, limit, tolerant=tolerant)
    wanted = Reference(entries, weights, around).find(typed, limit, tolerant)
    assert [match.number for match in found] == [match.number for match in wanted]
    assert [match.score for match in found] == pytest.approx([match.score for match in wanted])


@given(st.lists(WORDS, max_size=30), WORDS)
def test_a_prefix_is_one_run_of_the_list(found: list[str], prefix: str) -> None:
    ordered = sorted(set(found))
    listed = WordList.of(ordered)
    first, end = listed.starting_with(prefix)
    assert listed.between(first, end) == [word for word in ordered if word.startswith(prefix)]
    assert list(listed) == ordered


@given(st.lists(WORDS, max_size=30), WORDS)
def test_the_sieve_for_mistyped_words_lets_no_word_through_its_holes(found: list[str], typed: str) -> None:
    listed = WordList.of(sorted(set(found)))
    edits = edits_allowed(typed)
    like = [
        word for word in listed
        if edits and any(OSA.distance(typed, word[:end]) <= edits for end in range(len(word) + 1))
    ]  # fmt: skip
    assert [listed[number] for number in listed.beginning_like(typed)] == like


def test_texts_are_kept_and_told_apart() -> None:
    texts = TextsBuilder(["", "Ñandú", "día"]).build()
    assert (list(texts), len(texts), texts[1]) == (["", "Ñandú", "día"], 3, "Ñandú")
    with pytest.raises(IndexError):
        texts[3]
    assert list(TextsBuilder().build()) == []


def names_of(*names: str) -> PrefixIndex:
    return build([[(words(name), True)] for name in names], [0.0] * len(names))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("migr", [0]), ("migr casa", [0]), ("casa migr", [0]), ("CASA", [0, 1]), ("corazon", [1]), ("corazón", [1]),
        ("casa x", []), ("de cas m", [0]), ("", []), ("zz", []),
    ],
)  # fmt: skip
def test_every_word_typed_begins_a_word_in_any_order(typed: str, expected: list[int]) -> None:
    index = names_of("Casa del Migrante", "La casa del Corazón")
    assert [match.number for match in index.find(words(typed), 9)] == expected


def test_what_begins_as_typed_and_whole_words_come_first() -> None:
    index = names_of("New York", "Yorkshire Hill", "York")
    assert [match.number for match in index.find(["york"], 9)] == [2, 0, 1]


def test_typing_errors_are_forgiven_in_words_of_five_letters_and_more() -> None:
    index = names_of("Tijuana", "Tegucigalpa", "Nice")
    for typed, expected in (
        ("tijuna", [0]), ("tjiuana", [0]), ("tijuama", [0]), ("tijun", [0]), ("itjuana", [0]), ("tixxana", []),
        ("tegusigalpe", [1]), ("nise", []), ("niceee", []),
    ):  # fmt: skip
        assert [match.number for match in index.find([typed], 9, tolerant=True)] == expected, typed
        assert index.find([typed], 9) == []


def test_a_town_is_found_with_its_state_but_not_by_the_state_alone() -> None:
    index = build([[(["springfield"], True)], [(["springfield"], True)]], [0, 0], [["illinois"], ["ohio"]])
    assert [match.number for match in index.find(["springfield", "ill"], 9)] == [0]
    assert index.find(["illinois"], 9) == []


def test_what_is_asked_is_bounded() -> None:
    index = names_of("a b c d e f g h i j k l m n")
    assert index.find([chr(97 + n) for n in range(MAX_TYPED_WORDS)], 9)
    assert index.find([chr(97 + n) for n in range(MAX_TYPED_WORDS + 1)], 9) == []
    assert edits_allowed("x" * MAX_WORD) == 0
    assert PrefixIndexBuilder().build([]).find(["a"], 9) == []


class Segment:
    """A segment of three documents, of which the second is no record and the third is gone."""

    segment_id = "s"

    def names(self) -> list[tuple[str, ...]]:
        return [("Kids in Need of Defense", "KIND", "Niños"), (), ("Kindred", "")]

    def live(self) -> Mask:
        return np.array([True, False, False])


def test_a_segment_answers_with_its_live_documents() -> None:
    segment = Segment()
    index = index_segment(segment)
    assert [match.number for match in index.find(["kind"], 9)] == [0, 2]
    for typed in ("kind", "nino", "defense"):
        assert [match.number for match in index.find([typed], 9, allowed=segment.live())] == [0]
