"""Counting without watching: numbers held in memory and added up in the database now and then."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy.dialects import postgresql, sqlite

from directory.database import AnySession, Base

Key = TypeVar("Key", bound=Hashable)


class Counts(Generic[Key]):
    """Counts of one process since they were last written; safe for its threads."""

    def __init__(self) -> None:
        self._counts: Counter[Key] = Counter()
        self._lock = threading.Lock()

    def add(self, keys: Iterable[Key]) -> None:
        """One more of each."""
        with self._lock:
            self._counts.update(keys)

    def take(self) -> Counter[Key]:
        """What was counted, beginning anew."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return counts


def add_up(
    session: AnySession,
    table: type[Base],
    rows: Iterable[Mapping[str, Any]],
    sums: Iterable[str],
    renewed: Mapping[str, Any] | None = None,
) -> None:
    """Add rows to those with the same primary key: the columns of `sums` are added up, those of `renewed` written anew.

    Needs a write transaction.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    names = tuple(sums)
    keys = [column.name for column in table.__table__.primary_key]
    for row in rows:
        fresh = insert(table).values(**row)
        added = {name: getattr(table, name) + fresh.excluded[name] for name in names}
        session.execute(fresh.on_conflict_do_update(index_elements=keys, set_=added | dict(renewed or {})))
