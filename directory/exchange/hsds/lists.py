"""Which records a question asks for, and HSDS objects made of many of them at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from directory.database import AnySession
from directory.exchange.hsds.mapping import Mapping31
from directory.exchange.hsds.models import Organization, Service, ServiceAtLocation
from directory.publication.listings import (
    Tie,
    centre_of_postal_code,
    listings,
    locations_within,
    revised_since,
    services_with,
)
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization

BATCH = 250
T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """What narrows a list; None: nothing does. All must hold."""

    found: frozenset[uuid.UUID] | None = None
    """Organizations that a search finds."""
    terms: frozenset[uuid.UUID] | None = None
    """Any of these."""
    organization_id: uuid.UUID | None = None
    modified_after: datetime | None = None
    postcode: str | None = None
    proximity_m: float = 0.0


class Asked:
    """A question, with what each part of it leaves, asked of the database once."""

    def __init__(self, session: AnySession, wanted: Wanted) -> None:
        self._all = listings(session)
        self._owners: list[frozenset[uuid.UUID]] = []
        if wanted.found is not None:
            self._owners.append(wanted.found)
        if wanted.organization_id is not None:
            self._owners.append(frozenset({wanted.organization_id}))
        if wanted.modified_after is not None:
            self._owners.append(frozenset(revised_since(session, wanted.modified_after)))
        self._services = None if wanted.terms is None else services_with(session, wanted.terms)
        self._places: set[uuid.UUID] | None = None
        if wanted.postcode is not None:
            centre = centre_of_postal_code(session, wanted.postcode)
            self._places = set() if centre is None else locations_within(session, centre, wanted.proximity_m / 1000)

    def organizations(self) -> list[uuid.UUID]:
        """Ids of organizations; one is there where any service of it is asked for."""
        owners = None if self._services is None else {self._all.services.get(item) for item in self._services}
        return [item for item in self._all.organizations if self._is_owner(item) and (owners is None or item in owners)]

    def services(self) -> list[tuple[uuid.UUID, uuid.UUID]]:
        """Services with their organizations."""
        return [
            (service, owner)
            for service, owner in self._all.services.items()
            if (self._services is None or service in self._services) and self._is_owner(owner)
        ]

    def ties(self) -> list[Tie]:
        """Services at locations."""
        return [
            tie
            for tie in self._all.ties.values()
            if (self._services is None or tie.service_id in self._services)
            and (self._places is None or tie.location_id in self._places)
            and self._is_owner(tie.organization_id)
        ]

    def _is_owner(self, owner: uuid.UUID) -> bool:
        return all(owner in allowed for allowed in self._owners)


class Maker:
    """Makes HSDS objects of ids, in their order, reading many records at a time; what is gone meanwhile is left out."""

    def __init__(self, session: AnySession, mapping: Mapping31, now: datetime) -> None:
        self._session = session
        self._mapping = mapping
        self._now = now

    def organizations(
        self, ids: Sequence[uuid.UUID], *, full: bool, with_services: bool = False
    ) -> Iterator[Organization]:
        """Organizations."""
        for batch in _batches(ids):
            records = self._read(batch)
            for wanted in batch:
                if record := records.get(wanted):
                    yield self._mapping.organization(record, full=full, with_services=with_services)

    def services(self, pairs: Sequence[tuple[uuid.UUID, uuid.UUID]], *, full: bool) -> Iterator[Service]:
        """Services, each with its organization in short."""
        for batch in _batches(pairs):
            records = self._read([owner for _, owner in batch])
            for wanted, owner in batch:
                record = records.get(owner)
                service = next((item for item in record.services if item.id == wanted), None) if record else None
                if record and service:
                    yield self._mapping.service(record, service, full=full)

    def ties(self, ties: Sequence[Tie], *, full: bool) -> Iterator[ServiceAtLocation]:
        """Services at locations."""
        for batch in _batches(ties):
            records = self._read([tie.organization_id for tie in batch])
            for tie in batch:
                if record := records.get(tie.organization_id):
                    service = next((item for item in record.services if item.id == tie.service_id), None)
                    place = next((item for item in record.locations if item.id == tie.location_id), None)
                    if service and place:
                        yield self._mapping.service_at_location(record, service, place, full=full)

    def _read(self, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PublicOrganization]:
        found = public_organizations(self._session, list(dict.fromkeys(ids)), self._now)
        self._session.expunge_all()
        return {record.id: record for record in found}


def _batches(items: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
