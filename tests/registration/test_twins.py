"""Two registrations of one organization find each other, without reading all that wait."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event

from directory.database import begin_write
from directory.extensions import db
from directory.organizations.duplicates.compare import THRESHOLD, compare_profiles
from directory.organizations.duplicates.fingerprint import profile_of
from directory.organizations.duplicates.index import current_duplicates
from directory.organizations.record_data import RecordData
from directory.registration.models import Submission, SubmissionState
from directory.registration.submissions import data_of, put
from directory.registration.twins import MAX_TWINS, fingerprint_of, waiting_twins
from tests.organizations.pairs import read_pairs, seed_fingerprints
from tests.registration.waiting import data_like, hand_in

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
SEEDS = seed_fingerprints()
PAIRS = [pair for pair in read_pairs(SEEDS) if not pair.other][:150]
CANDIDATES = [pair.candidate for pair in PAIRS]
RECORDS = [SEEDS[key] for key in dict.fromkeys(pair.record for pair in PAIRS)]


@pytest.fixture
def waiting(app: Flask) -> list[uuid.UUID]:
    """The ids of registrations like RECORDS, in that order."""
    begin_write(db.session)
    ids = hand_in(db.session, RECORDS)
    db.session.commit()
    return ids


def twins_of(data: RecordData, itself: uuid.UUID | None = None) -> dict[uuid.UUID, float]:
    return {match.organization_id: match.score for match in waiting_twins(db.session, fingerprint_of(data), itself)}


def test_what_is_found_is_what_comparing_with_each_finds(waiting: list[uuid.UUID]) -> None:
    rarity = current_duplicates(db.session)._postings.rarity(())
    others = [profile_of(fingerprint_of(data_like(record))) for record in RECORDS]
    count = 0
    for pair in PAIRS:
        data = data_like(pair.candidate)
        own = profile_of(fingerprint_of(data))
        scores = (round(compare_profiles(own, other, rarity)[0], 4) for other in others)
        alike = sorted((score for score in scores if score >= THRESHOLD), reverse=True)[:MAX_TWINS]
        assert sorted(twins_of(data).values(), reverse=True) == alike, pair
        count += len(alike)
    assert count > len(PAIRS) / 4, "most pairs are alike"


def test_what_is_saved_withdrawn_or_taken_back_is_followed(waiting: list[uuid.UUID]) -> None:
    data, chosen = next((data, found) for data in map(data_like, CANDIDATES) for found in twins_of(data))
    db.session.rollback()

    begin_write(db.session)
    submission = db.session.get_one(Submission, chosen)
    former = data_of(submission)
    put(submission, former.model_copy(update=_something_else()), NOON)
    db.session.flush()
    assert chosen not in twins_of(data, chosen), "nothing is its own twin"
    db.session.rollback()
    assert chosen in twins_of(data), "what was taken back was never read"
    db.session.rollback()

    begin_write(db.session)
    put(db.session.get_one(Submission, chosen), former.model_copy(update=_something_else()), NOON)
    db.session.commit()
    assert chosen not in twins_of(data)
    db.session.rollback()

    begin_write(db.session)
    put(db.session.get_one(Submission, chosen), former, NOON)
    db.session.commit()
    assert chosen in twins_of(data)
    db.session.rollback()

    begin_write(db.session)
    db.session.get_one(Submission, chosen).state = SubmissionState.WITHDRAWN
    db.session.commit()
    assert chosen not in twins_of(data)


def test_a_second_look_reads_no_registration_again(waiting: list[uuid.UUID]) -> None:
    data = data_like(PAIRS[0].candidate)
    twins_of(data)
    statements: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", keep)
    twins_of(data)
    event.remove(db.engine, "before_cursor_execute", keep)
    assert statements
    assert not [one for one in statements if "submissions.data" in one]


def _something_else() -> dict[str, object]:
    return {
        "name": "Zzyzx Ficticia", "alternate_names": (), "acronym": None, "email": None, "urls": (), "phones": (),
        "website": None, "locations": {},
    }  # fmt: skip
