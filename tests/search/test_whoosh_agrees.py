"""A stock Whoosh index, with its own fields, queries and positions, finds the same records by their words."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.query import And, Every, Not, Or, Prefix, Query, Term
from whoosh.query import Phrase as WhooshPhrase
from whoosh.searching import Searcher

from directory.search.documents import Document
from directory.search.engine.parts import Alternatives, Asked, Part, Phrase, Word
from directory.search.engine.query import SearchQuery
from tests.search.corpora import after, commits, queries_text
from tests.search.reference import FIELDS
from tests.search.test_engine_equality import EXPANDER, SLOWLY, apply, ask, index

SPACES = SpaceSeparatedTokenizer()
SCHEMA = Schema(id=ID(stored=True), terms=TEXT(SPACES, phrase=False), texts=TEXT(SPACES))


def searcher(documents: list[Document]) -> Searcher:
    """The documents in an index of Whoosh's own, in memory."""
    made = RamStorage().create_index(SCHEMA)
    writer = made.writer()
    for document in documents:
        terms = [FIELDS[name][0] + term for name, own in document.fields.items() for term in own]
        writer.add_document(id=document.id, terms=" ".join(terms), texts=document.stored["folded"])
    writer.commit()
    return made.searcher()


def whoosh_query(asked: Asked) -> Query:
    """All parts that are required, and none of those that are excluded."""
    return And([Every(), *map(_part, asked.required), *(Not(_part(part)) for part in asked.excluded)])


def _part(part: Part) -> Query:
    if isinstance(part, Phrase):
        return WhooshPhrase("texts", list(part.words)) if len(part.words) > 1 else Term("texts", part.words[0])
    if isinstance(part, Word):
        begins = [Prefix("terms", part.plain), Prefix("terms", f"~{part.plain[1:]}")] if part.is_prefix else []
        return Or([*(Term("terms", item) for item in (part.plain, *part.stems)), *begins])
    return _alternatives(part)


def _alternatives(part: Alternatives) -> Query:
    sets = [And([_part(word) for word in words]) for words in part.sets]
    return Or([*sets, *(Term("terms", term) for term in part.terms)])


@settings(SLOWLY, max_examples=25)
@given(commits(), st.lists(queries_text(), min_size=2, max_size=8))
def test_whoosh_agrees_on_the_matches(history: list, texts: list[str]) -> None:
    with index(history[0]) as made, searcher(after(history)) as stock:
        for commit in history[1:]:
            apply(made, commit)
        for text in texts:
            found = ask(SearchQuery(text=text, size=1000), made.current())
            if not found.corrections:
                theirs = stock.search(whoosh_query(EXPANDER.asked(text)), limit=None)
                assert {hit.organization_id for hit in found.hits} == {UUID(hit["id"]) for hit in theirs}
