"""Creating and replacing organizations. Nothing here commits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import Tally, record_audit, record_change
from directory.changes.slugs import assign_slug, current_slugs, free_slug, give_slug, slugify, taken_slugs
from directory.changes.snapshot import snapshot_of
from directory.database import AnySession
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.record_data import WHEREABOUTS
from directory.organizations.services import IMPORTED, Availability, Service, ServiceAtLocation

OPENNESS = {Visibility.HIDDEN: 0, Visibility.CITY_ONLY: 1, Visibility.PUBLIC: 2}


@dataclass
class OrganizationWriter:
    """Writes many organizations in one session, asking the database once for what all of them need."""

    session: AnySession
    actor: str
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self._taken = taken_slugs(self.session, Entity.ORGANIZATION)

    def save(self, drafts: Sequence[Organization]) -> None:
        """Create or replace each of `drafts` (transient objects with their ids); equal digests change nothing."""
        known = {
            row.id: row
            for row in self.session.execute(
                select(Organization.id, Organization.source_digest, Organization.name, Organization.removed_at).where(
                    Organization.id.in_([draft.id for draft in drafts])
                )
            )
        }
        for draft in drafts:
            row = known.get(draft.id)
            if row is None:
                self.create(draft)
            elif row.source_digest == draft.source_digest or row.removed_at is not None:
                # A record that was taken down on purpose does not come back with the next import.
                self.tally.unchanged += 1
            else:
                self.replace(draft, row.name)

    def create(self, draft: Organization) -> None:
        """Add a new organization with its slug."""
        self.session.add(draft)
        slug = free_slug(_slug_names(draft), self._taken)
        self._taken.add(slug)
        give_slug(self.session, Entity.ORGANIZATION, draft.id, slug)
        record_change(self.session, Entity.ORGANIZATION, draft.id, ChangeKind.CREATED)
        record_audit(self.session, self.actor, "create", Entity.ORGANIZATION, draft.id)
        self.tally.created += 1

    def replace(self, draft: Organization, former_name: str, *, keeps_protection: bool = True) -> None:
        """Make a known organization say what `draft` says.

        `keeps_protection`: a file cannot open what is protected; whoever speaks for the organization can.
        """
        self._keep_service_ids(draft)
        self._keep_availability(draft)
        tightens = self._tightens(draft)
        if keeps_protection:
            self._keep_protection(draft)
        self.session.merge(draft)
        if slugify(draft.name) != slugify(former_name):
            slug = free_slug(_slug_names(draft), self._taken)
            self._taken.add(slug)
            assign_slug(self.session, Entity.ORGANIZATION, draft.id, slug)
        kind = ChangeKind.REDACTED if tightens else ChangeKind.UPDATED
        record_change(self.session, Entity.ORGANIZATION, draft.id, kind)
        record_audit(self.session, self.actor, "replace", Entity.ORGANIZATION, draft.id)
        self.tally.updated += 1

    def _is_email_private(self, draft: Organization) -> bool:
        return bool(self.session.scalar(select(Organization.is_email_private).where(Organization.id == draft.id)))

    def _known_locations(self, draft: Organization) -> dict[uuid.UUID, Location]:
        query = select(Location).where(Location.organization_id == draft.id)
        return {row.id: row for row in self.session.scalars(query)}

    def _tightens(self, draft: Organization) -> bool:
        """Whether less may be seen than before of any known location, or of the e-mail."""
        known = self._known_locations(draft)
        return (bool(draft.is_email_private) and not self._is_email_private(draft)) or any(
            OPENNESS[place.visibility] < OPENNESS[known[place.id].visibility]
            for place in draft.locations
            if place.id in known
        )

    def _keep_protection(self, draft: Organization) -> None:
        """A protected location stays protected, with its private address; a private e-mail is not lost."""
        known = self._known_locations(draft)
        keeps_email = self._is_email_private(draft)
        if keeps_email:
            draft.email = self.session.scalar(select(Organization.email).where(Organization.id == draft.id))
        for place in draft.locations:
            row = known.get(place.id)
            if row is not None and keeps_email:
                place.email = row.email
            if row is None or OPENNESS[row.visibility] == OPENNESS[Visibility.PUBLIC]:
                continue
            place.visibility = min(place.visibility, row.visibility, key=OPENNESS.__getitem__)
            for name in WHEREABOUTS:
                if getattr(place, name) is None:
                    setattr(place, name, getattr(row, name))

    def _keep_service_ids(self, draft: Organization) -> None:
        """A service of the same group stays the same service, whatever key the record comes under."""
        query = select(Service.group_id, Service.id).where(Service.organization_id == draft.id)
        known = {row.group_id: row.id for row in self.session.execute(query)}
        for service in draft.services:
            service.id = known.get(service.group_id, service.id)
            if "availability" in service.__dict__ and service.availability is not None:
                service.availability.service_id = service.id
            for tie in service.locations:
                tie.service_id = service.id
                for area in tie.areas:
                    area.service_id = service.id

    def _keep_availability(self, draft: Organization) -> None:
        """What a file says of who is full or closed does not overrule a person."""
        query = select(Availability).join(Service).where(Service.organization_id == draft.id)
        known = {row.service_id: row for row in self.session.scalars(query)}
        for service in draft.services:
            said = known.get(service.id)
            if said is not None and said.set_by != IMPORTED and "availability" in service.__dict__:
                service.availability = said


def _slug_names(draft: Organization) -> list[str]:
    if not slugify(draft.name):
        return [str(draft.id)]  # a name of signs alone: its town would name another
    names = [draft.name]
    city = draft.locations[0].city if draft.locations else None
    if city:
        names.append(f"{draft.name} {city}")
    return names


def load_organizations(session: AnySession, ids: Sequence[uuid.UUID]) -> list[Organization]:
    """Organizations with everything that hangs on them, in a fixed number of queries."""
    return list(
        session.scalars(
            select(Organization)
            .where(Organization.id.in_(ids))
            .options(
                selectinload(Organization.texts),
                selectinload(Organization.alternate_names),
                selectinload(Organization.urls),
                selectinload(Organization.identifiers),
                selectinload(Organization.accreditations),
                selectinload(Organization.populations),
                selectinload(Organization.languages),
                selectinload(Organization.phones),
                selectinload(Organization.contacts),
                selectinload(Organization.locations).selectinload(Location.phones),
                *_service_loads(),
            )
        )
    )


def _service_loads() -> list[Any]:
    services = selectinload(Organization.services)
    return [
        services.selectinload(Service.texts),
        services.selectinload(Service.areas),
        services.selectinload(Service.populations),
        services.selectinload(Service.languages),
        services.selectinload(Service.nationalities),
        services.selectinload(Service.coverage),
        services.selectinload(Service.schedules),
        services.selectinload(Service.availability),
        services.selectinload(Service.locations).selectinload(ServiceAtLocation.areas),
    ]


def snapshot_organizations(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """The full private records, by id, for the revisions."""
    slugs = current_slugs(session, Entity.ORGANIZATION, ids)
    return {
        record.id: {**snapshot_of(record), "slug": slugs.get(record.id)} for record in load_organizations(session, ids)
    }
