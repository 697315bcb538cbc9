"""What a process knows of words and places: made from data once, kept in a file beside the index."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import func, select

from directory.changes.feed import FeedPosition, feed_position
from directory.database import AnySession
from directory.places.models import Place
from directory.publication.consulates import find_consulates
from directory.publication.postal_codes import public_postal_codes
from directory.search.engine.columns import packed, unpacked
from directory.search.index import Generation
from directory.search.organization_names import OrganizationNames
from directory.search.understanding.gazetteer import SUBDIVISION, Gazetteer
from directory.search.understanding.known import Knowledge
from directory.search.understanding.lexicon import FORMS, Lexicon, LexiconBuilder, Sense
from directory.search.understanding.postal import postal_places
from directory.search.understanding.reading import ReadPlace
from directory.search.understanding.sources.consulates import ConsulateNames, KnownConsulate
from directory.search.understanding.sources.gazetteer import read_gazetteer
from directory.search.understanding.sources.nationalities import demonyms
from directory.search.understanding.sources.phrases import (
    FILES,
    Phrase,
    folder,
    implied_areas,
    read_phrases,
    related_areas,
)
from directory.search.understanding.sources.regions import abbreviations
from directory.search.understanding.sources.vocabulary import labels
from directory.search.understanding.spelling import Speller
from directory.vocabulary.catalogue import Vocabulary

FORMAT = 11
"""Raised whenever what this module writes changes: another number means that the file is made anew."""
_CELL = 0.35
"""Degrees: organizations within the cells around a point are taken for those around it."""


class KnowledgeBase:
    """Holds what one process knows; made when it is first asked for, and again when what it rests on has changed."""

    def __init__(self, index_dir: Path) -> None:
        self._folder = index_dir
        self._lock = threading.Lock()
        self._static: tuple[Lexicon, Gazetteer, dict[str, tuple[int, ...]], Speller] | None = None
        self._live: tuple[FeedPosition, ConsulateNames, dict[str, ReadPlace]] | None = None
        self._names: tuple[Generation, OrganizationNames, Density] | None = None
        self.related = related_areas()
        self.implied = implied_areas()

    def current(self, session: AnySession, terms: Vocabulary) -> Knowledge:
        """Lexicon and gazetteer, consulates and postal codes as of when they were last read."""
        with self._lock:
            if self._static is None:
                self._static = self._made(session, terms)
            if self._live is None:
                self._live = _read_live(session)
            lexicon, gazetteer, short, speller = self._static
            _, consulates, postal = self._live
        return Knowledge(lexicon, gazetteer, short, speller, consulates, postal)

    def refresh(self, session: AnySession) -> None:
        """Read consulates and postal codes anew where the feed has moved; for the thread that follows the feed."""
        if self._live is not None and self._live[0] != feed_position(session):
            fresh = _read_live(session)
            with self._lock:
                self._live = fresh

    def names(self, generation: Generation) -> tuple[OrganizationNames, Density]:
        """The names of a generation's organizations, and where they are."""
        known = self._names
        if known is None or known[0] is not generation:
            known = self._names = generation, OrganizationNames(generation.collection), Density(generation)
        return known[1], known[2]

    def _made(
        self, session: AnySession, terms: Vocabulary
    ) -> tuple[Lexicon, Gazetteer, dict[str, tuple[int, ...]], Speller]:
        path = self._folder / f"lexicon-{_digest(session, terms)}.bin"
        loaded = _opened(path)
        if loaded is None:
            built = build(session, terms)
            _write(path, *built)
            loaded = _opened(path) or built
        arrays, senses = loaded
        lexicon, gazetteer = Lexicon(arrays, senses), Gazetteer(arrays)
        return lexicon, gazetteer, _short_forms(gazetteer), Speller(lexicon)


