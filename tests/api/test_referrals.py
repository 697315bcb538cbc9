"""Referrals from a case register: tokens with scopes, idempotency, no field for a person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from directory.accounts.models import ApiToken, TokenScope
from directory.accounts.tokens import give_token
from directory.api.referral_models import ReferralIn, ReferralOut
from directory.extensions import db
from directory.identifiers import seed_uuid
from tests.site import database, letters, read, send
from tests.world import World, make_world

BODY = {
    "external_id": "reg-7f3a-0001-k2", "organization": "casa-ejemplo", "need": "shelter", "age_group": "12-17",
    "urgency": "today", "population": "unaccompanied-children", "nationality": "HN", "place": "McAllen",
    "spoken_language": "mam", "message": "Necesita cama esta noche.", "person_informed_and_agreed": True,
}  # fmt: skip


@pytest.fixture
def world(site: Flask, tmp_path: Path) -> World:
    """Three consulates, a liaison, two organizations."""
    return make_world(site, tmp_path)


def token(world: World, *scopes: TokenScope, consulate: str = "hn-mcallen") -> str:
    """A token of a consulate; with all scopes unless some are named."""
    with database(world.app):
        return give_token(
            db.session,
            seed_uuid(f"consulate/{consulate}"),
            "Registro",
            scopes or list(TokenScope),
            "test",
            world.clock.at,
        )


def create(world: World, key: str | None, body: dict[str, Any] | None = None, idempotency: str = "key-0001") -> Any:
    """Send a referral."""
    headers = {"Idempotency-Key": idempotency}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return world.anyone().post("/api/v1/referrals", json=BODY | (body or {}), headers=headers)


def ask(world: World, key: str, path: str) -> Any:
    """Read with a token."""
    return world.anyone().get(f"/api/v1/referrals{path}", headers={"Authorization": f"Bearer {key}"})


def test_created_answered_read_and_closed(world: World) -> None:
    key = token(world)
    answer = create(world, key)
    assert answer.status_code == 201, answer.get_json()
    body = answer.get_json()
    assert (body["state"], body["written_to"], body["external_id"]) == ("sent", 1, BODY["external_id"])
    assert "Access-Control-Allow-Origin" not in answer.headers and answer.headers["Cache-Control"] == "no-store"
    world.by_link(world.referral_link(), "accept")
    for path in (f"/{body['reference']}", f"/{body['reference'].lower()}", f"/external:{BODY['external_id']}"):
        assert ask(world, key, path).get_json()["state"] == "accepted"
    headers = {"Authorization": f"Bearer {key}"}
    for _ in range(2):
        closed = world.anyone().post(
            f"/api/v1/referrals/{body['reference']}/close", json={"outcome": "helped"}, headers=headers
        )
        assert closed.status_code == 200 and closed.get_json()["outcome"] == "helped"
    other = world.anyone().post(
        f"/api/v1/referrals/{body['reference']}/close", json={"outcome": "partly"}, headers=headers
    )
    assert other.status_code == 409
    assert [item["reference"] for item in ask(world, key, "").get_json()["results"]] == [body["reference"]]
    page = world.mcallen.get(world.desk("referrals")).get_data(as_text=True)
    assert body["reference"] in page, "the officers see it too"


def test_sent_twice_it_acts_once(world: World) -> None:
    key = token(world)
    first = create(world, key).get_json()
    again = create(world, key)
    assert again.status_code == 201 and again.get_json()["reference"] == first["reference"]
    assert create(world, key, {"urgency": "week"}).status_code == 409, "the same key for another request"
    assert create(world, key, idempotency="key-0002").status_code == 409, "the same id under another key"
    assert len(world.referrals()) == 1 and len(letters(world.app, "referral")) == 1
    assert create(world, token(world, consulate="gt-mcallen")).status_code == 201, "keys belong to one consulate"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "Kevin Muestra"}, 400),
        ({"phone": "+50499999999"}, 400),
        ({"person_informed_and_agreed": False}, 400),
        ({"external_id": "kevin@correo.example"}, 400),
        ({"external_id": "0801-1990-12345"}, 400),
        ({"external_id": "short"}, 400),
        ({"external_id": "juan.perez.lopez"}, 400),
        ({"external_id": "Juan_Perez_Lopez_1990"}, 400),
        ({"external_id": "JUANPEREZLOPEZ"}, 400),
        ({"external_id": "GOMC900514HDFRRR09"}, 400),
        ({"external_id": "A123456789"}, 400),
        ({"message": "a\0b"}, 400),
        ({"need": "a-bed"}, 422),
        ({"population": "people"}, 422),
        ({"spoken_language": "xxx"}, 422),
        ({"place": "Nowhere at all"}, 422),
        ({"place": "US-TX"}, 422),
        ({"urgency": "yesterday"}, 400),
        ({"organization": "no-such-house"}, 404),
        ({"message": "Se llama Kevin Muestra"}, 422),
        ({"message": "Se llama Kevin Muestra", "override_reason": "Se llama Kevin Muestra"}, 422),
        ({"need": "asylum-support"}, 422),
        ({"nationality": "XX"}, 400),
    ],
)
def test_what_is_refused(world: World, change: dict[str, Any], status: int) -> None:
    answer = create(world, token(world), change)
    assert answer.status_code == status, answer.get_json()
    assert answer.mimetype == "application/problem+json"
    assert world.referrals() == []


def test_without_a_token_or_with_the_wrong_one(world: World) -> None:
    for key in (None, "cso_nothing", ""):
        answer = create(world, key)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")
    reader = token(world, TokenScope.READ_REFERRALS)
    assert create(world, reader).status_code == 403
    reference = create(world, token(world)).get_json()["reference"]
    assert ask(world, reader, f"/{reference}").status_code == 200
    assert ask(world, token(world, TokenScope.CREATE_REFERRALS), f"/{reference}").status_code == 403
    stranger = token(world, consulate="hn-toronto")
    assert ask(world, stranger, f"/{reference}").status_code == 404
    assert ask(world, stranger, "").get_json() == {"results": []}
    close = {"Authorization": f"Bearer {stranger}"}
    path = f"/api/v1/referrals/{reference}/close"
    assert world.anyone().post(path, json={"outcome": "helped"}, headers=close).status_code == 404


@pytest.mark.parametrize("case", ["case-2026-0001", "550e8400-e29b-41d4-a716-446655440000", "HN:9f86d081884c7d65"])
def test_ids_that_tell_nothing_pass(world: World, case: str) -> None:
    assert create(world, token(world), {"external_id": case}).status_code == 201


def test_a_session_opens_nothing_here(world: World) -> None:
    """So that no page can make an officer's browser send a referral."""
    answer = world.mcallen.post("/api/v1/referrals", json=BODY, headers={"Idempotency-Key": "key-0001"})
    assert answer.status_code == 401
    assert world.mcallen.get("/api/v1/referrals").status_code == 401


