"""Counting how often records are opened: numbers held in memory and added up now and then, never who opened them."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from datetime import date

from flask import Flask, current_app
from sqlalchemy.dialects import postgresql, sqlite

from directory.database import AnySession
from directory.moderation.models import RecordUse

_EXTENSION = "directory.uses"


class UseCounter:
    """Counts of one process since they were last written; safe for its threads."""

    def __init__(self) -> None:
        self._counts: Counter[uuid.UUID] = Counter()
        self._lock = threading.Lock()

    def add(self, organization_id: uuid.UUID) -> None:
        """One more."""
        with self._lock:
            self._counts[organization_id] += 1

    def take(self) -> Counter[uuid.UUID]:
        """What was counted, beginning anew."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return counts


def bind(app: Flask) -> None:
    """Give the application its counter."""
    app.extensions[_EXTENSION] = UseCounter()


def count_use(organization_id: uuid.UUID) -> None:
    """A record's page was opened."""
    counter: UseCounter = current_app.extensions[_EXTENSION]
    counter.add(organization_id)


def write_uses(session: AnySession, counts: Counter[uuid.UUID], today: date) -> None:
    """Add counts to the month's. Needs a write transaction; nothing here commits."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for organization_id, count in counts.items():
        fresh = insert(RecordUse).values(organization_id=organization_id, month=today.replace(day=1), count=count)
        session.execute(
            fresh.on_conflict_do_update(
                index_elements=[RecordUse.organization_id, RecordUse.month],
                set_={"count": RecordUse.count + fresh.excluded.count},
            )
        )


def take_uses() -> Counter[uuid.UUID]:
    """What this process counted since the last call."""
    counter: UseCounter = current_app.extensions[_EXTENSION]
    return counter.take()
