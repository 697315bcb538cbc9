"""How far the index has followed the change feed, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass


class IndexMissing(Exception):
    """There is no usable index; a rebuild is on its way."""


class IndexDamaged(IndexMissing):
    """A file of the index is not what was written."""


class WriterBusy(Exception):
    """Another process is writing the index."""


@dataclass(frozen=True)
class FeedMark:
    """Up to where the index has followed the change feed, and the vocabulary and analysis it was built with."""

    epoch: str
    seq: int
    digest: str
