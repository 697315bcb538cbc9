"""Links that open one door without an account: made, read, used up, revoked."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update

from directory.accounts.models import AccessLink, LinkPurpose
from directory.database import AnySession

TOKEN_BYTES = 32
LIFETIMES = {
    LinkPurpose.DRAFT: timedelta(days=30),
    LinkPurpose.CONFIRM_SUBMISSION: timedelta(days=30),
    LinkPurpose.MANAGE: timedelta(days=400),
    LinkPurpose.STILL_RIGHT: timedelta(days=45),
    LinkPurpose.OLD_CHANNEL: timedelta(days=14),
    LinkPurpose.CLAIM: timedelta(days=3),
    LinkPurpose.VISIT: timedelta(days=14),
    LinkPurpose.PARTNERSHIP: timedelta(days=400),
    LinkPurpose.REFERRAL: timedelta(days=60),
    LinkPurpose.KEY: timedelta(days=14),
}
SINGLE_USE = frozenset(
    {
        LinkPurpose.CONFIRM_SUBMISSION,
        LinkPurpose.STILL_RIGHT,
        LinkPurpose.OLD_CHANNEL,
        LinkPurpose.CLAIM,
        LinkPurpose.KEY,
    }
)


class LinkDead(LookupError):
    """The link was never given, has expired, was used up or was revoked."""


def make_link(
    session: AnySession,
    purpose: LinkPurpose,
    now: datetime,
    *,
    organization_id: uuid.UUID | None = None,
    submission_id: uuid.UUID | None = None,
    partnership_id: uuid.UUID | None = None,
    referral_id: uuid.UUID | None = None,
    email: str | None = None,
    note: str | None = None,
) -> str:
    """The token of a new link: 43 letters of an address, kept nowhere but in the link itself."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        AccessLink(
            digest=digest_of(token),
            purpose=purpose,
            organization_id=organization_id,
            submission_id=submission_id,
            partnership_id=partnership_id,
            referral_id=referral_id,
            email=email,
            note=note,
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
    )
    session.flush()
    return token


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_link(session: AnySession, token: str, purpose: LinkPurpose, now: datetime) -> AccessLink:
    """The link behind a token, unused yet. Raises LinkDead."""
    link = session.get(AccessLink, digest_of(token))
    if link is None or link.purpose != purpose or link.expires_at <= now or link.used_at is not None:
        raise LinkDead(purpose)
    return link


def use_up(session: AnySession, link: AccessLink, now: datetime) -> None:
    """Close a link that works once. Raises LinkDead where another request was faster."""
    used = session.execute(
        update(AccessLink)
        .where(AccessLink.digest == link.digest, AccessLink.used_at.is_(None))
        .values(used_at=now)
        .returning(AccessLink.digest)
        .execution_options(synchronize_session=False)
    ).first()
    if used is None:
        raise LinkDead(link.purpose)


def close_links(session: AnySession, submission_id: uuid.UUID, now: datetime) -> None:
    """Close what could still act on a submission that is decided; its draft link goes on showing where it stands."""
    close_where(session, now, AccessLink.submission_id == submission_id, AccessLink.purpose != LinkPurpose.DRAFT)


def revoke_links(session: AnySession, organization_id: uuid.UUID, now: datetime, *purposes: LinkPurpose) -> None:
    """Close every link of these kinds about an organization: an impostor's key must not work a minute longer."""
    close_where(session, now, AccessLink.organization_id == organization_id, AccessLink.purpose.in_(purposes))


def close_where(session: AnySession, now: datetime, *conditions: ColumnElement[bool]) -> None:
    """Close the links that fulfil all conditions and are not used up yet."""
    session.execute(
        update(AccessLink)
        .where(AccessLink.used_at.is_(None), *conditions)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
