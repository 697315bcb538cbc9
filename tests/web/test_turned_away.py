"""Who is turned away because many write at once: nothing that was typed is lost, and nothing that was taken is held."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from threading import BoundedSemaphore

import pytest
from flask import Flask

from directory.web.turns import limit_writers
from tests.site import visitor

TYPED = {"email": "casa@example.org", "about": 'Abierto de 9 a 5 <b>&"todos"'}
PAGE = "/es/register?from=ejemplo"


class Hidden(HTMLParser):
    """The hidden fields of a page, by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.fields[str(found["name"])] = found.get("value") or ""


@pytest.fixture
def busy(site: Flask) -> Iterator[BoundedSemaphore]:
    limit_writers(site, 1)
    turns: BoundedSemaphore = site.extensions["directory.turns"]
    turns.acquire()
    yield turns
    del site.extensions["directory.turns"]


def test_what_was_typed_can_be_sent_again(site: Flask, busy: BoundedSemaphore) -> None:
    client = visitor(site)
    refused = client.post(PAGE, data=TYPED)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    page = refused.get_data(as_text=True)
    assert f'action="{PAGE}"' in page
    assert Hidden(page).fields == TYPED
    busy.release()
    assert client.post(PAGE, data=Hidden(page).fields).status_code != 503


def test_a_form_that_cannot_be_read_is_turned_away_too(site: Flask, busy: BoundedSemaphore) -> None:
    refused = visitor(site).post(PAGE, data={"about": "x" * 5_000_000})
    assert refused.status_code in (413, 503)
    assert "x" * 1000 not in refused.get_data(as_text=True)


def test_what_opens_an_account_is_not_written_into_a_page(site: Flask, busy: BoundedSemaphore) -> None:
    refused = visitor(site).post("/es/login", data={"email": "a@example.org", "password": "a secret of mine"})
    assert refused.status_code == 503
    assert "a secret of mine" not in refused.get_data(as_text=True)


def test_readers_need_no_turn_and_a_turn_is_given_back(site: Flask, busy: BoundedSemaphore) -> None:
    client = visitor(site)
    assert client.get("/es/").status_code == 200
    busy.release()
    for _ in range(3):
        assert client.post("/es/login", data={}).status_code == 400
    assert client.post("/es/nowhere", data={}).status_code == 404
    assert busy.acquire(blocking=False), "whatever the answer was"
