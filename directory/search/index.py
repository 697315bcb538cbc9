"""The index of one process: the generation that answers searches, reopened when another is there."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from directory.search.rows import read_row
from directory.search.store import Generation, IndexDamaged, IndexMissing, IndexStore

CHECK_EVERY_S = 0.25


class SearchIndex:
    """Holds one open generation. `current` is cheap: it looks at the disk at most every 250 ms."""

    def __init__(self, folder: Path) -> None:
        self.store = IndexStore(folder)
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
        known: dict[str, list[Any]] = self._generation.segments if self._generation else {}
        same_build = self._state is not None and self._state[0] == state[0]
        try:
            # The old generation is not closed here: other threads may still be searching it.
            self._generation = self.store.open(known if same_build else {}, self._digests, read_row)
        except IndexDamaged as error:
            self.damage = str(error)
        except IndexMissing as error:
            self.damage = str(error)
        else:
            self._state = state
            self.damage = None
