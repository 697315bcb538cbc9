"""The life of a partnership: proposed by one side, accepted by the other, changed, suspended, ended.

Nothing here commits. Every function writes an event; where the public sees something else afterwards, the feed
learns of it for both records.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from directory.accounts.models import AccessLink
from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_audit, record_change
from directory.clock import day_of
from directory.consulates.models import Consulate, ConsulateStatus
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.partnerships.models import (
    STANDING,
    Partnership,
    PartnershipEvent,
    PartnershipState,
    Side,
)
from directory.partnerships.terms import Terms, plain_terms, put_terms

LOOK_BACK = timedelta(days=30)


class NotPossible(ValueError):
    """The partnership, or one of its sides, is not in a state for it."""


def standing(session: AnySession, consulate_id: uuid.UUID, organization_id: uuid.UUID) -> Partnership | None:
    """The partnership of the two that is proposed, active or suspended."""
    query = select(Partnership).where(
        Partnership.consulate_id == consulate_id,
        Partnership.organization_id == organization_id,
        Partnership.state.in_(STANDING),
    )
    return session.scalar(query)


def propose_partnership(
    session: AnySession,
    consulate: Consulate,
    organization: Organization,
    side: Side,
    terms: Terms,
    *,
    message: str | None,
    language: str,
    actor: str,
    now: datetime,
) -> Partnership:
    """One side proposes; nothing holds before the other accepts. Raises NotPossible."""
    _must_stand(consulate, organization)
    if standing(session, consulate.id, organization.id):
        raise NotPossible("there is a partnership already")
    partnership = Partnership(
        id=uuid.uuid4(),
        consulate_id=consulate.id,
        organization_id=organization.id,
        state=PartnershipState.PROPOSED,
        proposed_by=side,
        is_public=False,
        wants_public=False,
        message=message,
        language=language,
        proposed_at=now,
        version=1,
    )
    put_terms(partnership, terms)
    try:
        with session.begin_nested():
            session.add(partnership)
            session.flush()
    except IntegrityError as error:  # the other side was faster
        raise NotPossible("there is a partnership already") from error
    note_event(session, partnership, side, actor, "propose", now, changed=plain_terms(terms))
    return partnership


def _must_stand(consulate: Consulate, organization: Organization) -> None:
    if organization.removed_at or organization.contacts_suspended_at:
        raise NotPossible("the organization cannot be asked")
    if consulate.removed_at or consulate.status == ConsulateStatus.CLOSED:
        raise NotPossible("the consulate is closed")


def _both_must_stand(session: AnySession, partnership: Partnership) -> None:
    _must_stand(
        session.get_one(Consulate, partnership.consulate_id),
        session.get_one(Organization, partnership.organization_id),
    )


def accept(
    session: AnySession,
    partnership: Partnership,
    side: Side,
    how: str,
    actor: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """The other side agrees. Raises NotPossible for the proposing side, and where nothing waits.

    Nor is anything agreed on with somebody who may not be who they say, or once its last day has passed.
    """
    if partnership.state != PartnershipState.PROPOSED or partnership.proposed_by == side:
        raise NotPossible(partnership.state)
    _both_must_stand(session, partnership)
    zone = session.get_one(Consulate, partnership.consulate_id).timezone
    if partnership.valid_until and partnership.valid_until < day_of(now, zone):
        raise NotPossible("its last day has passed")
    partnership.state = PartnershipState.ACTIVE
    partnership.accepted_at, partnership.accepted_how = now, how
    note_event(session, partnership, side, actor, "accept", now, note)
    if side == Side.CONSULATE and partnership.wants_public:
        set_public(session, partnership, f"organization:{partnership.organization_id}", now, is_public=True)


def decline(
    session: AnySession, partnership: Partnership, side: Side, note: str | None, actor: str, now: datetime
) -> None:
    """The other side does not want it, or the proposing side takes it back."""
    if partnership.state != PartnershipState.PROPOSED:
        raise NotPossible(partnership.state)
    partnership.state = PartnershipState.DECLINED
    partnership.closed_at = now
    _close_links_soon(session, partnership, now)
    note_event(
        session, partnership, side, actor, "withdraw" if partnership.proposed_by == side else "decline", now, note
    )


def suspend(
    session: AnySession, partnership: Partnership, side: Side, note: str | None, actor: str, now: datetime
) -> None:
    """Either side lets it rest; it leaves public sight."""
    if partnership.state != PartnershipState.ACTIVE:
        raise NotPossible(partnership.state)
    leave_public_sight(session, partnership)
    partnership.state = PartnershipState.SUSPENDED
    note_event(session, partnership, side, actor, "suspend", now, note)


def resume(session: AnySession, partnership: Partnership, side: Side, actor: str, now: datetime) -> None:
    """Whoever suspended it takes it up again. Raises NotPossible for the other side."""
    last = session.scalars(
        select(PartnershipEvent.side)
        .where(PartnershipEvent.partnership_id == partnership.id, PartnershipEvent.action == "suspend")
        .order_by(PartnershipEvent.at.desc())
    ).first()
    if partnership.state != PartnershipState.SUSPENDED or last != side:
        raise NotPossible(partnership.state)
    _both_must_stand(session, partnership)
    partnership.state = PartnershipState.ACTIVE
    note_event(session, partnership, side, actor, "resume", now)


def end(
    session: AnySession, partnership: Partnership, side: Side | None, note: str | None, actor: str, now: datetime
) -> None:
    """Either side, or the calendar, ends it."""
    if partnership.state not in (PartnershipState.ACTIVE, PartnershipState.SUSPENDED):
        raise NotPossible(partnership.state)
    leave_public_sight(session, partnership)
    partnership.state = PartnershipState.ENDED
    partnership.closed_at = now
    _close_links_soon(session, partnership, now)
    note_event(session, partnership, side, actor, "end" if side else "lapse", now, note)


def set_public(session: AnySession, partnership: Partnership, actor: str, now: datetime, *, is_public: bool) -> None:
    """The organization says whether everyone may know. Raises NotPossible while it is not active."""
    partnership.wants_public = is_public
    if is_public and partnership.state != PartnershipState.ACTIVE:
        raise NotPossible(partnership.state)
    if partnership.is_public != is_public:
        partnership.is_public = is_public
        tell_the_feed(session, partnership)
        note_event(session, partnership, Side.ORGANIZATION, actor, "publish" if is_public else "unpublish", now)


def _close_links_soon(session: AnySession, partnership: Partnership, now: datetime) -> None:
    """What is over can be looked at for a month, by whoever has its link."""
    session.execute(
        update(AccessLink)
        .where(AccessLink.partnership_id == partnership.id, AccessLink.expires_at > now + LOOK_BACK)
        .values(expires_at=now + LOOK_BACK)
        .execution_options(synchronize_session=False)
    )


def leave_public_sight(session: AnySession, partnership: Partnership) -> None:
    """Nobody but the two sides sees it any more."""
    if partnership.is_public:
        partnership.is_public = False
        session.flush()
        tell_the_feed(session, partnership)


def tell_the_feed(session: AnySession, partnership: Partnership) -> None:
    """The public records of both sides changed."""
    record_change(session, Entity.ORGANIZATION, partnership.organization_id, ChangeKind.UPDATED)
    record_change(session, Entity.CONSULATE, partnership.consulate_id, ChangeKind.UPDATED)


def note_event(
    session: AnySession,
    partnership: Partnership,
    side: Side | None,
    actor: str,
    action: str,
    now: datetime,
    note: str | None = None,
    changed: dict[str, Any] | None = None,
) -> None:
    """Write down what happened to a partnership."""
    session.add(
        PartnershipEvent(
            id=uuid.uuid4(),
            partnership_id=partnership.id,
            at=now,
            side=side,
            actor=actor,
            action=action,
            note=note,
            changed=changed,
        )
    )
    session.flush()
    # About the consulate: an audit entry of the organization would show in the directory's own histories.
    record_audit(session, actor, f"partnership-{action}", Entity.CONSULATE, partnership.consulate_id,
                 after={"partnership": str(partnership.id)})  # fmt: skip
