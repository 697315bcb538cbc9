"""One short list of several kinds: what begins as typed first, and never one kind alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from directory.search.suggest.blend import AT_LEAST, AT_MOST, KINDS, MAX_SUGGESTIONS, blend
from directory.search.suggest.candidates import Candidate, Kind


def candidate(kind: Kind, name: str, score: float = 0.0) -> Candidate:
    return Candidate(kind, name, name, f"/{name}", (name,), score)


CANDIDATES = st.lists(
    st.builds(candidate, st.sampled_from(KINDS), st.text("ab c", min_size=1, max_size=6), st.integers(0, 5)),
    max_size=60,
    unique_by=lambda item: (item.kind, item.value),
)


def test_in_full_then_at_the_beginning_then_within() -> None:
    found = [
        candidate("organization", "Casa México", 9), candidate("place", "México"), candidate("place", "Mexicali", 8),
        candidate("area", "Ayuda en Mexico"),
    ]  # fmt: skip
    assert [item.label for item in blend(found, (), ["mexico"])] == [
        "México",
        "Ayuda en Mexico",
        "Mexicali",
        "Casa México",
    ]
    assert [item.label for item in blend(found, (), ["mexi"])][:2] == ["Mexicali", "México"]


def test_what_is_only_similar_comes_last_and_once() -> None:
    exact = [candidate("consulate", "Houston")]
    similar = [candidate("area", "Housing"), *exact]
    assert [item.label for item in blend(exact, similar, ["houston"])] == ["Houston", "Housing"]


@given(CANDIDATES)
def test_every_kind_that_matches_has_a_place(found: list[Candidate]) -> None:
    shown = blend(found, (), ["a"])
    assert len(shown) == min(MAX_SUGGESTIONS, len(found))
    assert len({(item.kind, item.value) for item in shown}) == len(shown)
    assert shown == blend(list(reversed(found)), (), ["a"])
    for kind in KINDS:
        there = sum(item.kind == kind for item in found)
        listed = sum(item.kind == kind for item in shown)
        assert listed >= min(AT_LEAST, there)
        if listed > AT_MOST:
            others = [item for item in found if item.kind != kind]
            assert sum(item.kind != kind for item in shown) >= min(len(others), MAX_SUGGESTIONS - listed)
