"""“This is my organization”: proof by mail at its own address, by a call to the number on record, or by a moderator."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role, User
from directory.accounts.people import Scope, invite
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.database import AnySession
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.record_data import RecordData
from directory.registration import letters
from directory.registration.models import Origin, Submission, SubmissionKind, SubmissionState

SHARED_HOSTS = frozenset(
    {
        "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "live.com", "yahoo.com", "yahoo.com.mx",
        "yahoo.es", "icloud.com", "aol.com", "proton.me", "protonmail.com", "facebook.com", "instagram.com", "x.com",
        "twitter.com",
        "wordpress.com", "blogspot.com", "wixsite.com", "weebly.com", "sites.google.com", "google.com", "linktr.ee",
        "github.io", "msn.com", "gmx.com", "prodigy.net.mx", "wa.me", "t.me", "youtube.com", "tiktok.com",
    }
)  # fmt: skip
"""Hosts where anybody gets an address: mail there proves nothing about an organization."""


def proves(record: RecordData, address: str) -> bool:
    """Whether who reads mail at `address` belongs to the organization: it is on record, or at its own domain."""
    address = address.lower()
    if address in record.all_emails():
        return True
    domain = address.rpartition("@")[2]
    return domain not in SHARED_HOSTS and domain in own_domains(record)


def own_domains(record: RecordData) -> set[str]:
    """The domains that are the organization's alone: of its website and of its addresses."""
    host = (urlsplit(record.website).hostname or "").removeprefix("www.") if record.website else ""
    domains = {host, *(mail.rpartition("@")[2] for mail in record.all_emails())}
    return {
        domain
        for domain in domains
        if domain and domain not in SHARED_HOSTS and not any(domain.endswith(f".{host}") for host in SHARED_HOSTS)
    }


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
    if organization.contacts_suspended_at is None and proves(record, email):
        submission.state = SubmissionState.UNCONFIRMED
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
    """Proved: the claimant edits the record from now on."""
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
    record_audit(session, actor, "accept-claim", Entity.ORGANIZATION, organization.id,
                 after={"submission": str(submission.id), "user": str(user.id)})  # fmt: skip
    return user
