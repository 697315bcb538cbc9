"""Noting that a record was confirmed, and hiding or showing its contacts. Nothing here commits."""

from __future__ import annotations

from datetime import date, datetime

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_audit, record_change
from directory.database import AnySession
from directory.organizations.models import Organization, VerificationMethod


def verify(session: AnySession, organization: Organization, method: VerificationMethod, actor: str, on: date) -> None:
    """Somebody of the organization said, on a day, that the record is right.

    An older word than the last one changes nothing.
    """
    if organization.verified_on and on < organization.verified_on:
        return
    before = {
        "verified_on": organization.verified_on.isoformat() if organization.verified_on else None,
        "method": organization.verification_method.value if organization.verification_method else None,
    }
    organization.verified_on = on
    organization.verified_by = actor
    organization.verification_method = method
    organization.due_since = None
    session.flush()
    record_change(session, Entity.ORGANIZATION, organization.id, ChangeKind.UPDATED)
    after = {"verified_on": on.isoformat(), "method": method.value}
    record_audit(session, actor, "verify", Entity.ORGANIZATION, organization.id, before=before, after=after)


def suspend_contacts(
    session: AnySession, organization: Organization, reason: str | None, actor: str, now: datetime
) -> None:
    """Take phones, e-mails and addresses on the web out of public sight at once; everybody forgets their copies."""
    if organization.contacts_suspended_at:
        return
    organization.contacts_suspended_at = now
    session.flush()
    record_change(session, Entity.ORGANIZATION, organization.id, ChangeKind.REDACTED)
    record_audit(
        session, actor, "suspend-contacts", Entity.ORGANIZATION, organization.id, after={"reason": reason or ""}
    )


def restore_contacts(session: AnySession, organization: Organization, actor: str) -> None:
    """Show the contacts again."""
    if not organization.contacts_suspended_at:
        return
    since = organization.contacts_suspended_at
    organization.contacts_suspended_at = None
    session.flush()
    record_change(session, Entity.ORGANIZATION, organization.id, ChangeKind.UPDATED)
    record_audit(
        session, actor, "restore-contacts", Entity.ORGANIZATION, organization.id, before={"since": since.isoformat()}
    )
