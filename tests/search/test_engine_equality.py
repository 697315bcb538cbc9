"""The engine finds, counts, scores and orders as `reference` says, however its documents came to lie in segments."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import isclose, isinf
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.search.documents import Document
from directory.search.engine import collect
from directory.search.engine.answer import Answer, answer
from directory.search.engine.matching import match
from directory.search.engine.query import Near, SearchQuery, Sort
from directory.search.engine.ranking import page_of
from directory.search.expand import Expander
from directory.search.index import Generation, SearchIndex
from directory.search.marks import FeedMark
from directory.search.store import writing
from directory.vocabulary.catalogue import Term, Vocabulary
from tests.search import reference
from tests.search.corpora import NOON, VOCABULARY, WORDS, Commit, after, commits, plain_document, queries
from tests.search.reference import Found

EXPANDER = Expander(VOCABULARY)
MARK = FeedMark("epoch", 1, "digest")
AMPLE, TINY = 2**20, 2_000
"""Room for columns of words: enough for all, or for two or three of them."""
SAME_SCORE, SAME_KM = 1e-5, 0.004
"""Up to here the engine's float32 may see an order where there is none, or the other one (2 m on both ends)."""
instants = st.sampled_from([NOON, NOON + timedelta(hours=17), NOON + timedelta(1), NOON + timedelta(90)])
SLOWLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@contextmanager
def index(first: Commit, cache_bytes: int = AMPLE) -> Iterator[SearchIndex]:
    """An index on disk with one segment, open."""
    with tempfile.TemporaryDirectory() as folder:
        made = SearchIndex(Path(folder), cache_bytes)
        made.store.folder.mkdir(exist_ok=True)
        made.store.build(first.documents, lambda: MARK)
        made.look()
        yield made


def apply(made: SearchIndex, commit: Commit) -> Generation:
    """Write a commit; the generation that shows it."""
    made.store.update(commit.gone, commit.documents, MARK)
    made.look()
    assert made.damage is None
    return made.current()


def ask(query: SearchQuery, generation: Generation, at: datetime = NOON) -> Answer:
    return answer(query, EXPANDER.asked(query.text, query.literal), generation.view(at))


def check(query: SearchQuery, generation: Generation, living: list[Document], at: datetime = NOON) -> None:
    """Compare all that an answer says with the reference."""
    everything = replace(query, page=1, size=10_000)
    expected = reference.search(living, query, EXPANDER.asked(query.text, query.literal), at)
    found = ask(everything, generation, at)
    by_id = {item.row.id: item for item in expected.found}
    assert {hit.organization_id for hit in found.hits} == set(by_id)
    assert found.total == len(found.hits) == len(expected.found)
    assert found.facets == expected.facets
    assert found.corrections == expected.corrections
    for hit in found.hits:
        item = by_id[hit.organization_id]
        assert isclose(hit.score, item.score, abs_tol=1e-4)
        assert hit.revision == item.row.stored["revision"]
        check_place(hit.location_id, hit.distance_km, item, query)
    check_order(everything, generation, found, by_id, at)
    check_pages(query, generation, found, at)


def check_place(location_id: object, distance_km: float | None, item: Found, query: SearchQuery) -> None:
    """The location that is shown is the best one, or as near as that."""
    if item.place is None:
        assert (location_id, distance_km) == (None, None)
        return
    places = [place for place in item.row.places if place.id == location_id]
    assert places
    if isinf(item.distance_km):
        assert (location_id, distance_km) == (item.place.id, None)
        return
    assert query.near is not None
    nearest = min(reference.great_circle_km(place.point, query.near.point) for place in places if place.point)
    assert nearest <= item.distance_km + SAME_KM
    assert distance_km is not None
    assert isclose(distance_km, item.distance_km, abs_tol=0.051 + SAME_KM)
    if nearest == item.distance_km and location_id != item.place.id:
        assert nearest_twins(item, query) > 1


