"""The sources of one process: each is made when it is first asked for, and again when what it shows has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import select

from directory.changes.feed import FeedPosition, feed_position
from directory.changes.models import Change, Entity
from directory.database import AnySession
from directory.search.index import Generation, SearchIndex
from directory.search.marks import IndexMissing
from directory.search.suggest.candidates import Source
from directory.search.suggest.consulates import Consulates
from directory.search.suggest.organizations import OrganizationIndexes, Organizations
from directory.search.suggest.places import Places, Regions, Towns
from directory.search.suggest.segments import named_segments
from directory.search.suggest.terms import Terms
from directory.vocabulary.catalogue import Vocabulary, vocabulary


class Suggestions:
    """What a process suggests from."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        self._segments = OrganizationIndexes()
        self._regions: Regions | None = None
        self._towns: Towns | None = None
        self._terms: tuple[Vocabulary, list[Source]] | None = None
        self._consulates: tuple[FeedPosition, Consulates] | None = None
        self._organizations: tuple[Generation, Organizations] | None = None

    def sources(self, session: AnySession) -> tuple[list[Source], int | None]:
        """All sources as of now, and the index's place in the feed. Who comes while one is being made waits."""
        with self._lock:
            organizations = self._current_organizations()
            places = self._current_places(session, organizations.has_place if organizations else lambda _: False)
            found = [*self._current_terms(session), places, self._current_consulates(session)]
            if self._organizations is None or organizations is None:
                return found, None
            mark = self._organizations[0].mark
            return [*found, organizations], mark.seq if mark else None

    def _current_terms(self, session: AnySession) -> list[Source]:
        terms = vocabulary(session)
        if self._terms is None or self._terms[0] is not terms:
            self._terms = terms, [Terms("area", terms.areas), Terms("population", terms.populations)]
        return self._terms[1]

    def _current_places(self, session: AnySession, has_organizations: Callable[[str], bool]) -> Places:
        """The gazetteer comes with a release: it is read once, and again while it is still empty."""
        self._regions = self._regions or Regions()
        if not self._towns:
            self._towns = Towns(session, self._regions)
        return Places(self._regions, self._towns, has_organizations)

    def _current_consulates(self, session: AnySession) -> Consulates:
        now = feed_position(session)
        known = self._consulates
        if known is None or _consulate_changed(session, known[0], now):
            known = now, Consulates(session)
        self._consulates = now, known[1]
        return known[1]

    def _current_organizations(self) -> Organizations | None:
        try:
            generation = self._index.current()
        except IndexMissing:
            return None
        if self._organizations is None or self._organizations[0] is not generation:
            self._organizations = generation, self._segments.of(named_segments(generation))
        return self._organizations[1]


def _consulate_changed(session: AnySession, known: FeedPosition, now: FeedPosition) -> bool:
    if known == now:
        return False
    if known.epoch != now.epoch or known.seq > now.seq:
        return True
    query = select(Change.seq).where(Change.seq > known.seq, Change.entity == Entity.CONSULATE).limit(1)
    return session.scalar(query) is not None
