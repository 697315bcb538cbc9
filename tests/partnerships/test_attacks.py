"""What a hostile reader of joint work tried, and what must not work again."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role, TokenScope
from directory.accounts.tokens import give_token
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.operations.housekeeping import do_what_is_due
from directory.partnerships.forget import forget_words
from directory.partnerships.models import FocalPoint, Partnership, PartnershipState, Side
from tests.client import text_of
from tests.factories import add_consulates, consulate_row
from tests.site import database, letters, link_in, make_user, read, send, signed_in
from tests.world import SHELTER, World, tokens

TERMS = {"agreement": "contract", "areas": ["shelter"], "channel": "directory", "enters_detention": "y"}


def key_of(world: World) -> str:
    """The address of the organization's side, for the holder of its key."""
    with database(world.app):
        shelter = seed_uuid(f"organization/{SHELTER}")
        return f"/es/manage/{make_link(db.session, LinkPurpose.MANAGE, world.clock.at, organization_id=shelter)}/joint"


def propose(world: World, side: str, **more: Any) -> str:
    """The organization proposes; the page of the partnership at the consulate."""
    data = {"consulate": "hn-mcallen", "channel": "phone", "is_public": "y", "message": "Solo comida.", **more}
    assert send(world.anyone(), side, data, to=f"{side}/propose").status_code == 303
    return world.desk(f"partnerships/{world.partnership().id}")


def moderator(world: World) -> Any:
    """Somebody who moderates."""
    return signed_in(world.app, make_user(world.app, "m@x.example", Role.MODERATOR))


def test_a_consulate_does_not_rewrite_and_accept_what_an_organization_proposed(world: World) -> None:
    page = propose(world, key_of(world))
    send(world.mcallen, f"{page}/terms", {**TERMS, "version": "1", "message": "Otra cosa"})
    found = world.partnership()
    assert (found.state, found.proposed_by, found.wants_public) == ("proposed", "consulate", False)
    assert found.message == "Solo comida.", "their words stay theirs"
    world.act(world.mcallen, page, "accept")
    assert world.partnership().state == "proposed"
    assert letters(world.app, "partnership")[-1].recipient == "casa@casa-ejemplo.example.org"


def test_nor_does_resting_open_a_way_around_consent(world: World) -> None:
    page = world.partner()
    world.act(world.mcallen, page, "suspend")
    send(world.mcallen, f"{page}/terms", {**TERMS, "version": "1"})
    world.act(world.mcallen, page, "resume")
    assert world.partnership().state == PartnershipState.PROPOSED


def test_nobody_accepts_terms_that_they_did_not_see(world: World) -> None:
    page = world.propose()
    link = link_in(letters(world.app, "partnership")[0], "/partnership/")
    client = world.anyone()
    opened = tokens(client.get(link).get_data(as_text=True))
    send(world.mcallen, f"{page}/terms", {**TERMS, "version": "1"})
    assert client.post(f"{link}/accept", data=opened).status_code == 303
    assert world.partnership().state == "proposed"
    assert len(letters(world.app, "partnership")) == 2, "the new terms came with a letter of their own"
    world.by_link(link, "accept")
    assert world.partnership().state == "active"


def test_the_organizations_own_page_shows_the_terms(world: World) -> None:
    world.propose(enters_detention="y", agreement="contract")
    shown = text_of(world.anyone().page(key_of(world)))
    assert "Un contrato" in shown and "Acordado de antemano" in shown


def test_an_impostor_leaves_no_focal_point_behind(world: World) -> None:
    world.partner()
    link = link_in(letters(world.app, "partnership")[0], "/partnership/")
    evil = {"accept-people-0-name": "Otra Persona", "accept-people-0-email": "evil@evil.example.org"}
    world.by_link(link, "people", evil)
    page = f"/es/moderation/organizations/{SHELTER}"
    doubting = moderator(world)
    for action in ("suspend", "unsuspend"):
        send(doubting, page, to=f"{page}/{action}")
    world.refer()
    assert letters(world.app, "referral")[-1].recipient == "casa@casa-ejemplo.example.org"
    assert read(world.app, lambda: db.session.scalar(
        select(func.count()).select_from(FocalPoint).where(FocalPoint.side == Side.ORGANIZATION)
    )) == 0  # fmt: skip


def test_nothing_is_agreed_on_with_a_doubtful_organization(world: World) -> None:
    page = propose(world, key_of(world))
    record = f"/es/moderation/organizations/{SHELTER}"
    send(moderator(world), record, to=f"{record}/suspend")
    world.act(world.mcallen, page, "accept")
    assert world.partnership().state == "declined"


