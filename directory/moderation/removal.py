"""Taking the contacts of a record, or the whole of it, out of public sight, and closing every door about it at once."""

from __future__ import annotations

from datetime import datetime

from directory.database import AnySession
from directory.organizations.models import Organization
from directory.organizations.remove import unpublish
from directory.organizations.verify import suspend_contacts
from directory.partnerships.leave import distrust
from directory.referrals.leave import leave
from directory.registration.doors import close_doors


def suspend(session: AnySession, organization: Organization, reason: str | None, actor: str, now: datetime) -> None:
    """Somebody may speak for the organization who does not: contacts go, and so does whatever opened its record."""
    close_doors(session, organization.id, actor, now)
    suspend_contacts(session, organization, reason, actor, now)
    distrust(session, organization.id, actor, now)


def remove(session: AnySession, organization: Organization, actor: str, now: datetime) -> None:
    """The record leaves the directory with its joint work; its consulates are told."""
    close_doors(session, organization.id, actor, now)
    leave(session, organization.id, actor, now)
    unpublish(session, organization, actor)
