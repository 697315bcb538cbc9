"""Suggestions of organizations, from the names that the segments of the search index hold."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from directory.search.engine.suggest import NamedSegment, PrefixIndex, index_segment
from directory.search.suggest.candidates import Candidate
from directory.search.suggest.places import region_label


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """What a suggestion shows of an organization; its main place as city and ISO codes."""

    slug: str
    name: str
    acronym: str | None
    city: str | None
    admin1: str | None
    country: str


class RecordSegment(NamedSegment, Protocol):
    """A segment that can also say what its documents are."""

    def record(self, number: int) -> NamedRecord:
        """The organization that a document stands for."""

    def place_ids(self) -> Iterable[str]:
        """Ids of the gazetteer's places where organizations of this segment are."""


@dataclass(frozen=True)
class _Indexed:
    index: PrefixIndex
    place_ids: frozenset[str]


class OrganizationIndexes:
    """One index for each segment, kept for as long as the segment is in use: a commit builds a small one only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, _Indexed] = {}

    def of(self, segments: Sequence[RecordSegment]) -> Organizations:
        """The organizations of these segments."""
        with self._lock:
            self._known = {
                segment.segment_id: self._known.get(segment.segment_id) or _index(segment) for segment in segments
            }
            return Organizations([(segment, self._known[segment.segment_id]) for segment in segments])


def _index(segment: RecordSegment) -> _Indexed:
    return _Indexed(index_segment(segment), frozenset(segment.place_ids()))


class Organizations:
    """The organizations of one state of the search index."""

    def __init__(self, segments: Sequence[tuple[RecordSegment, _Indexed]]) -> None:
        self._segments = [(segment, indexed, segment.live()) for segment, indexed in segments]

    def has_place(self, place_id: str) -> bool:
        """Whether an organization is, or lately was, at a place of the gazetteer."""
        return any(place_id in indexed.place_ids for _, indexed, _ in self._segments)

    def find(self, typed: Sequence[str], language: str, limit: int, *, tolerant: bool) -> list[Candidate]:
        """Organizations; of equals by name."""
        found = [
            (match.score, segment.record(match.number))
            for segment, indexed, live in self._segments
            for match in indexed.index.find(typed, limit, tolerant=tolerant, allowed=live)
        ]
        found.sort(key=lambda pair: (-pair[0], pair[1].name.casefold(), pair[1].slug))
        return [_candidate(record, score, language) for score, record in found[:limit]]


def _candidate(record: NamedRecord, score: float, language: str) -> Candidate:
    region = region_label(record.admin1 or record.country, language)
    return Candidate(
        kind="organization",
        value=record.slug,
        label=record.name,
        path=f"/organizations/{record.slug}",
        names=tuple(filter(None, (record.name, record.acronym))),
        score=score,
        detail=", ".join(filter(None, (record.city, region))),
    )