def test_a_removed_organization_leaves_no_false_work(world: World) -> None:
    world.partner()
    world.refer()
    record = f"/es/moderation/organizations/{SHELTER}"
    send(moderator(world), record, to=f"{record}/remove")
    assert world.partnership().state == "ended"
    assert world.referrals()[0].state == "withdrawn"
    told = [item.recipient for item in letters(world.app) if "no está en el directorio" in (item.text or "")]
    assert told == ["hn-mcallen@x.example"] * 2
    before = len(letters(world.app))
    world.clock.pass_days(3)
    read(world.app, do_what_is_due)
    assert len(letters(world.app)) == before


def test_the_token_of_a_closed_consulate_is_dead(world: World, tmp_path: Path) -> None:
    with database(world.app):
        key = give_token(db.session, seed_uuid("consulate/hn-mcallen"), "x", list(TokenScope), "t", world.clock.at)
    ask = {"Authorization": f"Bearer {key}"}
    assert world.anyone().get("/api/v1/referrals", headers=ask).status_code == 200
    with world.app.app_context():
        add_consulates(tmp_path, consulate_row(consulate_key="hn-mcallen", status="closed"))
        db.session.remove()
    assert world.anyone().get("/api/v1/referrals", headers=ask).status_code == 401


def test_an_import_closes_a_consulate_that_had_stated_its_area(world: World, tmp_path: Path) -> None:
    stated = {"source": "x", "source_date": "2026-01-01", "regions": ["US-TX"], "is_whole": "y"}
    send(world.mcallen, world.desk("jurisdiction"), stated)
    with world.app.app_context():
        add_consulates(tmp_path, consulate_row(consulate_key="hn-mcallen", status="closed"))
        assert db.session.get_one(Consulate, seed_uuid("consulate/hn-mcallen")).status == "closed"
        db.session.remove()


def test_what_was_said_on_the_phone_is_told_and_kept(world: World) -> None:
    page = world.propose()
    said = {"call-on": world.clock.at.date().isoformat(), "call-note": "coordinadora"}
    world.act(world.mcallen, page, "called/yes", said)
    assert letters(world.app, "partnership")[-1].recipient == "casa@casa-ejemplo.example.org"
    referral = world.refer()
    world.act(world.mcallen, referral, "called/yes", said)
    assert "coordinadora" in world.mcallen.get(referral).get_data(as_text=True)
    assert send(world.mcallen, referral, {**said, "call-note": "DNI 0801-1990-12345"},
                to=f"{referral}/called/yes").status_code == 422  # fmt: skip


def test_a_former_focal_point_answers_nothing_any_more(world: World) -> None:
    world.partner()
    world.refer()
    letter = letters(world.app, "referral")[0]
    assert letter.recipient == "ana@casa-ejemplo.example.org"
    link = link_in(letter, "/referral/")
    partnership = link_in(letters(world.app, "partnership")[0], "/partnership/")
    world.by_link(
        partnership, "people", {"accept-people-0-name": "Otra", "accept-people-0-email": "otra@x.example.org"}
    )
    assert world.anyone().get(link).status_code == 404


def test_officers_do_not_see_private_partners_of_sister_consulates(world: World) -> None:
    world.partner(is_public=False)
    page = "/es/workspace/countries/HN/coverage?host=US&show=partner"
    assert "cell-full" in world.mcallen.get(page).get_data(as_text=True)
    assert "cell-full" not in world.toronto.get(page).get_data(as_text=True)


def test_who_asked_is_not_called_silent_and_the_clock_begins_anew(world: World) -> None:
    page = world.refer()
    link = world.referral_link()
    world.by_link(link, "ask", {"message-text": "¿Viaja sola?"})
    world.clock.pass_days(30 / 24)
    read(world.app, do_what_is_due)
    assert not [item for item in letters(world.app, "referral-answer") if "no ha respondido" in (item.text or "")]
    world.act(world.mcallen, page, "reply", {"message-text": "Sí."})
    before = len(letters(world.app))
    read(world.app, do_what_is_due)
    assert len(letters(world.app)) == before, "nobody is pressed a minute after the answer"
    world.clock.pass_days(7 / 24)
    read(world.app, do_what_is_due)
    assert letters(world.app)[-1].kind == "referral-answer"


def test_unanswered_referrals_are_not_kept_for_ever(world: World) -> None:
    world.refer()
    for days in (3, 60):
        world.clock.pass_days(days)
        read(world.app, do_what_is_due)
    assert world.referrals()[0].state == "withdrawn"


