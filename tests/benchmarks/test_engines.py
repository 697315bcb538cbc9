"""The side-by-side benchmark is fair only if its corpus, questions and true answers are what they claim to be."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from benchmarks.engines.ask import Ask
from benchmarks.engines.contender import Answer, commits, contender
from benchmarks.engines.corpus import records
from benchmarks.engines.figures import EngineFigures, SizeFigures, Spread, load, save, spread
from benchmarks.engines.plot import plot
from benchmarks.engines.questions import asks, question
from benchmarks.engines.run import changed_documents
from benchmarks.engines.table import report
from benchmarks.engines.terms import seed_vocabulary
from benchmarks.engines.truth import Truth, WrongAnswer, check
from directory.search.documents import Document, DocumentWriter
from directory.search.engine.query import SearchQuery

VOCABULARY = seed_vocabulary()
SIZE = 300


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    writer = DocumentWriter(VOCABULARY)
    return [writer.document(record) for record in records(SIZE, VOCABULARY)]


def _document(number: int, words: str, country: str, area: str) -> Document:
    fields = {"name": words.split(), "text": words.split()}
    stored = {"countries": [country], "admin1s": [], "areas": [area], "populations": []}
    return Document(id=str(number), fields=fields, stored=stored)


def test_records_depend_on_their_number_alone() -> None:
    assert list(records(30, VOCABULARY)) == list(records(60, VOCABULARY))[:30]


def test_records_speak_three_languages_and_some_have_several_places() -> None:
    made = list(records(200, VOCABULARY))
    assert {language for record in made for language in record.description} == {"es", "en", "fr"}
    assert {len(record.locations) for record in made} == {1, 2, 3}
    assert all("(ejemplo " in record.name for record in made)


def test_questions_have_one_to_four_words_and_half_of_them_filters() -> None:
    made = asks(VOCABULARY)
    assert {len(ask.words) for ask in made} == {0, 1, 2, 3, 4}
    assert 0.4 < sum(bool(ask.filters()) for ask in made) / len(made) < 0.6


def test_a_question_that_spells_out_a_label_is_refused() -> None:
    with pytest.raises(ValueError, match="Asesoría jurídica"):
        question(VOCABULARY, "asesoría jurídica Tijuana", {})


def test_further_terms_go_to_the_last_word_only() -> None:
    ask = question(VOCABULARY, "ejemplo voluntarios", {}, lambda word: (("name", f"{word}x"),))
    assert ("name", "voluntariosx") in ask.words[1]
    assert len(ask.words[0]) < len(ask.words[1])


def test_truth_counts_words_as_and_of_ors_and_filters_likewise() -> None:
    truth = Truth(
        [ask := Ask(SearchQuery(), words=((("name", "a"), ("text", "b")), (("text", "c"),)), country=("MX",))]
    )
    for item in (
        _document(1, "a c", "MX", "food"),
        _document(2, "b c", "MX", "shelter"),
        _document(3, "a b", "MX", "food"),
        _document(4, "a c", "US", "food"),
    ):
        truth.add(item)
    expected = truth.expected(ask)
    assert expected.ids == {"1", "2"}
    assert expected.facets["area"] == {"food": 1, "shelter": 1}


def test_a_wrong_total_or_facet_stops_the_run() -> None:
    ask = Ask(SearchQuery())
    truth = Truth([ask])
    truth.add(_document(1, "a", "MX", "food"))
    expected = truth.expected(ask)
    right = Answer(1, ["1"], expected.facets)
    check("engine", ask, right, expected)
    for wrong in (
        replace(right, total=2),
        replace(right, ids=["2"]),
        replace(right, facets={**right.facets, "area": {}}),
    ):
        with pytest.raises(WrongAnswer):
            check("engine", ask, wrong, expected)


@pytest.mark.parametrize("name", ["fts5", "whoosh"])
def test_an_engine_counts_what_plain_counting_does(name: str, documents: list[Document], tmp_path: Path) -> None:
    made = asks(VOCABULARY)
    truth = Truth(made)
    for document in documents:
        truth.add(document)
    engine = contender(name)
    engine.build(commits(documents, SIZE, 3), tmp_path)
    engine.open(tmp_path)
    for ask in made:
        check(name, ask, engine.search(ask), truth.expected(ask))
    after = question(VOCABULARY, "acompañamiento", {})
    before = engine.search(after)
    matching = Truth([after])
    for document in documents:
        matching.add(document)
    changed = changed_documents(VOCABULARY, matching.expected(after).ids)
    for document in changed:
        engine.update(document)
    assert engine.search(after).total == before.total + len(changed)


def test_commits_hold_every_document_once() -> None:
    parts = [list(part) for part in commits(iter(range(103)), 103, 10)]  # type: ignore[arg-type]
    assert [item for part in parts for item in part] == list(range(103))
    assert len(parts) == 10
    assert len(parts[0]) > 50


def _figures() -> Iterator[SizeFigures]:
    for size in (2_000, 20_000):
        times = Spread(size / 1000, size / 500)
        engines = [
            EngineFigures(name, name, 1, 1.0, 1.0, 1.0, 20.0, 10.0, times, times, times, times, times)
            for name in ("ours", "tantivy")
        ]
        alone = EngineFigures("bm25s", "bm25s <alone>", 1, 1.0, 1.0, 1.0, 20.0, 10.0, None, times, times, None, None)
        yield SizeFigures(size, 1.0, 2.0, (*engines, alone))


def test_the_plot_is_small_well_formed_and_says_in_words_what_it_shows() -> None:
    text = plot(list(_figures()))
    assert len(text.encode()) <= 15_000
    tree = ET.fromstring(text)  # noqa: S314  (our own text)
    described = tree.find("{http://www.w3.org/2000/svg}desc")
    assert described is not None
    assert "bm25s <alone>: 2.0 ms at 2,000 organizations" in (described.text or "")


def test_the_table_has_a_row_for_each_engine_and_dashes_for_what_cannot_be_done() -> None:
    text = report(list(_figures()), date(2026, 11, 24))
    assert text.count("| tantivy |") == 4
    assert "| bm25s <alone> | – | – | 2.0 | 4.0 | 2.0 (4.0) | – | – |" in text


def test_figures_are_kept_as_they_are(tmp_path: Path) -> None:
    save(tmp_path / "figures.json", _figures())
    assert load(tmp_path / "figures.json") == list(_figures())


def test_a_spread_is_median_and_95th_percentile() -> None:
    assert spread([3.0, 1.0, 2.0]) == Spread(2.0, 3.0)
    assert spread([]) is None
