"""What a process knows of words and places: made from data once, kept in a file beside the index."""

from __future__ import annotations

import hashlib
import json
import mmap
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy import func, select

from directory.changes.feed import FeedPosition, feed_position
from directory.database import AnySession
from directory.places import countries
from directory.places.abbreviations import abbreviations
from directory.places.models import Place
from directory.publication.consulates import find_consulates
from directory.publication.postal_codes import public_postal_codes
from directory.search.engine.columns import packed, unpacked
from directory.search.index import Generation
from directory.search.organization_names import OrganizationNames
from directory.search.understanding.forms import FORMS
from directory.search.understanding.gazetteer import SUBDIVISION, Gazetteer
from directory.search.understanding.known import Knowledge
from directory.search.understanding.lexicon import Entries, Lexicon, LexiconBuilder, Sense
from directory.search.understanding.postal import postal_places
from directory.search.understanding.reading import ReadPlace
from directory.search.understanding.sources.consulates import ConsulateNames, KnownConsulate
from directory.search.understanding.sources.gazetteer import read_gazetteer
from directory.search.understanding.sources.nationalities import demonyms
from directory.search.understanding.sources.phrases import Phrase, implied_areas, related_areas, stored_phrases
from directory.search.understanding.sources.vocabulary import labels
from directory.search.understanding.spelling import Speller
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.models import LexiconRevision

FORMAT = 15
"""Raised whenever what this module writes changes: another number means that the file is made anew."""
_Live = tuple[FeedPosition, ConsulateNames, dict[str, ReadPlace]]
"""What the feed changes: as of when, the consulates' names, postal codes."""
_CELL = 0.35
"""Degrees: organizations within the cells around a point are taken for those around it."""


@dataclass(frozen=True)
class _Places:
    """What a release knows of places: their names, themselves, and the short forms of subdivisions."""

    names: Entries
    gazetteer: Gazetteer
    short: dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class _Words:
    """The phrases of one revision, with the names of places."""

    revision: int
    token: UUID
    lexicon: Lexicon
    speller: Speller


class KnowledgeBase:
    """Holds what one process knows; made when it is first asked for, and again when what it rests on has changed."""

    def __init__(self, index_dir: Path) -> None:
        self._folder = index_dir
        self._lock = threading.Lock()
        self._making = threading.Lock()
        """Held while phrases are laid out anew: one thread does it, the others find it done."""
        self._places: _Places | None = None
        self._words: _Words | None = None
        self._live: _Live | None = None
        self._names: tuple[Generation, OrganizationNames, Density] | None = None
        self.related = related_areas()
        self.implied = implied_areas()

    @property
    def revision(self) -> int:
        """The revision of the phrases that this process reads with; 0 before it has read any."""
        return self._words.revision if self._words else 0

    def current(self, session: AnySession, terms: Vocabulary) -> Knowledge:
        """Lexicon and gazetteer, consulates and postal codes as of when they were last read."""
        with self._lock:
            if self._places is None:
                self._places = self._made_places(session)
            if self._words is None:
                self._words = self._made_words(session, terms, self._places)
            if self._live is None:
                self._live = _read_live(session)
            return _known(self._places, self._words, self._live)

    def refresh(self, session: AnySession, terms: Vocabulary) -> None:
        """Read anew what has changed: phrases by their revision, consulates and postal codes by the feed.

        Made aside and put in place at one stroke; for the thread that follows the feed, and for who changed a phrase.
        """
        if self._live is not None and self._live[0] != feed_position(session):
            fresh = _read_live(session)
            with self._lock:
                self._live = fresh
        with self._making:
            if self._places is not None and self._words is not None and self._words.token != _revision(session)[1]:
                words = self._made_words(session, terms, self._places)
                with self._lock:
                    self._words = words

    def changed(self, session: AnySession, terms: Vocabulary, phrases: Iterable[Phrase]) -> Knowledge:
        """What would be known with these phrases in the place of those of the table; kept nowhere."""
        self.current(session, terms)
        with self._lock:
            places, live = self._places, self._live
        if places is None or live is None:
            raise RuntimeError("nothing is known yet")
        lexicon = Lexicon(_entries_of(terms, phrases), places.names)
        return _known(places, _Words(0, UUID(int=0), lexicon, Speller(lexicon)), live)

    def names(self, generation: Generation) -> tuple[OrganizationNames, Density]:
        """The names of a generation's organizations, and where they are."""
        known = self._names
        if known is None or known[0] is not generation:
            known = self._names = generation, OrganizationNames(generation.collection), Density(generation)
        return known[1], known[2]

    def _made_places(self, session: AnySession) -> _Places:
        path = self._folder / f"lexicon-{_places_digest(session)}.bin"
        arrays, _ = _kept(path, lambda: _build_places(session))
        gazetteer = Gazetteer(arrays)
        return _Places(Entries(arrays), gazetteer, _short_forms(gazetteer))

    def _made_words(self, session: AnySession, terms: Vocabulary, places: _Places) -> _Words:
        number, token = _revision(session)
        path = self._folder / f"phrases-{_words_digest(token, terms)}.bin"
        arrays, senses = _kept(path, lambda: build_phrases(terms, stored_phrases(session)))
        lexicon = Lexicon(Entries(arrays, senses), places.names)
        return _Words(number, token, lexicon, Speller(lexicon))


