"""Partnerships: proposed by either side, accepted by the other, public only when the organization says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role
from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.operations.housekeeping import do_what_is_due
from directory.partnerships.models import PartnershipState
from tests.site import database, letters, link_in, make_user, read, send, signed_in
from tests.world import CLINIC, SHELTER, World, tokens


def test_proposed_accepted_and_seen_by_all(world: World) -> None:
    page = world.propose()
    assert world.partnership().state == PartnershipState.PROPOSED
    letter = letters(world.app, "partnership")[0]
    assert letter.recipient == "casa@casa-ejemplo.example.org"
    assert "Rosa" not in letter.text and "Nota propia" not in letter.text
    link = link_in(letter, "/partnership/")
    world.anyone().page(link)
    answer = world.by_link(link, "accept", {"accept-is_public": "y", "accept-people-0-name": "Ana Ejemplo"})
    assert answer.status_code == 303
    found = world.partnership()
    assert (found.state, found.is_public, found.accepted_how) == ("active", True, "link")
    shown = world.mcallen.get(page).get_data(as_text=True)
    assert "Ana Ejemplo" in shown and "Nota propia" in shown
    assert [item.recipient for item in letters(world.app, "partnership")[1:]] == ["hn-mcallen@x.example"]
    record = world.anyone().get(f"/api/v1/organizations/{SHELTER}").get_json()
    assert {"hn-mcallen"} == {item["slug"] for item in record["consulates"] if item["why"] == "partner"}
    consulate = world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()
    assert [(item["name"], item["emergencies"]) for item in consulate["partners"]] == [("Casa Ejemplo", True)]
    world.follow()
    for path in (f"/es/organizations/{SHELTER}", "/en/consulates/hn-mcallen", "/fr/consulates/hn-mcallen"):
        text = world.anyone().get(path).get_data(as_text=True)
        assert "Casa Ejemplo" in text and "McAllen" in text
        assert "Ana Ejemplo" not in text and "Rosa" not in text and "Nota propia" not in text


def test_partners_come_first_and_can_be_asked_for(world: World) -> None:
    assert world.search(consulate="hn-toronto")["total"] == 1
    page = f"/es/workspace/consulates/hn-toronto/partnerships/new?organization={SHELTER}"
    send(world.toronto, page, {"agreement": "unwritten", "channel": "phone"})
    world.by_link(link_in(letters(world.app, "partnership")[-1], "/partnership/"), "accept", {"accept-is_public": "y"})
    found = world.search(consulate="hn-toronto")
    assert [item["slug"] for item in found["results"]] == [SHELTER, CLINIC], "a partner outside the area, first"
    assert [item["slug"] for item in world.search(consulate="hn-toronto", sort="name")["results"]] == [SHELTER, CLINIC]
    only = world.search(consulate="hn-toronto", partner="1")
    assert [item["slug"] for item in only["results"]] == [SHELTER]
    assert only["query"]["filters"] == {"consulate": ["hn-toronto"], "partner": ["1"]}
    assert world.anyone().get("/api/v1/search?partner=1").status_code == 400
    assert world.anyone().get("/api/v1/search?consulate=hn-toronto&partner=2").status_code == 400
    shown = world.anyone().get("/en/search?consulate=hn-toronto").get_data(as_text=True)
    assert "Partner: Consulate of Honduras in Toronto" in shown
    own = world.toronto.get("/en/search?q=casa").get_data(as_text=True)
    assert "Our partner" in own
    assert "Our partner" not in world.other.get("/en/search?q=casa").get_data(as_text=True)


def test_a_private_partnership_is_nobodys_business(world: World) -> None:
    world.partner(is_public=False)
    world.follow()
    assert world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()["partners"] == []
    assert world.search(consulate="hn-mcallen", partner="1")["total"] == 0
    assert "Partner:" not in world.anyone().get("/en/search?consulate=hn-mcallen").get_data(as_text=True)
    assert "Our partner" in world.mcallen.get("/en/search?q=casa").get_data(as_text=True)


def test_the_organization_makes_it_public_and_private_again(world: World) -> None:
    world.partner(is_public=False)
    link = link_in(letters(world.app, "partnership")[0], "/partnership/")
    before = world.anyone().get("/api/v1/changes").get_json()["next"]
    world.by_link(link, "public", {"accept-is_public": "y"})
    changes = world.anyone().get(f"/api/v1/changes?since={before}").get_json()["changes"]
    assert {item["entity"] for item in changes} == {"organization", "consulate"}
    assert len(world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()["partners"]) == 1
    world.by_link(link, "public", {})
    assert world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()["partners"] == []


def test_resting_ending_and_a_new_beginning(world: World) -> None:
    page = world.partner()
    link = link_in(letters(world.app, "partnership")[0], "/partnership/")
    world.by_link(link, "suspend", {"why-note": "Obras en la casa"})
    found = world.partnership()
    assert (found.state, found.is_public) == ("suspended", False)
    assert "Obras en la casa" in world.mcallen.get(page).get_data(as_text=True)
    world.act(world.mcallen, page, "resume")
    assert world.partnership().state == "suspended", "only who put it at rest takes it up again"
    world.by_link(link, "resume")
    assert world.partnership().state == "active"
    world.act(world.mcallen, page, "end", {"why-note": "Cambio de sede"})
    assert world.partnership().state == "ended"
    assert world.by_link(link, "resume").status_code == 422, "what is over has no buttons"
    assert world.partnership().state == "ended"
    world.propose()
    with pytest.raises(Exception, match="Multiple rows"):
        world.partnership()


def test_there_is_only_one_at_a_time(world: World) -> None:
    page = world.propose()
    again = world.mcallen.get(world.desk(f"partnerships/new?organization={SHELTER}"))
    assert again.status_code == 302 and again.headers["Location"].endswith(page)
    client = world.mcallen
    data = tokens(client.get(world.desk(f"partnerships/new?organization={CLINIC}")).get_data(as_text=True))
    answer = client.post(
        world.desk(f"partnerships/new?organization={SHELTER}"), data={**data, "agreement": "letter", "channel": "phone"}
    )
    assert answer.status_code == 303
    assert world.partnership().state == "proposed"


def test_other_terms_need_consent_again(world: World) -> None:
    page = world.partner()
    terms = {"agreement": "memorandum", "areas": ["shelter", "food"], "channel": "directory", "version": "1"}
    assert send(world.mcallen, f"{page}/terms", {**terms, "version": "7"}).status_code == 409, "somebody was faster"
    assert send(world.mcallen, f"{page}/terms", terms).status_code == 303
    found = world.partnership()
    assert (found.state, found.is_public, found.version) == ("proposed", False, 2)
    letter = letters(world.app, "partnership")[-1]
    assert letter.recipient == "casa@casa-ejemplo.example.org"
    world.by_link(link_in(letter, "/partnership/"), "accept", {"accept-is_public": "y"})
    later = {**terms, "version": "2", "valid_until": (world.clock.at + timedelta(days=90)).date().isoformat()}
    assert send(world.mcallen, f"{page}/terms", later).status_code == 303
    assert world.partnership().state == "active", "a last day needs no new consent"


def test_its_end_is_announced_and_then_it_lapses(world: World) -> None:
    last = (world.clock.at + timedelta(days=40)).date().isoformat()
    world.propose(valid_until=last)
    world.by_link(link_in(letters(world.app, "partnership")[-1], "/partnership/"), "accept", {"accept-is_public": "y"})
    read(world.app, do_what_is_due)
    assert letters(world.app, "partnership-ending") == []
    world.clock.pass_days(15)
    for _ in range(2):
        read(world.app, do_what_is_due)
    told = {item.recipient for item in letters(world.app, "partnership-ending")}
    assert told == {"hn-mcallen@x.example", "casa@casa-ejemplo.example.org"}
    assert len(letters(world.app, "partnership-ending")) == 2, "once"
    world.clock.pass_days(26)
    assert world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()["partners"] == [], "by the day alone"
    read(world.app, do_what_is_due)
    assert world.partnership().state == "ended"


def test_proposed_by_an_organization_with_its_key(world: World) -> None:
    with database(world.app):
        key = make_link(
            db.session, LinkPurpose.MANAGE, world.clock.at, organization_id=seed_uuid(f"organization/{SHELTER}")
        )
    side = f"/es/manage/{key}/joint"
    world.anyone().page(side)
    proposal = {"consulate": "gt-mcallen", "channel": "phone", "is_public": "y", "message": "Atendemos de noche."}
    assert send(world.anyone(), side, proposal, to=f"{side}/propose").status_code == 303
    assert [item.recipient for item in letters(world.app, "partnership")] == ["gt-mcallen@x.example"]
    found = world.partnership()
    page = f"/es/workspace/consulates/gt-mcallen/partnerships/{found.id}"
    assert "Atendemos de noche." in world.other.get(page).get_data(as_text=True)
    assert world.other.get(world.desk(consulate="gt-mcallen")).status_code == 200
    world.act(world.other, page, "accept")
    found = world.partnership()
    assert (found.state, found.is_public) == ("active", True), "the organization had said so itself"
    assert letters(world.app, "partnership")[-1].recipient == "casa@casa-ejemplo.example.org"


def test_an_editor_speaks_for_the_organization_and_no_moderator(world: World) -> None:
    world.propose()
    ours = seed_uuid(f"organization/{SHELTER}")
    editor = signed_in(world.app, make_user(world.app, "e@x.example", Role.EDITOR, organization_id=ours))
    page = f"/es/organizations/{SHELTER}/joint"
    shown = editor.page(page)
    found = world.partnership()
    prefix = f"p{found.id.hex[:12]}"
    assert shown is not None
    assert (
        send(editor, page, tokens(editor.get(page).get_data(as_text=True)), to=f"{page}/{found.id}/accept").status_code
        == 303
    )
    assert world.partnership().accepted_how == "account", prefix
    moderator = signed_in(world.app, make_user(world.app, "m@x.example", Role.MODERATOR))
    assert moderator.get(page).status_code == 403
    assert moderator.get(world.desk()).status_code == 403
    admin = signed_in(world.app, make_user(world.app, "a@x.example", Role.ADMIN))
    assert admin.get(world.desk("partnerships")).status_code == 403


def test_an_answer_on_the_phone_is_noted_with_a_name_and_never_public(world: World) -> None:
    answer = send(world.toronto, world.desk(f"partnerships/new?organization={CLINIC}", "hn-toronto"),
                  {"agreement": "unwritten", "channel": "phone"})  # fmt: skip
    page = answer.headers["Location"]
    assert letters(world.app, "partnership") == []
    world.act(world.toronto, page, "called/yes", {"call-on": world.clock.at.date().isoformat(), "call-note": ""})
    assert world.partnership().state == "proposed", "who said so is missing"
    said = {"call-on": world.clock.at.date().isoformat(), "call-note": "coordinadora"}
    world.act(world.toronto, page, "called/yes", said)
    found = world.partnership()
    assert (found.state, found.accepted_how, found.is_public) == ("active", "call", False)


def test_suspended_contacts_close_every_door(world: World) -> None:
    world.partner()
    link = link_in(letters(world.app, "partnership")[0], "/partnership/")
    moderator = signed_in(world.app, make_user(world.app, "m@x.example", Role.MODERATOR))
    send(moderator, f"/es/moderation/organizations/{SHELTER}", to=f"/es/moderation/organizations/{SHELTER}/suspend")
    assert world.anyone().get(link).status_code == 404
    assert world.anyone().get("/api/v1/consulates/hn-mcallen").get_json()["partners"] == []
    answer = send(world.mcallen, world.desk(f"referrals/new?organization={SHELTER}"), {
        "need": "shelter", "urgency": "today", "age_group": "unknown", "is_consented": "y"})  # fmt: skip
    assert answer.status_code == 303 and "/search" in answer.headers["Location"]
    assert world.referrals() == []