def nearest_twins(item: Found, query: SearchQuery) -> int:
    """How many locations are as near as the nearest, as far as float32 can tell."""
    assert query.near is not None
    distances = [reference.great_circle_km(place.point, query.near.point) for place in item.row.places if place.point]
    return sum(1 for km in distances if km <= item.distance_km + SAME_KM)


def check_order(
    query: SearchQuery, generation: Generation, found: Answer, by_id: dict[UUID, Found], at: datetime
) -> None:
    """Neighbours are in order; equal scores by name and id."""
    view = generation.view(at)
    numbers, exact = page_of(query, match(query, found.asked, view), view)
    assert [hit.number for hit in found.hits] == numbers.tolist()
    by, key = reference.sort_by(query), reference.order(query)
    tolerance = {Sort.RELEVANCE: SAME_SCORE, Sort.DISTANCE: SAME_KM}.get(by, 0.0)
    ordered = [by_id[hit.organization_id] for hit in found.hits]
    for at, (one, other) in enumerate(pairwise(ordered)):
        is_tied = by == Sort.RELEVANCE and exact[at] == exact[at + 1]
        ranks = reference.rank(one, by), reference.rank(other, by)
        if is_tied or (ranks[0] != ranks[1] and abs(ranks[0] - ranks[1]) <= tolerance):
            assert abs(ranks[0] - ranks[1]) <= tolerance
            first, second = key(one), key(other)
            assert first[0] <= second[0]
            if is_tied and first[0] == second[0]:
                assert first[2:] < second[2:]
        else:
            assert key(one) < key(other)


def check_pages(query: SearchQuery, generation: Generation, whole: Answer, at: datetime) -> None:
    """Pages together are the whole, and one more is empty."""
    pages = -(-whole.total // query.size)
    hits = [hit for page in range(1, pages + 2) for hit in ask(replace(query, page=page), generation, at).hits]
    assert hits == list(whole.hits)


@pytest.mark.parametrize(
    ("cache_bytes", "most_segments", "on_disk_from", "slack"),
    [(AMPLE, 10, 256, 10_000), (TINY, 3, 256, 10_000), (AMPLE, 3, 2, 10_000), (TINY, 4, 2, 4)],
    ids=["as it is", "few segments, columns evicted", "columns on disk", "all of it, and counting anew"],
)
@settings(SLOWLY, max_examples=25)
@given(data=st.data())
def test_every_generation_answers_as_the_reference_does(
    data: st.DataObject, cache_bytes: int, most_segments: int, on_disk_from: int, slack: int
) -> None:
    """Queries are asked between commits, and again after all of them: of every generation as of its own time."""
    history = data.draw(commits())
    asked = data.draw(st.lists(st.tuples(queries(), instants), min_size=2, max_size=4))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writing, "MAX_SEGMENTS", most_segments)
        patched.setattr(writing, "ON_DISK_FROM", on_disk_from)
        patched.setattr(collect, "_SLACK", slack)
        with index(history[0], cache_bytes) as made:
            generations = [made.current()]
            for number, commit in enumerate(history):
                if number:
                    generations.append(apply(made, commit))
                assert len(generations[-1].sources) <= most_segments
                query, at = asked[number % len(asked)]
                check(query, generations[-1], after(history[: number + 1]), at)
            for query, at in asked:
                check(query, generations[-1], after(history), at)
            query, at = asked[0]
            for number, generation in enumerate(generations):
                check(query, generation, after(history[: number + 1]), at)


@settings(SLOWLY, max_examples=30)
@given(commits(), st.lists(queries(), min_size=2, max_size=6))
def test_one_segment_and_many_answer_exactly_alike(history: list[Commit], asked: list[SearchQuery]) -> None:
    living = after(history)
    with index(history[0]) as many, index(Commit((), tuple(living))) as one:
        for commit in history[1:]:
            apply(many, commit)
        for query in asked:
            first, second = (ask(replace(query, size=1000), made.current()) for made in (one, many))
            assert (first.total, first.facets, first.corrections) == (second.total, second.facets, second.corrections)
            assert [hit._replace(number=0) for hit in first.hits] == [hit._replace(number=0) for hit in second.hits]


