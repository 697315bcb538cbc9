"""Large answers are made once for everybody, and anew after a change; nothing of one visitor is kept."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from directory.accounts.models import Role
from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_change
from directory.extensions import db
from directory.organizations.models import Organization
from directory.publication.cards import Card, CardCache
from tests.site import database, make_user, signed_in
from tests.world import World

PAGES = ("/sitemap.xml", "/es/map/points.json", "/es/consulates/hn-mcallen/guide")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an answer was made and kept, by its tag."""
    counts: Counter[str] = Counter()
    real = CardCache.put

    def put(cache: CardCache, key: str, card: Card) -> None:
        counts[key] += 1
        real(cache, key, card)

    monkeypatch.setattr(CardCache, "put", put)
    return counts


@pytest.mark.parametrize("page", PAGES)
def test_an_answer_is_made_once_and_anew_after_a_change(world: World, made: Counter[str], page: str) -> None:
    client = world.anyone()
    first, again = client.get(page), client.get(page)
    tag = first.get_etag()[0]
    assert (again.get_data(), again.get_etag()[0]) == (first.get_data(), tag)
    assert made[str(tag)] == 1
    with database(world.app):
        (record_id,) = db.session.scalars(select(Organization.id).limit(1))
        record_change(db.session, Entity.ORGANIZATION, record_id, ChangeKind.UPDATED)
    changed = client.get(page).get_etag()[0]
    assert changed != tag
    assert made[str(changed)] == 1


def test_a_page_of_somebody_signed_in_is_not_kept(world: World, made: Counter[str]) -> None:
    admin = signed_in(world.app, make_user(world.app, "admin@example.org", Role.ADMIN))
    page = PAGES[-1]
    tag = str(admin.get(page).get_etag()[0])
    assert tag not in made
    assert "admin@example.org" not in world.anyone().get(page).get_data(as_text=True)