def _known(places: _Places, words: _Words, live: _Live) -> Knowledge:
    _, consulates, postal = live
    return Knowledge(words.lexicon, places.gazetteer, places.short, words.speller, consulates, postal)


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


def _build_places(session: AnySession) -> tuple[dict[str, Any], list[Sense]]:
    """The names of places and the gazetteer, from tables."""
    builder = LexiconBuilder()
    arrays = read_gazetteer(session, builder)
    return {**arrays, **builder.build()}, []


def build_phrases(terms: Vocabulary, phrases: Iterable[Phrase]) -> tuple[dict[str, Any], list[Sense]]:
    """Labels, demonyms and phrases as arrays, and their senses."""
    builder = LexiconBuilder()
    for phrase in (*labels(terms), *demonyms(), *phrases):
        builder.add(phrase.words, phrase.sense, phrase.row)
    return builder.build(), builder.senses


def _entries_of(terms: Vocabulary, phrases: Iterable[Phrase]) -> Entries:
    arrays, senses = build_phrases(terms, phrases)
    return Entries(arrays, senses)


def _revision(session: AnySession) -> tuple[int, UUID]:
    row = session.execute(select(LexiconRevision.number, LexiconRevision.token)).one()
    return row.number, row.token


def _places_digest(session: AnySession) -> str:
    """Names what the names of places were made from: the gazetteer by its size, and our own names of regions."""
    count, last = session.execute(select(func.count(), func.max(Place.id))).one()
    made_from = f"{FORMAT} {list(FORMS)} {count} {last} {countries.names_digest()}"
    return hashlib.sha256(made_from.encode()).hexdigest()[:20]


def _words_digest(token: UUID, terms: Vocabulary) -> str:
    """Names what the phrases were made from: the revision of the table, and the labels."""
    content = hashlib.sha256(f"{FORMAT} {list(FORMS)} {token}".encode())
    for term in (*terms.areas.values(), *terms.populations.values()):
        content.update(json.dumps([term.slug, sorted(term.labels.items())], ensure_ascii=False).encode())
    return content.hexdigest()[:20]


def _kept(path: Path, made: Callable[[], tuple[dict[str, Any], list[Sense]]]) -> tuple[dict[str, Any], list[Sense]]:
    """What a file holds; made, and put there, where it does not hold what it should."""
    loaded = _opened(path)
    if loaded is None:
        built = made()
        _write(path, *built)
        loaded = _opened(path) or built
    return loaded


def _write(path: Path, arrays: Mapping[str, Any], senses: Iterable[Sense]) -> None:
    """Put the file in its place at one stroke; the former ones go."""
    text = json.dumps([asdict(sense) for sense in senses], ensure_ascii=False).encode()
    body = b"".join(packed({**arrays, "senses": np.frombuffer(text, np.uint8)}))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{uuid4().hex}.tmp")
    beside.write_bytes(hashlib.sha256(body).digest() + body)
    beside.replace(path)
    for other in path.parent.glob(f"{path.name.partition('-')[0]}-*.bin"):
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


def _read_live(session: AnySession) -> _Live:
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
