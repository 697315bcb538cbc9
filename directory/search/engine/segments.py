"""What the engine needs of a segment, whoever stores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from mmap import mmap
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from directory.search.engine.columns import Columns
from directory.search.engine.weights import Floats

Numbers = NDArray[np.uint32]


class Source(Protocol):
    """One segment as the store hands it over: immutable; numbers count within it."""

    segment_id: str
    columns: Columns
    text: bytes | mmap
    """The folded texts of its documents, one line each; phrases are looked up here."""
    text_starts: NDArray[np.int64]

    def postings(self, term: str) -> tuple[Numbers, Floats]:
        """Documents that hold a term, ascending, with its weighted frequency; both empty where none does."""

    def terms_with_prefix(self, prefix: str, limit: int) -> list[str]:
        """The first `limit` terms of the dictionary that begin with `prefix` (which begins with its namespace)."""

    def stored(self, number: int) -> Mapping[str, Any]:
        """The stored record of a document."""


@dataclass(frozen=True)
class Placed:
    """A segment and the number of its first document."""

    source: Source
    base: int

    @property
    def end(self) -> int:
        """One more than the number of its last document."""
        return self.base + self.source.columns.count
