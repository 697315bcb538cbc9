"""Moderators mend the lexicon: what a change does is shown before it is saved, and it counts at once."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from directory.accounts.models import Role
from directory.clock import today
from directory.extensions import db
from directory.search.follower import search_index
from directory.search.phrases.suggested import send_in
from directory.search.sync import synchronise
from directory.vocabulary.models import LexiconPhrase, SuggestedWord
from tests.client import CheckingClient
from tests.factories import add_organizations, organization_row
from tests.site import database, hidden_fields, make_user, read, send, signed_in, visitor

NEW = {"phrase": "me quedé sin cantón", "language": "es", "meaning": "area:shelter", "weight": "1", "action": "save"}
WORDS = "/en/moderation/words"
LOOKED = re.compile(r'name="looked"[^>]*value="([^"]*)"')


@pytest.fixture
def moderator(site: Flask, tmp_path: Path) -> CheckingClient:
    with site.app_context():
        add_organizations(tmp_path, organization_row())
        synchronise(search_index(), db.session)
    return signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))


def shown(client: CheckingClient, page: str, data: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The page that says what a change would do, and what its form would send."""
    answer = send(client, page, data)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    looked = LOOKED.search(text)
    assert looked, "nothing is saved before its effects were shown"
    return text, {**hidden_fields(text), **data, "looked": looked.group(1)}


def saved(client: CheckingClient, page: str, data: dict[str, str]) -> TestResponse:
    _, ready = shown(client, page, data)
    return client.post(page, data=ready)


def phrase(site: Flask, text: str) -> LexiconPhrase | None:
    query = select(LexiconPhrase).filter_by(phrase=text)
    return read(site, lambda: db.session.scalars(query).first())


def answers(client: CheckingClient, text: str) -> str:
    return client.get("/en/search", query_string={"q": text}).get_data(as_text=True)


def test_a_phrase_is_added_after_its_effects_were_shown_and_counts_at_once(
    site: Flask, moderator: CheckingClient
) -> None:
    moderator.page(WORDS)
    moderator.page(f"{WORDS}/new")
    text, ready = shown(moderator, f"{WORDS}/new", NEW)
    assert "What this would do" in text
    assert phrase(site, NEW["phrase"]) is None
    assert "Understood:" not in answers(visitor(site), NEW["phrase"])
    assert moderator.post(f"{WORDS}/new", data=ready).status_code == 303
    page = answers(visitor(site), NEW["phrase"])
    assert "Understood:" in page
    assert "chip-read" in page
    listed = moderator.get(WORDS, query_string={"who": "network"}).get_data(as_text=True)
    assert NEW["phrase"] in listed
    assert "m@x.example" in listed


def test_what_was_not_shown_is_not_saved(site: Flask, moderator: CheckingClient) -> None:
    _, ready = shown(moderator, f"{WORDS}/new", NEW)
    answer = moderator.post(f"{WORDS}/new", data={**ready, "meaning": "area:food"})
    assert answer.status_code == 200
    assert phrase(site, NEW["phrase"]) is None


def test_a_change_of_two_people_at_once(site: Flask, moderator: CheckingClient) -> None:
    saved(moderator, f"{WORDS}/new", NEW)
    own = phrase(site, NEW["phrase"])
    assert own is not None
    address = f"{WORDS}/{own.id}"
    moderator.page(address)
    _, first = shown(moderator, address, {**NEW, "weight": "0.8"})
    _, second = shown(moderator, address, {**NEW, "weight": "0,6"})
    assert moderator.post(address, data=first).status_code == 303
    refused = moderator.post(address, data=second)
    assert refused.status_code == 409
    assert "What you typed is still here" in refused.get_data(as_text=True)
    assert 'value="0,6"' in refused.get_data(as_text=True)
    kept = phrase(site, NEW["phrase"])
    assert kept is not None
    assert kept.weight == 0.8


