"""No consulate reads another's private notes, focal points or referrals: every route, every field, every viewer."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, Boolean, Date, Enum, Float, Integer, String, Text, Uuid, inspect, select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from directory.accounts.models import ApiToken, Role, TokenScope
from directory.accounts.tokens import give_token
from directory.consulates.models import AssistanceAgreement, MobileConsulate
from directory.database import Base, UtcDateTime
from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.partnerships import models
from directory.partnerships.models import Audience, ConsulateNote, Partnership
from directory.partnerships.network import vouch, write_note
from directory.referrals import models as refs
from directory.referrals.models import Referral
from tests.client import CheckingClient
from tests.site import database, letters, link_in, make_user, read, signed_in
from tests.world import SHELTER, World

TABLES: tuple[type[Base], ...] = (
    models.Partnership, models.FocalPoint, models.PartnershipEvent, refs.Referral, refs.ReferralNote,
    refs.ReferralRequest, refs.ReferralCount, models.Vouch, models.ConsulateNote, ApiToken, MobileConsulate,
    AssistanceAgreement,
)  # fmt: skip
CLOSED: dict[str, set[str]] = {
    "partnerships": {"language", "accepted_how"},
    "partnership_events": {"action"},
    "referrals": {"need", "population", "nationality", "spoken", "language", "answered_how", "place_id"},
    "referral_counts": {"need", "population", "answer", "outcome"},
    "referral_requests": {"digest"},
    "api_tokens": {"digest"},
    "mobile_consulates": {"place_id"},
    "assistance_agreements": {"sending_country", "assisting_country", "host_country", "proposed_by_country"},
}
"""Text columns that hold a code of a closed list, a digest or a key to a public table."""
PUBLIC: dict[str, set[str]] = {
    "mobile_consulates": {"venue", "hours", "url"},
    "assistance_agreements": {"source_name", "source_url"},
}
"""Text columns that are announced to everyone."""
_PLAIN = (Boolean, Date, Enum, Float, Integer, UtcDateTime, Uuid, JSON)


def free_columns() -> Iterator[tuple[type[Base], str, int]]:
    """Every column of joint work that can hold somebody's words, with its length."""
    for table in TABLES:
        name = str(table.__tablename__)
        for column in inspect(table).columns:
            if isinstance(column.type, _PLAIN):
                continue
            assert isinstance(column.type, String | Text), f"{name}.{column.name}: say in this test what it is"
            if column.name not in CLOSED.get(name, set()) | PUBLIC.get(name, set()):
                yield table, column.name, column.type.length or 100


def sentinel(table: type[Base], column: str, length: int) -> str:
    """A word that stands nowhere else."""
    return f"zq{abs(hash((str(table.__tablename__), column))) % 10**8:08d}"[: min(length, 12)]


@pytest.fixture
def marked(world: World) -> World:
    """A world in which every free text of a private table of hn-mcallen is a word of its own."""
    world.partner()
    world.refer()
    with database(world.app):
        own = seed_uuid("consulate/hn-mcallen")
        shelter = seed_uuid(f"organization/{SHELTER}")
        write_note(db.session, own, shelter, Audience.CONSULATE, "Nota", "test", world.clock.at)
        write_note(db.session, own, shelter, Audience.NETWORK, "Nota de la red", "test", world.clock.at)
        vouch(db.session, own, shelter, "test", world.clock.at)
        give_token(db.session, own, "Registro", list(TokenScope), "test", world.clock.at)
        referral = db.session.scalars(select(Referral)).one()
        db.session.add(refs.ReferralNote(referral_id=referral.id, side=models.Side.CONSULATE, text="x"))
        db.session.add(
            refs.ReferralRequest(consulate_id=own, key="a-key-of-a-request", digest="0" * 64, referral_id=referral.id)
        )
        db.session.flush()
        for table, column, length in free_columns():
            db.session.execute(
                update(table)
                .where(table.audience == Audience.CONSULATE if table is ConsulateNote else True)  # type: ignore[attr-defined]
                .values({column: sentinel(table, column, length)})
                .execution_options(synchronize_session=False)
            )
    world.follow()
    return world


def words() -> dict[str, str]:
    """Every word that must not be read, and where it stands."""
    return {
        sentinel(table, column, length): f"{table.__tablename__}.{column}" for table, column, length in free_columns()
    }


