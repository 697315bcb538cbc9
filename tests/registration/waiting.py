"""Registrations that wait, as rows: for tests and benchmarks that need many."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import insert
from sqlalchemy.orm import Session, scoped_session

from directory.organizations.duplicates.fingerprint import Fingerprint
from directory.organizations.record_data import LocationData, PhoneData, RecordData
from directory.registration.models import Origin, Submission, SubmissionKind, SubmissionState


def data_like(fingerprint: Fingerprint) -> RecordData:
    """What somebody would register who means this organization."""
    first, *others = fingerprint.names
    return RecordData(
        name=first,
        acronym=fingerprint.acronym,
        alternate_names=tuple(others),
        country=fingerprint.places[0][0] if fingerprint.places else "MX",
        urls=fingerprint.websites,
        email=next(iter(fingerprint.emails), None),
        phones=tuple(PhoneData(number=number, text=number) for number in fingerprint.phones),
        locations={
            str(at): LocationData(position=at, country=country, admin1=admin1, city=city)
            for at, (country, admin1, city) in enumerate(fingerprint.places)
        },
    )


def hand_in(session: Session | scoped_session[Session], fingerprints: Iterable[Fingerprint]) -> list[uuid.UUID]:
    """Let so many registrations wait for a moderator; their ids, in the same order."""
    rows = [
        {
            "id": uuid.uuid4(),
            "kind": SubmissionKind.NEW,
            "state": SubmissionState.PENDING,
            "origin": Origin.PUBLIC,
            "data": data_like(fingerprint).model_dump(mode="json"),
            "language": "es",
        }
        for fingerprint in fingerprints
    ]
    session.execute(insert(Submission), rows)
    return [row["id"] for row in rows]
