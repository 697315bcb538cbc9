"""When a place is protected, its street leaves the past in the same transaction."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select

from directory.changes.models import AuditEntry, Revision
from directory.clock import now
from directory.extensions import db
from directory.moderation.history import restore
from directory.moderation.removal import suspend
from directory.operations.prepare import prepare
from directory.organizations.edit import change_record, record_data
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.record_data import RecordData
from directory.organizations.remove import protect_address
from directory.registration.changes import Outcome, begin_change, submit_change
from directory.registration.models import Origin, Submission, SubmissionState, SubmissionVersion
from directory.registration.submissions import put
from directory.vocabulary.catalogue import vocabulary
from tests.factories import add_organizations, organization_row
from tests.site import database, organization_id, read

STREET = "Calle Abierta 77"


@pytest.fixture
def shelter(site: Flask, tmp_path: Path) -> uuid.UUID:
    """A public house with a history: an edit that was approved, and one that is open."""
    with site.app_context():
        add_organizations(tmp_path, organization_row(address=STREET, latitude="32.51", longitude="-117.03"))
    organization = read(site, lambda: organization_id("Casa Ejemplo"))
    for summary in ("Uno.", None):
        with database(site):
            terms, row = vocabulary(db.session), db.session.get_one(Organization, organization)
            submission = begin_change(db.session, row, terms, Origin.LINK, "es", now(), email="a@x.example")
            data = RecordData.model_validate(submission.data)
            put(submission, data.model_copy(update={"summary": {"es": summary or "Dos."}}), now())
            if summary:
                submit_change(db.session, submission, row, terms, "test", now())
    return organization


def past(site: Flask) -> str:
    """Everything but the newest revision and the row."""

    def everything() -> str:
        revisions = db.session.scalars(select(Revision).order_by(Revision.number)).all()
        kept = [row.snapshot for row in revisions[:-1]]
        ended = Submission.state != SubmissionState.DRAFT
        kept += [row.data for row in db.session.scalars(select(Submission).where(ended))]
        kept += [row.data for row in db.session.scalars(select(SubmissionVersion).join(Submission).where(ended))]
        kept += [[row.before, row.after] for row in db.session.scalars(select(AuditEntry))]
        return json.dumps(kept)

    return read(site, everything)


def protect(site: Flask, visibility: Visibility) -> None:
    with database(site):
        protect_address(db.session, db.session.scalars(select(Location)).one(), visibility, "test")


@pytest.mark.parametrize("visibility", [Visibility.CITY_ONLY, Visibility.HIDDEN])
def test_the_street_leaves_the_past_and_stays_in_the_row(
    site: Flask, shelter: uuid.UUID, visibility: Visibility
) -> None:
    assert STREET in past(site)
    protect(site, visibility)
    assert STREET not in past(site)
    assert "32.51" not in past(site)
    place = read(site, lambda: db.session.scalars(select(Location)).one())
    assert (place.address, place.latitude) == (STREET, 32.51)


def test_a_revision_that_is_restored_keeps_the_private_street(site: Flask, shelter: uuid.UUID) -> None:
    protect(site, Visibility.CITY_ONLY)
    with database(site):
        restore(db.session, db.session.get_one(Organization, shelter), 1, vocabulary(db.session), "test")
    place = read(site, lambda: db.session.scalars(select(Location)).one())
    assert (place.visibility, place.address) == (Visibility.CITY_ONLY, STREET)


@pytest.mark.parametrize("street", [STREET, "Calle Nueva 5"])
def test_an_open_edit_goes_on(site: Flask, shelter: uuid.UUID, street: str) -> None:
    """Neither the street that it began with nor one that it says anew is lost."""
    open_edit = select(Submission).where(Submission.state == SubmissionState.DRAFT)
    protect(site, Visibility.CITY_ONLY)
    with database(site):
        submission = db.session.scalars(open_edit).one()
        data = RecordData.model_validate(submission.data)
        key, place = next(iter(data.locations.items()))
        protected = place.model_copy(update={"address": street, "visibility": Visibility.CITY_ONLY})
        put(submission, data.model_copy(update={"locations": {key: protected}}), now())
    with database(site):
        terms, row = vocabulary(db.session), db.session.get_one(Organization, shelter)
        submit_change(db.session, db.session.scalars(open_edit).one(), row, terms, "test", now())
    data = read(site, lambda: record_data(db.session, shelter, vocabulary(db.session)))
    assert data.summary == {"es": "Dos."}
    assert next(iter(data.locations.values())).address == street


def edited(site: Flask, shelter: uuid.UUID, **changes: object) -> None:
    with database(site):
        terms, row = vocabulary(db.session), db.session.get_one(Organization, shelter)
        data = record_data(db.session, shelter, terms)
        key, place = next(iter(data.locations.items()))
        new = data.model_copy(update={"locations": {key: place.model_copy(update=changes)}})
        change_record(db.session, row, new, terms, "test", "edit")


def finished(site: Flask, shelter: uuid.UUID) -> Outcome:
    with database(site):
        terms, row = vocabulary(db.session), db.session.get_one(Organization, shelter)
        submission = db.session.scalars(select(Submission).where(Submission.state == SubmissionState.DRAFT)).one()
        return submit_change(db.session, submission, row, terms, "test", now())


def _draft(site: Flask) -> Submission:
    found: Submission = db.session.scalars(select(Submission).where(Submission.state == SubmissionState.DRAFT)).one()
    return found


def _kept_of(submission: Submission) -> str:
    return json.dumps([submission.data, *(version.data for version in submission.versions)])


@pytest.mark.parametrize("state", [SubmissionState.APPROVED, SubmissionState.WITHDRAWN, SubmissionState.REJECTED])
def test_an_edit_loses_the_street_when_it_ends(site: Flask, shelter: uuid.UUID, state: SubmissionState) -> None:
    protect(site, Visibility.CITY_ONLY)
    with database(site):
        submission = _draft(site)
        assert STREET in _kept_of(submission)
        submission.state = state
        submission.criterion = "other" if state == SubmissionState.REJECTED else None
        submission_id = submission.id
    kept = read(site, lambda: _kept_of(db.session.get_one(Submission, submission_id)))
    assert STREET not in kept
    assert "32.51" not in kept


def test_a_place_that_an_edit_meant_to_protect_is_lost_with_it(site: Flask, shelter: uuid.UUID) -> None:
    with database(site):
        submission = _draft(site)
        data = RecordData.model_validate(submission.data)
        key, place = next(iter(data.locations.items()))
        moved = place.model_copy(update={"address": "Calle Secreta 9", "visibility": Visibility.HIDDEN})
        put(submission, data.model_copy(update={"locations": {key: moved}}), now())
        db.session.flush()
        submission.state = SubmissionState.WITHDRAWN
        submission_id = submission.id
    kept = read(site, lambda: _kept_of(db.session.get_one(Submission, submission_id)))
    assert "Calle Secreta 9" not in kept
    assert STREET in kept, "what was public before, and still is, stays"


def test_an_edit_that_is_withdrawn_with_all_doors_loses_it_too(site: Flask, shelter: uuid.UUID) -> None:
    protect(site, Visibility.CITY_ONLY)
    with database(site):
        submission_id = _draft(site).id
        suspend(db.session, db.session.get_one(Organization, shelter), None, "test", now())
    kept = read(site, lambda: _kept_of(db.session.get_one(Submission, submission_id)))
    assert STREET not in kept


def test_an_open_edit_takes_back_nothing_that_others_did(site: Flask, shelter: uuid.UUID) -> None:
    protect(site, Visibility.CITY_ONLY)
    edited(site, shelter, postal_code="22000", address="Calle Nueva 9")
    assert finished(site, shelter).conflicts == ()
    place = read(site, lambda: db.session.scalars(select(Location)).one())
    assert (place.address, place.postal_code, place.latitude) == ("Calle Nueva 9", "22000", 32.51)


def test_the_audit_trail_keeps_no_whereabouts(site: Flask, shelter: uuid.UUID) -> None:
    edited(site, shelter, address="Encino 7")
    protect(site, Visibility.CITY_ONLY)
    edited(site, shelter, address="Olmo 8", postal_code="22001")
    told = read(site, lambda: [[row.before, row.after] for row in db.session.scalars(select(AuditEntry))])
    assert [street for street in (STREET, "Encino", "Olmo", "22001") if street in json.dumps(told)] == []


def test_an_installation_of_before_is_redacted_once(site: Flask, shelter: uuid.UUID) -> None:
    with database(site):
        db.session.scalars(select(Location)).one().visibility = Visibility.CITY_ONLY  # as if by an earlier release
        db.session.execute(delete(AuditEntry).where(AuditEntry.action == "redact-past"))
    assert STREET in past(site)
    prepare(site, with_seeds=False)
    whole = read(site, lambda: json.dumps([row.snapshot for row in db.session.scalars(select(Revision))]))
    assert STREET not in whole


def test_a_revision_holds_each_place_once(site: Flask, shelter: uuid.UUID) -> None:
    snapshot = read(site, lambda: db.session.scalars(select(Revision.snapshot).order_by(Revision.number)).first())
    assert json.dumps(snapshot).count(STREET) == 1
