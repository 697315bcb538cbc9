"""The thread beside the requests: mail, uses, and forgetting."""

from __future__ import annotations

import time
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from directory.accounts.models import AccessLink
from directory.clock import now
from directory.extensions import db
from directory.mail.models import OutboxMessage
from directory.moderation.models import RecordUse
from directory.operations import housekeeping
from directory.operations.housekeeping import forget_what_is_old, save_uses
from directory.registration.models import Submission, SubmissionState
from tests.factories import add_organizations, organization_row
from tests.site import Clock, letters, read, register, send, visitor


def test_it_carries_mail_until_it_is_stopped(site: Flask) -> None:
    register(visitor(site))
    housekeeper = housekeeping.start(site)
    ends = time.monotonic() + 20
    while time.monotonic() < ends and not letters(site)[0].sent_at:
        time.sleep(0.1)
    housekeeper.stop()
    housekeeper.join(10)
    assert letters(site)[0].sent_at
    assert not housekeeper.is_alive()


def test_drafts_that_nobody_took_up_are_forgotten(site: Flask) -> None:
    clock = Clock(site)
    send(visitor(site), "/es/register", {"name": "Casa Olvidada", "email": "x@y.example.org", "action": "later"})
    register(visitor(site))
    for days, left in ((44, 2), (2, 1)):
        clock.pass_days(days)
        with site.app_context():
            forget_what_is_old()
        assert read(site, lambda: db.session.scalar(select(func.count()).select_from(Submission))) == left
    assert read(site, lambda: db.session.scalars(select(Submission.state)).one()) == SubmissionState.UNCONFIRMED
    clock.pass_days(400)
    with site.app_context():
        forget_what_is_old()
    assert read(site, lambda: db.session.scalar(select(func.count()).select_from(AccessLink))) == 0
    assert read(site, lambda: db.session.scalar(select(func.count()).select_from(OutboxMessage))) == 2, "not sent yet"
    left = read(site, lambda: db.session.scalar(select(func.count()).select_from(Submission)))
    assert left == 0, "nobody confirmed what was sent in"


def test_uses_are_added_up_by_month(site: Flask, tmp_path: Path) -> None:
    with site.app_context():
        add_organizations(tmp_path, organization_row())
    for _ in range(2):
        visitor(site).get("/es/organizations/casa-ejemplo")
        with site.app_context():
            save_uses()
    assert read(site, lambda: db.session.execute(select(RecordUse.month, RecordUse.count)).all()) == [
        (now_in(site).replace(day=1), 2)
    ]


def now_in(site: Flask):
    with site.app_context():
        return now().astimezone().date()


def test_nothing_tells_who_opened_a_record() -> None:
    assert {column.name for column in RecordUse.__table__.columns} == {"organization_id", "month", "count"}