def test_disabling_says_first_what_it_does_and_can_be_undone(site: Flask, moderator: CheckingClient) -> None:
    own = phrase(site, "albergue para migrantes") or phrase(site, "albergue")
    assert own is not None
    address = f"{WORDS}/{own.id}"
    fields = {
        "phrase": own.phrase, "language": own.language, "meaning": f"{own.kind.value}:{own.value}",
        "weight": f"{own.weight:g}", "action": "disable",
    }  # fmt: skip
    text, ready = shown(moderator, address, fields)
    assert "What disabling it would do" in text
    assert moderator.post(address, data=ready).status_code == 303
    changed = phrase(site, own.phrase)
    assert changed is not None
    assert changed.is_disabled
    page = moderator.get(WORDS).get_data(as_text=True)
    entry = re.search(r"/moderation/words/undo/(\d+)", page)
    assert entry
    assert send(moderator, WORDS, {}, to=f"{WORDS}/undo/{entry.group(1)}").status_code == 303
    again = phrase(site, own.phrase)
    assert again is not None
    assert not again.is_disabled
    answer = send(moderator, WORDS, {}, to=f"{WORDS}/undo/{entry.group(1)}")
    assert answer.status_code == 303
    assert "changed again since" in moderator.get(WORDS).get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"phrase": "¡!"}, "Nothing is left of the phrase"),
        ({"phrase": "de"}, "says nothing alone"),
        ({"phrase": "uno dos tres cuatro cinco seis siete"}, "one to six words"),
        ({"weight": "7"}, "at most 1"),
        ({"needs": "moon"}, "neither a cue nor a meaning"),
        ({"meaning": "place:", "place": "g0"}, "Nothing has this value"),
        ({"source_url": "javascript:alert(1)"}, "begins with https"),
    ],
)
def test_bad_input_is_said_beside_its_field(moderator: CheckingClient, change: dict[str, str], said: str) -> None:
    answer = send(moderator, f"{WORDS}/new", {**NEW, **change})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert NEW["language"] in answer.get_data(as_text=True)


def _file(client: CheckingClient, content: bytes) -> str:
    """What is said after a file was sent."""
    opened = client.get(WORDS).get_data(as_text=True)
    data: dict[str, Any] = {**hidden_fields(opened), "file": (io.BytesIO(content), "words.csv")}
    assert client.post(f"{WORDS}/import", data=data).status_code == 303
    return client.get(WORDS).get_data(as_text=True)


def test_a_file_goes_out_and_comes_back(site: Flask, moderator: CheckingClient) -> None:
    saved(moderator, f"{WORDS}/new", NEW)
    exported = moderator.get("/en/moderation/words.csv")
    assert exported.mimetype == "text/csv"
    lines = exported.get_data(as_text=True).splitlines()
    assert lines[0] == "\ufeffphrase,language,kind,value,weight,needs,implies,note,source_url"
    mine = next(line for line in lines if line.startswith(NEW["phrase"]))
    again = "\r\n".join([lines[0], mine.replace("cantón", "techito"), mine]) + "\r\n"
    assert "One phrase was taken over." in _file(moderator, again.encode())
    assert phrase(site, "me quedé sin techito") is not None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "nine columns"),
        (b"phrase,language\nx,es\n", "nine columns"),
        (b"phrase,language,kind,value,weight,needs,implies,note,source_url\n"
         b"bueno,es,area,shelter,1,,,,\nmalo,es,area,castle,1,,,,\n", "Line 3"),
        (b"phrase,language,kind,value,weight,needs,implies,note,source_url\n"
         b"bueno,es,area,shelter,1,,,,\nmalo,es,ar", "Line 3"),
        (b"\xff\xfe\x00", "nine columns"),
    ],
)  # fmt: skip
def test_a_file_with_a_mistake_is_refused_whole(
    site: Flask, moderator: CheckingClient, content: bytes, said: str
) -> None:
    page = _file(moderator, content)
    assert said in page
    assert "Nothing was taken over." in page
    assert phrase(site, "bueno") is None


