"""Kept cards: bounded, never older than the index, and nothing hidden in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_change
from directory.clock import now, today
from directory.extensions import db
from directory.organizations.availability import set_availability
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.remove import protect_address, unpublish
from directory.organizations.services import AvailabilityState
from directory.organizations.verify import VerificationMethod, restore_contacts, suspend_contacts, verify
from directory.publication.cards import CardCache, card_cache
from directory.search.follower import IN_STEP_AT, MAX_LAG_S, search_index
from directory.search.sync import synchronise
from tests.factories import add_organizations, organization_row, start_writing
from tests.site import Clock
from tests.statements import counted_queries

API, PAGE = "/api/v1/search?q=ejemplo", "/es/search?q=ejemplo"
PHONE, SITE, STREET = "+526646825180", "https://casa.example.org", "Calle Secreta 7"


def kept(cache: CardCache, *keys: str) -> list[bool]:
    return [card is not None for card in cache.get(keys)]


def test_the_cards_used_last_stay() -> None:
    cache = CardCache(10_000)
    for key in "abc":
        cache.put(key, ("x" * 2_000,))
    assert kept(cache, "a", "b", "c") == [True, True, True]
    cache.get(["a"])
    cache.put("d", ("x" * 2_000,))
    assert kept(cache, "a", "b", "c", "d") == [True, False, True, True]
    cache.put("a", ("x",))
    assert cache.size_bytes < 7_000
    cache.put("huge", ("x" * 20_000,))
    assert kept(cache, "huge", "c") == [False, True]
    assert kept_nothing()


def kept_nothing() -> bool:
    none = CardCache(0)
    none.put("a", ("x",))
    return len(none) == 0


def test_threads_do_not_make_it_grow_beyond_its_bound() -> None:
    cache = CardCache(50_000)

    def work(start: int) -> None:
        for number in range(start, start + 2_000):
            cache.put(number % 300, ("x" * (number % 700),))
            cache.get([number % 300, number % 7])

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < cache.size_bytes <= 50_000
    assert cache.size_bytes == sum(size for _, size in cache._cards.values())


@pytest.fixture
def home(app: Flask, tmp_path: Path) -> Clock:
    clock = Clock(app)
    add_organizations(
        tmp_path,
        organization_row(phones="664 682 5180", website=SITE, address=STREET, visibility="city_only",
                         location_name="Casa Oculta"),
    )  # fmt: skip
    synchronise(search_index(), db.session)
    return clock


def shown(app: Flask) -> tuple[str, str]:
    """What API and page say, twice the same: made, then kept."""
    client = app.test_client()
    first = [client.get(path).get_data(as_text=True) for path in (API, PAGE)]
    with counted_queries(app) as statements:
        again = [client.get(path).get_data(as_text=True) for path in (API, PAGE)]
    assert first == again
    assert statements == []
    return first[0], first[1]


def change(do: Callable[[Organization], object]) -> None:
    start_writing()
    do(db.session.scalars(select(Organization)).one())
    db.session.commit()
    synchronise(search_index(), db.session)


def full(record: Organization) -> None:
    services = {service.id for service in record.services}
    set_availability(
        db.session, record, services, AvailabilityState.FULL, today(), None, "test", now()
    )  # fmt: skip


def rename(record: Organization) -> None:
    record.name = "Hogar Ejemplo"
    record_change(db.session, Entity.ORGANIZATION, record.id, ChangeKind.UPDATED)


def test_what_changes_is_shown_once_the_index_has_it(app: Flask, home: Clock) -> None:
    api, page = shown(app)
    assert PHONE in api
    assert SITE in api
    assert f"tel:{PHONE}" in page
    change(full)
    api, page = shown(app)
    assert '"state":"full"' in api
    assert "badge-urgent" in page
    change(lambda record: suspend_contacts(db.session, record, None, "test", now()))
    for text in shown(app):
        assert PHONE not in text
        assert SITE not in text
    change(lambda record: restore_contacts(db.session, record, "test"))
    assert all(PHONE in text for text in shown(app))
    change(lambda record: verify(db.session, record, VerificationMethod.CALL, "test", today()))
    api, page = shown(app)
    assert '"status":"verified"' in api
    assert "Confirmado" in page
    change(rename)
    assert all("Hogar Ejemplo" in text and "Casa Ejemplo" not in text for text in shown(app))
    change(lambda record: unpublish(db.session, record, "test"))
    assert all("Hogar Ejemplo" not in text for text in shown(app))


def test_at_midnight_what_was_said_lapses(app: Flask, home: Clock) -> None:
    change(lambda record: verify(db.session, record, VerificationMethod.CALL, "test", today() - timedelta(days=90)))
    change(full)
    api, page = shown(app)
    assert '"state":"full"' in api
    assert '"status":"verified"' in api
    home.pass_days(1)
    api, page = shown(app)
    assert '"state":"unknown"' in api
    assert '"status":"due"' in api
    assert "badge-urgent" not in page


def test_nothing_hidden_is_in_any_kept_card(app: Flask, home: Clock) -> None:
    shown(app)
    assert len(card_cache()) == 2
    held = str(card_cache()._cards)
    assert STREET not in held
    assert "Casa Oculta" not in held
    change(lambda _: protect_address(db.session, db.session.scalars(select(Location)).one(), Visibility.HIDDEN, "test"))
    for text in shown(app):
        assert "Baja California" not in text.split('class="card-', 1)[-1].split("</article>")[0]
        assert "32.5" not in text


def test_a_record_ahead_of_the_index_is_shown_as_it_is_and_not_kept(app: Flask, home: Clock) -> None:
    start_writing()
    suspend_contacts(db.session, db.session.scalars(select(Organization)).one(), None, "test", now())
    db.session.commit()
    assert PHONE not in app.test_client().get(API).get_data(as_text=True)
    assert len(card_cache()) == 0
    synchronise(search_index(), db.session)
    app.test_client().get(API)
    assert len(card_cache()) == 1


def test_while_the_index_cannot_follow_cards_are_made_of_the_records(app: Flask, home: Clock) -> None:
    shown(app)
    start_writing()
    suspend_contacts(db.session, db.session.scalars(select(Organization)).one(), None, "test", now())
    db.session.commit()
    app.extensions[IN_STEP_AT] = time.monotonic() - MAX_LAG_S - 1
    assert all(PHONE not in app.test_client().get(path).get_data(as_text=True) for path in (API, PAGE))
