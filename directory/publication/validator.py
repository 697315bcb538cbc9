"""Entity tags that change whenever something public did, or the day."""

from __future__ import annotations

import hashlib

from directory.changes.feed import feed_position
from directory.clock import today
from directory.database import AnySession
from directory.settings import VERSION


def feed_etag(session: AnySession, *parts: object) -> str:
    """An entity tag that changes with the feed, at midnight, and with `parts`."""
    position = feed_position(session)
    text = "\x1f".join(map(str, (VERSION, position.epoch, position.seq, today(), *parts)))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