def numbers(found: Answer) -> list[int]:
    """The results by the number in their ids."""
    return [hit.organization_id.int for hit in found.hits]


# What random histories seldom meet.


def test_partners_come_first_where_the_nearest_would() -> None:
    """Also those without a point, before others at no distance at all; and what has no point comes last."""
    here = (1.0, 1.0)
    documents = [
        plain_document(1, "a", here),
        plain_document(2, "b"),
        plain_document(3, "c"),
        plain_document(4, "d", here),
    ]
    query = SearchQuery(near=Near(here, "x"), preferred=frozenset({UUID(int=3), UUID(int=4)}))
    with index(Commit((), tuple(documents))) as made:
        assert numbers(ask(query, made.current())) == [4, 3, 1, 2]
        check(query, made.current(), documents)


def test_a_word_that_only_deleted_documents_hold_is_no_spelling() -> None:
    """Even where a live document shares its stem and its segment is still there."""
    first, second = plain_document(1, "esperanza"), plain_document(2, "esperanzas")
    with index(Commit((), (first, second))) as made:
        generation = apply(made, Commit((first.id,), ()))
        assert ask(SearchQuery(text="esperanxa"), generation).corrections == {"esperanxa": "esperanzas"}
        check(SearchQuery(text="esperanxa"), generation, [second])


def test_more_similar_words_than_are_taken_are_chosen_from_all_segments() -> None:
    """Fifty words one edit away, the last of which most documents hold."""
    letters = "abcdefghijklmnopqstuvwyz"
    words = sorted({f"refugi{letter}" for letter in letters} | {f"{letter}efugix" for letter in letters})
    words += [f"{words[-1]} hola"] * 3
    documents = [plain_document(1 + number, word) for number, word in enumerate(words)]
    query = SearchQuery(text="refugix")
    with index(Commit((), tuple(documents))) as one, index(Commit((), tuple(documents[:30]))) as many:
        apply(many, Commit((), tuple(documents[30:])))
        for made in (one, many):
            check(query, made.current(), documents)
        assert ask(query, one.current()).corrections == {"refugix": "zefugix"}


def test_a_long_label_scores_alike_alone_and_among_others() -> None:
    """Twelve words: floats added in another order would differ in their last bits."""
    label = "uno dos tres cuatro cinco seis siete ocho nueve diez once doce"
    names = [f"{label} {label.split()[at]}" for at in range(12)]
    term = Term(UUID(int=0), "long", {"es": label}, (), None)
    expander = Expander(Vocabulary({}, {"long": term}, {}))
    documents = [plain_document(1 + number, name) for number, name in enumerate(names)]
    asked = expander.asked(label)
    with index(Commit((), tuple(documents))) as one, index(Commit((), (documents[0],))) as many:
        for document in documents[1:8]:
            apply(many, Commit((), (document,)))
        apply(many, Commit((), tuple(documents[8:])))
        found = []
        for made in (one, many):
            view = made.current().view(NOON)
            found_numbers, scores = page_of(SearchQuery(text=label), match(SearchQuery(text=label), asked, view), view)
            found.append(
                [(view.collection.identity(n), s) for n, s in zip(found_numbers.tolist(), scores.tolist(), strict=True)]
            )
        assert len(found[0]) == 12
        assert found[0] == found[1]


def test_the_order_by_name_stays_right_when_many_come_at_once() -> None:
    """Few new names are put between the others one by one, many are sorted together with them."""
    documents = [plain_document(number, f"{WORDS[number % 23]} {number % 7}") for number in range(1, 700)]
    with index(Commit((), tuple(documents[:300]))) as made:
        for start, end in ((300, 310), (310, 600), (600, 699)):
            generation = apply(made, Commit((), tuple(documents[start:end])))
            check(SearchQuery(size=100), generation, documents[:end])
