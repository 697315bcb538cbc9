"""The key of an organization that has no e-mail: a link that works once, handed over after a call or a visit.

Nothing here commits.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from directory.accounts.links import make_link, revoke_links, use_up
from directory.accounts.models import AccessLink, LinkPurpose
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.database import AnySession
from directory.organizations.models import Organization, VerificationMethod

SPOKEN_WITHIN = timedelta(days=30)
"""So long after the call that confirmed a record its key may be given to whoever was spoken to."""
_SPOKEN = (VerificationMethod.CALL, VerificationMethod.VISIT)


class NotSpokenTo(ValueError):
    """Nobody has spoken to the organization lately: who would get the key?"""


def was_spoken_to(organization: Organization, today: date) -> bool:
    """Whether a call or a visit has confirmed the record within `SPOKEN_WITHIN`, and nobody doubts who they are."""
    return (
        organization.contacts_suspended_at is None
        and organization.verified_on is not None
        and organization.verification_method in _SPOKEN
        and today - organization.verified_on <= SPOKEN_WITHIN
    )


def give_key(session: AnySession, organization: Organization, actor: str, now: datetime, today: date) -> str:
    """The token of a fresh key; the one that was given before is dead. Raises NotSpokenTo."""
    if not was_spoken_to(organization, today):
        raise NotSpokenTo(str(organization.id))
    revoke_links(session, organization.id, now, LinkPurpose.KEY)
    token = make_link(session, LinkPurpose.KEY, now, organization_id=organization.id)
    record_audit(session, actor, "give-key", Entity.ORGANIZATION, organization.id)
    return token


def take_key(session: AnySession, link: AccessLink, now: datetime) -> str:
    """Exchange a key for the token of the organization's own page. Raises LinkDead where somebody was faster."""
    use_up(session, link, now)
    return make_link(session, LinkPurpose.MANAGE, now, organization_id=link.organization_id, note="key")
