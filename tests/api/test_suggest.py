"""What is suggested while someone types: all kinds, three languages, bounded, and only what is public."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import event, select

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_change
from directory.clock import now
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.remove import unpublish
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.client import CheckingClient
from tests.factories import add_consulates, add_organizations, consulate_row, organization_row, start_writing

SLOWEST_S = 0.1
"""Time of our own thread, so that a busy machine does not count; the figure is 50 ms."""


def ask(client: Any, typed: str, language: str = "en") -> list[dict[str, Any]]:
    response = client.get(f"/api/v1/suggest?q={quote(typed)}&lang={language}")
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.get_json()["suggestions"]
    assert len(found) <= 10
    assert len({(item["kind"], item["value"]) for item in found}) == len(found)
    return found


def values(client: Any, typed: str, kind: str, language: str = "en") -> list[str]:
    return [item["value"] for item in ask(client, typed, language) if item["kind"] == kind]


def test_an_answer_is_as_the_contract_says(client: CheckingClient) -> None:
    response = client.get("/api/v1/suggest?q=tijuana&lang=fr")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Language"] == "fr"
    found = response.get_json()["suggestions"]
    assert {"kind", "value", "label", "url"} <= set(found[0])
    assert all(item["url"].startswith("http://localhost/fr/") for item in found)
    assert {item["kind"] for item in found} == {"place", "organization", "consulate"}
    again = client.get("/api/v1/suggest?q=tijuana&lang=fr", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/api/v1/suggest?q=tijuana").headers["Content-Language"] == "es"
    assert client.get("/api/v1/suggest").get_json() == {"suggestions": []}


@pytest.mark.parametrize(
    ("language", "typed", "first"),
    [
        ("es", "albergue", ("area", "Albergue", "/es/search?area=shelter")),
        ("en", "albergue", ("area", "Shelter", "/en/search?area=shelter")),
        ("fr", "abogado", ("area", "Aide juridique", "/fr/search?area=legal-aid")),
        ("es", "famil", ("population", "Familias", "/es/search?population=families")),
        ("fr", "famil", ("population", "Familles", "/fr/search?population=families")),
        ("es", "estados uni", ("place", "Estados Unidos", "/es/search?country=US")),
        ("fr", "texas", ("place", "Texas, États-Unis", "/fr/search?admin1=US-TX")),
        ("en", "HARLINGEN", ("place", "Harlingen, Texas, United States", "/en/search?near=g4696233&within=50")),
        ("es", "cons mex dal", ("consulate", "Consulado General de México en Dallas", "/es/consulates/mx-dallas")),
        ("en", "dallas mexican", ("consulate", "Consulate General of Mexico in Dallas", "/en/consulates/mx-dallas")),
        ("en", "kind", ("organization", "Kids in Need of Defense", "/en/organizations/kids-in-need-of-defense")),
        ("fr", "defen need", ("organization", "Kids in Need of Defense", "/fr/organizations/kids-in-need-of-defense")),
    ],
)  # fmt: skip
def test_every_kind_is_found_in_three_languages(
    client: CheckingClient, language: str, typed: str, first: tuple[str, str, str]
) -> None:
    kind, label, path = first
    found = next(item for item in ask(client, typed, language) if item["kind"] == kind)
    assert (found["label"], found["url"]) == (label, f"http://localhost{path}")


def test_where_a_suggestion_leads_there_is_a_page(client: CheckingClient) -> None:
    for typed in ("shelter", "families", "united states", "texas", "mcallen", "kind"):
        for item in ask(client, typed):
            address = urlsplit(item["url"])
            if "near=" not in address.query:
                assert client.get(f"{address.path}?{address.query}").status_code == 200, item


def test_people_and_needs_come_before_a_hamlet_of_that_name(client: CheckingClient) -> None:
    found = client.get("/api/v1/suggest?q=menores&lang=es").get_json()["suggestions"]
    kinds = [item["kind"] for item in found]
    assert kinds.index("population") < kinds.index("place")
    assert client.get("/api/v1/suggest?q=tijuana").get_json()["suggestions"][0]["kind"] == "place"


@pytest.mark.parametrize(
    ("plain", "other"),
    [("bogotá texas", "bogota texas"), ("mexico", "MÉXICO"), ("montréal", "montreal"),
     ("peñas blancas", "penas blancas"), ("l'aide juridique", "aide juridique")],
)  # fmt: skip
def test_accents_and_case_do_not_matter(client: CheckingClient, plain: str, other: str) -> None:
    assert ask(client, plain) == ask(client, other) != []


@pytest.mark.parametrize(
    ("typed", "value"),
    [("tijuna", "g3981609"), ("tjiuana", "g3981609"), ("houstn texas", "g4699066"), ("tegusigalpe", "g3600949"),
     ("tapachla", "g3516266")],
)  # fmt: skip
def test_typing_errors_are_forgiven(client: CheckingClient, typed: str, value: str) -> None:
    assert value in values(client, typed, "place")


def test_homonyms_are_told_apart(client: CheckingClient) -> None:
    labels = [item["label"] for item in ask(client, "springfield") if item["kind"] == "place"]
    assert len(labels) == len(set(labels)) > 3
    assert values(client, "springfield ill", "place") == ["g4250542"]
    raices = [item["detail"] for item in ask(client, "raices") if item["kind"] == "organization"]
    assert len(set(raices)) > 3


def test_larger_places_come_first_and_kinds_are_mixed(client: CheckingClient) -> None:
    assert values(client, "san", "place")[0] in ("g4726206", "g5391811")
    for typed in ("sa", "mex", "h", "tij", "ca"):
        kinds = {item["kind"] for item in ask(client, typed)}
        assert len(kinds) >= 3, typed


BAD_INPUT = (
    "a" * 500,
    "a " * 250,
    "guadalahara " * 41,
    "x" * 40,
    "saltillonuevoleoncoahuilaz " * 12,
    "\x01\x02\x1b[2J",
    "%%%",
    "'\"><script>",
    "\u202e\u200b",
    "é" * 500,
    "🙂" * 200,
    "sanat sanat marai guadalup",
    "guadalahra monterey tijuna houstn chicgo dalas santaa sanata marria",
    "-" * 500,
    "s a n t i",
    "abcdefghi jklmnopqr stuvwxyza",
)


@pytest.mark.parametrize("typed", BAD_INPUT)
def test_bad_input_is_bounded(client: CheckingClient, typed: str) -> None:
    ask(client, "warm")
    started = time.thread_time()
    ask(client, typed)
    assert time.thread_time() - started < SLOWEST_S


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "q=%ff", "q=" + "a" * 2001, "q=a&lang=de"])
def test_what_cannot_be_read_is_a_problem(client: CheckingClient, query: str) -> None:
    response = client.get(f"/api/v1/suggest?{query}")
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"


def test_a_removed_organization_vanishes_and_a_renamed_one_follows(app: Flask, tmp_path: Path) -> None:
    client = app.test_client()
    add_organizations(tmp_path, organization_row(alternate_names="Hogar Inventado"))
    synchronise(search_index(), db.session)
    assert values(client, "casa ej", "organization") == ["casa-ejemplo"]
    assert values(client, "inventado", "organization") == ["casa-ejemplo"]
    start_writing()
    record = db.session.scalars(select(Organization)).one()
    record.name = "Albergue Modelo"
    record_change(db.session, Entity.ORGANIZATION, record.id, ChangeKind.UPDATED)
    db.session.commit()
    synchronise(search_index(), db.session)
    assert values(client, "casa ej", "organization") == []
    assert values(client, "modelo", "organization") == ["casa-ejemplo"]
    start_writing()
    unpublish(db.session, db.session.scalars(select(Organization)).one(), "test")
    db.session.commit()
    synchronise(search_index(), db.session)
    assert values(client, "modelo", "organization") == []


def test_consulates_follow_the_feed_at_once(app: Flask, tmp_path: Path) -> None:
    client = app.test_client()
    assert values(client, "honduras mcallen", "consulate") == []
    add_consulates(tmp_path, consulate_row())
    assert values(client, "honduras mcallen", "consulate") == ["hn-ejemplo"]
    start_writing()
    record = db.session.scalars(select(Consulate)).one()
    record.removed_at = now()
    record_change(db.session, Entity.CONSULATE, record.id, ChangeKind.DELETED)
    db.session.commit()
    assert values(client, "honduras mcallen", "consulate") == []


def test_a_hidden_place_is_not_told(app: Flask, tmp_path: Path) -> None:
    add_organizations(tmp_path, organization_row())
    start_writing()
    db.session.scalars(select(Location)).one().visibility = Visibility.HIDDEN
    record_change(
        db.session, Entity.ORGANIZATION, db.session.scalars(select(Organization.id)).one(), ChangeKind.REDACTED
    )
    db.session.commit()
    synchronise(search_index(), db.session)
    found = ask(app.test_client(), "casa ejemplo")[0]
    assert (found["label"], found["detail"]) == ("Casa Ejemplo", "Mexico")
    assert "tijuana" not in str(found).lower()


def test_without_an_index_the_rest_still_answers(app: Flask) -> None:
    found = ask(app.test_client(), "mcallen")
    assert [item["value"] for item in found] == ["t-mcallen"]
    assert values(app.test_client(), "shelter", "area") == ["shelter"]


def test_an_answer_costs_the_same_few_queries_however_much_is_on_record(app: Flask, tmp_path: Path) -> None:
    counts = []
    for number in range(2):
        add_organizations(
            tmp_path,
            *(
                organization_row(organization_key=f"casa-{number}-{n}", location_key=f"casa-{number}-{n}/a")
                for n in range(4)
            ),
        )
        synchronise(search_index(), db.session)
        client = app.test_client()
        ask(client, "casa")
        counts.append(_queries(client))
    assert counts[0] == counts[1] <= 3


def _queries(client: Any) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    ask(client, "casa e")
    event.remove(db.engine, "before_cursor_execute", note)
    return len([statement for statement in seen if statement.lstrip().upper().startswith("SELECT")])


@pytest.mark.parametrize(
    ("typed", "label"),
    [("abogado mcal", "abogado McAllen"), ("comida para familias en tijua", "comida para familias en Tijuana")],
)
def test_the_last_word_of_a_sentence_is_completed(client: CheckingClient, typed: str, label: str) -> None:
    found = client.get("/api/v1/suggest", query_string={"q": typed, "lang": "es"}).get_json()["suggestions"]
    assert any(item["kind"] == "place" and item["label"].startswith(label) for item in found), found
    assert all("/search?q=" in item["url"] for item in found)
