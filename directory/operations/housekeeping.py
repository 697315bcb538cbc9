"""What a serving process does beside answering: carries mail, adds up uses, forgets what has had its time."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from directory.clock import now, today
from directory.database import begin_write, take_turns
from directory.extensions import db
from directory.mail.postman import carry_one
from directory.moderation import pending
from directory.moderation.uses import take_uses, write_uses
from directory.operations.due_work import do_due_work, is_work_due
from directory.operations.purge import purge_if_due
from directory.partnerships.forget import forget_words
from directory.referrals.reduce import reduce_referrals
from directory.registration.retention import forget
from directory.search.phrases.suggested import forget_words_sent_in
from directory.search.phrases.uses import take_phrase_uses, write_phrase_uses
from directory.settings import Settings
from directory.statistics.unmet import forget_unmet, take_unmet, write_unmet
from directory.vocabulary.catalogue import vocabulary

LOOK_EVERY_S = 1.0
WRITE_USES_EVERY_S = 60.0
FORGET_EVERY_S = 6 * 3600.0
REMIND_EVERY_S = 60.0
_FORGETTING, _REMINDING = 7_301, 7_302
"""Keys of advisory locks: of several processes one does it."""
_log = logging.getLogger(__name__)


class Housekeeper(threading.Thread):
    """Works until `stop` is called; a mail server or a database that is down holds up nobody."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="housekeeper", daemon=True)
        self._app = app
        self._stopped = threading.Event()
        self._uses_due_at = time.monotonic() + WRITE_USES_EVERY_S
        self._forget_due_at = time.monotonic() + 10 * WRITE_USES_EVERY_S
        self._remind_due_at = time.monotonic()

    def run(self) -> None:
        """Look every second; a failure is logged and tried again."""
        while not self._stopped.wait(LOOK_EVERY_S):
            with self._app.app_context():
                try:
                    self._work()
                except SQLAlchemyError as error:
                    _log.warning("the database did not answer the housekeeper: %s", type(error).__name__)
                except Exception:  # noqa: BLE001  (mail must outlive one message that cannot be carried)
                    _log.exception("housekeeping failed")
                    self._stopped.wait(5)
                finally:
                    db.session.remove()

    def _work(self) -> None:
        while not self._stopped.is_set() and carry_one(db.session):
            pass
        while not self._stopped.is_set() and carry_out_one():
            pass
        purge_if_due(self._app)
        if time.monotonic() >= self._uses_due_at:
            self._uses_due_at = time.monotonic() + WRITE_USES_EVERY_S
            save_uses()
        if time.monotonic() >= self._remind_due_at:
            self._remind_due_at = time.monotonic() + REMIND_EVERY_S
            do_what_is_due()
        if time.monotonic() >= self._forget_due_at:
            self._forget_due_at = time.monotonic() + FORGET_EVERY_S
            forget_what_is_old()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stopped.set()


def carry_out_one() -> bool:
    """Carry out the oldest decision of a moderator whose time to take it back is over; whether there was one."""
    found = pending.next_due(db.session, now())
    db.session.rollback()
    if found is None:
        return False
    try:
        begin_write(db.session)
        pending.carry_out(db.session, found, vocabulary(db.session), now())
        db.session.commit()
    except OperationalError:
        raise  # the database is away or busy: it is tried again
    except Exception as error:  # noqa: BLE001  (one decision that cannot be carried out must not hold up the others)
        db.session.rollback()
        _log.exception("a decision failed and goes back into the queue")
        begin_write(db.session)
        pending.drop(db.session, found, type(error).__name__)
        db.session.commit()
    return True


def do_what_is_due() -> int:
    """Remind, escalate and end what has lapsed in joint work; returns how many records were touched."""
    if not is_work_due(db.session, now()):
        db.session.rollback()
        return 0
    db.session.rollback()
    begin_write(db.session)
    take_turns(db.session, _REMINDING)
    count = do_due_work(db.session, now())
    db.session.commit()
    return count


def save_uses() -> None:
    """Write what this process counted: records opened, phrases read, needs that nobody near could meet."""
    records, phrases, unmet = take_uses(), take_phrase_uses(), take_unmet()
    if records or phrases or unmet:
        begin_write(db.session)
        write_uses(db.session, records, today())
        write_phrase_uses(db.session, phrases, today())
        write_unmet(db.session, unmet, today())
        db.session.commit()


def forget_what_is_old() -> None:
    """Delete drafts, links, letters and sessions that have had their time; turn old referrals into counts."""
    settings: Settings = current_app.extensions["directory.settings"]
    begin_write(db.session)
    take_turns(db.session, _FORGETTING)
    count = forget(db.session, now())
    keep = timedelta(days=settings.referral_days)
    count += forget_unmet(db.session, today()) + forget_words_sent_in(db.session, today())
    count += reduce_referrals(db.session, keep, now()) + forget_words(db.session, 2 * keep, now())
    db.session.commit()
    if count:
        _log.info("forgotten: %d rows that have had their time", count)


def start(app: Flask) -> Housekeeper:
    """Begin in this process."""
    housekeeper = Housekeeper(app)
    housekeeper.start()
    return housekeeper
