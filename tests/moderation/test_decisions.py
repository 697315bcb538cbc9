"""Decisions: each told to the submitter in their language, each an audit entry, none taken twice."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.changes.models import AuditEntry
from directory.clock import now
from directory.extensions import db
from directory.moderation.criteria import all_criteria
from directory.moderation.decide import AlreadyDecided, approve
from directory.organizations.models import Organization
from directory.publication.organizations import public_organizations
from directory.registration.models import Submission, SubmissionState
from directory.search.follower import search_index
from directory.search.sync import differences, synchronise
from directory.vocabulary.catalogue import vocabulary
from tests.client import CheckingClient
from tests.factories import add_organizations, organization_row
from tests.site import (
    ESSENTIALS,
    database,
    hidden_fields,
    letters,
    link_in,
    make_user,
    organization_id,
    read,
    register,
    send,
    signed_in,
    visitor,
)


@pytest.fixture
def moderator(site: Flask) -> CheckingClient:
    return signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))


def confirmed(site: Flask, **changes: object) -> str:
    """A confirmed registration; the address of its page in the queue."""
    register(visitor(site), **changes)
    link = link_in(letters(site, "confirm-submission")[-1], "/confirm/")
    send(visitor(site), link)
    found = read(site, lambda: db.session.scalars(select(Submission.id).order_by(Submission.created_at.desc())).first())
    return f"/es/moderation/submissions/{found}"


def state(site: Flask) -> SubmissionState:
    return read(
        site, lambda: db.session.scalars(select(Submission.state).order_by(Submission.created_at.desc())).first()
    )


def actions(site: Flask) -> list[str]:
    return read(site, lambda: list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))))


def test_approval_publishes_and_a_search_finds_it(site: Flask, moderator: CheckingClient) -> None:
    address = confirmed(site)
    moderator.page("/es/moderation/queue")
    moderator.page(address)
    assert send(moderator, address, {"version": 1}, to=f"{address}/approve").status_code == 303
    assert state(site) == SubmissionState.APPROVED
    with site.app_context():
        synchronise(search_index(), db.session)
        assert differences(search_index(), db.session) == []
    found = visitor(site).get("/api/v1/search?q=casa+luz+ficticia").get_json()["results"]
    assert [item["slug"] for item in found] == ["casa-de-la-luz-ficticia"]
    assert found[0]["status"] == "verified"
    record = visitor(site).get("/api/v1/organizations/casa-de-la-luz-ficticia").get_json()
    assert record["locations"][0]["visibility"] == "city_only"
    assert "Calle Secreta" not in str(record)
    assert record["source"]["name"] == ESSENTIALS["name"]
    visitor(site).page("/es/organizations/casa-de-la-luz-ficticia")
    letter = letters(site, "approved")[0]
    assert letter.language == "es"
    visitor(site).page(link_in(letter, "/manage/"))


def test_what_nobody_confirmed_is_not_published(site: Flask, moderator: CheckingClient) -> None:
    register(visitor(site), email="")
    found = read(site, lambda: db.session.scalars(select(Submission.id)).one())
    address = f"/es/moderation/submissions/{found}"
    assert send(moderator, address, {"version": 1}, to=f"{address}/approve").status_code == 422
    assert state(site) == SubmissionState.TO_CALL
    assert visitor(site).get("/api/v1/organizations/casa-de-la-luz-ficticia").status_code == 404


def test_it_is_returned_with_a_reason_and_comes_back(site: Flask, moderator: CheckingClient) -> None:
    address = confirmed(site)
    assert send(moderator, address, {"version": 1, "note": " "}, to=f"{address}/return").status_code == 422
    send(moderator, address, {"version": 1, "note": "Falta el teléfono."}, to=f"{address}/return")
    assert state(site) == SubmissionState.RETURNED
    letter = letters(site, "returned")[0]
    assert "Falta el teléfono." in (letter.text or "")
    draft = link_in(letter, "/register/d/")
    owner = visitor(site)
    assert "Falta el teléfono." in owner.get(draft).get_data(as_text=True)
    send(owner, f"{draft}/about", {"acronym": "CLF", "summary_language": "es"})
    send(owner, draft, to=f"{draft}/submit")
    assert state(site) == SubmissionState.PENDING, "confirmed once is confirmed"


def test_a_rejection_cites_a_published_criterion_and_says_how_to_appeal(site: Flask, moderator: CheckingClient) -> None:
    address = confirmed(site)
    assert send(moderator, address, {"version": 1}, to=f"{address}/reject").status_code == 422
    assert send(moderator, address, {"version": 1, "criterion": "mood"}, to=f"{address}/reject").status_code == 422
    send(moderator, address, {"version": 1, "criterion": "sells-services"}, to=f"{address}/reject")
    assert state(site) == SubmissionState.REJECTED
    text = letters(site, "rejected")[0].text or ""
    assert "apel" in text
    assert "/es/criteria#sells-services" in text
    page = visitor(site).get("/es/criteria").get_data(as_text=True)
    assert 'id="sells-services"' in page
    with site.test_request_context("/es/"):
        assert {item.key for item in all_criteria()} <= set(page.replace('"', " ").replace("=", " ").split())


def test_the_submitter_is_told_in_their_language(site: Flask, moderator: CheckingClient) -> None:
    french = visitor(site)
    answer = send(french, "/fr/register", ESSENTIALS)
    assert answer.status_code == 303
    found = read(site, lambda: db.session.scalars(select(Submission.id)).one())
    address = f"/es/moderation/submissions/{found}"
    send(moderator, address, {"version": 1, "criterion": "other-purpose"}, to=f"{address}/reject")
    letter = letters(site, "rejected")[0]
    assert letter.language == "fr"
    assert "publi" in letter.subject and "/fr/criteria" in (letter.text or "")


def test_every_decision_is_an_audit_entry(site: Flask, moderator: CheckingClient) -> None:
    address = confirmed(site)
    send(moderator, address, {"user": ""}, to=f"{address}/assign")
    send(moderator, address, {"version": 1}, to=f"{address}/approve")
    assert actions(site)[-6:] == ["submit", "confirm-submission", "assign", "create", "verify", "approved"]
    entry = read(site, lambda: db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first())
    assert entry.actor.startswith("user:")
    assert (entry.before["state"], entry.after["state"]) == ("pending", "approved")
    emails = read(site, lambda: [str(row) for row in db.session.execute(
        select(AuditEntry.before, AuditEntry.after, AuditEntry.actor))])  # fmt: skip
    assert not [line for line in emails if "@" in line], "ids, not addresses"


def test_two_moderators_do_not_decide_twice(site: Flask, moderator: CheckingClient) -> None:
    address = confirmed(site)
    other = signed_in(site, make_user(site, "n@x.example", Role.MODERATOR))
    page = other.get(address).get_data(as_text=True)
    assert 'name="version" value="1"' in page
    send(moderator, address, {"version": 1, "criterion": "other-purpose"}, to=f"{address}/reject")
    answer = other.post(f"{address}/approve", data={**hidden_fields(page), "version": 1})
    assert answer.status_code == 303
    assert state(site) == SubmissionState.REJECTED
    assert read(site, lambda: db.session.scalars(select(Organization)).all()) == []


def test_what_changed_meanwhile_is_looked_at_again(site: Flask) -> None:
    register(visitor(site))
    with site.app_context():
        found = db.session.scalars(select(Submission)).one()
        found.version = 7
        with pytest.raises(AlreadyDecided):
            approve(db.session, found, None, 1, vocabulary(db.session), "test", found.created_at)
        db.session.rollback()


def test_a_moderator_of_one_country_sees_and_decides_only_there(site: Flask) -> None:
    address = confirmed(site)
    guatemala = signed_in(site, make_user(site, "g@x.example", Role.MODERATOR, country="GT"))
    mexico = signed_in(site, make_user(site, "x@x.example", Role.MODERATOR, country="MX"))
    assert guatemala.get(address).status_code == 403
    assert "Casa de la Luz" not in guatemala.get("/es/moderation/queue").get_data(as_text=True)
    assert "Casa de la Luz" not in guatemala.get("/es/moderation/queue?country=MX").get_data(as_text=True)
    assert "Casa de la Luz" in mexico.get("/es/moderation/queue").get_data(as_text=True)
    assert mexico.get(address).status_code == 200


def test_the_riskiest_and_oldest_come_first(site: Flask, moderator: CheckingClient) -> None:
    confirmed(site, name="Casa Tranquila")
    browser = visitor(site)
    draft = register(browser, name="Casa de los Anticipos")
    send(browser, f"{draft}/about", {"summary": "Deposite a la CLABE 032180000118359719", "summary_language": "es"})
    page = moderator.get("/es/moderation/queue").get_data(as_text=True)
    assert page.index("Casa de los Anticipos") < page.index("Casa Tranquila")
    risky = moderator.get("/es/moderation/queue?risk=money").get_data(as_text=True)
    assert "Casa de los Anticipos" in risky and "Casa Tranquila" not in risky
    send(visitor(site), "/es/register", {"name": "Casa Sin Enviar", "email": "x@y.example.org", "action": "later"})
    assert "Casa Sin Enviar" not in moderator.get("/es/moderation/queue?state=draft").get_data(as_text=True)


def test_a_second_registration_is_offered_the_first_and_merged(site: Flask, moderator: CheckingClient) -> None:
    first = confirmed(site)
    send(moderator, first, {"version": 1}, to=f"{first}/approve")
    page = visitor(site).get("/es/register/similar?name=Casa+de+la+Lus+Ficticia&country=MX").get_data(as_text=True)
    assert "Casa de la Luz Ficticia" in page, "another spelling is offered the first"
    second = confirmed(site, name="Casa Luz Ficticia A.C.", phone="664 765 4321")
    page = moderator.get(second).get_data(as_text=True)
    assert "casa-de-la-luz-ficticia" in page
    send(moderator, second, {"version": 1, "into": "casa-de-la-luz-ficticia"}, to=f"{second}/merge")
    assert state(site) == SubmissionState.MERGED
    record = visitor(site).get("/api/v1/organizations/casa-de-la-luz-ficticia").get_json()
    assert "Casa Luz Ficticia A.C." in record["alternate_names"]
    assert {phone["number"] for phone in record["phones"]} == {"+526641234567", "+526647654321"}
    assert letters(site, "merged")


def test_two_registrations_that_wait_know_of_each_other(site: Flask, moderator: CheckingClient) -> None:
    first = confirmed(site)
    register(visitor(site), name="CASA DE LA LUS FICTICIA A.C.", email="otra@casa-luz.example.org")
    second = read(site, lambda: db.session.scalars(select(Submission).order_by(Submission.created_at.desc())).first())
    [alike] = second.risks["duplicate"]
    assert first.endswith(alike["submission"])
    page = moderator.page(f"/es/moderation/submissions/{second.id}")
    assert first in {element.get("href") for element in page.iter()}


def two_records(site: Flask, tmp_path: Path) -> tuple[uuid.UUID, uuid.UUID]:
    with site.app_context():
        add_organizations(
            tmp_path,
            organization_row(name="Casa Una", website="https://una.example.org"),
            organization_row(organization_key="dos", location_key="dos/1", name="Casa Dos", acronym="CD",
                             location_city="McAllen", location_country="US", location_admin1="US-TX", country="US"),
        )  # fmt: skip
    return read(site, lambda: organization_id("Casa Una")), read(site, lambda: organization_id("Casa Dos"))


def test_merging_two_records_keeps_both_histories_and_redirects(
    site: Flask, moderator: CheckingClient, tmp_path: Path
) -> None:
    kept, merged = two_records(site, tmp_path)
    page = "/es/moderation/organizations/casa-dos"
    moderator.page(page)
    send(moderator, page, {"into": "casa-una"}, to=f"{page}/merge")
    moved = visitor(site).get("/es/organizations/casa-dos")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/es/organizations/casa-una")
    assert visitor(site).get(f"/api/v1/organizations/{merged}").status_code in (301, 308)
    record = visitor(site).get("/api/v1/organizations/casa-una").get_json()
    assert record["acronym"] == "CD"
    assert record["website"] == "https://una.example.org"
    assert {place["city"] for place in record["locations"]} == {"Tijuana", "McAllen"}
    text = moderator.get("/es/moderation/organizations/casa-una").get_data(as_text=True)
    assert "Casa Dos" in text
    kinds = [(item["id"], item["kind"]) for item in visitor(site).get("/api/v1/changes").get_json()["changes"]]
    assert (str(merged), "deleted") in kinds and (str(kept), "updated") in kinds
    again = send(moderator, "/es/moderation/organizations/casa-una", {"into": "casa-una"},
                 to="/es/moderation/organizations/casa-una/merge")  # fmt: skip
    assert again.status_code == 303, "a record does not go into itself"
    assert read(site, lambda: len(public_organizations(db.session, [kept], now()))) == 1


def test_revisions_are_read_compared_and_restored(site: Flask, moderator: CheckingClient, tmp_path: Path) -> None:
    two_records(site, tmp_path)
    page = "/es/moderation/organizations/casa-una"
    answer = send(moderator, page, to="/es/organizations/casa-una/edit")
    draft = answer.headers["Location"]
    send(
        moderator, f"{draft}/about", {"acronym": "UNA", "summary_language": "es", "website": "https://una.example.org"}
    )
    send(moderator, draft, to=f"{draft}/submit")
    assert visitor(site).get("/api/v1/organizations/casa-una").get_json()["acronym"] == "UNA"
    text = moderator.get(f"{page}?older=1&newer=2").get_data(as_text=True)
    assert "UNA" in text
    send(moderator, page, {"number": 1}, to=f"{page}/restore")
    record = visitor(site).get("/api/v1/organizations/casa-una").get_json()
    assert (record["acronym"], record["revision"]) == (None, 3), "restoring is a new revision"
    assert moderator.get(f"{page}?older=1&newer=99").status_code == 404
    assert "restore" in actions(site)


def test_mail_that_was_refused_shows_on_the_record(site: Flask, moderator: CheckingClient, tmp_path: Path) -> None:
    kept, _ = two_records(site, tmp_path)
    from directory.clock import now
    from directory.mail.letters import Letter, post

    with site.test_request_context("/es/"):
        from directory.database import begin_write

        begin_write(db.session)
        message = post(db.session, Letter("x", "y", ("z",)), "old@una.example.org", "es", kept)
        message.refused_at = now()
        db.session.commit()
        db.session.remove()
    assert "old@una.example.org" in moderator.get("/es/moderation/organizations/casa-una").get_data(as_text=True)


def test_a_record_is_taken_off(site: Flask, moderator: CheckingClient, tmp_path: Path) -> None:
    two_records(site, tmp_path)
    page = "/es/moderation/organizations/casa-una"
    send(moderator, page, to=f"{page}/remove")
    assert visitor(site).get("/es/organizations/casa-una").status_code == 410
    with database(site):
        assert "unpublish" in set(db.session.scalars(select(AuditEntry.action)))
