"""SQLite FTS5: one MATCH into a temporary table of hits, then GROUP BY over facet tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.engines.ask import FACETS, Ask, Word
from benchmarks.engines.contender import WEIGHTS, Answer, Library

if TYPE_CHECKING:
    from directory.search.documents import Document

FILE = "index.sqlite3"
_SCHEMA = f"""
CREATE TABLE organization (doc INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE value (value INTEGER PRIMARY KEY, facet TEXT NOT NULL, code TEXT NOT NULL, UNIQUE (facet, code));
CREATE TABLE facet (doc INTEGER, value INTEGER, PRIMARY KEY (doc, value)) WITHOUT ROWID;
CREATE TABLE holder (value INTEGER, doc INTEGER, PRIMARY KEY (value, doc)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5({", ".join(WEIGHTS)}, tokenize="ascii tokenchars '_'");
"""
# CROSS JOIN fixes which table is read first: the hits where they are few; the holders, in the order of their values so
# that nothing is left to sort, where the hits are more than a third of all. Left to itself SQLite takes forty times as
# long for the latter.
_COUNT_FEW = "SELECT value, count(*) FROM temp.hit CROSS JOIN facet USING (doc) GROUP BY value"
_COUNT_MANY = "SELECT value, count(*) FROM holder CROSS JOIN temp.hit USING (doc) GROUP BY value"
_RANK = f"bm25(words, {', '.join(map(str, WEIGHTS.values()))})"


class Fts5(Library):
    """Term and facet tables in one database; facets of all kinds share a table, so that one pass counts all four."""

    name = "SQLite FTS5"
    facets = True

    def __init__(self) -> None:
        self._db: sqlite3.Connection
        self._organizations = 0
        self._values: dict[tuple[str, str], int] = {}
        self._names: dict[int, tuple[str, str]] = {}

    def build(self, commits: Iterable[Iterable[Document]], folder: Path) -> None:
        """A transaction for each commit; FTS5 merges its b-trees as it likes (automerge), ANALYZE at the end."""
        self._connect(folder)
        self._db.executescript(_SCHEMA)
        for documents in commits:
            self._db.execute("BEGIN")
            for document in documents:
                self._insert(document)
            self._db.execute("COMMIT")
        self._db.execute("ANALYZE")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def open(self, folder: Path) -> None:
        """Connect, and read the few hundred facet values."""
        self._connect(folder)
        self._db.execute("CREATE TEMP TABLE hit (doc INTEGER PRIMARY KEY, score REAL)")
        self._organizations = self._db.execute("SELECT count(*) FROM organization").fetchone()[0]
        for number, facet, code in self._db.execute("SELECT value, facet, code FROM value"):
            self._remember(number, facet, code)

    def segments(self) -> int:
        """Level and segment pairs of the full-text index."""
        return int(self._db.execute("SELECT count(DISTINCT segid) FROM words_idx").fetchone()[0])

    def search(self, ask: Ask) -> Answer:
        """One MATCH, one GROUP BY over all facets, one ORDER BY for the first hits."""
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM temp.hit")
        self._db.execute(*self._insert_hits(ask))
        total = self._db.execute("SELECT count(*) FROM temp.hit").fetchone()[0]
        # The inner query picks twenty before the outer one looks their ids up.
        ids = self._db.execute(
            "SELECT id FROM (SELECT doc, score FROM temp.hit ORDER BY score LIMIT ?) JOIN organization USING (doc)",
            (ask.size,),
        ).fetchall()
        facets: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        for value, count in self._db.execute(_COUNT_MANY if 3 * total > self._organizations else _COUNT_FEW):
            facet, code = self._names[value]
            facets[facet][code] = count
        self._db.execute("COMMIT")
        return Answer(total, [row[0] for row in ids], facets)

    def _insert_hits(self, ask: Ask) -> tuple[str, list[str | int]]:
        source, doc, score = "organization", "organization.doc", "0.0"
        conditions: list[str] = []
        parameters: list[str | int] = []
        if ask.words:
            source, doc, score = "words", "words.rowid", _RANK
            conditions.append("words MATCH ?")
            parameters.append(" AND ".join(_match(word) for word in ask.words))
        for facet, codes in ask.filters().items():
            numbers = [number for code in codes if (number := self._values.get((facet, code)))]
            places = ", ".join("?" * len(numbers))
            if ask.words:
                # `+` keeps FTS5 from being asked for one row at a time.
                conditions.append(f"+{doc} IN (SELECT doc FROM holder WHERE value IN ({places}))")
            else:
                conditions.append(f"{doc} IN (SELECT doc FROM holder WHERE value IN ({places}))")
            parameters += numbers
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"INSERT INTO temp.hit SELECT {doc}, {score} FROM {source} {where}", parameters

    def update(self, document: Document) -> None:
        """Replace the rows of one organization in one transaction; the open connection sees it at once."""
        self._db.execute("BEGIN IMMEDIATE")
        (number,) = self._db.execute("SELECT doc FROM organization WHERE id = ?", (document.id,)).fetchone()
        held = self._db.execute("SELECT value, doc FROM facet WHERE doc = ?", (number,)).fetchall()
        self._db.executemany("DELETE FROM holder WHERE value = ? AND doc = ?", held)
        for table, key in (("facet", "doc"), ("words", "rowid"), ("organization", "doc")):
            self._db.execute(f"DELETE FROM {table} WHERE {key} = ?", (number,))
        self._insert(document)
        self._db.execute("COMMIT")

    def _connect(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / FILE, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-131072"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("PRAGMA mmap_size=1073741824")

    def _insert(self, document: Document) -> None:
        number = self._db.execute("INSERT INTO organization (id) VALUES (?)", (document.id,)).lastrowid
        places = ", ".join("?" * (len(WEIGHTS) + 1))
        texts = (" ".join(document.fields[field]) for field in WEIGHTS)
        self._db.execute(f"INSERT INTO words (rowid, {', '.join(WEIGHTS)}) VALUES ({places})", (number, *texts))
        values = list(self._numbers(document))
        self._db.executemany("INSERT INTO facet VALUES (?, ?)", [(number, value) for value in values])
        self._db.executemany("INSERT INTO holder VALUES (?, ?)", [(value, number) for value in values])

    def _numbers(self, document: Document) -> Iterator[int]:
        for facet, name in FACETS.items():
            for code in dict.fromkeys(document.stored[name]):
                if (facet, code) not in self._values:
                    row = self._db.execute("INSERT INTO value (facet, code) VALUES (?, ?)", (facet, code))
                    self._remember(row.lastrowid or 0, facet, code)
                yield self._values[facet, code]

    def _remember(self, number: int, facet: str, code: str) -> None:
        self._values[facet, code] = number
        self._names[number] = (facet, code)


def _match(word: Word) -> str:
    """One word as an FTS5 expression: terms that are looked for in the same columns share one column filter."""
    fields_of: dict[str, list[str]] = {}
    for field, term in word:
        fields_of.setdefault(term, []).append(field)
    terms_of: dict[tuple[str, ...], list[str]] = {}
    for term, fields in fields_of.items():
        terms_of.setdefault(tuple(fields), []).append(f'"{term}"')
    groups = (f"{{{' '.join(fields)}}} : ({' OR '.join(terms)})" for fields, terms in terms_of.items())
    return f"({' OR '.join(groups)})"
