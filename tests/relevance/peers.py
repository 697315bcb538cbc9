"""What others would answer: SQLite FTS5 with all words and with any, and Whoosh as it comes, over the same text.

Each gets four texts a record: its names; its services and people, in three languages with their synonyms; its places in
three languages; its summary. None of them is told what words mean.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import MultifieldParser, OrGroup

from directory.places.countries import country_name, subdivision_name
from directory.publication.records import PublicOrganization
from directory.settings import LANGUAGES
from directory.vocabulary.catalogue import Vocabulary

FIELDS = ("name", "topic", "place", "text")
WEIGHTS = (4.0, 1.5, 2.0, 1.0)
DEPTH = 10
_WORD = re.compile(r"\w+")
Ask = Callable[[str], list[UUID]]
"""The first ten records for a text, best first."""


class Texts(NamedTuple):
    """A record as text."""

    record_id: UUID
    name: str
    topic: str
    place: str
    text: str


def texts_of(records: Iterable[PublicOrganization], terms: Vocabulary) -> list[Texts]:
    """The texts of all records."""
    return [
        Texts(
            record.id,
            " ".join((record.name, record.acronym or "", *record.alternate_names)),
            " ".join(_topics(record, terms)),
            " ".join(dict.fromkeys(_places(record))),
            " ".join((*record.summary.values(), *record.description.values())),
        )
        for record in records
    ]


def _topics(record: PublicOrganization, terms: Vocabulary) -> Iterable[str]:
    for slug in record.areas:
        yield from (*terms.areas[slug].labels.values(), *terms.areas[slug].synonyms)
    for slug in record.populations:
        yield from (*terms.populations[slug].labels.values(), *terms.populations[slug].synonyms)


def _places(record: PublicOrganization) -> Iterable[str]:
    for location in record.locations:
        yield from (location.city or "", *location.city_names.values())
        for language in LANGUAGES:
            yield country_name(location.country, language)
            if location.admin1:
                yield subdivision_name(location.admin1, language)


def fts5(texts: Sequence[Texts], joined_by: str) -> Ask:
    """SQLite FTS5 with bm25; `joined_by` is `AND` or `OR`."""
    database = sqlite3.connect(":memory:")
    database.execute(
        f"CREATE VIRTUAL TABLE found USING fts5(id UNINDEXED, {', '.join(FIELDS)}, "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    database.executemany("INSERT INTO found VALUES (?, ?, ?, ?, ?)", ((str(item[0]), *item[1:]) for item in texts))
    order = f"bm25(found, 0, {', '.join(map(str, WEIGHTS))})"

    def ask(text: str) -> list[UUID]:
        query = f" {joined_by} ".join(f'"{word}"' for word in _WORD.findall(text))
        if not query:
            return []
        rows = database.execute(f"SELECT id FROM found WHERE found MATCH ? ORDER BY {order} LIMIT {DEPTH}", (query,))
        return [UUID(row[0]) for row in rows]

    return ask


def whoosh_stock(texts: Sequence[Texts]) -> Ask:
    """Whoosh with its standard analysis, any word of any field."""
    schema = Schema(id=ID(stored=True), **dict.fromkeys(FIELDS, TEXT))
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for item in texts:
        writer.add_document(**_document(item))
    writer.commit()
    searcher = index.searcher()
    parser = MultifieldParser(list(FIELDS), schema, fieldboosts=dict(zip(FIELDS, WEIGHTS, strict=True)), group=OrGroup)

    def ask(text: str) -> list[UUID]:
        found = searcher.search(parser.parse(" ".join(_WORD.findall(text))), limit=DEPTH)
        return [UUID(hit["id"]) for hit in found]

    return ask


def _document(item: Texts) -> dict[str, str]:
    return {"id": str(item.record_id), **{name: getattr(item, name) for name in FIELDS}}
