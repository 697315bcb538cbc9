"""One-time codes from an authenticator: each opens one door once, around the half minute in which it is shown."""

from __future__ import annotations

import logging

from flask import g
from flask_babel import gettext, ngettext
from flask_babel.speaklater import LazyString
from flask_security import Totp, UserMixin
from passlib.exc import TokenError
from passlib.totp import TotpMatch
from sqlalchemy import or_, update

from directory.accounts.models import User
from directory.clock import now
from directory.extensions import db
from directory.web.accounts.keys import totp_of

STEP_S = 30
LATE_S = 600
"""A code that was shown up to ten minutes ago opens nothing, but tells that the telephone's clock is slow."""
EARLY_S = 90
"""Of codes yet to come only the next ones are told apart: whoever guesses must not learn one that will be right."""
_OFF = "clock_off_s"
_log = logging.getLogger(__name__)


class OneTimeCodes(Totp):
    """Refuses a code that was used, in the transaction that lets its owner in (RFC 6238, 5.2)."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._totp = totp_of(secrets, issuer)

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = STEP_S) -> bool:
        """Whether a code is right now, or one step off, and was not used before."""
        at = now().timestamp()
        try:
            match: TotpMatch = self._totp.verify(token, totp_secret, time=at, window=window)
        except TokenError:
            g.setdefault(_OFF, self._clock_off_s(token, totp_secret, at))
            return False
        except (ValueError, KeyError):
            _log.error("the second factor of %s cannot be read with any key that is known", user.id)
            return False
        used = db.session.execute(
            update(User)
            .where(User.id == user.id, or_(User.tf_last_step.is_(None), User.tf_last_step < match.counter))
            .values(tf_last_step=match.counter)
            .returning(User.id)
            .execution_options(synchronize_session=False)
        ).first()
        return used is not None

    def _clock_off_s(self, token: str, totp_secret: str, at: float) -> int:
        """How many seconds the clock that made a code is behind (negative) or ahead; 0 where no code tells."""
        for skew in (*range(-2 * STEP_S, -LATE_S - 1, -STEP_S), *range(2 * STEP_S, EARLY_S + 1, STEP_S)):
            try:
                self._totp.verify(token, totp_secret, time=at + skew, window=0)
            except TokenError:
                continue
            return int(skew)
        return 0


def wrong_code() -> LazyString:
    """What is said of a code that opens nothing, when the page is written."""
    return LazyString(_told)


def _told() -> str:
    off_s: int = g.get(_OFF, 0)
    minutes = max(1, round(-off_s / 60))
    told = gettext("This code is not right, or was used already. Codes change every thirty seconds: try the next one.")
    if off_s < 0:
        told = ngettext(
            "The clock of your telephone is about a minute slow. Set it to automatic time, then try again.",
            "The clock of your telephone is about %(count)s minutes slow. Set it to automatic time, then try again.",
            minutes,
            count=minutes,
        )
    elif off_s > 0:
        told = gettext("The clock of your telephone is fast. Set it to automatic time, then try again.")
    return str(told)
