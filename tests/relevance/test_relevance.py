"""Answers to the judged queries never get worse in silence, and none is a dead end."""

from __future__ import annotations

import json
import math
from pathlib import Path

import ir_measures
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import nDCG

from directory.clock import now
from directory.extensions import db
from directory.publication.organizations import all_organizations
from directory.search.relevance.judge import Judge, queries
from directory.search.relevance.metrics import interval, ndcg, succeeds
from directory.vocabulary.catalogue import vocabulary
from tests.relevance.measure import SETS, measure, measure_peer, summary
from tests.relevance.peers import fts5, texts_of

TOLERANCE = 0.005
RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def judge(seeded_app: Flask) -> Judge:
    """One that has read all records; it grades each query once."""
    with seeded_app.app_context():
        return Judge(all_organizations(db.session, now()))


@pytest.mark.parametrize("name", SETS)
def test_no_figure_falls_and_no_query_is_without_an_answer(seeded: Flask, judge: Judge, name: str) -> None:
    measured = measure(queries(SETS[name]), judge)
    assert [item.query.text for item in measured if not item.total] == []
    figures = summary(measured)
    assert {key: value for key, value in RECORDED[name].items() if figures[key] < value - TOLERANCE} == {}, figures


def test_every_query_has_an_answer_that_is_good(judge: Judge) -> None:
    assert [query.text for name in SETS for query in queries(SETS[name]) if not judge.grades(query)] == []


def test_there_are_enough_queries_in_each_language() -> None:
    own = queries(SETS["own"])
    assert len(own) >= 120
    assert sum(query.language == "fr" for query in own) >= 30
    assert len({query.kind for query in own}) == 24
    assert len(queries(SETS["open"])) == 63


def test_ndcg_is_the_sum_of_discounted_gains() -> None:
    assert ndcg([3, 2], [3, 2]) == 1
    assert ndcg([], [3]) == 0
    assert ndcg([0, 3], [3]) == pytest.approx(1 / math.log2(3))
    assert ndcg([1, 3], [3, 1]) == pytest.approx((1 + 7 / math.log2(3)) / (7 + 1 / math.log2(3)))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=15), st.lists(st.integers(0, 3), max_size=30))
@settings(max_examples=40, deadline=None)
def test_ndcg_says_what_ir_measures_says(found: list[int], others: list[int]) -> None:
    judged = [*found, *others]
    qrels = {"1": {f"d{at}": grade for at, grade in enumerate(judged)}}
    run = {"1": {f"d{at}": float(-at) for at in range(len(found))}}
    theirs = ir_measures.calc_aggregate([nDCG(dcg="exp-log2") @ 10], qrels, run)[nDCG(dcg="exp-log2") @ 10]
    assert ndcg(found, judged) == pytest.approx(theirs, abs=1e-5)  # they round


def test_the_bootstrap_knows_luck_from_a_difference() -> None:
    low, high = interval([0.4, 0.5, 0.6] * 20)
    assert 0.45 < low < 0.5 < high < 0.55
    low, high = interval([-0.5, 0.5] * 20)
    assert low < 0 < high


def test_this_engine_is_ahead_of_the_others(seeded: Flask, judge: Judge) -> None:
    records = all_organizations(db.session, now())
    peer = measure_peer(queries(SETS["open"]), judge, fts5(texts_of(records, vocabulary(db.session)), "OR"))
    assert RECORDED["open"]["ndcg"] > summary(peer)["ndcg"] + 0.40


def test_success_asks_for_the_best_there_is() -> None:
    assert succeeds([0, 0, 2], [3, 2])
    assert not succeeds([1, 1, 1], [3, 1])
    assert succeeds([1], [1]), "where nothing better is on record"