def test_a_sentence_is_tried_with_its_reasons(moderator: CheckingClient) -> None:
    address = f"{WORDS}/try?q=busco+abogado+en+McAllen+xyzzy"
    moderator.page(address)
    text = moderator.get(address).get_data(as_text=True)
    assert "abogado" in text
    assert "McAllen" in text
    assert "xyzzy" in text
    moderator.page(f"{WORDS}/try")


def test_words_that_came_in_wait_and_are_settled(site: Flask, moderator: CheckingClient) -> None:
    with database(site):
        send_in(db.session, ["cantón"], "es", today())
        send_in(db.session, ["canton"], "es", today())
    assert "A word that was not understood" in moderator.get("/en/moderation/").get_data(as_text=True)
    assert "A word that was not understood" in moderator.get("/en/moderation/queue").get_data(as_text=True)
    moderator.page("/en/moderation/queue?kind=word")
    page = moderator.get(WORDS).get_data(as_text=True)
    assert "canton" in page
    assert "2 times" in page
    answer = send(moderator, WORDS, {"word": "canton", "language": "es"}, to=f"{WORDS}/settle")
    assert answer.status_code == 303
    settled = read(site, lambda: db.session.scalars(select(SuggestedWord)).one())
    assert settled.settled_by is not None
    assert send(moderator, WORDS, {"word": "nunca", "language": "es"}, to=f"{WORDS}/settle").status_code == 404


@pytest.mark.parametrize("role", [Role.CONSULATE, Role.EDITOR, None])
def test_nobody_else_mends_words(site: Flask, moderator: CheckingClient, role: Role | None) -> None:
    if role == Role.CONSULATE:
        other = signed_in(site, make_user(site, "o@x.example", role, country="HN"))
    else:
        other = visitor(site)
    for path in (WORDS, f"{WORDS}/new", f"{WORDS}/1", f"{WORDS}/try", "/en/moderation/words.csv"):
        assert other.get(path).status_code in (302, 303, 403), path
    assert other.post(f"{WORDS}/settle", data={}).status_code in (302, 303, 400, 403)


def test_all_that_was_exported_is_taken_back(site: Flask, moderator: CheckingClient) -> None:
    lines = moderator.get("/en/moderation/words.csv").get_data(as_text=True).splitlines(keepends=True)
    # This site's gazetteer has five towns: phrases for other places mean nothing here.
    known = [line for line in lines if ",place," not in line]
    assert len(known) > 7_000
    assert "0 phrases were taken over." in _file(moderator, "".join(known).encode())


@pytest.mark.parametrize(
    "path",
    [f"{WORDS}/99999999999999999999", f"{WORDS}?page=99999999999999999999", f"{WORDS}?endpoint=x&_method=PUT&page=2",
     f"{WORDS}?meaning=area", f"{WORDS}?meaning=%3A%3A&who=nobody&page=-5", f"{WORDS}/2147483647"],
)  # fmt: skip
def test_odd_addresses_are_answered(moderator: CheckingClient, path: str) -> None:
    assert moderator.get(path).status_code in (200, 404)


def test_nothing_odd_is_settled_or_written(site: Flask, moderator: CheckingClient) -> None:
    for data in ({"word": "\0", "language": "es"}, {"word": "a b", "language": "es"}, {"word": "x", "language": "\0"}):
        assert send(moderator, WORDS, data, to=f"{WORDS}/settle").status_code == 404
    saved(moderator, f"{WORDS}/new", {**NEW, "note": "una\0 nota"})
    own = phrase(site, NEW["phrase"])
    assert own is not None
    assert own.note == "una nota"
    assert send(moderator, WORDS, {}, to=f"{WORDS}/undo/99999999999999999999").status_code == 404
