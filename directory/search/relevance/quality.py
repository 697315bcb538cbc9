"""How good the answers to judged queries are, with what is known now and with other words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from directory.changes.feed import FeedPosition, changes_since, feed_position
from directory.changes.models import Entity
from directory.clock import day_of
from directory.database import AnySession
from directory.publication.organizations import all_organizations, public_organizations
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from directory.search.relevance.judge import Judge, Judged, judged_path, queries
from directory.search.relevance.metrics import DEPTH, ndcg
from directory.search.understanding.known import Knowledge

SHOWN = 5
MAX_CHANGES = 1_000
"""More than so many changes are read as a whole."""


@dataclass(frozen=True)
class Moved:
    """A judged query whose answer is better or worse after a change: nDCG@10 before and after."""

    text: str
    before: float
    after: float


@dataclass(frozen=True)
class Difference:
    """The mean nDCG@10 of all judged queries before and after a change, and the queries that move most."""

    before: float
    after: float
    moved: tuple[Moved, ...]


class Quality:
    """Judges answers on the public records; reads all of them once, then only those that have changed."""

    def __init__(self, session: AnySession, at: datetime) -> None:
        self._position: FeedPosition = feed_position(session)
        self._queries: Sequence[Judged] = queries(judged_path())
        self._judge = Judge(all_organizations(session, at))
        self._at = at
        self._before: tuple[int, FeedPosition, list[float]] | None = None

    def follow(self, session: AnySession, at: datetime) -> bool:
        """Take in what the feed says has changed. False where that is another feed, or another day: begin anew."""
        position = feed_position(session)
        if position.epoch != self._position.epoch or day_of(at) != day_of(self._at):
            return False
        changes = changes_since(session, self._position.seq, MAX_CHANGES)
        ids = {change.entity_id for change in changes if change.entity == Entity.ORGANIZATION}
        if ids:
            present = {record.id: record for record in public_organizations(session, list(ids), at)}
            self._judge.replace({record_id: present.get(record_id) for record_id in ids})
        self._position = position
        return len(changes) < MAX_CHANGES

    def difference(self, revision: int, known: Knowledge) -> Difference:
        """What the answers are now, at a revision of the lexicon, and what they would be with `known`."""
        if self._before is None or self._before[:2] != (revision, self._position):
            self._before = revision, self._position, self._figures(None)
        before, after = self._before[2], self._figures(known)
        moved = [
            Moved(query.text, was, becomes)
            for query, was, becomes in zip(self._queries, before, after, strict=True)
            if abs(becomes - was) > 1e-6
        ]
        moved.sort(key=lambda item: (-abs(item.after - item.before), item.text))
        return Difference(_mean(before), _mean(after), tuple(moved[:SHOWN]))

    def _figures(self, known: Knowledge | None) -> list[float]:
        return [self._figure(query, known) for query in self._queries]

    def _figure(self, query: Judged, known: Knowledge | None) -> float:
        ideal: dict[UUID, int] = self._judge.grades(query)
        hits = execute(SearchQuery(query.text, size=DEPTH), self._at, known).hits
        return ndcg([ideal.get(hit.organization_id, 0) for hit in hits], list(ideal.values()))


def _mean(figures: Sequence[float]) -> float:
    return sum(figures) / max(len(figures), 1)