def test_made_shown_once_and_taken_away(world: World) -> None:
    page = world.desk("tokens")
    made = send(world.mcallen, page, {"label": "Registro nacional", "scopes": ["referrals:create", "referrals:read"]})
    assert made.status_code == 201
    key = "cso_" + made.get_data(as_text=True).split("<code>cso_")[1].split("<")[0]
    assert create(world, key).status_code == 201
    shown = world.mcallen.get(page).get_data(as_text=True)
    assert key not in shown and "Registro nacional" in shown
    token_id = read(world.app, lambda: db.session.query(ApiToken.id).scalar())
    send(world.mcallen, page, to=f"{page}/{token_id}/revoke")
    assert ask(world, key, "").status_code == 401


def test_an_office_and_fixed_sentences(world: World) -> None:
    key = token(world)
    location = str(seed_uuid("location/casa-ejemplo/tijuana"))
    sent = create(world, key, {"location": location, "sentences": ["alone", "bed-tonight", "alone"]})
    assert sent.status_code == 201, sent.get_json()
    assert (sent.get_json()["location"], sent.get_json()["sentences"]) == (location, ["bed-tonight", "alone"])
    other = {"external_id": "reg-7f3a-0002-k2", "location": str(seed_uuid("location/clinica-ejemplo/toronto"))}
    assert create(world, key, other, "key-0002").status_code == 422, "of another organization"
    wrong = {"external_id": "reg-7f3a-0003-k2", "sentences": ["his name is"]}
    assert create(world, key, wrong, "key-0003").status_code in (400, 422)


def test_it_ends_by_itself(world: World) -> None:
    key = token(world)
    assert ask(world, key, "").status_code == 200
    world.clock.at += timedelta(days=366)
    assert ask(world, key, "").status_code == 401


def test_no_field_of_the_interface_is_for_a_person() -> None:
    """A list that a person reads: a new field has to be added here, after thinking about it."""
    assert set(ReferralIn.model_fields) == {
        "external_id", "organization", "need", "population", "nationality", "age_group", "place", "urgency",
        "spoken_language", "message", "override_reason", "person_informed_and_agreed", "at_own_request", "language",
        "location", "sentences",
    }  # fmt: skip
    assert not set(ReferralOut.model_fields) & {"message", "name", "phone", "email", "document", "note"}


def test_the_example_client_works(world: World) -> None:
    """docs/case_register_client.py is run as it stands, against this application."""
    import importlib.util

    path = Path(__file__).resolve().parents[2] / "docs" / "case_register_client.py"
    spec = importlib.util.spec_from_file_location("case_register_client", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    key = token(world)
    client = world.anyone()

    def send_request(method: str, url: str, headers: dict[str, str], body: bytes | None) -> tuple[int, bytes]:
        answer = client.open(url.removeprefix("http://localhost"), method=method, headers=headers, data=body)
        return answer.status_code, answer.get_data()

    register = module.CaseRegister("http://localhost", key, send=send_request)
    sent = register.refer({name: value for name, value in BODY.items() if name != "external_id"}, case="case-41c8-2201")
    assert sent["state"] == "sent"
    assert (
        register.refer({name: value for name, value in BODY.items() if name != "external_id"}, case="case-41c8-2201")
        == sent
    )
    world.by_link(world.referral_link(), "accept")
    assert register.state("case-41c8-2201")["state"] == "accepted"
    assert register.close("case-41c8-2201", "helped")["outcome"] == "helped"
