"""How postings lie on disk: Whoosh's codec with blocks that decode at one stroke, and its field of merged weights."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import formats
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3LeafMatcher, W3PostingsWriter
from whoosh.fields import ID, STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage

from directory.search.engine.weights import Floats

BLOCK_LIMIT = 1024
"""Postings a block: few enough to skip, enough to decode at one stroke."""
Posting = tuple[str, bytes, int, float, bytes]
"""Field, term, document, weight, payload."""
TermPostings = tuple[str, bytes, "array[int]", "array[float]"]
"""Field, term, documents and weights."""


class BlockWriter(W3PostingsWriter):  # type: ignore[misc]  # Whoosh has no types
    """Writes the numbers and weights of a block as they lie in memory; no positions, lengths or payloads."""

    def add_posting(self, id_: int, weight: float, _vbytes: bytes, _length: int | None = None) -> None:
        if len(self._ids) >= self._blocklimit:
            self._write_block()
        self._ids.append(id_)
        self._weights.append(weight)

    def add_postings(self, numbers: array[int], weights: array[float]) -> None:
        """All postings of a term at once."""
        for start in range(0, len(numbers), self._blocklimit):
            if start:
                self._write_block()
            self._ids = numbers[start : start + self._blocklimit]
            self._weights = weights[start : start + self._blocklimit]

    def _write_block(self, last: bool = False) -> None:
        self._maxweight = max(self._weights)
        super()._write_block(last)

    def _mini_ids(self) -> bytes:
        return bytes(self._ids.tobytes())

    def _mini_weights(self) -> bytes:
        return bytes(self._weights.tobytes())

    def _mini_values(self) -> None:
        return None


class BlockMatcher(W3LeafMatcher):  # type: ignore[misc]
    """Reads such blocks: one by one as Whoosh wants it (merges), or whole."""

    def _read_ids(self) -> None:
        self._ids = array("I", self._block()[0])

    def _read_weights(self) -> None:
        self._weights = array("f", self._block()[1])

    def _read_values(self) -> None:
        self._values = (b"",) * self._blocklength

    def _block(self) -> tuple[bytes, bytes]:
        if self._data is None:
            self._read_data()
        return self._data[0], self._data[1]

    def blocks(self) -> Iterator[tuple[NDArray[np.uint32], Floats]]:
        """All blocks from here on, each decoded at one stroke."""
        while not self._atend:
            numbers, weights = self._block()
            yield np.frombuffer(numbers, np.uint32), np.frombuffer(weights, np.float32)
            self._next_block()


class TermWriter(W3FieldWriter):  # type: ignore[misc]
    """Takes the postings of a term together; Whoosh's own takes them one by one."""

    def add_postings(self, fields: Schema, _lengths: Any, items: Iterable[TermPostings]) -> None:
        for name, of_field in groupby(items, key=itemgetter(0)):
            self.start_field(name, fields[name])
            for _, term, numbers, weights in of_field:
                self.start_term(term)
                self._postwriter.add_postings(numbers, weights)
                self.finish_term()
            self.finish_field()


class Pool:
    """Postings that wait to be written, term by term: ten bytes each. Documents come in the order of their numbers, so
    that only terms have to be sorted; Whoosh's own pool sorts postings, on disk where they are many."""

    def __init__(self) -> None:
        self._terms: dict[tuple[str, bytes], tuple[array[int], array[float]]] = {}

    def add(self, item: Posting) -> None:
        name, term, number, weight, _ = item
        postings = self._terms.get((name, term))
        if postings is None:
            postings = self._terms[name, term] = (array("I"), array("f"))
        postings[0].append(number)
        postings[1].append(weight)

    def iter_postings(self) -> Iterator[TermPostings]:
        """By field and term."""
        for name, term in sorted(self._terms):
            yield name, term, *self._terms[name, term]

    def cleanup(self) -> None:
        """Forget everything."""
        self._terms.clear()


class BlockCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with plain blocks of 1,024 postings, uncompressed; no statistics of field lengths."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=BLOCK_LIMIT, compression=0)

    def field_writer(self, storage: FileStorage, segment: Any) -> W3FieldWriter:
        return TermWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> W3PostingsWriter:
        return BlockWriter(dbfile, self._blocklimit, byteids, self._compression, self._inlinelimit)

    def postings_reader(self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None) -> Any:
        offset, length = terminfo.extent()
        return BlockMatcher(dbfile, offset, length, format_, term=term, scorer=scorer)


class MergedTerms(FieldType):  # type: ignore[misc]
    """The terms of all fields of a document, as a mapping from term to weighted frequency."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None)

    def index(self, value: Mapping[str, float], **_options: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """What the writer adds: (term, frequency, weight, payload)."""
        return ((term.encode(), 1, weight, b"") for term, weight in value.items())


def schema() -> Schema:
    """One field for all terms; nothing else is looked for but ids, to delete by."""
    return Schema(id=ID(stored=True, unique=True), terms=MergedTerms(), data=STORED)
