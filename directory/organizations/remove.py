"""Taking an organization out of public sight. Its tombstone stays; nothing here commits."""

from __future__ import annotations

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_audit, record_change
from directory.clock import now
from directory.database import AnySession
from directory.organizations.models import Location, Organization, Visibility


def unpublish(session: AnySession, organization: Organization, actor: str) -> None:
    """Remove a record from pages, search, exports and API; its address answers 410 from then on."""
    organization.removed_at = now()
    record_change(session, Entity.ORGANIZATION, organization.id, ChangeKind.DELETED)
    record_audit(session, actor, "unpublish", Entity.ORGANIZATION, organization.id)


def protect_address(session: AnySession, location: Location, visibility: Visibility, actor: str) -> None:
    """Show less of a location than before, and tell everyone who holds a copy to forget it."""
    location.visibility = visibility
    record_change(session, Entity.ORGANIZATION, location.organization_id, ChangeKind.REDACTED)
    record_audit(session, actor, "protect-address", Entity.ORGANIZATION, location.organization_id)
