"""Where and in which language an organization is written to."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from directory.database import AnySession
from directory.mail.outbox import refused_addresses
from directory.organizations.models import Location, Organization
from directory.registration.models import Submission, SubmissionKind, SubmissionState

_LANGUAGES = {"US": "en", "CA": "en", "BZ": "en"}
"""Where nobody said otherwise, an organization is written to in the language of most of its country."""


def address_of(session: AnySession, organization_id: uuid.UUID) -> str | None:
    """An address on record that did not refuse our mail."""
    own = select(Organization.email).where(
        Organization.id == organization_id,
        Organization.email.is_not(None),
        Organization.contacts_suspended_at.is_(None),
    )
    places = (
        select(Location.email)
        .join(Organization, Organization.id == Location.organization_id)
        .where(
            Location.organization_id == organization_id,
            Location.email.is_not(None),
            Organization.contacts_suspended_at.is_(None),
        )
        .order_by(Location.position)
    )
    refused = refused_addresses(session, organization_id)
    for address in (*session.scalars(own), *session.scalars(places)):
        if address and address not in refused:
            return str(address)
    return None


def language_of(session: AnySession, organization_id: uuid.UUID, country: str) -> str:
    """The language in which the organization registered, else that of its country."""
    query = select(Submission.language).where(
        Submission.organization_id == organization_id,
        Submission.kind == SubmissionKind.NEW,
        Submission.state == SubmissionState.APPROVED,
    )
    known: str | None = session.scalar(query.limit(1))
    return known or _LANGUAGES.get(country, "es")
