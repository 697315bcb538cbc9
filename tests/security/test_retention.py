"""What is forgotten, and when, is what docs/privacy.md says."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from directory.changes.models import AuditEntry, Entity
from directory.changes.recording import record_audit
from directory.clock import now
from directory.extensions import db
from directory.operations.housekeeping import forget_what_is_old
from directory.organizations.models import VerificationMethod
from directory.registration import retention
from directory.registration.models import Origin, Report, ReportKind, Submission, SubmissionKind, SubmissionState
from tests.factories import add_organizations, organization_row
from tests.site import Clock, database, organization_id, read

PRIVACY = Path(__file__).parents[2] / "docs" / "privacy.md"
DAYS = {
    retention.DRAFTS: [SubmissionState.DRAFT],
    retention.UNANSWERED: [SubmissionState.UNCONFIRMED, SubmissionState.WITHDRAWN, SubmissionState.RETURNED],
    retention.DECIDED: [SubmissionState.REJECTED, SubmissionState.MERGED],
}
KEPT = [SubmissionState.TO_CALL, SubmissionState.OLD_CHANNEL, SubmissionState.PENDING, SubmissionState.APPROVED]


def test_every_state_is_decided_and_every_term_stands_in_the_table() -> None:
    assert {state for states in DAYS.values() for state in states} | set(KEPT) == set(SubmissionState)
    table = PRIVACY.read_text(encoding="utf-8")
    terms = (*DAYS, retention.REPORTS, retention.WORDS, retention.LINKS, retention.LETTERS, retention.SESSIONS)
    assert [term.days for term in terms if f"{term.days} days" not in table] == []


def forgotten_after(site: Flask, clock: Clock, days: float, table: type) -> int:
    clock.pass_days(days)
    with site.app_context():
        forget_what_is_old()
        db.session.remove()
    return read(site, lambda: db.session.scalar(select(func.count()).select_from(table)))


def submission(state: SubmissionState, kind: SubmissionKind, about: uuid.UUID) -> Submission:
    at = now()
    confirmed = {"confirmed_at": at, "confirmation_method": VerificationMethod.CALL} if state in KEPT else {}
    return Submission(
        kind=kind, state=state, origin=Origin.PUBLIC, organization_id=about, data={"name": "x"}, language="es",
        email="a@x.example", risks={}, created_at=at, updated_at=at, criterion="could-not-confirm", **confirmed,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "term"), [(state, term) for term, states in DAYS.items() for state in states], ids=str
)
def test_a_submission_ends_with_its_term(site: Flask, tmp_path: Path, state: SubmissionState, term: timedelta) -> None:
    clock = Clock(site)
    with site.app_context():
        add_organizations(tmp_path, organization_row())
    with database(site):
        db.session.add(submission(state, SubmissionKind.CHANGE, organization_id("Casa Ejemplo")))
    assert forgotten_after(site, clock, term.days - 1, Submission) == 1
    assert forgotten_after(site, clock, 2, Submission) == 0


@pytest.mark.parametrize("state", KEPT)
def test_what_waits_or_became_a_record_stays_but_a_claim_does_not(
    site: Flask, tmp_path: Path, state: SubmissionState
) -> None:
    clock = Clock(site)
    with site.app_context():
        add_organizations(tmp_path, organization_row())
    with database(site):
        for kind in (SubmissionKind.CHANGE, SubmissionKind.CLAIM):
            db.session.add(submission(state, kind, organization_id("Casa Ejemplo")))
    left = 1 if state == SubmissionState.APPROVED else 2
    assert forgotten_after(site, clock, retention.DECIDED.days + 1, Submission) == left


def test_reports_and_words_of_the_audit_trail(site: Flask, tmp_path: Path) -> None:
    clock = Clock(site)
    with site.app_context():
        add_organizations(tmp_path, organization_row())
    with database(site):
        about = organization_id("Casa Ejemplo")
        for resolved in (None, now()):
            db.session.add(Report(organization_id=about, kind=ReportKind.CLOSED, resolved_at=resolved))
        for action in ("visit-link", "verify"):
            record_audit(db.session, "test", action, Entity.ORGANIZATION, about, after={"visitor": "Rosa Ficticia"})
    assert forgotten_after(site, clock, retention.REPORTS.days - 1, Report) == 2
    assert forgotten_after(site, clock, 2, Report) == 1
    count = read(site, lambda: db.session.scalar(select(func.count()).select_from(AuditEntry)))
    assert forgotten_after(site, clock, retention.WORDS.days, AuditEntry) == count, "who did what, and when, stays"
    said = dict(read(site, lambda: db.session.execute(select(AuditEntry.action, AuditEntry.after)).all()))
    assert said["visit-link"] is None
    assert said["verify"] is not None
