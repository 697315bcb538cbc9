"""What consulates tell one another: who works with whom, who vouches, notes."""

from __future__ import annotations

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role
from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.partnerships.models import Partnership, Vouch
from directory.referrals.absorb import move_joint_work
from tests.client import text_of
from tests.site import database, letters, link_in, make_user, read, send, signed_in
from tests.world import CLINIC, SHELTER, World

PAGE = f"/es/workspace/organizations/{SHELTER}"
NOTE = {"consulate": "hn-mcallen", "audience": "network", "text": "Contestan mejor por la mañana."}


def test_consulates_of_one_city_see_each_others_public_partners(world: World) -> None:
    world.partner()
    shown = text_of(world.other.page(world.desk(consulate="gt-mcallen")))
    assert "Consulado de Honduras en McAllen" in shown and "Casa Ejemplo" in shown
    link = link_in(letters(world.app, "partnership")[0], "/partnership/")
    world.by_link(link, "public", {})
    assert "Casa Ejemplo" not in text_of(world.other.page(world.desk(consulate="gt-mcallen")))


def test_a_vouch_is_public_only_if_the_organization_agrees(world: World) -> None:
    assert send(world.mcallen, PAGE, to=f"{PAGE}/vouch/hn-mcallen/yes").status_code == 303
    assert "Consulado de Honduras en McAllen" in text_of(world.other.page(PAGE))
    public = f"/api/v1/organizations/{SHELTER}"
    assert world.anyone().get(public).get_json()["vouched_by"] == []
    with database(world.app):
        key = make_link(
            db.session, LinkPurpose.MANAGE, world.clock.at, organization_id=seed_uuid(f"organization/{SHELTER}")
        )
    vouch_id = read(world.app, lambda: db.session.query(Vouch.id).scalar())
    side = f"/es/manage/{key}/joint"
    before = world.anyone().get("/api/v1/changes").get_json()["next"]
    assert send(world.anyone(), side, to=f"{side}/vouches/{vouch_id}/show").status_code == 303
    assert len(world.anyone().get(f"/api/v1/changes?since={before}").get_json()["changes"]) == 1
    assert [item["slug"] for item in world.anyone().get(public).get_json()["vouched_by"]] == ["hn-mcallen"]
    assert "Ya trabajamos con ellos" in world.anyone().get(f"/es/organizations/{SHELTER}").get_data(as_text=True)
    send(world.mcallen, PAGE, to=f"{PAGE}/vouch/hn-mcallen/no")
    assert world.anyone().get(public).get_json()["vouched_by"] == []


def test_notes_for_the_network_and_for_oneself(world: World) -> None:
    assert send(world.mcallen, PAGE, NOTE, to=f"{PAGE}/notes").status_code == 303
    own = {**NOTE, "audience": "consulate", "text": "Reunión el martes."}
    assert send(world.mcallen, PAGE, own, to=f"{PAGE}/notes").status_code == 303
    seen = text_of(world.other.page(PAGE))
    assert "por la mañana" in seen and "Reunión el martes" not in seen
    assert "todos los países" in seen, "it says who reads it"
    assert "Reunión el martes" in text_of(world.liaison.page(PAGE)), "its liaison reads it"
    assert "Reunión el martes" not in text_of(world.toronto.page(PAGE)), "a sister consulate does not"
    moderator = signed_in(world.app, make_user(world.app, "m@x.example", Role.MODERATOR))
    assert moderator.get(PAGE).status_code == 403
    for text in ("Ayudaron a Kevin Muestra", "Llamar al 956 686 0123"):
        assert send(world.mcallen, PAGE, {**NOTE, "text": text}, to=f"{PAGE}/notes").status_code == 422
    foreign = send(world.mcallen, PAGE, {**NOTE, "consulate": "gt-mcallen"}, to=f"{PAGE}/notes")
    assert foreign.status_code == 422, "nobody writes in another consulate's name"


def test_joint_work_follows_a_record_that_is_merged(world: World) -> None:
    world.partner()
    world.refer()
    send(world.mcallen, PAGE, to=f"{PAGE}/vouch/hn-mcallen/yes")
    shelter, clinic = seed_uuid(f"organization/{SHELTER}"), seed_uuid(f"organization/{CLINIC}")
    with database(world.app):
        move_joint_work(db.session, shelter, clinic, "test", world.clock.at)
    assert world.partnership().organization_id == clinic
    assert world.referrals()[0].organization_id == clinic
    assert read(world.app, lambda: db.session.query(Vouch.organization_id).scalar()) == clinic
    with database(world.app):
        move_joint_work(db.session, clinic, shelter, "test", world.clock.at)
        assert db.session.query(Partnership).count() == 1
