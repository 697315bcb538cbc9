"""Edits of records: what goes live, what waits for the old channel, and two people at once."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role
from directory.clock import now
from directory.extensions import db
from directory.organizations.differences import differences, merge
from directory.organizations.edit import change_record, current_revision, record_data, revision_data
from directory.organizations.models import Organization
from directory.organizations.record_data import RecordData, flatten, unflatten
from directory.publication.organizations import public_organizations
from directory.registration.models import Submission, SubmissionState
from directory.registration.risks import speaks_of_money
from directory.vocabulary.catalogue import vocabulary
from tests.client import CheckingClient
from tests.factories import add_organizations, organization_row
from tests.site import (
    database,
    hidden_fields,
    letters,
    link_in,
    make_user,
    organization_id,
    read,
    send,
    signed_in,
    visitor,
)

ROW = {
    "website": "https://casa-ejemplo.example.org", "email": "hola@casa-ejemplo.example.org", "phones": "664 682 5180",
    "address": "Calle Pública 1", "summary_es": "Casa para familias.",
}  # fmt: skip


@pytest.fixture
def organization(site: Flask, tmp_path: Path) -> uuid.UUID:
    """An organization on record."""
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(**ROW),
            organization_row(location_key="casa-ejemplo/secreta", visibility="city_only", address="Calle Secreta 9"),
        )
    return read(site, lambda: organization_id("Casa Ejemplo"))


def key(app: Flask, organization: uuid.UUID, email: str = ROW["email"]) -> str:
    """The organization's own link, as it was sent to an address."""
    with database(app):
        return make_link(db.session, LinkPurpose.MANAGE, now(), organization_id=organization, email=email)


def begin_edit(app: Flask, organization: uuid.UUID, email: str = ROW["email"]) -> tuple[CheckingClient, str]:
    """A browser with an edit begun through the organization's own link, and the draft's path."""
    browser = visitor(app)
    page = f"/es/manage/{key(app, organization, email)}"
    browser.page(page)
    answer = send(browser, page, to=f"{page}/edit")
    return browser, answer.headers["Location"]


def record(app: Flask, organization: uuid.UUID) -> RecordData:
    """The record as it stands."""
    return read(app, lambda: record_data(db.session, organization, vocabulary(db.session)))


def submissions(app: Flask) -> list[Submission]:
    def ask() -> list[Submission]:
        found = list(db.session.scalars(select(Submission).order_by(Submission.created_at)))
        db.session.expunge_all()
        return found

    return read(app, ask)


def test_data_survive_the_way_through_rows(site: Flask, organization: uuid.UUID) -> None:
    """Written back as it was read, a record does not change, and no revision is made."""
    data = record(site, organization)
    assert unflatten(flatten(data)) == data
    with database(site):
        row = db.session.get_one(Organization, organization)
        assert change_record(db.session, row, data, vocabulary(db.session), "test", "edit") == []
        assert current_revision(db.session, organization) == 1
        assert revision_data(db.session, organization, 1, vocabulary(db.session)) == data


def test_what_is_safe_is_public_at_once(site: Flask, organization: uuid.UUID) -> None:
    browser, draft = begin_edit(site, organization)
    browser.page(draft)
    send(browser, f"{draft}/about", {"acronym": "CE", "summary": "Casa para todas.", "summary_language": "es",
                                     "website": ROW["website"]})  # fmt: skip
    assert send(browser, draft, to=f"{draft}/submit").status_code == 303
    data = record(site, organization)
    assert (data.acronym, data.summary["es"], data.website) == ("CE", "Casa para todas.", ROW["website"])
    assert submissions(site)[0].state == SubmissionState.APPROVED
    assert letters(site) == []


