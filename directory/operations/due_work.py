"""What the calendar makes due in joint work, in both of its rooms."""

from __future__ import annotations

from datetime import datetime

from directory.database import AnySession
from directory.partnerships import remind as partnerships
from directory.referrals import remind as referrals


def is_work_due(session: AnySession, now: datetime) -> bool:
    """Whether there is anything to do: asked without a write transaction, since mostly there is not."""
    return partnerships.is_due(session, now) or referrals.is_due(session, now)


def do_due_work(session: AnySession, now: datetime) -> int:
    """Remind of referrals, announce and end partnerships; returns how many records were touched. Commits nothing."""
    return referrals.due_work(session, now) + partnerships.due_work(session, now)
