"""The corpus on disk, made once for a size: every engine reads the same documents from it."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from directory.publication.records import PublicOrganization
    from directory.search.documents import Document
    from directory.vocabulary.catalogue import Vocabulary

BATCH = 500
_DOCUMENTS, _ROWS = "documents.pickle", "rows.pickle"


def write_corpus(folder: Path, count: int, vocabulary: Vocabulary, see: Callable[[Document], None]) -> float:
    """Write `count` records as documents and as raw texts; `see` is shown each document.

    Returns the processor time that making the documents took, in seconds: our analysis, which no engine is charged.
    """
    from benchmarks.engines.corpus import records
    from directory.search.documents import DocumentWriter

    writer = DocumentWriter(vocabulary)
    source = records(count, vocabulary)
    seconds = 0.0
    with (folder / _DOCUMENTS).open("wb") as documents_file, (folder / _ROWS).open("wb") as rows_file:
        while batch := list(islice(source, BATCH)):
            started = time.process_time()
            documents = [writer.document(record) for record in batch]
            seconds += time.process_time() - started
            for document in documents:
                see(document)
            pickle.dump(documents, documents_file)
            pickle.dump([raw_row(record, vocabulary) for record in batch], rows_file)
    return seconds


def raw_row(record: PublicOrganization, vocabulary: Vocabulary) -> dict[str, str]:
    """The texts and facet values of a record before any analysis of ours, for an engine that has its own."""
    terms = [vocabulary.areas[slug] for slug in record.areas]
    terms += [vocabulary.populations[slug] for slug in record.populations]
    row = {
        "id": str(record.id),
        "name": " ".join((record.name, *record.alternate_names)),
        "acronym": record.acronym or "",
        "place": " ".join(location.place_in(language) for location in record.locations for language in ("es", "en")),
        "topic": " ".join(text for term in terms for text in (*term.labels.values(), *term.synonyms)),
        "summary": " ".join(record.summary.values()),
        "description": " ".join(record.description.values()),
        "country": " ".join(record.countries),
        "admin1": " ".join(record.admin1s),
        "area": " ".join(record.areas),
        "population": " ".join(record.populations),
    }
    return {name: text for name, text in row.items() if text}


def read_documents(folder: Path) -> Iterator[Document]:
    """The documents in their order."""
    yield from _read(folder / _DOCUMENTS)


def read_rows(folder: Path) -> Iterator[dict[str, str]]:
    """The raw texts in the same order."""
    yield from _read(folder / _ROWS)


def _read(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        while True:
            try:
                batch = pickle.load(file)
            except EOFError:
                return
            yield from batch
