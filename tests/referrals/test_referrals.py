"""Referrals: sent with consent and without a person's data, answered by link, followed, closed, reduced to counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from directory.database import begin_write
from directory.extensions import db
from directory.operations.housekeeping import do_what_is_due
from directory.referrals.models import Referral, ReferralCount
from directory.referrals.reduce import reduce_referrals
from directory.statistics.register import entries, total_of
from tests.site import database, letters, link_in, read, send
from tests.world import CLINIC, REFERRAL, World

REFER = "referrals/new?organization=casa-ejemplo"


def test_sent_answered_and_closed(world: World) -> None:
    page = world.refer()
    referral = world.referrals()[0]
    assert (referral.state, referral.need, referral.age_group, referral.place_id) == (
        "sent", "shelter", "12-17", "t-mcallen",
    )  # fmt: skip
    letter = letters(world.app, "referral")[0]
    assert referral.reference in letter.subject
    assert "cama" not in letter.text, "the message stays behind the link"
    link = world.referral_link()
    shown = world.anyone().page(link)
    assert shown is not None
    assert "necesita cama" in world.anyone().get(link).get_data(as_text=True)
    assert world.anyone().get(link).headers["Cache-Control"] == "no-store"
    world.clock.at += timedelta(hours=2)
    world.by_link(link, "ask", {"message-text": "¿Llega sola?"})
    assert world.referrals()[0].state == "asked"
    world.act(world.mcallen, page, "reply", {"message-text": "Sí, en autobús."})
    assert world.referrals()[0].state == "sent"
    world.by_link(link, "accept")
    referral = world.referrals()[0]
    assert (referral.state, referral.answered_how) == ("accepted", "link")
    assert referral.answered_at is not None
    assert timedelta(0) <= referral.answered_at - referral.sent_at - timedelta(hours=2) < timedelta(seconds=1)
    told = [item.recipient for item in letters(world.app, "referral-answer")]
    assert told == ["hn-mcallen@x.example"] * 2
    world.act(world.mcallen, page, "close", {"outcome-outcome": "helped"})
    assert (world.referrals()[0].state, world.referrals()[0].outcome) == ("closed", "helped")
    assert world.anyone().get(link).status_code == 404, "nobody needs a door to what is over"


def test_the_organization_closes_it_with_one_tap(world: World) -> None:
    world.refer()
    link = world.referral_link()
    world.by_link(link, "accept")
    answer = world.by_link(link, "close", {"outcome-outcome": "did-not-come"})
    assert answer.status_code == 200
    assert world.referrals()[0].outcome == "did-not-come"


def test_declined_with_a_reason(world: World) -> None:
    page = world.refer()
    link = world.referral_link()
    assert world.by_link(link, "decline").status_code == 422
    assert world.by_link(link, "decline", {"decline-reason": "full"}).status_code == 200
    assert world.referrals()[0].decline_reason == "full"
    assert "Estamos llenos" in world.mcallen.get(page).get_data(as_text=True)
    assert world.anyone().get(link).status_code == 404
    record = world.anyone().get("/api/v1/organizations/casa-ejemplo").get_data(as_text=True)
    assert "declin" not in record, "no word of it in public"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"is_consented": ""}, "is_consented"),
        ({"need": "nothing"}, "need"),
        ({"urgency": ""}, "urgency"),
        ({"place": "Guadalupe, Marte"}, "place"),
        ({"place": "US-TX"}, "place"),
        ({"need": "asylum-support"}, "is_at_own_request"),
        ({"population": "asylum-seekers", "nationality": ""}, "is_at_own_request"),
        ({"message": "Se llama Kevin Muestra, tel. 956 686 0123"}, "message"),
        ({"message": "x" * 601}, "message"),
    ],
)
def test_what_is_refused(world: World, changes: dict[str, str], told: str) -> None:
    answer = send(world.mcallen, world.desk(REFER), {**REFERRAL, **changes})
    assert answer.status_code == 422
    assert f'href="#{told}"' in answer.get_data(as_text=True)
    assert world.referrals() == []


def test_asylum_of_a_national_only_at_the_persons_own_request(world: World) -> None:
    world.refer(need="asylum-support", is_at_own_request="y")
    assert world.referrals()[0].is_at_own_request
    world.refer(need="asylum-support", nationality="NI")
    assert len(world.referrals()) == 2, "of another country it needs no such word"


def test_a_false_alarm_is_overridden_with_a_reason_that_is_kept(world: World) -> None:
    alarm = "Conoce a María López, la directora del albergue."
    page = world.desk(REFER)
    refused = send(world.mcallen, page, {**REFERRAL, "message": alarm})
    assert refused.status_code == 422 and "override_reason" in refused.get_data(as_text=True)
    for reason in ("corto", "Es Juan Pérez, tel. 956 686 0123"):
        assert send(world.mcallen, page, {**REFERRAL, "message": alarm, "override_reason": reason}).status_code == 422
    why = "Es la directora y su nombre es público"
    assert send(world.mcallen, page, {**REFERRAL, "message": alarm, "override_reason": why}).status_code == 303
    entry = next(item for item in world.audit() if item.action == "referral-send")
    assert entry.after is not None
    assert entry.after["reason"] == why and "name" in entry.after["overrode"]
    assert "María" not in str(entry.after), "the text itself is not in the trail"


def test_reminded_then_escalated_to_the_consulate_only(world: World) -> None:
    world.refer()
    read(world.app, do_what_is_due)
    assert letters(world.app, "referral-reminder") == []
    world.clock.at += timedelta(hours=3)
    for _ in range(2):
        read(world.app, do_what_is_due)
    assert len(letters(world.app, "referral-reminder")) == 1
    world.clock.at += timedelta(hours=3)
    for _ in range(2):
        read(world.app, do_what_is_due)
    news = letters(world.app, "referral-answer")
    assert [item.recipient for item in news] == ["hn-mcallen@x.example"]
    assert news[0].language == "es" and world.referrals()[0].reference in news[0].subject
    for path in ("/es/organizations/casa-ejemplo", "/api/v1/organizations/casa-ejemplo"):
        assert world.referrals()[0].reference not in world.anyone().get(path).get_data(as_text=True)


def test_an_accepted_one_is_asked_about_and_in_the_end_given_up(world: World) -> None:
    world.refer()
    world.by_link(world.referral_link(), "accept")
    before = len(letters(world.app, "referral-answer"))
    world.clock.pass_days(31)
    for _ in range(2):
        read(world.app, do_what_is_due)
    assert len(letters(world.app, "referral-answer")) == before + 1
    world.clock.pass_days(150)
    read(world.app, do_what_is_due)
    assert (world.referrals()[0].state, world.referrals()[0].outcome) == ("closed", "unknown")


def test_without_an_email_the_officer_calls_and_notes_it(world: World) -> None:
    page = world.refer(world.toronto, "hn-toronto", organization=CLINIC, need="health-care", place="Toronto")
    assert letters(world.app, "referral") == []
    day = world.clock.at.date().isoformat()
    world.act(world.toronto, page, "called/no", {"call-on": day, "call-note": "recepción"})
    assert world.referrals()[0].state == "sent", "the reason is missing"
    world.act(world.toronto, page, "called/yes", {"call-on": day, "call-note": "recepción"})
    assert (world.referrals()[0].state, world.referrals()[0].answered_how) == ("accepted", "call")


def test_taken_back_before_an_answer_and_not_after(world: World) -> None:
    page = world.refer()
    link = world.referral_link()
    world.act(world.mcallen, page, "withdraw")
    assert world.referrals()[0].state == "withdrawn"
    assert world.anyone().get(link).status_code == 404
    other = world.refer()
    world.by_link(world.referral_link(), "accept")
    world.act(world.mcallen, other, "withdraw")
    assert world.referrals()[1].state == "accepted"


def test_a_rotated_officer_leaves_nothing_behind(world: World) -> None:
    world.refer()
    assert send(world.liaison, "/es/people", {"email": "sucesora@x.example"},
                to=f"/es/people/{world.officer_id}/replace").status_code == 303  # fmt: skip
    referral = world.referrals()[0]
    assert referral.assigned_to not in (None, world.officer_id)
    assert world.mcallen.get(world.desk()).status_code in (302, 403), "the former officer is out at once"
    link = link_in(letters(world.app, "referral")[0], "/referral/")
    world.by_link(link, "accept")
    assert letters(world.app, "referral-answer")[-1].recipient == "sucesora@x.example"


def test_after_their_time_only_counts_are_left_and_the_figures_stay(world: World) -> None:
    for outcome in ("helped", "helped", "partly"):
        page = world.refer()
        world.clock.at += timedelta(hours=1)
        world.by_link(world.referral_link(), "accept")
        world.act(world.mcallen, page, "close", {"outcome-outcome": outcome})
    page = world.refer()
    world.by_link(world.referral_link(), "decline", {"decline-reason": "full"})
    open_page = world.refer()
    start, end = world.clock.at.date().replace(day=1), world.clock.at.date()

    def figures() -> tuple[object, ...]:
        total = total_of(entries(db.session, start, end))
        return total.sent, dict(total.answers), dict(total.outcomes), sorted(total.hours)

    before = read(world.app, figures)
    world.clock.pass_days(200)
    with database(world.app):
        assert reduce_referrals(db.session, timedelta(days=180), world.clock.at) == 4
    assert read(world.app, figures) == before
    assert [item.state for item in world.referrals()] == ["sent"], "an open one stays"
    rows = read(world.app, lambda: db.session.scalar(select(func.sum(ReferralCount.count))))
    assert rows == 4
    assert world.mcallen.get(open_page).status_code == 200
    assert world.mcallen.get(page).status_code == 404
    assert read(world.app, lambda: db.session.scalar(select(func.count()).select_from(Referral))) == 1


def test_two_answers_at_once_give_one(world: World) -> None:
    world.refer()
    link = world.referral_link()
    world.by_link(link, "accept")
    answer = world.by_link(link, "decline", {"decline-reason": "full"})
    assert answer.status_code in (303, 422)
    assert world.referrals()[0].state == "accepted"
    with world.app.app_context():
        begin_write(db.session)
        db.session.rollback()
