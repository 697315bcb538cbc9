"""“This is my organization”: proof by mail at its own address, by a call to the number on record, or by a moderator."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import or_, select

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role, User
from directory.accounts.people import Scope, invite
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.database import AnySession
from directory.mail.outbox import sent_lately
from directory.organizations.duplicates.contacts import FREE_MAIL
from directory.organizations.models import Location, Organization, VerificationMethod
from directory.organizations.record_data import RecordData
from directory.registration import letters
from directory.registration.models import OPEN_STATES, Origin, Submission, SubmissionKind, SubmissionState
from directory.registration.submissions import DAY, LETTERS_TO_STRANGERS, MAX_LETTERS_A_DAY

SOCIAL_HOSTS = frozenset(
    {
        "facebook.com", "instagram.com", "x.com", "twitter.com", "wordpress.com", "blogspot.com", "wixsite.com",
        "weebly.com", "sites.google.com", "google.com", "linktr.ee", "github.io", "wa.me", "t.me", "youtube.com",
        "tiktok.com", "godaddysites.com", "squarespace.com", "webnode.com", "webnode.es", "negocio.site",
    }
)  # fmt: skip
"""Hosts where anybody gets a page."""
SHARED_HOSTS = SOCIAL_HOSTS | FREE_MAIL
_OF_MANY = re.compile(r"(^|\.)(edu|gov|gob|gouv|mil)(\.[a-z]{2})?$|\.ny\.us$")
"""Domains of universities and authorities: many people who do not speak for an organization have mail there."""


def proves(session: AnySession, organization: Organization, record: RecordData, address: str) -> bool:
    """Whether who reads mail at `address` belongs to the organization: it is on record, or at a domain of its own."""
    address = address.lower()
    if address in record.all_emails():
        return True
    return address.rpartition("@")[2] in proving_domains(session, organization, record)


def proving_domains(session: AnySession, organization: Organization, record: RecordData) -> list[str]:
    """The domains of an organization that no other record uses and where not everybody gets mail."""
    return sorted(
        domain
        for domain in own_domains(record)
        if not _OF_MANY.search(domain) and not _used_by_others(session, organization, domain)
    )


def _used_by_others(session: AnySession, organization: Organization, domain: str) -> bool:
    site, mail = f"%{domain}%", f"%@{domain}"
    organizations = select(Organization.id).where(
        Organization.id != organization.id,
        Organization.removed_at.is_(None),
        or_(Organization.website.like(site), Organization.email.like(mail)),
    )
    places = select(Location.id).where(Location.organization_id != organization.id, Location.email.like(mail))
    return any(session.execute(query.limit(1)).first() for query in (organizations, places))


def own_domains(record: RecordData) -> set[str]:
    """The domains of an organization's website and addresses, without those where anybody gets one."""
    host = (urlsplit(record.website).hostname or "").removeprefix("www.") if record.website else ""
    domains = {host, *(mail.rpartition("@")[2] for mail in record.all_emails())}
    return {
        domain
        for domain in domains
        if domain and domain not in SHARED_HOSTS and not any(domain.endswith(f".{host}") for host in SHARED_HOSTS)
    }


class NotOpen(ValueError):
    """The claim was decided already, or the record is being looked into."""


def claim(
    session: AnySession,
    organization: Organization,
    record: RecordData,
    email: str,
    note: str | None,
    language: str,
    now: datetime,
) -> Submission:
    """Somebody says that the organization is theirs. A proving address gets a link; all others wait for a call."""
    submission = Submission(
        kind=SubmissionKind.CLAIM,
        origin=Origin.PUBLIC,
        organization_id=organization.id,
        data={"name": organization.name},
        language=language,
        country=organization.country,
        email=email.lower(),
        note=note,
        risks={},
        created_at=now,
        updated_at=now,
        submitted_at=now,
        state=SubmissionState.TO_CALL,
    )
    session.add(submission)
    session.flush()
    if organization.contacts_suspended_at is None and proves(session, organization, record, email):
        submission.state = SubmissionState.UNCONFIRMED
        if sent_lately(session, email.lower(), LETTERS_TO_STRANGERS, now - DAY) >= MAX_LETTERS_A_DAY:
            return submission
        token = make_link(
            session, LinkPurpose.CLAIM, now, organization_id=organization.id, submission_id=submission.id, email=email
        )
        letters.post_claim(session, organization, email, token, language)
    record_audit(session, "public", "claim", Entity.ORGANIZATION, organization.id,
                 after={"submission": str(submission.id)})  # fmt: skip
    return submission


def accept_claim(
    session: AnySession,
    submission: Submission,
    organization: Organization,
    method: VerificationMethod,
    actor: str,
    now: datetime,
) -> User:
    """Proved: the claimant edits the record from now on. Raises NotOpen."""
    if submission.state not in OPEN_STATES or organization.contacts_suspended_at:
        raise NotOpen(submission.state)
    submission.state = SubmissionState.APPROVED
    submission.confirmed_at, submission.confirmation_method, submission.confirmed_by = now, method, actor
    submission.decided_at, submission.decided_by = now, actor
    user = invite(
        session,
        submission.email or "",
        Role.EDITOR,
        Scope(organization_id=organization.id),
        submission.language,
        actor,
    )
    if user.password is not None:
        letters.post_access(session, organization, user.email, user.language)
    record_audit(session, actor, "accept-claim", Entity.ORGANIZATION, organization.id,
                 after={"submission": str(submission.id), "user": str(user.id)})  # fmt: skip
    return user
