"""The search page: no SQL once it is warm, 304 for everybody while nothing changed, and nothing of a viewer is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from directory.publication.cards import card_cache
from directory.web.public.addresses import Addresses
from tests.client import CheckingClient, find_all, text_of
from tests.site import read
from tests.statements import counted_queries
from tests.world import World, make_world


@pytest.fixture
def world(site: Flask, tmp_path: Path) -> World:
    found = make_world(site, tmp_path)
    found.follow()
    return found


def test_a_warm_page_asks_nothing_of_the_database(client: CheckingClient, seeded_app: Flask) -> None:
    client.get("/fr/search?country=MX&size=100")
    client.get("/fr/search?q=qqqqzzzz&country=MX")
    with counted_queries(seeded_app) as statements:
        assert client.get("/fr/search?country=MX&size=100").status_code == 200
        assert client.get("/fr/search?country=MX&size=50&area=shelter&area=food&pick=casa").status_code == 200
        assert client.get("/fr/search?q=qqqqzzzz&country=MX").status_code == 200
        etag = client.get("/fr/search?country=MX").headers["ETag"]
        assert client.get("/fr/search?country=MX", headers={"If-None-Match": etag}).status_code == 304
    assert statements == []


@pytest.mark.parametrize("encoding", ["identity", "br", "gzip"])
def test_a_browser_that_holds_the_page_gets_304(client: CheckingClient, encoding: str) -> None:
    path, headers = "/es/search?q=kind", {"Accept-Encoding": encoding}
    first = client.get(path, headers=headers)
    again = client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    for other in ("/en/search?q=kind", "/es/search?q=kind&pick=casa", "/es/search?q=kind&page=2"):
        assert client.get(other, headers={**headers, "If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_kept_card_is_the_card_that_was_made(client: CheckingClient, seeded_app: Flask) -> None:
    read(seeded_app, lambda: card_cache()._cards.clear())
    made, kept = (client.get("/es/search?q=albergue").get_data(as_text=True) for _ in range(2))
    assert made == kept
    assert made.count('<article class="card">') == 20


def test_what_a_viewer_sees_is_no_part_of_a_kept_card(world: World) -> None:
    world.partner(is_public=False)
    world.follow()
    path = "/en/search?q=casa"
    public = world.anyone().get(path)
    own = world.mcallen.get(path)
    assert "Our partner" in own.get_data(as_text=True)
    assert "/referrals/new" in own.get_data(as_text=True)
    held = str(read(world.app, lambda: list(card_cache()._cards.values())))
    for private in ("Our partner", "Refer", "My access", "hn-mcallen", "handout", "workspace"):
        assert private not in held, private
    for client in (world.anyone(), world.other):
        text = client.get(path).get_data(as_text=True)
        assert "Our partner" not in text
    assert public.get_data() == world.anyone().get(path).get_data()


def test_an_officers_page_is_kept_by_no_cache(world: World) -> None:
    path = "/en/search?q=casa"
    public = world.anyone().get(path)
    own = world.mcallen.get(path, headers={"If-None-Match": public.headers["ETag"]})
    assert own.status_code == 200
    assert "ETag" not in own.headers
    assert own.headers["Cache-Control"] == "no-store"
    assert "Cookie" in own.headers["Vary"]
    assert "Cookie" in public.headers["Vary"]


def test_a_message_for_one_browser_is_shown_to_it_and_then_gone(client: CheckingClient) -> None:
    etag = client.get("/es/search?q=kind").headers["ETag"]
    with client.session_transaction() as session:
        session["_flashes"] = [("message", "Guardado.")]
    answer = client.get("/es/search?q=kind", headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert "Guardado." in answer.get_data(as_text=True)
    assert client.get("/es/search?q=kind", headers={"If-None-Match": etag}).status_code == 304


def test_facets_show_label_and_count_and_what_is_chosen(client: CheckingClient) -> None:
    path = "q=albergue&country=MX&area=shelter"
    body = client.get(f"/api/v1/search?{path}&lang=es").get_json()
    page = client.page(f"/es/search?{path}")
    shown: dict[str, list[tuple[str, str, str]]] = {}
    chosen = set()
    for label in find_all(page, "label"):
        boxes = find_all(label, "input")
        if label.get("class") == "choice" and boxes[0].get("name") != "available":
            words, count = (text_of(item) for item in find_all(label, "span"))
            shown.setdefault(boxes[0].get("name", ""), []).append((boxes[0].get("value", ""), words, count))
            if "checked" in boxes[0].attrib:
                chosen.add((boxes[0].get("name"), boxes[0].get("value")))
    assert chosen == {("country", "MX"), ("area", "shelter")}
    assert len(shown) > 4
    for name, values in shown.items():
        expected = [
            (item["value"], item["label"], f"{item['count']:,}".replace(",", "\u202f")) for item in body["facets"][name]
        ]
        assert sorted(values) == sorted(expected)
        others = [item for item in values if (name, item[0]) not in chosen]
        assert others == [item for item in expected if (name, item[0]) not in chosen]


def test_an_address_keeps_what_was_asked_and_begins_anew(seeded: Flask) -> None:
    arguments = MultiDict([("q", "a&b ñ"), ("country", "MX"), ("country", "US"), ("page", "3"), ("lang", "zz"),
                           ("_scheme", "x"), ("pick", "casa"), ("pick", "<b>")])  # fmt: skip
    with seeded.test_request_context("/es/search"):
        from flask import g

        g.lang = "es"
        seeded.preprocess_request()
        address = Addresses(arguments)
        assert address() == "/es/search?q=a%26b+%C3%B1&country=MX&country=US&pick=casa"
        assert address(page=2, country=None) == "/es/search?q=a%26b+%C3%B1&pick=casa&page=2"
        assert address("results.map_page", q=None, pick=None, country=["GT"]) == "/es/map?country=GT"
        assert address(q=None, country=None, pick=None) == "/es/search"


def test_an_officer_searches_the_area_of_her_consulate_until_she_says_where(world: World) -> None:
    own = world.mcallen.get("/en/search?q=clinic").get_data(as_text=True)
    assert "Area of my consulate" in own
    for elsewhere in ("q=clinic&anywhere=1", "q=clinic+Tijuana", "q=clinic&country=MX", "q=clinic&near=Tijuana"):
        assert "Area of my consulate" not in world.mcallen.get(f"/en/search?{elsewhere}").get_data(as_text=True)
    assert "Area of my consulate" not in world.liaison.get("/en/search?q=clinic").get_data(as_text=True)
    assert "Area of my consulate" not in world.anyone().get("/en/search?q=clinic").get_data(as_text=True)


def test_her_own_nationals_are_no_part_of_the_question(world: World) -> None:
    asked = "/es/search?q=hondureños+clínica"
    assert "Nacionalidad" not in _read_row(world.mcallen, asked)
    assert "Honduras" in _read_row(world.other, asked)
    assert "Honduras" not in _read_row(world.mcallen, asked)


def _read_row(client: CheckingClient, path: str) -> str:
    """The words of the row that says how the text was read."""
    return " ".join(text_of(item) for item in find_all(client.page(path), "div") if item.get("class") == "read")


def test_a_chosen_consulate_is_one_tap_off(client: CheckingClient) -> None:
    inside = client.get("/api/v1/search?consulate=mx-dallas").get_json()["total"]
    everywhere = client.get("/api/v1/search").get_json()["total"]
    assert client.get("/api/v1/search?consulate=mx-dallas&anywhere=1").get_json()["total"] == everywhere > inside


def test_a_consulate_that_is_named_is_a_card_before_the_results(client: CheckingClient) -> None:
    page = client.page("/es/search?q=consulado+de+Honduras+en+Los+Angeles")
    cards = [item for item in find_all(page, "div") if item.get("class") == "named-consulate"]
    assert len(cards) == 1
    record = client.get("/api/v1/consulates/hn-los-angeles").get_json()
    links = [link.get("href", "") for link in find_all(cards[0], "a")]
    assert "/es/consulates/hn-los-angeles" in links
    assert [href for href in links if href.startswith("tel:")] == [f"tel:{record['phones'][0]['number']}"]


def test_results_come_before_filters_and_have_a_way_of_their_own(client: CheckingClient) -> None:
    page = client.page("/es/search?q=albergue+tijuana")
    links = find_all(page, "a")
    assert [link.get("href") for link in links[:2]] == ["#main", "#found"]
    names = [item.get("class") for item in find_all(page, "div")]
    assert names.index("results-main") < names.index("results-side")


def test_a_chosen_filter_keeps_what_was_struck_out_and_taken_off(client: CheckingClient) -> None:
    page = client.page("/es/search?q=albergue+tijuana&literal=albergue&anywhere=1")
    form = next(form for form in find_all(page, "form") if "data-filters-form" in form.attrib)
    held = {(item.get("name"), item.get("value")) for item in find_all(form, "input") if item.get("type") == "hidden"}
    assert {("literal", "albergue"), ("anywhere", "1")} <= held


def test_a_dead_end_names_who_can_be_called_and_the_consulates(client: CheckingClient) -> None:
    """Filters that contradict each other are answered with nothing; then with people who know the country."""
    path = "/en/search?q=%22no+such+words+at+all%22&country=US&area=shelter"
    root = client.page(path)
    shown = text_of(root)
    assert "Who can tell you where to go in United States" in shown
    links = [link.get("href") or "" for link in find_all(root, "a")]
    assert [link for link in links if link.startswith("tel:")]
    assert "/en/consulates?host=US" in links
    assert "Who can tell you" not in text_of(client.page("/en/search?q=%22no+such+words+at+all%22"))
