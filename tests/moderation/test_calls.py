"""My next ten calls, reminders, freshness, and the first verification of a country."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import AccessLink, LinkPurpose, Role
from directory.clock import now
from directory.database import begin_write
from directory.extensions import db
from directory.moderation.calls import take_list
from directory.moderation.models import CallClaim, RecordUse
from directory.moderation.remind import ask, due_requests
from directory.moderation.standing import standings
from directory.moderation.uses import take_uses, write_uses
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.verify import verify
from tests.factories import add_organizations, organization_row
from tests.site import Clock, database, letters, link_in, make_user, organization_id, read, send, signed_in, visitor

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = date(2026, 11, 25)


@pytest.fixture
def clock(site: Flask, tmp_path: Path) -> Clock:
    """Twelve records with phones: shelters, legal help and others, none of them confirmed."""
    rows = []
    for number in range(12):
        areas = ("shelter", "legal-aid", "food")[number % 3]
        rows.append(
            organization_row(organization_key=f"o{number}", location_key=f"o{number}/1", name=f"Casa {number:02}",
                             service_areas=areas, location_service_areas=areas, phones=f"664 682 51{number:02}",
                             email=f"casa{number}@example.org")
        )  # fmt: skip
    with site.app_context():
        add_organizations(tmp_path, *rows)
    return Clock(site, NOW)


def confirm(site: Flask, name: str, on: date) -> None:
    with database(site):
        row = db.session.get_one(Organization, organization_id(name))
        verify(db.session, row, VerificationMethod.CALL, "test", on)


def test_the_list_begins_where_a_call_does_most_good(site: Flask, clock: Clock) -> None:
    """Risk × use × age: shelters before legal help before the rest; what is used before what is not."""
    order = [row.name for row in sorted(read(site, lambda: standings(db.session, TODAY)), key=lambda row: -row.worth)]
    assert {int(name[-2:]) % 3 for name in order[:4]} == {0}
    assert {int(name[-2:]) % 3 for name in order[4:8]} == {1}
    for _ in range(30):
        visitor(site).get("/es/organizations/casa-09")
    with database(site):
        write_uses(db.session, take_uses(), TODAY)
    assert read(site, lambda: db.session.scalars(select(RecordUse.count)).one()) == 30
    best = max(read(site, lambda: standings(db.session, TODAY)), key=lambda row: row.worth)
    assert (best.name, best.uses) == ("Casa 09", 30)


def test_a_list_is_closed_in_one_tap_each(site: Flask, clock: Clock) -> None:
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    send(moderator, "/es/moderation/calls", to="/es/moderation/calls")
    moderator.page("/es/moderation/calls")
    held = read(site, lambda: list(db.session.scalars(select(CallClaim.organization_id).order_by(CallClaim.rank))))
    assert len(held) == 10
    send(moderator, "/es/moderation/calls", to=f"/es/moderation/calls/{held[0]}/confirmed")
    row = read(site, lambda: db.session.get_one(Organization, held[0]).verified_on)
    assert row == TODAY
    send(moderator, "/es/moderation/calls", to=f"/es/moderation/calls/{held[1]}/no-answer")
    send(moderator, "/es/moderation/calls", to=f"/es/moderation/calls/{held[2]}/wrong-number")
    left = read(site, lambda: set(db.session.scalars(select(CallClaim.organization_id))))
    assert left == set(held[3:])
    send(moderator, "/es/moderation/calls", to="/es/moderation/calls")
    fresh = read(site, lambda: set(db.session.scalars(select(CallClaim.organization_id))))
    assert not fresh & set(held[:3]), "confirmed ones are done, the others rest"


def test_a_record_is_never_on_two_lists(site: Flask, clock: Clock) -> None:
    one = make_user(site, "a@x.example", Role.MODERATOR)
    two = make_user(site, "b@x.example", Role.MODERATOR)
    with database(site):
        first = take_list(db.session, one, clock.at, None)
    with database(site):
        second = take_list(db.session, two, clock.at, None)
    assert (len(first), len(second)) == (10, 2)
    assert not set(first) & set(second)
    clock.at += timedelta(minutes=16)
    other = signed_in(site, two)
    send(other, "/es/moderation/calls", to="/es/moderation/calls")
    late = signed_in(site, one)
    answer = send(late, "/es/moderation/calls", to=f"/es/moderation/calls/{first[0]}/confirmed")
    assert answer.status_code == 303
    assert read(site, lambda: db.session.get_one(Organization, first[0]).verified_on) is None, "the time was up"


def test_two_who_ask_at_once_get_different_records(site: Flask, clock: Clock) -> None:
    import threading

    people = [make_user(site, f"{name}@x.example", Role.MODERATOR) for name in "ab"]
    got: dict[uuid.UUID, list[uuid.UUID]] = {}
    barrier = threading.Barrier(2)

    def ask_for(person: uuid.UUID) -> None:
        barrier.wait()
        with site.app_context():
            begin_write(db.session)
            got[person] = take_list(db.session, person, clock.at, None)
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=ask_for, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(ids) for ids in got.values()) == [2, 10]
    assert not set(got[people[0]]) & set(got[people[1]])


def test_reminders_go_to_who_was_confirmed_once_and_not_too_often(site: Flask, clock: Clock) -> None:
    confirm(site, "Casa 00", TODAY - timedelta(days=80))
    confirm(site, "Casa 01", TODAY - timedelta(days=80))
    confirm(site, "Casa 02", TODAY - timedelta(days=400))
    due = read(site, lambda: due_requests(db.session, now()))
    assert [item.name for item in due] == ["Casa 00", "Casa 02"], "a shelter's 90 days end soon, legal help has 180"
    with database(site):
        for item in due_requests(db.session, now()):
            ask(db.session, item, now())
    assert [letter.recipient for letter in letters(site, "still-right")] == ["casa0@example.org", "casa2@example.org"]
    assert read(site, lambda: due_requests(db.session, now())) == []
    clock.pass_days(31)
    assert [item.name for item in read(site, lambda: due_requests(db.session, now()))] == ["Casa 00", "Casa 02"]


def test_still_right_is_one_tap_from_the_letter(site: Flask, clock: Clock) -> None:
    confirm(site, "Casa 00", TODAY - timedelta(days=80))
    with database(site):
        for item in due_requests(db.session, now()):
            ask(db.session, item, now())
    link = link_in(letters(site, "still-right")[0], "/still-right/")
    owner = visitor(site)
    owner.page(link)
    owner.get(link)
    verified = lambda: read(site, lambda: db.session.get_one(Organization, organization_id("Casa 00")).verified_on)  # noqa: E731
    assert verified() == TODAY - timedelta(days=80), "a GET changes nothing"
    assert send(owner, link).status_code == 303
    assert verified() == TODAY
    assert owner.get(link).status_code == 404


def test_an_edit_from_the_letter_answers_the_question_too(site: Flask, clock: Clock) -> None:
    confirm(site, "Casa 00", TODAY - timedelta(days=80))
    with database(site):
        for item in due_requests(db.session, now()):
            ask(db.session, item, now())
    link = link_in(letters(site, "still-right")[0], "/still-right/").partition("#")[0]
    owner = visitor(site)
    draft = send(owner, link, to=f"{link}/edit").headers["Location"]
    assert owner.get(link).status_code == 200, "what was begun is there when the letter is opened again"
    send(owner, f"{draft}/about", {"acronym": "C0", "summary_language": "es"})
    send(owner, draft, to=f"{draft}/submit")
    row = read(site, lambda: db.session.get_one(Organization, organization_id("Casa 00")))
    assert (row.acronym, row.verified_on) == ("C0", TODAY)
    assert owner.get(link).status_code == 404, "the question is answered"


def test_an_older_word_changes_nothing(site: Flask, clock: Clock) -> None:
    confirm(site, "Casa 00", TODAY)
    confirm(site, "Casa 00", TODAY - timedelta(days=300))
    assert read(site, lambda: db.session.get_one(Organization, organization_id("Casa 00")).verified_on) == TODAY


def test_the_question_by_whatsapp(site: Flask, clock: Clock) -> None:
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    page = "/es/moderation/organizations/casa-00"
    answer = send(moderator, page, to=f"{page}/ask")
    text = answer.get_data(as_text=True)
    assert "https://wa.me/526646825100?text=" in text
    purposes = read(site, lambda: set(db.session.scalars(select(AccessLink.purpose))))
    assert LinkPurpose.STILL_RIGHT in purposes


def test_freshness_is_told_by_country(site: Flask, clock: Clock) -> None:
    confirm(site, "Casa 00", TODAY)
    confirm(site, "Casa 01", TODAY - timedelta(days=200))
    confirm(site, "Casa 03", TODAY - timedelta(days=200))
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    moderator.page("/es/moderation/freshness")
    table = read(site, lambda: [row.status.value for row in standings(db.session, TODAY) if row.verified_on])
    assert sorted(table) == ["due", "stale", "verified"]


def test_a_country_is_called_from_a_file_and_the_results_come_back(site: Flask, clock: Clock) -> None:
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    moderator.page("/es/moderation/first-verification")
    moderator.page("/es/moderation/first-verification?country=MX&area=shelter")
    answer = moderator.get("/es/moderation/first-verification.csv?country=MX&area=shelter")
    text = answer.get_data(as_text=True).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4
    assert rows[0]["phones"] == "'+526646825100", "no spreadsheet runs it"
    rows[0] |= {"outcome": "confirmed", "method": "visit", "date": "2026-11-20"}
    rows[1] |= {"outcome": "wrong-number", "note": "Contesta una tienda"}
    send_file(moderator, rows)
    row = read(site, lambda: db.session.get_one(Organization, organization_id("Casa 00")))
    assert (row.verified_on, row.verification_method) == (date(2026, 11, 20), VerificationMethod.VISIT)
    assert "Contesta una tienda" in moderator.get("/es/moderation/organizations/casa-03").get_data(as_text=True)


def send_file(browser, rows: list[dict[str, str]]) -> int:
    from tests.site import hidden_fields

    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    page = "/es/moderation/first-verification"
    token = hidden_fields(browser.get(page).get_data(as_text=True))["csrf_token"]
    file = (io.BytesIO(buffer.getvalue().encode()), "calls.csv")
    return int(browser.post(page, data={"csrf_token": token, "file": file}).status_code)


@pytest.mark.parametrize(
    "bad",
    [{"slug": "nowhere"}, {"outcome": "maybe"}, {"method": "dream"}, {"date": "2026-13-01"}, {"date": "2999-01-01"}],
)
def test_a_file_with_a_mistake_changes_nothing(site: Flask, clock: Clock, bad: dict[str, str]) -> None:
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))
    good = {"slug": "casa-00", "outcome": "confirmed", "method": "call", "date": "", "note": ""}
    assert send_file(moderator, [good, {**good, "slug": "casa-01", **bad}]) == 422
    assert read(site, lambda: db.session.get_one(Organization, organization_id("Casa 00")).verified_on) is None
    assert send_file(moderator, [good]) == 303


def test_one_result_by_a_tap(site: Flask, clock: Clock) -> None:
    moderator = signed_in(site, make_user(site, "m@x.example", Role.MODERATOR, country="MX"))
    page = "/es/moderation/first-verification?country=MX"
    send(moderator, page, {"outcome": "confirmed"}, to="/es/moderation/first-verification/casa-05")
    assert read(site, lambda: db.session.get_one(Organization, organization_id("Casa 05")).verified_on) == TODAY
    assert moderator.get("/es/moderation/first-verification?country=US").status_code == 403
