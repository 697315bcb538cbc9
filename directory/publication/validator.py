"""Entity tags: they change whenever something public did, or the day; and whether a client holds one already."""

from __future__ import annotations

import hashlib

from werkzeug.datastructures import ETags
from werkzeug.wrappers import Request, Response

from directory.changes.feed import feed_position
from directory.clock import last_end_of_day, now
from directory.database import AnySession
from directory.settings import VERSION


def feed_etag(session: AnySession, *parts: object) -> str:
    """An entity tag that changes with the feed, when a day ends somewhere, and with `parts`."""
    position = feed_position(session)
    return tag(position.epoch, position.seq, last_end_of_day(now()), *parts)


def tag(*parts: object) -> str:
    """An entity tag that changes with the release and with any of `parts`."""
    text = "\x1f".join(map(str, (VERSION, *parts)))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def held(wanted: str, client_has: ETags) -> str | None:
    """The tag by which a client holds what `wanted` names: as it is, or as it was compressed (`….:br`)."""
    if client_has.star_tag:
        return wanted
    return next((one for one in client_has.as_set(include_weak=True) if one.partition(":")[0] == wanted), None)


def conditional(response: Response, request: Request) -> Response:
    """The response, or 304 for who sent back its entity tag, as it is or as it was compressed on its way out."""
    known, _ = response.get_etag()
    if known and (has := held(known, request.if_none_match)):
        response.set_etag(has)
    return response.make_conditional(request)