def test_a_change_of_contacts_waits_for_the_old_address(site: Flask, organization: uuid.UUID) -> None:
    """The swindler's door: with a stolen link the phone changes only if the address on record agrees."""
    browser, draft = begin_edit(site, organization)
    send(
        browser,
        f"{draft}/about",
        {"acronym": "CE", "website": "https://swindler.example.net", "summary_language": "es"},
    )
    send(browser, draft, to=f"{draft}/submit")
    data = record(site, organization)
    assert (data.acronym, data.website) == ("CE", ROW["website"])
    assert submissions(site)[0].state == SubmissionState.OLD_CHANNEL
    letter = letters(site, "old-channel")[0]
    assert letter.recipient == ROW["email"]
    assert "swindler.example.net" in (letter.text or "")
    link = link_in(letter, "/agree/")
    owner = visitor(site)
    owner.page(link)
    assert record(site, organization).website == ROW["website"], "a GET changes nothing"
    assert send(owner, link, to=f"{link}/no").status_code == 303
    assert record(site, organization).website == ROW["website"]
    assert submissions(site)[0].state == SubmissionState.WITHDRAWN
    assert owner.get(link).status_code == 404


def test_the_old_address_agrees(site: Flask, organization: uuid.UUID) -> None:
    browser, draft = begin_edit(site, organization)
    send(browser, f"{draft}/about", {"website": "https://new.example.org", "summary": ROW["summary_es"],
                                     "summary_language": "es"})  # fmt: skip
    send(browser, draft, to=f"{draft}/submit")
    link = link_in(letters(site, "old-channel")[0], "/agree/")
    send(visitor(site), link, to=f"{link}/yes")
    assert record(site, organization).website == "https://new.example.org"


@pytest.mark.parametrize(
    ("text", "is_money"),
    [
        ("Deposite en la cuenta CLABE 032180000118359719", True),
        ("Envíe el anticipo por Western Union", True),
        ("Please wire transfer before the appointment", True),
        ("Faites un virement sur notre compte bancaire", True),
        ("4111 1111 1111 1111", True),
        ("Gratis para todas las personas", False),
        ("Consulta legal sin costo, lunes a viernes", False),
        ("Accompagnement gratuit", False),
        ("Tel. 664 682 5180", False),
    ],
)  # fmt: skip
def test_texts_that_speak_of_money_are_held(text: str, is_money: bool) -> None:
    assert speaks_of_money(text) is is_money


def test_a_text_about_an_account_waits(site: Flask, organization: uuid.UUID) -> None:
    browser, draft = begin_edit(site, organization)
    send(browser, f"{draft}/about", {"summary": "Deposite a la CLABE 032180000118359719", "summary_language": "es",
                                     "website": ROW["website"]})  # fmt: skip
    send(browser, draft, to=f"{draft}/submit")
    assert record(site, organization).summary == {"es": ROW["summary_es"]}


def test_a_protected_address_does_not_open_by_itself(site: Flask, organization: uuid.UUID) -> None:
    browser, draft = begin_edit(site, organization)
    page = browser.get(f"{draft}/places").get_data(as_text=True)
    import re

    keys = re.findall(r'name="places-\d-key"[^>]*value="([^"]+)"', page)
    data = {}
    for number, location in enumerate(keys):
        data |= {f"places-{number}-key": location, f"places-{number}-country": "MX", f"places-{number}-city": "Tijuana",
                 f"places-{number}-visibility": "public", f"places-{number}-address": f"Calle {number}"}  # fmt: skip
    data["places-0-phone"] = "+526646825180"
    assert send(browser, f"{draft}/places", data).status_code == 303
    send(browser, draft, to=f"{draft}/submit")
    visible = read(site, lambda: public_organizations(db.session, [organization], now())[0].locations)
    assert sorted(place.visibility for place in visible) == ["city_only", "public"]


