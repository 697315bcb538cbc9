"""Sending a referral: filled in from the search, to an office that is named, in sentences that both sides read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from directory.extensions import db
from directory.identifiers import seed_uuid
from directory.organizations.models import Organization
from directory.referrals.models import Sentence
from tests.client import find_all, form_values, parse, with_class
from tests.factories import add_organizations, organization_row
from tests.site import letters, read, send, signed_in
from tests.world import REFERRAL, SHELTER, World

REFER = f"referrals/new?organization={SHELTER}"
OFFICE = f"{SHELTER}/laredo"


@pytest.fixture
def office(world: World, tmp_path: Path) -> str:
    """A second office of the shelter, in Laredo, with a number of its own; its mark."""
    with world.app.app_context():
        add_organizations(
            tmp_path,
            organization_row(
                country="US", location_country="US", location_admin1="US-TX", location_city="McAllen",
                email="casa@casa-ejemplo.example.org", phones="956 686 0123",
            ),
            organization_row(
                country="US", location_country="US", location_admin1="US-TX", location_city="Laredo",
                email="casa@casa-ejemplo.example.org", location_key=OFFICE,
                phones="956 722 0145",
            ),
        )  # fmt: skip
        db.session.remove()
    return str(seed_uuid(f"location/{OFFICE}"))[:8]


def _filled_in(page: ElementTree.Element) -> dict[str, str]:
    return form_values(next(form for form in with_class(page, "form") if find_all(form, "textarea")))


def test_what_the_search_understood_is_filled_in(world: World) -> None:
    said = "&need=legal-aid&population=families&nationality=SV&spoken=mam&place=t-mcallen"
    values = _filled_in(world.mcallen.page(world.desk(REFER) + said))
    assert (values["need"], values["population"], values["nationality"], values["spoken"]) == (
        "legal-aid", "families", "SV", "mam",
    )  # fmt: skip
    assert values["place"].startswith("McAllen, Texas")
    assert (values["age_group"], values["urgency"]) == ("family", "today")
    assert "is_consented" not in values, "consent is never assumed"


@pytest.mark.parametrize("said", ["need=x", "population=" + "y" * 200, "nationality=MX'", "spoken=zz"])
def test_what_no_search_says_fills_in_nothing(world: World, said: str) -> None:
    assert world.mcallen.get(world.desk(REFER) + "&" + said).status_code == 200


def test_the_office_is_named_before_and_called_first_afterwards(world: World, office: str) -> None:
    page = world.desk(REFER) + f"&at={office}"
    before = world.mcallen.get(page).get_data(as_text=True)
    assert "Laredo" in before and "tel:+19567220145" in before
    sent = send(world.mcallen, page, REFERRAL)
    assert sent.status_code == 303, sent.get_data(as_text=True)
    after = world.mcallen.get(sent.headers["Location"]).get_data(as_text=True)
    assert "tel:+19567220145" in after and after.index("tel:+1956") < after.index("Lo que se envió")
    assert str(world.referrals()[0].location_id)[:8] == office


def test_the_organization_learns_which_office_is_asked(world: World, office: str) -> None:
    send(world.mcallen, world.desk(REFER) + f"&at={office}", REFERRAL)
    assert "Laredo" in (letters(world.app, "referral")[-1].text or "")
    assert "su oficina en Laredo" in world.anyone().get(world.referral_link().replace("/en/", "/es/")).get_data(
        as_text=True
    )


def test_an_office_that_is_gone_is_said_before_it_is_sent(world: World) -> None:
    answer = send(world.mcallen, world.desk(REFER), REFERRAL, to=world.desk(REFER) + "&at=00000000")
    assert answer.status_code == 409 and "McAllen" in answer.get_data(as_text=True)
    assert world.referrals() == []


def test_without_anything_behind_it_the_page_says_so_first(world: World) -> None:
    def forget() -> None:
        for organization in db.session.query(Organization):
            organization.email = None
            organization.phones.clear()
        db.session.commit()

    read(world.app, forget)
    page = world.mcallen.get(world.desk(REFER)).get_data(as_text=True)
    assert page.index("no llegaría a nadie") < page.index('name="age_group"')


def test_each_side_reads_the_sentences_in_its_language(world: World) -> None:
    world.refer(sentences=["alone", "bed-tonight"])
    assert world.referrals()[0].sentences == ["bed-tonight", "alone"]
    link = world.referral_link()
    assert "Needs a bed tonight." in world.anyone().get(link).get_data(as_text=True)
    answer = world.anyone().get(link.replace("/en/", "/fr/")).get_data(as_text=True)
    assert "voyage seule" in answer
    assert 'lang="es">Llega hoy' in answer and "en espagnol" in answer, "the message is labelled with its language"
    assert letters(world.app, "referral")


@pytest.mark.parametrize("sentences", [["nothing"], ["alone", "<b>"], ["bed-tonight"] * 200 + ["x"]])
def test_other_sentences_are_refused(world: World, sentences: list[str]) -> None:
    assert send(world.mcallen, world.desk(REFER), {**REFERRAL, "sentences": sentences}).status_code == 422
    assert world.referrals() == []


def test_every_sentence_may_be_said_at_once(world: World) -> None:
    world.refer(sentences=[item.value for item in Sentence])
    assert world.referrals()[0].sentences == [item.value for item in Sentence]


def test_the_same_sent_again_is_asked_about(world: World) -> None:
    first = world.refer()
    again = send(world.mcallen, world.desk(REFER), REFERRAL)
    assert again.status_code == 409
    page = again.get_data(as_text=True)
    assert first in page and 'name="is_another"' in page
    assert _filled_in(parse(page, "referrals/new"))["message"] == REFERRAL["message"], "what was typed is still there"
    assert send(world.mcallen, world.desk(REFER), {**REFERRAL, "is_another": "y"}).status_code == 303
    assert len(world.referrals()) == 2
    world.clock.at += timedelta(hours=1)
    world.refer()
    assert len(world.referrals()) == 3


def test_of_two_officers_who_send_the_same_at_once_one_is_asked(world: World) -> None:
    def one(_: int) -> int:
        status: int = send(signed_in(world.app, world.officer_id), world.desk(REFER), REFERRAL).status_code
        return status

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == [303, 409]
    assert len(world.referrals()) == 1