class Density:
    """How many locations are around a point, by cells of a third of a degree."""

    def __init__(self, generation: Generation) -> None:
        radians = generation.collection.arrays["location_radians"]
        degrees = np.degrees(radians[~np.isnan(radians[:, 0])]) if len(radians) else np.empty((0, 2))
        cells, counts = np.unique(np.floor(degrees / _CELL).astype(np.int64), axis=0, return_counts=True)
        self._counts = {(int(row[0]), int(row[1])): int(count) for row, count in zip(cells, counts, strict=True)}

    def __call__(self, latitude: float, longitude: float) -> int:
        """Locations in the nine cells around a point in degrees."""
        row, column = int(np.floor(latitude / _CELL)), int(np.floor(longitude / _CELL))
        return sum(self._counts.get((row + north, column + east), 0) for north in (-1, 0, 1) for east in (-1, 0, 1))


def build(session: AnySession, terms: Vocabulary) -> tuple[dict[str, Any], list[Sense]]:
    """The arrays of lexicon and gazetteer from files and tables, and the senses."""
    builder = LexiconBuilder()
    for phrase in _phrases(terms):
        builder.add(phrase.words, phrase.sense)
    arrays = read_gazetteer(session, builder)
    return {**arrays, **builder.build()}, builder.senses


def _phrases(terms: Vocabulary) -> Iterable[Phrase]:
    yield from labels(terms)
    yield from demonyms()
    for name in FILES:
        yield from read_phrases(folder() / name)


def _digest(session: AnySession, terms: Vocabulary) -> str:
    """Names what the file was made from: the lexicon's files, the labels, and the gazetteer by its size."""
    content = hashlib.sha256(json.dumps([FORMAT, list(FORMS)]).encode())
    for name in FILES:
        content.update((folder() / name).read_bytes())
    for term in (*terms.areas.values(), *terms.populations.values()):
        content.update(json.dumps([term.slug, sorted(term.labels.items())], ensure_ascii=False).encode())
    count, last = session.execute(select(func.count(), func.max(Place.id))).one()
    content.update(f"{count} {last}".encode())
    return content.hexdigest()[:20]


def _write(path: Path, arrays: Mapping[str, Any], senses: Iterable[Sense]) -> None:
    """Put the file in its place at one stroke; the former ones go."""
    text = json.dumps([asdict(sense) for sense in senses], ensure_ascii=False).encode()
    body = b"".join(packed({**arrays, "senses": np.frombuffer(text, np.uint8)}))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    beside.write_bytes(hashlib.sha256(body).digest() + body)
    beside.replace(path)
    for other in path.parent.glob("lexicon-*.bin"):
        if other != path:
            other.unlink(missing_ok=True)


def _opened(path: Path) -> tuple[dict[str, Any], list[Sense]] | None:
    """The arrays of a file; None where it is not there or not what was written.

    Copied into memory: a mapped file that somebody cuts short would end the process.
    """
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (FileNotFoundError, ValueError):
        return None
    body = memoryview(content)[32:]
    if hashlib.sha256(body).digest() != content[:32]:
        return None
    arrays = unpacked(bytes(body))
    senses = [
        Sense(**{**item, "needs": tuple(item["needs"]), "implies": tuple(map(tuple, item["implies"]))})
        for item in json.loads(bytes(arrays.pop("senses")))
    ]
    return arrays, senses


def _short_forms(gazetteer: Gazetteer) -> dict[str, tuple[int, ...]]:
    numbers = {gazetteer.id(number): number for number in np.flatnonzero(gazetteer.kind >= SUBDIVISION).tolist()}
    return {
        short: tuple(numbers[code] for code in codes if code in numbers) for short, codes in abbreviations().items()
    }


def _read_live(session: AnySession) -> tuple[FeedPosition, ConsulateNames, dict[str, ReadPlace]]:
    position = feed_position(session)
    consulates = [
        KnownConsulate(
            record.slug, record.sending_country, record.host_country, record.admin1, record.city,
            None if record.latitude is None or record.longitude is None else (record.latitude, record.longitude),
            record.status != "closed", record.kind == "embassy",
        )
        for record in find_consulates(session)
    ]  # fmt: skip
    return position, ConsulateNames(consulates), postal_places(public_postal_codes(session))
