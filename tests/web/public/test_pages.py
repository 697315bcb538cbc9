"""Every public page, in three languages, over the seed data: valid, labelled, translated, and kind in errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from directory.settings import LANGUAGES
from tests.client import CheckingClient, LinkCollector, find_all, text_of
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row

PAGES = (
    "",
    "search",
    "search?q=albergue&country=MX&area=shelter",
    "search?q=qqqqzzzz",
    "search?q=albergue+tijuna&admin1=US-TX",
    "search?consulate=mx-dallas",
    "organizations/kids-in-need-of-defense",
    "organizations/instituto-madre-asunta",
    "consulates",
    "consulates?sending=HN&host=US",
    "consulates/mx-dallas",
    "consulates/ni-houston",
    "consulates/gt-wisconsin-honorary-consulate",
    "countries/MX",
    "countries/BZ",
    "service-areas/shelter",
    "service-areas/disaster-displacement",
    "map",
    "map?country=HN",
    "criteria",
    "about",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_valid_in_every_language(client: CheckingClient, language: str, path: str) -> None:
    root = client.page(f"/{language}/{path}")
    alternates = {link.get("hreflang") for link in find_all(root, "link") if link.get("rel") == "alternate"}
    assert alternates == set(LANGUAGES)


def test_the_developers_page_is_valid(client: CheckingClient) -> None:
    assert "/api/v1/search" in text_of(client.page("/docs"))


def test_pages_speak_their_language(client: CheckingClient) -> None:
    titles = {language: text_of(find_all(client.page(f"/{language}/"), "h1")[0]) for language in LANGUAGES}
    assert titles == {
        "es": "¿Quién puede ayudar, y dónde?",
        "en": "Who can help, and where?",
        "fr": "Qui peut aider, et où ?",
    }


@pytest.mark.parametrize(("accept", "language"), [("fr-CA,fr;q=0.9", "fr"), ("en", "en"), ("de", "es"), ("", "es")])
def test_the_root_leads_to_the_language_of_the_browser(client: CheckingClient, accept: str, language: str) -> None:
    response = client.get("/", headers={"Accept-Language": accept})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/{language}/"
    assert response.headers["Vary"] == "Accept-Language" or "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/es/organizations/nobody", 404),
        ("/es/consulates/nowhere", 404),
        ("/es/countries/FR", 404),
        ("/es/service-areas/none", 404),
        ("/xx/search", 404),
        ("/es/search?page=0", 400),
        ("/es/search?size=1000", 400),
        ("/es/search?country=ZZ", 400),
        ("/es/search?near=999,999", 400),
        ("/es/search?sort=distance", 400),
        ("/es/search?q=" + "a" * 10_000, 400),
        ("/es/search?q=%00", 400),
        ("/es/search?q=%ff", 400),
        ("/es/organizations/a%00b", 400),
        ("/es/consulates?sending=FR", 400),
        ("/es/map?country=ZZ", 400),
    ],
)
def test_bad_input_is_answered_kindly_and_never_with_500(client: CheckingClient, path: str, status: int) -> None:
    root = client.page(path, status=status, title_is_h1=status != 400 or "map" not in path)
    assert [field for field in find_all(root, "input") if field.get("name") == "q"] or "map" in path


@pytest.mark.parametrize(
    "extra", ["lang=zz", "_scheme=x&_external=1", "endpoint=x", "_anchor=a", "_method=POST", "values=1", "utm_source=x"]
)
def test_parameters_that_are_not_ours_are_ignored(client: CheckingClient, extra: str) -> None:
    for page in ("search", "map"):
        html = client.get(f"/es/{page}?q=kind&{extra}").get_data(as_text=True)
        assert "Kids" in html or page == "map"
        assert f"/es/{'map' if page == 'search' else 'search'}?q=kind" in html


def test_a_path_that_is_not_utf_8_is_refused(client: CheckingClient) -> None:
    response = client.get("/es/", environ_overrides={"PATH_INFO": "/es/organizations/\xff"})
    assert response.status_code == 400


def test_a_foreign_host_is_refused(client: CheckingClient) -> None:
    response = client.get("/es/", headers={"Host": "evil.example"})
    assert response.status_code == 400


def test_other_methods_are_refused(client: CheckingClient) -> None:
    assert client.post("/es/search").status_code in (400, 405)
    assert client.delete("/api/v1/search").status_code == 405


def test_a_page_loads_nothing_from_elsewhere(client: CheckingClient) -> None:
    for path in ("/es/", "/es/search", "/es/map", "/es/organizations/kids-in-need-of-defense", "/docs"):
        collector = LinkCollector()
        collector.feed(client.get(path).get_data(as_text=True))
        assert collector.loads
        assert all(address.startswith("/static/") for address in collector.loads), path


def test_a_results_page_weighs_little(client: CheckingClient) -> None:
    html = client.get("/es/search?q=albergue").get_data(as_text=True)
    collector = LinkCollector()
    collector.feed(html)
    size = len(brotli.compress(html.encode(), quality=5))
    for address in {address.split("#")[0] for address in collector.loads}:
        size += int(client.get(address, headers={"Accept-Encoding": "br"}).headers["Content-Length"])
    assert size <= 60 * 1024
    blocking = re.findall(r'<link rel="stylesheet"|<script src="[^"]+">', html)
    assert len(blocking) <= 2


def test_static_files_are_fingerprinted_compressed_and_cached_for_ever(client: CheckingClient) -> None:
    html = client.get("/es/").get_data(as_text=True)
    path = re.search(r"/static/[0-9a-f]{12}/css/components\.css", html)
    assert path
    response = client.get(path.group(), headers={"Accept-Encoding": "br"})
    assert response.headers["Content-Encoding"] == "br"
    assert "immutable" in response.headers["Cache-Control"]


def test_search_engines_get_the_facts_that_the_page_shows(client: CheckingClient) -> None:
    root = client.page("/es/organizations/casa-del-migrante-en-tijuana")
    script = next(item for item in find_all(root, "script") if item.get("type") == "application/ld+json")
    data = json.loads(script.text or "")
    assert data["@type"] == "NGO"
    assert data["telephone"] == "+526646825180"


def test_a_record_shows_source_date_and_that_nobody_confirmed_it(client: CheckingClient) -> None:
    text = text_of(client.page("/es/organizations/casa-del-migrante-en-tijuana"))
    assert "Por confirmar · fuente: diciembre de 2023" in text
    assert "IOM/UNHCR directory of services in Tijuana (2023)" in text
    assert "Nunca cobran por un lugar ni por un formulario" in text


def test_a_protected_shelter_shows_its_city_and_says_why(client: CheckingClient) -> None:
    text = text_of(client.page("/es/organizations/instituto-madre-asunta"))
    assert "Protegida: la dirección se da al contactar" in text
    assert "Tijuana" in text


def test_what_rests_on_an_assumption_says_so(client: CheckingClient) -> None:
    own = text_of(client.page("/es/organizations/casa-del-migrante-en-tijuana?from=HN"))
    assert "Se supone por su sede: ninguna fuente dice" in own
    dallas = text_of(client.page("/es/consulates/mx-dallas"))
    assert "Supuesto Texas" in dallas
    assert "Excepto: Dallam, Sherman" in dallas
    assert "Está cerrado y no atiende ninguna zona" in text_of(client.page("/es/consulates/ni-houston"))
    assert "Dudoso" in text_of(client.page("/es/consulates/hn-dallas"))


def test_no_results_are_never_a_dead_end(client: CheckingClient) -> None:
    root = client.page("/es/search?q=%22no+hay+tal+frase%22+tijuana&admin1=MX-CHP")
    text = text_of(root)
    assert "Eso no quiere decir que nadie pueda ayudar" in text
    assert "Sin el filtro" in text or "Buscar un consulado" in text


def test_a_correction_is_shown_and_can_be_taken_back(client: CheckingClient) -> None:
    root = client.page("/es/search?q=albergue+tijuna")
    assert "Se leyó como: tijuna tijuana" in text_of(root)
    links = [link.get("href") or "" for link in find_all(root, "a") if text_of(link) == "tijuna tijuana"]
    assert links == ["/es/search?q=albergue+tijuna&literal=tijuna"]


def test_markup_in_a_query_is_text(client: CheckingClient) -> None:
    html = client.get("/es/search?q=%3Cscript%3Ealert(1)%3C/script%3E").get_data(as_text=True)
    assert "<script>alert" not in html


def test_nothing_searched_is_logged(client: CheckingClient, seeded: Flask, caplog: pytest.LogCaptureFixture) -> None:
    from directory.serve import ACCESS_LOG

    assert "%(U)s" in ACCESS_LOG
    assert not [part for part in ("%(q)s", "%(r)s", "%(h)s", "%(f)s", "%(a)s") if part in ACCESS_LOG]
    with caplog.at_level("DEBUG"):
        client.get("/es/search?q=palabrasecreta")
    assert "palabrasecreta" not in caplog.text


def test_robots_and_sitemap(client: CheckingClient) -> None:
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").get_data(as_text=True)
    assert client.get("/sitemap.xml").get_data(as_text=True).count("<loc>") == 3 * 1893


def test_without_an_index_everything_but_search_keeps_serving_and_says_so(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    add_consulates(tmp_path, consulate_row())
    client = app.test_client()
    for path in (
        "/es/",
        "/es/countries/MX",
        "/es/countries/BZ",
        "/es/service-areas/shelter",
        "/es/consulates/hn-ejemplo",
        "/es/about",
    ):
        response = client.get(path)
        assert response.status_code == 200, path
        assert "El índice de búsqueda se está construyendo" in response.get_data(as_text=True), path
    assert client.get("/es/organizations/casa-ejemplo").status_code == 200
    search = client.get("/es/search?q=casa")
    assert search.status_code == 503
    assert search.headers["Retry-After"]
    assert client.get("/api/v1/search").mimetype == "application/problem+json"
