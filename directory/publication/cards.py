"""Cards: what lists show of organizations, made once for each revision, language and day, and kept as text.

A card holds only what everybody may see and what a new revision, another language or another day would change. What
depends on a search (distance, score) or on who looks (partners, links to refer) is put between its parts afterwards.
Labels, place names and templates change with a release, and the process with them.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from flask import Flask, current_app

from directory.clock import last_end_of_day
from directory.database import AnySession
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization
from directory.settings import Settings

_EXTENSION = "directory.cards"
_ENTRY_BYTES = 600
"""What an entry costs besides its texts: its key with two UUIDs, the tuples, its place in the order."""
Card = tuple[str, ...]
"""The parts of a card, between which something may be put."""


class Edition(NamedTuple):
    """What cards of one answer have in common: the form, the language, the instant, the epoch of the feed."""

    form: str
    language: str
    at: datetime
    epoch: str


class Wanted(Protocol):
    """Which card: of an organization as of a revision, at one of its locations."""

    @property
    def organization_id(self) -> UUID:
        """The organization."""

    @property
    def location_id(self) -> UUID | None:
        """The location that is shown; None where it has none."""

    @property
    def revision(self) -> int:
        """The revision that whoever asks has seen."""


AnyWanted = TypeVar("AnyWanted", bound=Wanted)
Maker = Callable[[PublicOrganization, UUID | None], Card]
"""Makes the card of a record at a location."""


class CardCache:
    """The cards used last, up to a number of bytes; safe for threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._cards: OrderedDict[Hashable, tuple[Card, int]] = OrderedDict()
        self._lock = threading.Lock()
        self.size_bytes = 0
        """What the cards held now take, about."""

    def __len__(self) -> int:
        return len(self._cards)

    def get(self, keys: Sequence[Hashable]) -> list[Card | None]:
        """The cards of some keys, None for each that is not here."""
        found: list[Card | None] = []
        with self._lock:
            for key in keys:
                entry = self._cards.get(key)
                if entry is not None:
                    self._cards.move_to_end(key)
                found.append(entry[0] if entry else None)
        return found

    def put(self, key: Hashable, card: Card) -> None:
        """Keep a card; those that were not used for longest make room."""
        size = _ENTRY_BYTES + sum(map(sys.getsizeof, card))
        if size > self._limit:
            return
        with self._lock:
            former = self._cards.pop(key, None)
            self.size_bytes += size - (former[1] if former else 0)
            self._cards[key] = (card, size)
            while self.size_bytes > self._limit:
                _, (_, freed) = self._cards.popitem(last=False)
                self.size_bytes -= freed


def bind(app: Flask) -> None:
    """Give the application its cards."""
    settings: Settings = app.extensions["directory.settings"]
    app.extensions[_EXTENSION] = CardCache(settings.card_cache_mb * 1024 * 1024)


def card_cache() -> CardCache:
    """The cards of the running application."""
    cache: CardCache = current_app.extensions[_EXTENSION]
    return cache


def cards_of(
    session: AnySession, wanted: Sequence[AnyWanted], edition: Edition, make: Maker, *, in_step: bool
) -> list[tuple[AnyWanted, Card]]:
    """What is wanted, each with its card; those not in public sight are left out. No SQL where all are known.

    A card is kept only where the record still is at the revision that was asked for. Whoever asks has seen that
    revision before the record is read here, and its number is read after the record: so what was read between is that
    revision and no other. A record that has moved on is shown as it is now, and kept once it is asked for.
    `in_step`: whether the revisions asked for may be believed; else all cards are made of the records as they are.
    """
    cache = card_cache()
    # Until a day ends somewhere nothing lapses: a card made since is as good.
    kept_for = edition._replace(at=last_end_of_day(edition.at))
    keys = [(kept_for, item.organization_id, item.revision, item.location_id) for item in wanted]
    cards: list[Card | None] = cache.get(keys) if in_step else [None for _ in keys]
    missing = [position for position, card in enumerate(cards) if card is None]
    if missing:
        records = _records(session, (wanted[position].organization_id for position in missing), edition.at)
        for position in missing:
            item = wanted[position]
            if record := records.get(item.organization_id):
                card = cards[position] = make(record, item.location_id)
                if record.revision == item.revision:
                    cache.put(keys[position], card)
    return [(item, card) for item, card in zip(wanted, cards, strict=True) if card is not None]


def _records(session: AnySession, ids: Iterable[UUID], at: datetime) -> dict[UUID, PublicOrganization]:
    return {record.id: record for record in public_organizations(session, list(dict.fromkeys(ids)), at)}