def test_of_an_ended_partnership_only_the_bare_history_is_left(world: World) -> None:
    page = world.partner()
    link = link_in(letters(world.app, "partnership")[0], "/partnership/")
    world.act(world.mcallen, page, "end", {"why-note": "Cambio de sede"})
    assert "Rosa Ficticia" not in world.anyone().get(link).get_data(as_text=True)
    world.clock.pass_days(31)
    assert world.anyone().get(link).status_code == 404
    world.clock.pass_days(400)
    with database(world.app):
        assert forget_words(db.session, timedelta(days=360), world.clock.at) > 3
    found = world.partnership()
    assert (found.message, found.private_note) == (None, None)
    assert read(world.app, lambda: db.session.scalar(select(func.count()).select_from(FocalPoint))) == 0


def test_a_proposal_does_not_outlive_its_last_day(world: World) -> None:
    world.propose(valid_until=(world.clock.at + timedelta(days=5)).date().isoformat())
    link = link_in(letters(world.app, "partnership")[0], "/partnership/")
    world.clock.pass_days(7)
    world.by_link(link, "accept")
    assert world.partnership().state == "proposed"
    read(world.app, do_what_is_due)
    assert world.partnership().state == "declined"


@pytest.mark.parametrize(
    ("field", "value"),
    [("accept-people-²-name", "x"), (f"accept-people-{'9' * 5000}-name", "x"), ("accept-people-0-name", "a\0b")],
)
def test_odd_fields_break_nothing(world: World, field: str, value: str) -> None:
    world.propose()
    link = link_in(letters(world.app, "partnership")[0], "/partnership/")
    assert world.by_link(link, "accept", {field: value}).status_code in (303, 400)


def test_odd_addresses_break_nothing(world: World) -> None:
    for place in (",", ",,,", "²", "\u200b", "a" * 121, "%", "1,", "1,2,3"):
        answer = world.anyone().get("/es/consulates/find", query_string={"sending": "HN", "place": place})
        assert answer.status_code in (200, 404), place
        api = world.anyone().get("/api/v1/consulates", query_string={"sending": "HN", "covers": place})
        assert api.status_code in (200, 400), place


def test_cases_do_not_slip_in_through_other_texts(world: World) -> None:
    page = world.desk(f"partnerships/new?organization={SHELTER}")
    for text in ("Nacida el 3 de abril de 1990", "DNI 0801-1990-12345", "Kevin Muestra, Ana López y Juan Pérez"):
        assert send(world.mcallen, page, {**TERMS, "message": text}).status_code == 422, text
        assert send(world.mcallen, page, {**TERMS, "private_note": text}).status_code == 422, text
    assert send(world.mcallen, page, {**TERMS, "message": "Soy Rosa, tel. 956 686 0123"}).status_code == 303


def test_pages_of_the_workspace_stay_in_no_cache(world: World) -> None:
    for path in (world.desk(), world.desk("referrals"), f"/es/workspace/organizations/{SHELTER}"):
        assert world.mcallen.get(path).headers["Cache-Control"] == "no-store"


def test_two_identical_requests_at_once_act_once(world: World) -> None:
    with database(world.app):
        key = give_token(db.session, seed_uuid("consulate/hn-mcallen"), "x", list(TokenScope), "t", world.clock.at)
    body = {
        "external_id": "reg-2026-0001", "organization": SHELTER, "need": "shelter", "age_group": "unknown",
        "urgency": "today", "person_informed_and_agreed": True,
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "key-00001"}
    answers: list[Any] = []

    def ask() -> None:
        answers.append(world.app.test_client().post("/api/v1/referrals", json=body, headers=headers))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.get_json()["reference"] for answer in answers}) == 1
    assert {answer.get_json()["written_to"] for answer in answers} == {1}
    assert len(letters(world.app, "referral")) == 1


def test_two_sides_at_once_do_not_wait_for_each_other(world: World) -> None:
    """Both propose in the same moment: one wins, and nobody gets an error."""
    side = key_of(world)
    house = world.anyone()
    theirs = tokens(house.get(side).get_data(as_text=True)) | {"consulate": "hn-mcallen", "channel": "phone"}
    page = world.desk(f"partnerships/new?organization={SHELTER}")
    ours = tokens(world.mcallen.get(page).get_data(as_text=True)) | TERMS
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(house.post(f"{side}/propose", data=theirs).status_code)),
        threading.Thread(target=lambda: answers.append(world.mcallen.post(page, data=ours).status_code)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303, 303]
    assert read(world.app, lambda: db.session.scalar(select(func.count()).select_from(Partnership))) == 1
