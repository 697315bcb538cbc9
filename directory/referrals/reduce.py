"""What is left of referrals after their time: counts, and how long answers took. Nothing here commits."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from directory.database import AnySession
from directory.referrals.answered import answer_hours, answer_of, month_of
from directory.referrals.models import OPEN_REFERRALS, Referral, ReferralCount

_BATCH = 500


def reduce_referrals(session: AnySession, keep: timedelta, now: datetime) -> int:
    """Turn referrals that were closed longer than `keep` ago into counts and delete them; returns how many."""
    query = (
        select(Referral)
        .where(Referral.state.not_in(OPEN_REFERRALS), Referral.closed_at < now - keep)
        .order_by(Referral.closed_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(query).all()
    for referral in found:
        _count(session, referral)
    session.execute(
        delete(Referral)
        .where(Referral.id.in_([item.id for item in found]))
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return len(found)


def reduce_all_of(session: AnySession, organization_id: uuid.UUID) -> int:
    """Turn all referrals to an organization into counts and delete them, those in work too; returns how many."""
    found = session.scalars(select(Referral).where(Referral.organization_id == organization_id)).all()
    for referral in found:
        _count(session, referral)
    session.execute(
        delete(Referral).where(Referral.organization_id == organization_id).execution_options(synchronize_session=False)
    )
    session.expire_all()
    return len(found)


def _count(session: AnySession, referral: Referral) -> None:
    cell = {
        "consulate_id": referral.consulate_id,
        "month": month_of(referral.sent_at),
        "need": referral.need,
        "population": referral.population or "",
        "answer": answer_of(referral),
        "outcome": referral.outcome.value if referral.outcome else "",
    }
    row = session.scalar(select(ReferralCount).filter_by(**cell))
    if row is None:
        row = ReferralCount(**cell, count=0, answer_hours=[])
        session.add(row)
    row.count += 1
    hours = answer_hours(referral)
    if hours is not None:
        # Sorted: the order in which they came would tell which referral took how long.
        row.answer_hours = sorted([*row.answer_hours, hours])
    session.flush()
