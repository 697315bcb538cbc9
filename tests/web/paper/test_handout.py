"""The handout of one person: chosen on the results page, on one page and in one text, and nothing of it is kept."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import func, select

from directory.changes.feed import feed_position
from directory.changes.models import Change, Entity
from directory.changes.slugs import assign_slug
from directory.clock import today
from directory.extensions import db
from directory.mail.models import OutboxMessage
from directory.moderation.uses import take_uses
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.remove import unpublish
from directory.organizations.services import Availability, AvailabilityState, Service
from directory.settings import LANGUAGES
from tests.client import CheckingClient, LinkCollector, find_all, text_of
from tests.factories import add_organizations, organization_row
from tests.site import database, read, visitor

TWO = "pick=casa-del-migrante-en-tijuana&pick=instituto-madre-asunta"
SIX = "&".join(f"pick=casa-{number}" for number in range(6))
SECRETS = ("Calle Secreta 7", "99999", "Nombre Privado")


def links(root: ElementTree.Element) -> list[str]:
    return [link.get("href") or "" for link in find_all(root, "a")]


def message(root: ElementTree.Element) -> str:
    return "".join(find_all(root, "textarea")[0].itertext())


def of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if name in (element.get("class") or "").split()]


# Choosing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_results_page_says_what_is_on_the_handout(client: CheckingClient, language: str) -> None:
    root = client.page(f"/{language}/search?q=albergue+tijuana&{TWO}")
    assert "2" in text_of(of_class(root, "pick-count")[0])
    assert "5" in text_of(of_class(root, "pick-count")[0])
    assert len(of_class(root, "pick-on")) == 2


def test_opening_a_record_drops_nothing_of_the_choice(client: CheckingClient) -> None:
    root = client.page(f"/es/search?q=albergue+tijuana&{TWO}")
    names = [link for link in links(root) if urlsplit(link).path.startswith("/es/organizations/")]
    assert names and all(parse_qs(urlsplit(link).query)["pick"] == parse_qs(TWO)["pick"] for link in names)
    record = client.page(names[-1])
    assert "2" in text_of(of_class(record, "pick-count")[0])
    assert any(urlsplit(link).path == "/es/handout" and "instituto-madre-asunta" in link for link in links(record))
    added = next(link for link in links(of_class(record, "pick-bar")[0]) if "/organizations/" in link)
    assert "3" in text_of(of_class(client.page(added), "pick-count")[0])


def test_the_consulate_of_the_search_signs_it(client: CheckingClient) -> None:
    search = client.page(f"/es/search?consulate=mx-houston&{TWO}")
    address = next(link for link in links(search) if urlsplit(link).path == "/es/handout")
    page = client.page(address)
    assert "Consulado General de México en Houston: +1" in message(page)
    assert "Consulado General de México en Houston" in text_of(of_class(page, "sheet-sender")[0])
    assert of_class(client.page(f"/es/handout?{TWO}"), "sheet-sender") == []
    assert of_class(client.page(f"/es/handout?{TWO}&consulate=nobody"), "sheet-sender") == []


def test_without_a_pick_there_is_no_bar(client: CheckingClient) -> None:
    root = client.page("/en/search?q=albergue+tijuana")
    assert of_class(root, "pick-bar") == of_class(root, "pick-on") == []
    assert {text_of(link).split(":")[0] for link in of_class(root, "pick-link")} == {"Put on the handout"}


def test_a_link_adds_a_pick_and_the_next_takes_it_off(client: CheckingClient) -> None:
    path = "/en/search?q=albergue+tijuana"
    link = of_class(client.page(path), "pick-link")[0].get("href") or ""
    slug = parse_qs(urlsplit(link).query)["pick"][0]
    assert urlsplit(link).fragment == f"at-{slug}"
    root = client.page(link)
    assert [element for element in root.iter() if element.get("id") == f"at-{slug}"]
    on = of_class(root, "pick-on")
    assert len(on) == 1
    assert text_of(on[0]).startswith("On the handout: ")
    assert "Take it off" in text_of(on[0])
    assert (on[0].get("href") or "").split("#")[0] == path


def test_a_pick_stays_on_the_page_of_results(client: CheckingClient) -> None:
    root = client.page("/es/search?page=2&country=MX")
    assert all("page=2" in (link.get("href") or "") for link in of_class(root, "pick-link"))


@pytest.mark.parametrize(
    "query", ["q=albergue&country=MX&area=shelter", "q=albergue+tijuana&admin1=MX-CHP", "q=albergue+tijuna", "page=99"]
)
def test_every_link_and_form_of_the_results_carries_the_picks(client: CheckingClient, query: str) -> None:
    root = client.page(f"/en/search?{query}&{TWO}")
    wanted = ["casa-del-migrante-en-tijuana", "instituto-madre-asunta"]
    for form in find_all(root, "form"):
        assert [field.get("value") for field in find_all(form, "input") if field.get("name") == "pick"] == wanted
    main = next(element for element in root.iter() if element.get("id") == "main")
    skipped = {id(link) for name in ("pick-link", "pick-clear") for link in of_class(root, name)}
    checked = 0
    for link in find_all(main, "a"):
        address = urlsplit(link.get("href") or "")
        if id(link) not in skipped and address.path in ("/en/search", "/en/map", "/en/handout"):
            assert parse_qs(address.query)["pick"] == wanted, link.get("href")
            checked += 1
    assert checked >= 2


def test_a_search_that_cannot_be_answered_keeps_the_picks(client: CheckingClient) -> None:
    root = client.page(f"/en/search?page=0&{TWO}", status=400)
    assert len([field for field in find_all(root, "input") if field.get("name") == "pick"]) == 2
    assert f"/en/search?{TWO}" in links(root)


def test_the_map_leads_back_with_the_picks(client: CheckingClient) -> None:
    root = client.page(f"/en/map?{TWO}")
    assert f"/en/search?{TWO}" in links(root)
    points = next(element.get("data-points") for element in root.iter() if element.get("data-points"))
    assert points == "/en/map/points.json"


def test_clearing_keeps_the_search(client: CheckingClient) -> None:
    root = client.page(f"/en/search?q=albergue&{TWO}")
    assert of_class(root, "pick-clear")[0].get("href") == "/en/search?q=albergue"


def test_the_button_leads_to_the_handout_in_the_place_of_the_search(client: CheckingClient) -> None:
    root = client.page(f"/en/search?q=albergue&admin1=MX-BCN&country=MX&{TWO}")
    made = [link for link in links(root) if urlsplit(link).path == "/en/handout"]
    assert len(made) == 1
    assert sorted(parse_qsl(urlsplit(made[0]).query)) == sorted(
        [*parse_qsl(TWO), ("admin1", "MX-BCN"), ("country", "MX")]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sixth_pick_is_refused_aloud(client: CheckingClient, language: str) -> None:
    root = client.page(f"/{language}/search?{SIX}")
    refused = of_class(root, "pick-refused")
    assert len(refused) == 1
    assert refused[0].get("role") == "alert"
    form = next(form for form in find_all(root, "form") if "data-filters-form" in form.attrib)
    assert [item.get("value") for item in find_all(form, "input") if item.get("name") == "pick"] == [
        f"casa-{number}" for number in range(5)
    ]


def test_picks_change_neither_results_nor_api(client: CheckingClient) -> None:
    plain, picked = (client.get(f"/api/v1/search?q=albergue{more}").get_json() for more in ("", f"&{TWO}"))
    assert picked["results"] == plain["results"]
    assert "pick" not in str(picked)
    titles = {text_of(find_all(client.page(f"/en/search?q=albergue{more}"), "h1")[0]) for more in ("", f"&{TWO}")}
    assert len(titles) == 1


def test_what_cannot_be_a_slug_is_no_pick(client: CheckingClient) -> None:
    root = client.page("/en/search?q=albergue&pick=%3Cscript%3E&pick=" + "a" * 500 + "&pick=")
    assert of_class(root, "pick-bar") == []


def test_a_record_leads_to_its_own_handout(client: CheckingClient) -> None:
    root = client.page("/en/organizations/instituto-madre-asunta")
    assert "/en/handout?pick=instituto-madre-asunta" in links(root)


# The page


@pytest.mark.parametrize("query", ["", f"?{TWO}", f"?{TWO}&also=en", f"?{TWO}&also=fr&admin1=MX-BCN"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_valid_in_every_language(client: CheckingClient, language: str, query: str) -> None:
    root = client.page(f"/{language}/handout{query}")
    alternates = {link.get("hreflang") for link in find_all(root, "link") if link.get("rel") == "alternate"}
    assert alternates == set(LANGUAGES)


def test_the_page_says_what_a_person_needs(client: CheckingClient, seeded_app: Flask) -> None:
    day = read(seeded_app, today)
    root = client.page(f"/en/handout?{TWO}")
    sheet = text_of(of_class(root, "sheet")[0])
    for said in (
        "Who can help you", "Call before you go.", "Casa del Migrante en Tijuana", "+52 664 682 5180",
        "Shelter; food", "Calle Galileo", "They speak English and Spanish", "Not confirmed · source of December 2023",
        "They never charge. If somebody asks for money in their name, do not pay.",
        f"Checked in the directory on {day:%B} {day.day}, {day.year}.",
        "Tijuana, Baja California: they tell you the address on the phone",
    ):  # fmt: skip
        assert said in sheet, said
    assert len(of_class(root, "qr")) == 2


def test_each_sheet_speaks_its_language_whatever_the_page_speaks(client: CheckingClient) -> None:
    root = client.page(f"/en/handout?{TWO}&also=es")
    english, spanish = of_class(root, "sheet")
    assert (english.get("lang"), spanish.get("lang")) == ("en", "es")
    assert "Llame antes de ir." in text_of(spanish)
    assert "Call before you go." in text_of(english)
    assert "Por confirmar · fuente: diciembre de 2023" in text_of(spanish)
    assert {len(of_class(sheet, "qr")) for sheet in (english, spanish)} == {2}


def test_a_second_language_that_is_the_first_counts_once(client: CheckingClient) -> None:
    assert len(of_class(client.page(f"/fr/handout?{TWO}&also=fr"), "sheet")) == 1


@pytest.mark.parametrize("also", ["de", "EN", "en-US", "%3Cb%3E"])
def test_another_language_is_refused_kindly(client: CheckingClient, also: str) -> None:
    assert "choose one of them" in text_of(client.page(f"/en/handout?{TWO}&also={also}", status=400))


def test_without_picks_the_page_says_how_to_choose(client: CheckingClient) -> None:
    root = client.page("/en/handout")
    assert "How to make one" in text_of(root)
    assert "/en/search" in links(root)
    assert find_all(root, "textarea") == of_class(root, "sheet") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_than_five_are_refused_and_five_are_offered(client: CheckingClient, language: str) -> None:
    root = client.page(f"/{language}/handout?{SIX}", status=400)
    assert f"/{language}/handout?" + SIX.rsplit("&", 1)[0] in links(root)
    assert of_class(root, "sheet") == []


def test_the_same_pick_twice_counts_once(client: CheckingClient) -> None:
    root = client.page("/en/handout?" + "&".join(["pick=instituto-madre-asunta"] * 7))
    assert len(of_class(root, "entry")) == 1


def test_an_unknown_pick_is_told_and_left_out(client: CheckingClient) -> None:
    root = client.page("/en/handout?pick=nobody-at-all&pick=instituto-madre-asunta")
    assert "“nobody-at-all” is not in the directory" in text_of(root)
    assert len(of_class(root, "entry")) == 1
    root = client.page("/en/handout?pick=nobody-at-all", status=404)
    assert "How to make one" in text_of(root)


def test_a_person_is_asked_nothing_and_nothing_can_be_posted(client: CheckingClient) -> None:
    root = client.page(f"/en/handout?{TWO}")
    typed = [field for field in find_all(root, "input") if field.get("type") != "hidden"]
    assert typed == []
    assert all(form.get("method") == "get" for form in find_all(root, "form"))
    assert all("readonly" in area.attrib for area in find_all(root, "textarea"))
    assert client.post(f"/en/handout?{TWO}").status_code in (400, 405)


@pytest.mark.parametrize("query", ["", f"?{TWO}&also=es", f"?{SIX}", "?pick=nobody"])
def test_an_answer_is_neither_stored_nor_remembered(client: CheckingClient, query: str) -> None:
    response = client.get(f"/en/handout{query}")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in response.headers
    assert 'name="robots" content="noindex"' in response.get_data(as_text=True)


def test_the_page_loads_nothing_from_elsewhere(client: CheckingClient) -> None:
    collector = LinkCollector()
    collector.feed(client.get(f"/es/handout?{TWO}&also=en").get_data(as_text=True))
    assert collector.loads
    assert all(address.startswith("/static/") for address in collector.loads)


# The text


def test_the_text_can_be_selected_counted_and_sent(client: CheckingClient) -> None:
    root = client.page(f"/en/handout?{TWO}&also=es")
    text = message(root)
    assert 0 < len(text) <= 1_000
    assert f"{len(text)} of 1,000 characters" in text_of(root)
    sent = next(link for link in find_all(root, "a") if (link.get("href") or "").startswith("https://wa.me/"))
    assert sent.get("rel") == "noopener noreferrer external"
    assert parse_qs(urlsplit(sent.get("href") or "").query) == {"text": [text]}
    hidden = [button for button in find_all(root, "button") if "hidden" in button.attrib]
    assert {name for button in hidden for name in button.attrib if name.startswith("data-")} == {
        "data-print", "data-share-text", "data-copy-text",
    }  # fmt: skip


def test_five_real_records_fit_in_two_languages(client: CheckingClient) -> None:
    found = client.get("/api/v1/search?q=legal&size=5").get_json()["results"]
    query = "&".join(f"pick={item['slug']}" for item in found)
    for language, also in (("es", "en"), ("fr", "es"), ("en", "fr")):
        assert len(message(client.page(f"/{language}/handout?{query}&also={also}"))) <= 1_000


# What must not be seen, and what must not be written


@pytest.fixture
def houses(site: Flask, tmp_path: Path) -> Flask:
    """A protected house, one with two offices of which one is hidden, one that is removed and one that is renamed."""
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(address="Calle Secreta 7", postal_code="99999", visibility="city_only",
                             location_name="Nombre Privado", phones="664 682 5180"),
            organization_row(organization_key="two", name="Dos Casas", location_key="two/a", address="Calle Abierta 1"),
            organization_row(organization_key="two", name="Dos Casas", location_key="two/b", location_country="US",
                             location_admin1="US-TX", location_city="McAllen", address="Open Street 2"),
            organization_row(organization_key="gone", name="Casa Cerrada", location_key="gone/a"),
            organization_row(organization_key="old", name="Casa Vieja", location_key="old/a"),
        )  # fmt: skip
        db.session.remove()
    with database(site):
        for name, act in (("Casa Cerrada", "remove"), ("Casa Vieja", "rename"), ("Dos Casas", "hide")):
            record = db.session.scalars(select(Organization).where(Organization.name == name)).one()
            if act == "remove":
                unpublish(db.session, record, "test")
            elif act == "rename":
                assign_slug(db.session, Entity.ORGANIZATION, record.id, "casa-nueva")
    return site


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_protected_address_is_nowhere(houses: Flask, language: str) -> None:
    for query in ("", "&also=en", "&admin1=MX-BCN", "&country=MX"):
        html = visitor(houses).get(f"/{language}/handout?pick=casa-ejemplo{query}").get_data(as_text=True)
        assert "Casa Ejemplo" in html
        assert "Tijuana" in html
        assert not [secret for secret in SECRETS if secret in html]
    page = visitor(houses).page("/en/handout?pick=casa-ejemplo")
    assert "they tell you the address on the phone" in message(page)


def test_a_hidden_location_does_not_exist(houses: Flask) -> None:
    with database(houses):
        place = db.session.scalars(select(Location).where(Location.address == "Open Street 2")).one()
        place.visibility = Visibility.HIDDEN
    for query in ("", "&admin1=US-TX", "&country=US"):
        html = visitor(houses).get(f"/en/handout?pick=dos-casas{query}").get_data(as_text=True)
        assert "Calle Abierta 1" in html
        assert "Open Street" not in html
        assert "McAllen" not in html


def test_the_place_of_the_search_is_shown_and_the_others_are_told(houses: Flask) -> None:
    first = visitor(houses).page("/en/handout?pick=dos-casas")
    assert "Calle Abierta 1" in text_of(of_class(first, "sheet")[0])
    assert "Dos Casas has 2 offices. The handout shows the one in Tijuana" in text_of(first)
    other = visitor(houses).page("/en/handout?pick=dos-casas&admin1=US-TX")
    assert "Open Street 2" in text_of(of_class(other, "sheet")[0])
    kept = [(field.get("name"), field.get("value")) for field in find_all(other, "input")]
    assert ("admin1", "US-TX") in kept


def test_a_removed_record_is_told_and_left_out(houses: Flask) -> None:
    root = visitor(houses).page("/en/handout?pick=casa-cerrada&pick=casa-ejemplo")
    assert "“casa-cerrada” was removed from the directory and is left out." in text_of(root)
    assert len(of_class(root, "entry")) == 1
    assert "Casa Cerrada" not in text_of(root)
    visitor(houses).page("/en/handout?pick=casa-cerrada", status=410)


def test_a_former_slug_is_followed(houses: Flask) -> None:
    root = visitor(houses).page("/en/handout?pick=casa-vieja&pick=casa-nueva")
    assert len(of_class(root, "entry")) == 1
    assert "/en/organizations/casa-nueva" in links(root)


def test_who_is_full_today_is_told_to_the_officer_and_not_printed(houses: Flask) -> None:
    with database(houses):
        service = db.session.scalars(
            select(Service).join(Organization).where(Organization.name == "Casa Ejemplo").order_by(Service.position)
        ).first()
        assert service is not None
        service.availability = Availability(state=AvailabilityState.FULL, until=today(), set_by="test")
    root = visitor(houses).page("/en/handout?pick=casa-ejemplo")
    assert "Full until" in text_of(of_class(root, "handout-head")[0])
    assert "Full" not in text_of(of_class(root, "sheet")[0])
    assert "Full" not in message(root)


@pytest.mark.parametrize(("age_days", "said"), [(0, "Confirmed on"), (120, "Confirmation due"), (400, "Out of date")])
def test_freshness_stands_with_its_date(houses: Flask, age_days: int, said: str) -> None:
    day: date = read(houses, today) - timedelta(days=age_days)
    with database(houses):
        record = db.session.scalars(select(Organization).where(Organization.name == "Casa Ejemplo")).one()
        record.verified_on, record.verified_by = day, "test"
    root = visitor(houses).page("/en/handout?pick=casa-ejemplo")
    for text in (text_of(of_class(root, "sheet")[0]), message(root)):
        assert said in text
        assert f"{day:%B} {day.day}, {day.year}" in text


def test_a_handout_leaves_no_trace(houses: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def state() -> tuple[object, ...]:
        counts = (db.session.scalar(select(func.count()).select_from(table)) for table in (Change, OutboxMessage))
        return (feed_position(db.session), *counts)

    before = read(houses, state)
    client = visitor(houses)
    with caplog.at_level("DEBUG"):
        for query in ("pick=casa-ejemplo&also=en", "pick=casa-cerrada", "pick=nobody", SIX):
            client.get(f"/es/handout?{query}")
    assert read(houses, state) == before
    assert "casa-ejemplo" not in caplog.text
    assert "nobody" not in caplog.text
    with houses.app_context():
        assert not take_uses()