def test_a_stranger_suggests_without_seeing_what_is_private(site: Flask, organization: uuid.UUID) -> None:
    stranger = visitor(site)
    page = "/es/organizations/casa-ejemplo/suggest"
    stranger.page(page)
    answer = send(stranger, page)
    draft = answer.headers["Location"]
    everything = "".join(
        stranger.get(f"{draft}{step}").get_data(as_text=True)
        for step in ("", "/essentials", "/services", "/people", "/places", "/about")
    )
    assert "Secreta" not in everything
    send(stranger, f"{draft}/about", {"acronym": "XX", "summary_language": "es", "website": ROW["website"],
                                      "summary": ROW["summary_es"]})  # fmt: skip
    send(stranger, draft, to=f"{draft}/submit")
    assert submissions(site)[0].state == SubmissionState.PENDING
    assert record(site, organization).acronym is None
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    address = f"/es/moderation/submissions/{submissions(site)[0].id}"
    moderator.page(address)
    send(moderator, address, {"version": submissions(site)[0].version}, to=f"{address}/approve")
    data = record(site, organization)
    assert data.acronym == "XX"
    assert "Calle Secreta 9" in {place.address for place in data.locations.values()}, "what they did not see stays"


def test_two_people_who_edit_see_each_other_and_neither_is_lost(site: Flask, organization: uuid.UUID) -> None:
    first, one = begin_edit(site, organization)
    second, two = begin_edit(site, organization, "otra@casa-ejemplo.example.org")
    same = {"website": ROW["website"], "summary_language": "es"}
    send(first, f"{one}/about", {**same, "summary": "Primera.", "acronym": "AA"})
    send(second, f"{two}/about", {**same, "summary": "Segunda.", "legal_status": "A.C."})
    send(first, one, to=f"{one}/submit")
    answer = send(second, two, to=f"{two}/submit")
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "Primera." in page and "Segunda." in page
    assert record(site, organization).summary == {"es": "Primera."}
    second.post(f"{two}/submit", data={"mine": "1", "csrf_token": hidden_fields(page)["csrf_token"]})
    assert submissions(site)[1].state == SubmissionState.PENDING, "a moderator decides between the two"


def test_edits_of_different_fields_become_one(site: Flask, organization: uuid.UUID) -> None:
    first, one = begin_edit(site, organization)
    second, two = begin_edit(site, organization, "otra@casa-ejemplo.example.org")
    same = {"website": ROW["website"], "summary_language": "es", "summary": ROW["summary_es"]}
    send(first, f"{one}/about", {**same, "acronym": "AA"})
    send(second, f"{two}/about", {**same, "legal_status": "A.C."})
    send(first, one, to=f"{one}/submit")
    assert send(second, two, to=f"{two}/submit").status_code == 303
    data = record(site, organization)
    assert (data.acronym, data.legal_status) == ("AA", "A.C.")


def test_merging_knows_what_each_changed() -> None:
    base = RecordData(name="A", acronym="a", summary={"es": "x"})
    mine = base.model_copy(update={"acronym": "b", "summary": {"es": "y"}})
    theirs = base.model_copy(update={"name": "B", "summary": {"es": "z"}})
    merged, conflicts = merge(base, mine, theirs)
    assert (merged.name, merged.acronym, merged.summary) == ("B", "b", {"es": "z"})
    assert [(item.path, item.mine, item.theirs) for item in conflicts] == [(("summary",), {"es": "y"}, {"es": "z"})]
    assert differences(base, base) == []


def test_an_editor_edits_only_their_own_organization(site: Flask, organization: uuid.UUID, tmp_path: Path) -> None:
    with site.app_context():
        add_organizations(tmp_path, organization_row(organization_key="b", name="Otra Casa", location_key="b/1"))
    editor = signed_in(
        site, make_user(site, "e@x.example", Role.EDITOR, organization_id=organization, second_factor=False)
    )
    editor.page("/es/organizations/casa-ejemplo/manage")
    assert editor.get("/es/organizations/otra-casa/manage").status_code == 403
    token = hidden_fields(editor.get("/es/organizations/casa-ejemplo/manage").get_data(as_text=True))
    assert editor.post("/es/organizations/otra-casa/edit", data=token).status_code == 403
    assert editor.post("/es/organizations/casa-ejemplo/edit", data=token).status_code == 303
