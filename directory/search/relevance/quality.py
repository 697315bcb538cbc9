"""How good the answers to judged queries are, with what is known now and with other words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from directory.changes.feed import FeedPosition, feed_position
from directory.database import AnySession
from directory.publication.organizations import all_organizations
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from directory.search.relevance.judge import Judge, Judged, judged_path, queries
from directory.search.relevance.metrics import DEPTH, ndcg
from directory.search.understanding.known import Knowledge

SHOWN = 5


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
    """Judges answers on the records of one position of the feed; what it found without a change it keeps."""

    def __init__(self, session: AnySession, today: date) -> None:
        self.position: FeedPosition = feed_position(session)
        self._queries: Sequence[Judged] = queries(judged_path())
        self._judge = Judge(all_organizations(session, today))
        self._today = today
        self._before: tuple[int, list[float]] | None = None

    def difference(self, revision: int, known: Knowledge) -> Difference:
        """What the answers are now, at a revision of the lexicon, and what they would be with `known`."""
        if self._before is None or self._before[0] != revision:
            self._before = revision, self._figures(None)
        before, after = self._before[1], self._figures(known)
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
        hits = execute(SearchQuery(query.text, size=DEPTH), self._today, known).hits
        return ndcg([ideal.get(hit.organization_id, 0) for hit in hits], list(ideal.values()))


def _mean(figures: Sequence[float]) -> float:
    return sum(figures) / max(len(figures), 1)
