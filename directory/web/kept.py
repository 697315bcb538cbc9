"""Large answers that are the same for everybody, kept in memory under their entity tag until what they show changes."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app

from directory.publication.cards import CardCache

KEPT_BYTES = 16 * 2**20
"""Of each process: a map, a sitemap, and some dozens of guides."""
_EXTENSION = "directory.kept"


def kept(etag: str, make: Callable[[], str]) -> str:
    """The text that was made for this tag, or is made now.

    A tag names all that the text depends on: the position of the feed, the day, the address, the language. What is of
    one visitor only must not come here.
    """
    cache: CardCache = current_app.extensions.setdefault(_EXTENSION, CardCache(KEPT_BYTES))
    (found,) = cache.get([etag])
    if found is None:
        found = (make(),)
        cache.put(etag, found)
    return str(found[0])