def addresses(app: Flask, method: str, ids: dict[str, Any]) -> list[str]:
    """An address of every route, about the consulate and the organization that work together.

    Those of Flask-Security come last: some of them sign out.
    """
    adapter = app.url_map.bind("localhost")
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint.startswith("security."))
    return [
        adapter.build(rule.endpoint, _values(rule, ids), method=method)
        for rule in rules
        if method in (rule.methods or set())
    ]


def _values(rule: Rule, ids: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in rule.arguments:
        if name == "slug":
            values[name] = "hn-mcallen" if "consulates" in rule.rule else SHELTER
        elif name == "key":
            values[name] = (
                "hn-mcallen" if "consulates" in rule.rule else ids["reference"] if "referrals" in rule.rule else SHELTER
            )
        else:
            values[name] = ids.get(name, uuid.UUID(int=0) if name.endswith("_id") else None)
    return values


def known_ids(world: World) -> dict[str, Any]:
    """What an attacker may have guessed: every id there is."""

    def ask() -> dict[str, Any]:
        return {
            "partnership_id": db.session.scalars(select(Partnership.id)).one(),
            "referral_id": db.session.scalars(select(Referral.id)).one(),
            "reference": db.session.scalars(select(Referral.reference)).one(),
            "note_id": db.session.scalars(select(ConsulateNote.id)).first(),
            "vouch_id": db.session.scalars(select(models.Vouch.id)).one(),
            "token_id": db.session.scalars(select(ApiToken.id)).one(),
        }

    found: dict[str, Any] = read(world.app, ask)
    fixed = {
        "lang": "es", "code": "HN", "form": "json", "token": "x" * 43, "step": "essentials", "answer": "yes",
        "decision": "approve", "action": "resolve", "outcome": "confirmed", "consulate": "hn-mcallen",
    }  # fmt: skip
    return found | fixed


def everything_read(client: CheckingClient, paths: list[str]) -> dict[str, str]:
    """The text of every address that answers, with the forms that a search has."""
    more = [
        "/es/search?consulate=hn-mcallen", "/api/v1/search?consulate=hn-mcallen&partner=1",
        "/api/v1/consulates?sending=HN&covers=McAllen", "/es/consulates/find?sending=HN&place=McAllen",
        f"/es/handout?pick={SHELTER}", "/export/organizations.csv", "/export/organizations.ndjson",
        "/export/organizations.geojson", "/export/consulates.csv", "/export/consulates.json", "/openapi.json",
        f"/es/workspace/consulates/hn-mcallen/referrals/new?organization={SHELTER}",
        f"/es/workspace/consulates/hn-mcallen/partnerships/new?organization={SHELTER}",
    ]  # fmt: skip
    return {path: text_of(client.get(path)) for path in (*more, *paths)}


def text_of(answer: TestResponse) -> str:
    """What can be read in an answer; of a package, in all of its files."""
    if answer.mimetype != "application/zip":
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())


