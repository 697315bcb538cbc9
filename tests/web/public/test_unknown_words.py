"""Words that nothing knew are sent in on purpose, one by one, and nothing else of the search."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.extensions import db
from directory.search.follower import search_index
from directory.search.phrases.suggested import MAX_WORDS, acceptable
from directory.search.sync import synchronise
from directory.vocabulary.models import SuggestedWord
from tests.client import CheckingClient
from tests.factories import add_organizations, organization_row
from tests.site import hidden_fields, read, send, visitor

PAGE = "/en/search/not-understood"


@pytest.fixture
def anybody(site: Flask, tmp_path: Path) -> CheckingClient:
    with site.app_context():
        add_organizations(tmp_path, organization_row())
        synchronise(search_index(), db.session)
    return visitor(site)


def kept(site: Flask) -> list[tuple[str, str, int]]:
    rows = read(site, lambda: list(db.session.scalars(select(SuggestedWord).order_by(SuggestedWord.word))))
    return [(row.word, row.language, row.times) for row in rows]


def test_a_search_leads_there_and_only_what_is_ticked_is_kept(site: Flask, anybody: CheckingClient) -> None:
    results = anybody.get("/en/search", query_string={"q": "albergue xyzzyo plughar"}).get_data(as_text=True)
    assert "/en/search/not-understood?q=" in results
    address = f"{PAGE}?q=albergue+xyzzyo+plughar"
    anybody.page(address)
    page = anybody.get(address).get_data(as_text=True)
    assert 'value="xyzzyo"' in page
    assert 'value="albergue"' not in page
    assert " checked" not in page
    answer = send(anybody, address, {"q": "albergue xyzzyo plughar", "word": ["plughar"]}, to=PAGE)
    assert answer.status_code == 303
    assert kept(site) == [("plughar", "en", 1)]


def test_nothing_ticked_is_said(site: Flask, anybody: CheckingClient) -> None:
    answer = send(anybody, f"{PAGE}?q=xyzzyo", {"q": "xyzzyo"}, to=PAGE)
    assert answer.status_code == 422
    assert "Tick at least one word." in answer.get_data(as_text=True)
    assert 'value="xyzzyo"' in answer.get_data(as_text=True)
    assert kept(site) == []


def test_a_search_that_was_understood_offers_nothing_to_send(anybody: CheckingClient) -> None:
    anybody.page(f"{PAGE}?q=albergue")
    anybody.page(PAGE)


def test_no_number_address_or_sentence_is_taken() -> None:
    sent = [
        "956 555 0199",
        "ana@example.org",
        "mi hijo juan",
        "x",
        "x" * 60,
        "<b>",
        "de",
        "Cantón",
        "cantón",
        "9565550199",
    ]
    assert acceptable(sent) == ["canton"]
    assert len(acceptable(f"palabra{chr(97 + at)}" for at in range(26))) == MAX_WORDS


def test_it_cannot_be_flooded(anybody: CheckingClient) -> None:
    data = {**hidden_fields(anybody.get(f"{PAGE}?q=xyzzyo").get_data(as_text=True)), "word": "xyzzyo"}
    assert [anybody.post(PAGE, data=data).status_code for _ in range(31)] == [303] * 30 + [429]
