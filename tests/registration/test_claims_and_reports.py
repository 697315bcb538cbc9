"""“This is my organization”, and what people report about records."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Grant, Role, User
from directory.clock import now, today
from directory.extensions import db
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.verify import verify
from directory.publication.organizations import public_organizations
from directory.registration.models import Report, Submission, SubmissionState
from tests.factories import add_organizations, organization_row
from tests.site import database, letters, link_in, make_user, organization_id, read, send, signed_in, visitor

PAGE = "/es/organizations/casa-ejemplo"


@pytest.fixture
def organization(site: Flask, tmp_path: Path) -> uuid.UUID:
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(
                website="https://www.casa-ejemplo.example.org", email="casa@gmail.com", phones="664 682 5180"
            ),
        )
    return read(site, lambda: organization_id("Casa Ejemplo"))


def claims(app: Flask) -> list[SubmissionState]:
    return read(app, lambda: list(db.session.scalars(select(Submission.state))))


def test_a_letter_to_the_own_domain_gives_access(site: Flask, organization: uuid.UUID) -> None:
    browser = visitor(site)
    browser.page(f"{PAGE}/claim")
    assert send(browser, f"{PAGE}/claim", {"email": "Ana@casa-ejemplo.example.org"}).status_code == 303
    link = link_in(letters(site, "claim")[0], "/claim/")
    owner = visitor(site)
    owner.page(link)
    assert read(site, lambda: db.session.scalars(select(Grant)).all()) == []
    answer = send(owner, link)
    assert "/es/manage/" in answer.headers["Location"]
    owner.page(answer.headers["Location"])
    grant = read(
        site, lambda: db.session.execute(select(Grant.role, Grant.organization_id, User.email).join(User)).one()
    )
    assert tuple(grant) == (Role.EDITOR, organization, "ana@casa-ejemplo.example.org")
    assert letters(site, "invitation")
    assert owner.get(link).status_code == 404


def test_any_other_address_waits_for_a_call_and_hears_nothing_else(site: Flask, organization: uuid.UUID) -> None:
    send(visitor(site), f"{PAGE}/claim", {"email": "someone@else.example.com", "note": "Pregunte por Ana"})
    assert letters(site) == []
    assert claims(site) == [SubmissionState.TO_CALL]
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    found = read(site, lambda: db.session.scalars(select(Submission.id)).one())
    address = f"/es/moderation/submissions/{found}"
    moderator.page(address)
    send(moderator, address, {"version": 1}, to=f"{address}/approve")
    assert claims(site) == [SubmissionState.APPROVED]
    assert letters(site, "invitation")[0].recipient == "someone@else.example.com"


def test_reports_are_kept_for_moderators_only(site: Flask, organization: uuid.UUID) -> None:
    browser = visitor(site)
    browser.page(f"{PAGE}/report")
    assert send(browser, f"{PAGE}/report", {"kind": "asks-for-money", "note": "Piden 500 pesos"}).status_code == 303
    assert send(browser, f"{PAGE}/report", {}).status_code == 422
    assert send(browser, f"{PAGE}/report", {"kind": "asks-for-money", "company": "x"}).status_code == 422
    assert "500 pesos" not in visitor(site).get(PAGE).get_data(as_text=True)
    assert "500 pesos" not in visitor(site).get("/api/v1/organizations/casa-ejemplo").get_data(as_text=True)
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    assert "Casa Ejemplo" in moderator.get("/es/moderation/").get_data(as_text=True)
    assert "500 pesos" in moderator.get("/es/moderation/organizations/casa-ejemplo").get_data(as_text=True)


def test_two_signed_in_reports_of_a_wrong_number_make_a_record_due(site: Flask, organization: uuid.UUID) -> None:
    with database(site):
        row = db.session.get_one(Organization, organization)
        verify(db.session, row, VerificationMethod.CALL, "test", today())

    def status() -> str:
        return read(site, lambda: public_organizations(db.session, [organization], now())[0].status)

    for _ in range(3):
        send(visitor(site), f"{PAGE}/report", {"kind": "wrong-number"})
    assert status() == "verified", "anybody can say anything"
    one = signed_in(site, make_user(site, "a@x.example", Role.CONSULATE, country="HN"))
    send(one, f"{PAGE}/report", {"kind": "wrong-number"})
    send(one, f"{PAGE}/report", {"kind": "wrong-number"})
    assert status() == "verified", "one person twice is one person"
    send(
        signed_in(site, make_user(site, "b@x.example", Role.CONSULATE, country="GT")),
        f"{PAGE}/report",
        {"kind": "wrong-number"},
    )
    assert status() == "due"
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    page = "/es/moderation/organizations/casa-ejemplo"
    send(moderator, page, {"method": "call"}, to=f"{page}/verify")
    assert status() == "verified"
    assert (
        read(site, lambda: db.session.scalars(select(Report.resolved_at).where(Report.resolved_at.is_(None))).all())
        == []
    )


def test_contacts_are_suspended_at_once_and_come_back(site: Flask, organization: uuid.UUID) -> None:
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    page = "/es/moderation/organizations/casa-ejemplo"
    send(moderator, page, to=f"{page}/suspend")
    for address in (
        PAGE,
        "/api/v1/organizations/casa-ejemplo",
        "/export/organizations.csv",
        "/export/organizations.json",
    ):
        text = visitor(site).get(address).get_data(as_text=True)
        assert "6825180" not in text.replace(" ", "") and "casa@gmail.com" not in text, address
    kinds = [item["kind"] for item in visitor(site).get("/api/v1/changes").get_json()["changes"]]
    assert kinds[-1] == "redacted"
    send(visitor(site), f"{PAGE}/claim", {"email": "ana@casa-ejemplo.example.org"})
    assert letters(site) == [], "nobody takes the record over meanwhile"
    send(moderator, page, to=f"{page}/unsuspend")
    assert "casa@gmail.com" in visitor(site).get(PAGE).get_data(as_text=True)
