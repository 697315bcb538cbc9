"""Inviting officers, replacing one who rotates without losing their work, withdrawing access."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Grant, Role, User
from directory.accounts.people import Scope, ScopeMismatch, grant_role
from directory.changes.models import AuditEntry
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.registration.models import Submission
from tests.factories import add_consulates, consulate_row
from tests.site import database, letters, link_in, make_user, read, register, send, signed_in, visitor


@pytest.fixture
def consulates(site: Flask, tmp_path: Path) -> None:
    with site.app_context():
        add_consulates(
            tmp_path,
            consulate_row(),
            consulate_row(consulate_key="gt-ejemplo", sending_country="GT"),
        )


def grants(app: Flask, email: str) -> list[tuple[str, str | None]]:
    query = select(Grant.role, Grant.country).join(User).where(User.email == email)
    return read(app, lambda: [(row.role.value, row.country) for row in db.session.execute(query)])


def test_a_liaison_adds_officers_of_the_own_country(site: Flask, consulates: None) -> None:
    liaison = signed_in(site, make_user(site, "l@hn.example", Role.CONSULATE, country="HN"))
    liaison.page("/es/people")
    assert (
        send(
            liaison, "/es/people", {"email": "N@hn.example", "role": "consulate/hn-ejemplo", "language": "es"}
        ).status_code
        == 303
    )
    assert grants(site, "n@hn.example") == [("consulate", None)]
    letter = letters(site, "invitation")[0]
    visitor(site).page(link_in(letter, "/reset/"))


@pytest.mark.parametrize(
    "role", ["consulate/gt-ejemplo", "liaison/GT", "admin", "moderator", "moderator/MX", "king", ""]
)
def test_a_liaison_gives_nothing_else(site: Flask, consulates: None, role: str) -> None:
    liaison = signed_in(site, make_user(site, "l@hn.example", Role.CONSULATE, country="HN"))
    answer = send(liaison, "/es/people", {"email": "n@hn.example", "role": role, "language": "es"})
    assert answer.status_code in (403, 422)
    assert grants(site, "n@hn.example") == []


def test_a_successor_takes_over_with_the_open_work(site: Flask, consulates: None) -> None:
    liaison = signed_in(site, make_user(site, "l@hn.example", Role.CONSULATE, country="HN"))
    consulate_id = read(
        site, lambda: db.session.scalars(select(Consulate.id).where(Consulate.sending_country == "HN")).one()
    )
    former = make_user(site, "old@hn.example", Role.CONSULATE, consulate_id=consulate_id)
    browser = signed_in(site, former)
    register(visitor(site), email="")
    with database(site):
        db.session.scalars(select(Submission)).one().assigned_to = former
    send(liaison, "/es/people", {"email": "new@hn.example"}, to=f"/es/people/{former}/replace")
    assert grants(site, "new@hn.example") == [("consulate", None)]
    assert grants(site, "old@hn.example") == []
    assert browser.get("/es/workspace/").status_code == 302, "signed out everywhere"
    owner = read(
        site, lambda: db.session.scalars(select(User.email).join(Submission, Submission.assigned_to == User.id)).one()
    )
    assert owner == "new@hn.example"


def test_a_liaison_touches_nobody_of_another_country(site: Flask, consulates: None) -> None:
    liaison = signed_in(site, make_user(site, "l@hn.example", Role.CONSULATE, country="HN"))
    other = make_user(site, "l@gt.example", Role.CONSULATE, country="GT")
    admin = make_user(site, "a@x.example", Role.ADMIN)
    for person in (other, admin):
        assert send(liaison, "/es/people", to=f"/es/people/{person}/withdraw").status_code == 404
        assert (
            send(liaison, "/es/people", {"email": "x@x.example"}, to=f"/es/people/{person}/replace").status_code == 404
        )
    assert "gt.example" not in liaison.get("/es/people").get_data(as_text=True)


def test_the_last_administrator_stays(site: Flask) -> None:
    only = make_user(site, "a@x.example", Role.ADMIN)
    admin = signed_in(site, only)
    send(admin, "/es/people", to=f"/es/people/{only}/withdraw")
    assert grants(site, "a@x.example") == [("admin", None)]
    second = make_user(site, "b@x.example", Role.ADMIN)
    send(admin, "/es/people", to=f"/es/people/{second}/withdraw")
    assert grants(site, "b@x.example") == []
    assert read(site, lambda: db.session.get_one(User, second).active) is False


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.CONSULATE, Scope()),
        (Role.EDITOR, Scope()),
        (Role.EDITOR, Scope(country="MX")),
        (Role.ADMIN, Scope(country="MX")),
    ],
)
def test_a_role_needs_its_scope(site: Flask, role: Role, scope: Scope) -> None:
    with site.app_context():
        with pytest.raises(ScopeMismatch):
            grant_role(db.session, "x@x.example", role, scope, "es", by="test")
        db.session.rollback()


def test_an_administrator_takes_a_lost_second_factor_away(site: Flask) -> None:
    admin = signed_in(site, make_user(site, "a@x.example", Role.ADMIN))
    officer_id = make_user(site, "o@x.example", Role.MODERATOR)
    officer = signed_in(site, officer_id)
    assert officer.get("/es/moderation/").status_code == 200
    admin.page("/es/people")
    answer = send(admin, "/es/people", to=f"/es/people/{officer_id}/second-factor")
    assert answer.status_code == 303
    assert officer.get("/es/moderation/").status_code == 302, "out of every browser"
    person = read(site, lambda: db.session.get_one(User, officer_id))
    assert (person.tf_primary_method, person.tf_totp_secret, person.mf_recovery_codes) == (None, None, None)
    assert letters(site, "factor-notice")[0].recipient == "o@x.example"
    assert "reset-second-factor" in read(site, lambda: set(db.session.scalars(select(AuditEntry.action))))
    assert signed_in(site, officer_id).get("/es/moderation/").status_code == 302, "the password alone opens nothing"


def test_a_liaison_takes_nobodys_second_factor(site: Flask, consulates: None) -> None:
    liaison = signed_in(site, make_user(site, "l@x.example", Role.CONSULATE, country="HN"))
    officer_id = make_user(site, "o@x.example", Role.CONSULATE, country="HN")
    assert send(liaison, "/es/people", to=f"/es/people/{officer_id}/second-factor").status_code == 403