def leaks(pages: dict[str, str], allowed: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Where a word stands that must not."""
    return [
        f"{place} on {path}"
        for path, text in pages.items()
        for word, place in words().items()
        if word in text and place not in allowed
    ]


def test_the_words_can_be_read_by_their_own_consulate(marked: World) -> None:
    """The test that the other tests can fail."""
    pages = everything_read(marked.mcallen, addresses(marked.app, "GET", known_ids(marked)))
    seen = {item.split(" on ")[0] for item in leaks(pages)}
    assert {
        "partnerships.message", "partnerships.private_note", "focal_points.name", "focal_points.email",
        "partnership_events.note", "referrals.message", "referral_notes.text", "consulate_notes.text",
        "api_tokens.label",
    } <= seen  # fmt: skip
    assert "vouches.by" not in seen and "consulate_notes.by" not in seen, "who wrote it stays in the audit trail"


def test_nobody_else_reads_them(marked: World) -> None:
    app = marked.app
    ids = known_ids(marked)
    other_country = make_user(app, "lg@x.example", Role.CONSULATE, country="GT")
    clinic = seed_uuid("organization/clinica-ejemplo")
    readers = {
        "anyone": marked.anyone(),
        "officer of another country in the same city": marked.other,
        "officer of another consulate of the same country": marked.toronto,
        "liaison of another country": signed_in(app, other_country),
        "moderator": signed_in(app, make_user(app, "m@x.example", Role.MODERATOR)),
        "admin": signed_in(app, make_user(app, "a@x.example", Role.ADMIN)),
        "editor of another organization": signed_in(
            app, make_user(app, "e@x.example", Role.EDITOR, organization_id=clinic)
        ),
    }
    paths = addresses(app, "GET", ids)
    for who, client in readers.items():
        assert leaks(everything_read(client, paths)) == [], who
    shelter = seed_uuid(f"organization/{SHELTER}")
    editor = signed_in(app, make_user(app, "es@x.example", Role.EDITOR, organization_id=shelter))
    shared = {
        "partnerships.message", "focal_points.name", "focal_points.role", "focal_points.phone", "focal_points.email",
        "partnership_events.note",
    }  # fmt: skip
    assert leaks(everything_read(editor, paths), shared) == [], "its own partner shares what was meant for it"


def test_the_network_reads_what_was_meant_for_it_and_the_public_does_not(marked: World) -> None:
    page = f"/es/workspace/organizations/{SHELTER}"
    assert "Nota de la red" in marked.other.get(page).get_data(as_text=True)
    pages = everything_read(marked.anyone(), addresses(marked.app, "GET", known_ids(marked)))
    assert not [path for path, text in pages.items() if "Nota de la red" in text]


def test_what_holders_of_a_link_read(marked: World) -> None:
    """Both sides of a partnership read its message and focal points, and never the consulate's own note."""
    shared = {
        "partnerships.message", "focal_points.name", "focal_points.role", "focal_points.phone", "focal_points.email",
        "partnership_events.note",
    }  # fmt: skip
    link = link_in(letters(marked.app, "partnership")[0], "/partnership/")
    assert leaks({link: marked.anyone().get(link).get_data(as_text=True)}, shared) == []
    link = link_in(letters(marked.app, "referral")[0], "/referral/")
    of_referral = shared | {"referrals.message", "referral_notes.text", "referrals.reference"}
    assert leaks({link: marked.anyone().get(link).get_data(as_text=True)}, of_referral) == []
    for letter in letters(marked.app):
        assert leaks({letter.kind: f"{letter.subject} {letter.text} {letter.html}"}) == []


def test_nobody_else_changes_anything(marked: World) -> None:
    marked.app.config["WTF_CSRF_ENABLED"] = False
    ids = known_ids(marked)
    rules = [rule for rule in marked.app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    mine = [rule for rule in rules if rule.rule.startswith("/<any(es, en, fr):lang>/workspace/consulates/<slug>")]
    assert len(mine) > 12
    adapter = marked.app.url_map.bind("localhost")
    for rule in mine:
        for action in _actions(rule):
            address = adapter.build(rule.endpoint, {**_values(rule, ids), **action}, method="POST")
            for client in (marked.other, marked.toronto):
                answer = client.post(f"{address}?organization={SHELTER}", data={"consulate": "hn-mcallen"})
                assert answer.status_code == 403, address
    note = f"/es/workspace/organizations/{SHELTER}/notes/{ids['note_id']}/delete"
    assert marked.other.post(note).status_code == 404
    assert marked.other.post(f"/es/workspace/organizations/{SHELTER}/vouch/hn-mcallen/no").status_code == 403
    assert marked.partnership().state == "active"
    assert marked.referrals()[0].state == "sent"


def _actions(rule: Rule) -> list[dict[str, str]]:
    for name in ("action", "answer"):
        if name in rule.arguments:
            options = rule.rule.split("<any(")[-1].split(f"):{name}>")[0].split(", ")
            return [{name: option} for option in options]
    return [{}]


def test_the_index_holds_no_word_of_it(marked: World) -> None:
    folder = marked.app.extensions["directory.settings"].index_dir
    content = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    assert len(content) > 1_000
    assert [place for word, place in words().items() if word.encode() in content] == []


def test_ids_of_one_consulate_do_not_open_doors_of_another(marked: World) -> None:
    ids = known_ids(marked)
    for kind in ("partnership", "referral"):
        path = f"/es/workspace/consulates/gt-mcallen/{kind}s/{ids[f'{kind}_id']}"
        assert marked.other.get(path).status_code == 404
    assert marked.liaison.get(f"/es/workspace/consulates/hn-mcallen/referrals/{ids['referral_id']}").status_code == 200
