"""The index of one process: the generation that answers searches, reopened when another is there."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from pathlib import Path

from directory.clock import day_of, last_end_of_day
from directory.search.builds import IndexFolder
from directory.search.engine.collect import collect
from directory.search.engine.collection import Collection
from directory.search.engine.day import DayView, minute_of
from directory.search.marks import FeedMark, IndexMissing
from directory.search.store import Opened, SegmentSource

CHECK_EVERY_S = 0.25


class Generation:
    """One state of the index: all its documents, as of any day."""

    def __init__(self, opened: Opened, former: Generation | None, cache_bytes: int) -> None:
        self.mark: FeedMark = opened.mark
        self.sources: dict[str, SegmentSource] = {source.segment_id: source for source, _ in opened.segments}
        self.collection: Collection = collect(opened.segments, former.collection if former else None, cache_bytes)
        self._view: DayView | None = None

    def view(self, now: datetime) -> DayView:
        """The documents as they stand; the last view is kept until a day ends somewhere."""
        minute = minute_of(last_end_of_day(now))
        view = self._view
        if view is None or view.minute != minute:
            view = self._view = DayView(self.collection, day_of(now).toordinal(), minute)
        return view


class SearchIndex:
    """Holds one open generation. `current` is cheap: it looks at the disk at most every 250 ms."""

    def __init__(self, folder: Path, cache_bytes: int) -> None:
        self.store = IndexFolder(folder)
        self._cache_bytes = cache_bytes
        self._lock = threading.Lock()
        self._generation: Generation | None = None
        self._state: tuple[str, int] | None = None
        self._checked_at = 0.0
        self._digests: dict[str, str] = {}
        self.damage: str | None = None
        """Why the index on disk cannot be opened; None where it can."""

    def current(self) -> Generation:
        """The newest generation that can be opened; an older one while a damaged index is rebuilt.

        Raises IndexMissing where there is none at all.
        """
        if time.monotonic() - self._checked_at >= CHECK_EVERY_S:
            self.look()
        if self._generation is None:
            raise IndexMissing("no index yet")
        return self._generation

    def look(self) -> None:
        """Open what is on disk if it is not what is open. Never raises for a bad index: see `damage`."""
        with self._lock:
            self._checked_at = time.monotonic()
            state = self.store.state()
            if state is None or (state == self._state and self.damage is None):
                if state is None:
                    self.damage = "missing"
                return
            self._open(state)

    def mark_damaged(self, reason: str) -> None:
        """Note that the open generation failed while it was searched: the next synchronisation builds anew."""
        with self._lock:
            self.damage = reason
            self._digests.clear()

    def _open(self, state: tuple[str, int]) -> None:
        is_same_build = self._state is not None and self._state[0] == state[0]
        former = self._generation if is_same_build else None
        try:
            # The old generation is not closed here: other threads may still be searching it.
            # After damage nothing that is open is trusted: a file may be whole again, or only have been touched.
            known = former.sources if former and self.damage is None else {}
            opened = self.store.open(known, self._digests)
            self._generation = Generation(opened, former, self._cache_bytes)
        except IndexMissing as error:  # IndexDamaged is one
            self.damage = str(error)
        else:
            self._state = state
            self.damage = None
