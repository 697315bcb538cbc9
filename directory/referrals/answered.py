"""How a referral was answered, in the words in which referrals are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from directory.referrals.models import Referral, ReferralState


def month_of(instant: datetime) -> date:
    """The first day of the month of an instant (UTC)."""
    return instant.astimezone(UTC).date().replace(day=1)


def answer_of(referral: Referral) -> str:
    """How it was answered."""
    if referral.answered_at is None:
        return "none"
    return "declined" if referral.state == ReferralState.DECLINED else "accepted"


def answer_hours(referral: Referral) -> float | None:
    """Hours from sending to the answer, to a tenth; None where there was none."""
    if referral.answered_at is None:
        return None
    return round((referral.answered_at - referral.sent_at) / timedelta(hours=1), 1)
