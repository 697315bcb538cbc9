"""Counting how often records are opened: numbers held in memory and added up now and then, never who opened them."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date

from flask import Flask, current_app

from directory.counters import Counts, add_up
from directory.database import AnySession
from directory.moderation.models import RecordUse

_EXTENSION = "directory.uses"


def bind(app: Flask) -> None:
    """Give the application its counter."""
    app.extensions[_EXTENSION] = Counts[uuid.UUID]()


def count_use(organization_id: uuid.UUID) -> None:
    """A record's page was opened."""
    counts: Counts[uuid.UUID] = current_app.extensions[_EXTENSION]
    counts.add([organization_id])


def write_uses(session: AnySession, counts: Counter[uuid.UUID], today: date) -> None:
    """Add counts to the month's. Needs a write transaction; nothing here commits."""
    month = today.replace(day=1)
    rows = [{"organization_id": key, "month": month, "count": count} for key, count in sorted(counts.items())]
    add_up(session, RecordUse, rows, ("count",))


def take_uses() -> Counter[uuid.UUID]:
    """What this process counted since the last call."""
    counts: Counts[uuid.UUID] = current_app.extensions[_EXTENSION]
    return counts.take()
