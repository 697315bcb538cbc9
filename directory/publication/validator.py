"""What changes whenever something public did, or the day: the day itself, and entity tags made from the feed."""

from __future__ import annotations

import hashlib
from datetime import date

from directory.changes.feed import feed_position
from directory.database import AnySession
from directory.settings import VERSION


def today() -> date:
    """The day on which freshness and availability are judged, by the server's clock."""
    return date.today()  # noqa: DTZ011


def feed_etag(session: AnySession, *parts: object) -> str:
    """An entity tag that changes with the feed, at midnight, and with `parts`."""
    position = feed_position(session)
    text = "\x1f".join(map(str, (VERSION, position.epoch, position.seq, today(), *parts)))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
