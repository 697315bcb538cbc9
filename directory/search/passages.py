"""Why an organization was found: the passage of its texts that holds what was looked for."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from directory.search.engine.query import Hit, SearchQuery
from directory.search.engine.snippets import Snippet, Sought, snippet
from directory.search.execute import expander
from directory.search.follower import search_index
from directory.search.marks import IndexDamaged, IndexMissing


def passages(query: SearchQuery, hits: Iterable[Hit], language: str) -> dict[UUID, Snippet]:
    """A passage for each hit whose texts hold words of the query: in `language` where one is, else in another.

    Empty without words, and while the index is away: a page can do without.
    """
    sought = Sought.of(expander().asked(query.text, query.literal))
    if not sought.plain:
        return {}
    try:
        collection = search_index().current().collection
        found = {}
        for hit in hits:
            # Another generation may be open by now; where it counts anew, the number means another document.
            if hit.number in collection.live and collection.identity(hit.number) == hit.organization_id:
                source, number = collection.source_of(hit.number)
                texts = source.stored(number)["texts"]
                if own := _best(texts, sought, language):
                    found[hit.organization_id] = own
    except (IndexDamaged, IndexMissing):
        return {}
    return found


def _best(texts: Iterable[tuple[str, str]], sought: Sought, language: str) -> Snippet | None:
    for own, text in sorted(texts, key=lambda item: item[0] != language):
        if found := snippet(text, own, sought):
            return found
    return None
