"""A decision can be taken back for ten seconds; until then nobody is told, and afterwards it is carried out once."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.changes.models import AuditEntry, Change
from directory.extensions import db
from directory.moderation.criteria import all_criteria, refusals
from directory.moderation.models import PendingDecision
from directory.operations.housekeeping import carry_out_one
from directory.organizations.models import Organization
from directory.registration.models import Submission, SubmissionState
from tests.client import CheckingClient, text_of
from tests.factories import add_organizations, organization_row
from tests.moderation.test_decisions import confirmed, state
from tests.site import Clock, database, hidden_fields, letters, make_user, read, send, signed_in

QUEUE = "/es/moderation/queue"


@pytest.fixture
def clock(site: Flask) -> Clock:
    site.config["UNDO_S"] = 10
    return Clock(site)


@pytest.fixture
def moderator(site: Flask, clock: Clock) -> CheckingClient:
    return signed_in(site, make_user(site, "m@x.example", Role.MODERATOR))


def carry_out(app: Flask) -> int:
    """What the housekeeper does each second; how many decisions it carried out."""
    return read(app, lambda: sum(1 for _ in iter(carry_out_one, False)))


def seen(app: Flask) -> tuple[int, int, int]:
    """What anybody could have been told: records, changes of the feed, letters about a decision."""
    told = len(letters(app, "approved") + letters(app, "rejected") + letters(app, "returned") + letters(app, "merged"))
    return read(app, lambda: (db.session.query(Organization).count(), db.session.query(Change).count(), told))


@pytest.mark.parametrize(
    ("decision", "data", "end"),
    [
        ("approve", {}, SubmissionState.APPROVED),
        ("return", {"note": "Falta el teléfono."}, SubmissionState.RETURNED),
        ("reject", {"criterion": "sells-services"}, SubmissionState.REJECTED),
    ],
)
def test_nobody_is_told_before_the_ten_seconds_and_once_after(
    site: Flask, clock: Clock, moderator: CheckingClient, decision: str, data: dict[str, str], end: SubmissionState
) -> None:
    address, before = confirmed(site), seen(site)
    assert send(moderator, address, {"version": 1, **data}, to=f"{address}/{decision}").status_code == 303
    assert carry_out(site) == 0 and seen(site) == before
    assert state(site) == SubmissionState.PENDING
    clock.at += timedelta(seconds=11)
    assert carry_out(site) == 1 and carry_out(site) == 0
    assert state(site) == end
    told = [letter.kind for kind in ("approved", "returned", "rejected") for letter in letters(site, kind)]
    assert told == [{"approve": "approved", "return": "returned", "reject": "rejected"}[decision]]


def test_undo_leaves_everything_as_it_was(site: Flask, clock: Clock, moderator: CheckingClient) -> None:
    address, before = confirmed(site), seen(site)
    answer = send(moderator, address, {"version": 1}, to=f"{address}/approve")
    notice = moderator.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Deshacer" in notice and "diez segundos" in notice
    assert "0 solicitudes" in text_of(moderator.page(QUEUE)) or "Nada espera" in text_of(moderator.page(QUEUE))
    assert send(moderator, answer.headers["Location"], to=f"{address}/undo").status_code == 303
    clock.at += timedelta(seconds=60)
    assert carry_out(site) == 0
    assert (seen(site), state(site)) == (before, SubmissionState.PENDING)
    actions = read(site, lambda: list(db.session.scalars(select(AuditEntry.action))))
    assert "undo-decision" in actions
    assert send(moderator, address, {"version": 1}, to=f"{address}/approve").status_code == 303, (
        "it can be decided anew"
    )


def test_undo_after_the_ten_seconds_is_too_late(site: Flask, clock: Clock, moderator: CheckingClient) -> None:
    address = confirmed(site)
    token = hidden_fields(moderator.get(address).get_data(as_text=True))
    page = send(moderator, address, {"version": 1}, to=f"{address}/approve").headers["Location"]
    clock.at += timedelta(seconds=10)
    for _ in range(2):  # before and after the housekeeper came by
        answer = moderator.post(f"{address}/undo", data=token)
        assert "Demasiado tarde" in moderator.get(answer.headers["Location"]).get_data(as_text=True)
        carry_out(site)
    assert state(site) == SubmissionState.APPROVED
    assert "Deshacer" not in moderator.get(page).get_data(as_text=True)


def test_what_is_on_its_way_is_not_decided_again(site: Flask, clock: Clock, moderator: CheckingClient) -> None:
    address = confirmed(site)
    other = signed_in(site, make_user(site, "n@x.example", Role.MODERATOR))
    token = hidden_fields(other.get(address).get_data(as_text=True))
    send(moderator, address, {"version": 1}, to=f"{address}/approve")
    answer = other.post(f"{address}/reject", data={**token, "version": 1, "criterion": "other-purpose"})
    assert answer.headers["Location"].endswith(address)
    assert 'data-key="a"' not in other.get(address).get_data(as_text=True)
    clock.at += timedelta(seconds=11)
    carry_out(site)
    assert state(site) == SubmissionState.APPROVED


def test_only_who_may_decide_may_undo(site: Flask, clock: Clock, moderator: CheckingClient) -> None:
    address = confirmed(site)
    send(moderator, address, {"version": 1}, to=f"{address}/approve")
    elsewhere = signed_in(site, make_user(site, "gt@x.example", Role.MODERATOR, country="GT"))
    token = hidden_fields(elsewhere.get("/es/account").get_data(as_text=True))
    assert elsewhere.post(f"{address}/undo", data=token).status_code == 403
    assert read(site, lambda: db.session.query(PendingDecision).count()) == 1


def test_a_submission_that_changed_meanwhile_stays_in_the_queue(
    site: Flask, clock: Clock, moderator: CheckingClient
) -> None:
    address, before = confirmed(site), seen(site)
    send(moderator, address, {"version": 1}, to=f"{address}/approve")
    with database(site):
        db.session.query(Submission).update({"version": 2})
    clock.at += timedelta(seconds=11)
    assert carry_out(site) == 1
    assert (seen(site), state(site)) == (before, SubmissionState.PENDING)
    actions = read(site, lambda: list(db.session.scalars(select(AuditEntry.action))))
    assert "decision-dropped" in actions
    moderator.page(address)


def test_one_bad_decision_holds_up_no_other(
    site: Flask, clock: Clock, moderator: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = confirmed(site)
    second = confirmed(site, name="Otra Casa Ficticia", email="otra@casa-otra.example.org", phone="+52 81 8123 4599")
    for address in (first, second):
        send(moderator, address, {"version": 1}, to=f"{address}/approve")
    bad = uuid.UUID(first.rpartition("/")[2])
    with database(site):  # what no form makes, and no table holds
        data = db.session.get_one(Submission, bad).data
        db.session.get_one(Submission, bad).data = {**data, "services": {"no-such-group": {"areas": ["shelter"]}}}
    clock.at += timedelta(seconds=11)
    assert carry_out(site) == 2
    assert read(site, lambda: db.session.query(Organization).count()) == 1
    queue = moderator.get(QUEUE).get_data(as_text=True)
    assert str(bad) in queue and "no se pudo llevar a cabo" in queue


def test_a_button_pressed_twice_is_pressed_once(site: Flask, clock: Clock, moderator: CheckingClient) -> None:
    address = confirmed(site)
    token = hidden_fields(moderator.get(address).get_data(as_text=True))
    answers = [moderator.post(f"{address}/approve", data={**token, "version": 1}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert all("undo=" in answer.headers["Location"] for answer in answers)
    assert "Deshacer" in moderator.get(address).get_data(as_text=True), "its own page offers it too"


def test_a_candidate_of_another_country_shows_what_is_public(
    site: Flask, clock: Clock, moderator: CheckingClient, tmp_path: Path
) -> None:
    with site.app_context():
        row = {"name": "Casa de la Luz Ficticia", "phones": "", "visibility": "city_only", "address": "Calle Secreta 7"}
        add_organizations(tmp_path, organization_row(**row))
        db.session.remove()
    address = confirmed(site)
    assert "Calle Secreta 7" in moderator.get(address).get_data(as_text=True)
    with database(site):
        db.session.query(Submission).update({"country": "GT"})
    there = signed_in(site, make_user(site, "gt@x.example", Role.MODERATOR, country="GT"))
    page = there.get(address).get_data(as_text=True)
    assert "Casa de la Luz Ficticia" in page and "Calle Secreta 7" not in page and "Fusionar con esta" not in page


def test_two_housekeepers_carry_it_out_once(site: Flask, clock: Clock, moderator: CheckingClient) -> None:
    address = confirmed(site)
    send(moderator, address, {"version": 1}, to=f"{address}/approve")
    clock.at += timedelta(seconds=11)
    barrier, failed = threading.Barrier(2), []

    def work() -> None:
        barrier.wait()
        try:
            carry_out(site)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == [] and len(letters(site, "approved")) == 1
    assert read(site, lambda: db.session.query(Organization).count()) == 1


def test_merged_beside_the_candidate_without_an_address(
    site: Flask, clock: Clock, moderator: CheckingClient, tmp_path: Path
) -> None:
    with site.app_context():
        row = {"name": "Casa de la Luz Ficticia", "phones": "", "summary_es": "", "location_city": "Guadalupe"}
        add_organizations(tmp_path, organization_row(**row))
        db.session.remove()
    address = confirmed(site)
    page = moderator.get(address).get_data(as_text=True)
    assert "Quizá sea la misma: Casa de la Luz Ficticia" in page and "Fusionar con esta" in page
    slug = "casa-de-la-luz-ficticia"
    assert f'name="into" value="{slug}"' in page
    send(moderator, address, {"version": 1, "into": slug}, to=f"{address}/merge")
    clock.at += timedelta(seconds=11)
    carry_out(site)
    assert state(site) == SubmissionState.MERGED
    assert read(site, lambda: db.session.query(Organization).count()) == 1


def test_after_a_decision_comes_the_next_of_the_same_filters(
    site: Flask, clock: Clock, moderator: CheckingClient
) -> None:
    first = confirmed(site)
    clock.pass_days(1)
    second = confirmed(site, name="Otra Casa Ficticia", email="otra@casa-otra.example.org", phone="+52 81 8123 4599")
    order = [first, second]
    page = moderator.get(f"{QUEUE}?kind=new").get_data(as_text=True)
    order.sort(key=lambda item: page.index(item.rpartition("/")[2]))
    answer = send(moderator, f"{order[0]}?kind=new", {"version": 1}, to=f"{order[0]}/approve?kind=new")
    assert order[1] in answer.headers["Location"] and "kind=new" in answer.headers["Location"]
    last = send(moderator, f"{order[1]}?kind=new", {"version": 1}, to=f"{order[1]}/approve?kind=new")
    assert last.headers["Location"].startswith(QUEUE)


@pytest.mark.parametrize(
    "arguments", ["undo=x", f"undo={uuid.UUID(int=1)}", "state=draft", "kind=nothing", "risk=%00x"]
)
def test_an_address_that_makes_no_sense_shows_the_queue(moderator: CheckingClient, arguments: str) -> None:
    assert moderator.get(f"{QUEUE}?{arguments}").status_code in (200, 400)


def test_every_refusal_is_a_published_criterion() -> None:
    assert {item.key for item in refusals()} == {item.key for item in all_criteria()}
