"""Consulates: by my country, then by my place; the finder keeps what was typed; where a list is thin, it says so."""

from __future__ import annotations

import pytest

from tests.client import CheckingClient, find_all, text_of
from tests.world import World

FIND = "/es/consulates/find"


def test_without_a_choice_only_countries_are_listed(world: World) -> None:
    page = world.anyone().page("/es/consulates")
    assert "Consulados de Honduras 3" in text_of(page)
    assert not [link for link in find_all(page, "a") if (link.get("href") or "").endswith("/consulates/hn-mcallen")]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("sending=HN", 3),
        ("q=mcallen", 2),
        ("sending=HN&q=toronto", 1),
        ("q=TEXAS", 2),
        ("q=nowhere", 0),
        ("host=CA", 1),
    ],
)
def test_by_country_and_by_words(world: World, arguments: str, found: int) -> None:
    page = world.anyone().get(f"/es/consulates?{arguments}").get_data(as_text=True)
    assert page.count('class="row-name"') == found


def test_the_finder_takes_the_largest_and_keeps_the_words(client: CheckingClient) -> None:
    page = client.get(f"{FIND}?sending=HN&place=Guadalupe").get_data(as_text=True)
    assert 'value="Guadalupe"' in page and "para Guadalupe, Nuevo León" in page
    assert "words=Guadalupe" in page and "Zacatecas" in page
    other = client.get(f"{FIND}?sending=HN&place=g4699066&words=Houston").get_data(as_text=True)
    assert 'value="Houston"' in other and 'value="g4699066"' not in other
    bare = client.get(f"{FIND}?sending=HN&place=g4699066").get_data(as_text=True)
    assert 'value="Houston, Texas, Estados Unidos"' in bare


def test_a_thin_list_says_that_it_is_thin(client: CheckingClient) -> None:
    page = client.get("/es/search?q=abogado+Quebec").get_data(as_text=True)
    assert "nuestras fuentes casi no lo incluyen" in page
    assert "nuestras fuentes" not in client.get("/es/search?q=abogado+Texas").get_data(as_text=True)
