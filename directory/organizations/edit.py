"""From an edited record to rows: creating and changing an organization by hand. Nothing here commits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, time

from sqlalchemy import func, select

from directory.changes.models import Entity, Revision
from directory.changes.recording import record_audit
from directory.changes.snapshot import snapshot_of
from directory.database import AnySession
from directory.identifiers import seed_uuid
from directory.organizations.differences import Difference, Path, differences
from directory.organizations.models import (
    AlternateName,
    Location,
    Organization,
    OrganizationLanguage,
    OrganizationPopulation,
    OrganizationText,
    OrganizationUrl,
    Phone,
    Visibility,
)
from directory.organizations.record_data import (
    SERVICE_TEXTS,
    WHEREABOUTS,
    LocationData,
    PhoneData,
    RecordData,
    ServiceData,
    from_snapshot,
)
from directory.organizations.save import OrganizationWriter, load_organizations
from directory.organizations.services import (
    AreaAtLocation,
    Schedule,
    Service,
    ServiceAreaOf,
    ServiceAtLocation,
    ServiceCoverage,
    ServiceLanguage,
    ServiceNationality,
    ServicePopulation,
    ServiceText,
)
from directory.places.models import Place
from directory.vocabulary.catalogue import Vocabulary


class NoSuchRevision(LookupError):
    """The record has no revision of this number."""


def record_data(session: AnySession, organization_id: uuid.UUID, terms: Vocabulary) -> RecordData:
    """The editable record as it stands."""
    return from_snapshot(snapshot_of(load_organizations(session, [organization_id])[0]), terms)


def current_revision(session: AnySession, organization_id: uuid.UUID) -> int:
    """The number of the last revision."""
    query = select(func.max(Revision.number)).where(
        Revision.entity == Entity.ORGANIZATION, Revision.entity_id == organization_id
    )
    return session.scalar(query) or 0


def revision_data(session: AnySession, organization_id: uuid.UUID, number: int, terms: Vocabulary) -> RecordData:
    """The editable record as it was at a revision. Raises NoSuchRevision."""
    query = select(Revision.snapshot).where(
        Revision.entity == Entity.ORGANIZATION, Revision.entity_id == organization_id, Revision.number == number
    )
    snapshot = session.scalar(query)
    if snapshot is None:
        raise NoSuchRevision(number)
    return from_snapshot(snapshot, terms)


def create_record(session: AnySession, data: RecordData, terms: Vocabulary, actor: str, on: date) -> Organization:
    """A new organization whose source is the organization itself, on a day."""
    draft = draft_of(session, uuid.uuid4(), data, terms)
    draft.source_name = data.name
    draft.source_date = on.isoformat()
    for place in draft.locations:
        place.source_name = data.name
        place.source_date = on.isoformat()
    OrganizationWriter(session, actor).create(draft)
    session.flush()
    return draft


def change_record(
    session: AnySession, organization: Organization, data: RecordData, terms: Vocabulary, actor: str, action: str
) -> list[Difference]:
    """Make a record say what `data` says; returns what changed (nothing is written where nothing did)."""
    before = record_data(session, organization.id, terms)
    changed = differences(before, data)
    if not changed:
        return []
    draft = draft_of(session, organization.id, data, terms)
    known = {place.id: place for place in organization.locations}
    for place in draft.locations:
        origin = known.get(place.id)
        place.source_name = origin.source_name if origin else organization.source_name
    OrganizationWriter(session, actor).replace(draft, organization.name, keeps_protection=False)
    session.flush()
    private = _whereabouts(before, data)
    record_audit(
        session,
        actor,
        action,
        Entity.ORGANIZATION,
        organization.id,
        before={".".join(item.path): None if item.path in private else item.before for item in changed},
        after={".".join(item.path): None if item.path in private else item.after for item in changed},
    )
    return changed


def _whereabouts(*states: RecordData) -> set[Path]:
    """What tells where a protected place was or is: the audit trail notes that it moved, and not where."""
    hidden = {key for data in states for key, place in data.locations.items() if place.visibility != Visibility.PUBLIC}
    return {("locations", key, name) for key in hidden for name in WHEREABOUTS}


def draft_of(session: AnySession, record_id: uuid.UUID, data: RecordData, terms: Vocabulary) -> Organization:
    """A transient organization with everything that `data` holds and nothing else set."""
    organization = Organization(
        id=record_id,
        name=data.name,
        acronym=data.acronym,
        country=data.country,
        website=data.website,
        email=data.email,
        is_email_private=data.is_email_private,
        year_founded=data.year_founded,
        legal_status=data.legal_status,
        texts=[
            OrganizationText(organization_id=record_id, field=field, language=language, text=text)
            for field in ("summary", "description")
            for language, text in getattr(data, field).items()
        ],
        alternate_names=[
            AlternateName(organization_id=record_id, name=name, position=position)
            for position, name in enumerate(dict.fromkeys(data.alternate_names))
        ],
        urls=[
            OrganizationUrl(organization_id=record_id, url=url, position=position)
            for position, url in enumerate(dict.fromkeys(data.urls))
        ],
        populations=[
            OrganizationPopulation(organization_id=record_id, term_id=terms.populations[slug].id)
            for slug in data.populations
        ],
        languages=[OrganizationLanguage(organization_id=record_id, code=code) for code in data.languages],
        locations=[_location(session, record_id, uuid.UUID(key), place) for key, place in data.locations.items()],
        phones=list(_phones(record_id, data)),
    )
    known = {
        row.group_id: row.id
        for row in session.execute(select(Service.group_id, Service.id).where(Service.organization_id == record_id))
    }
    organization.services = [
        _service(record_id, known.get(terms.groups[group].id), group, position, service, data, terms)
        for position, (group, service) in enumerate(data.services.items())
    ]
    return organization


def _location(session: AnySession, record_id: uuid.UUID, location_id: uuid.UUID, data: LocationData) -> Location:
    town = session.get(Place, data.place_id) if data.place_id else None
    return Location(
        id=location_id,
        organization_id=record_id,
        position=data.position,
        name=data.name,
        country=data.country,
        admin1=data.admin1 or (town.admin1 if town else None),
        admin2=town.admin2 if town else None,
        city=data.city,
        place_id=data.place_id,
        address=data.address,
        postal_code=data.postal_code,
        latitude=data.latitude,
        longitude=data.longitude,
        visibility=data.visibility,
        timezone=town.timezone if town else None,
        email=data.email,
    )


def _phones(record_id: uuid.UUID, data: RecordData) -> Iterable[Phone]:
    places: list[tuple[str | None, int, tuple[PhoneData, ...]]] = [(None, 0, data.phones)]
    places += [(key, 100 * (1 + place.position), place.phones) for key, place in data.locations.items()]
    for key, offset, phones in places:
        # Who writes a number a second time means the one that is there.
        once: dict[tuple[str, str | None], PhoneData] = {}
        for phone in phones:
            once.setdefault((phone.number or phone.text, phone.extension), phone)
        for position, phone in enumerate(once.values()):
            yield Phone(
                id=seed_uuid(f"phone/{record_id}/{key}/{phone.number or phone.text}/{phone.extension}"),
                organization_id=record_id,
                location_id=uuid.UUID(key) if key else None,
                number=phone.number,
                text=phone.text,
                extension=phone.extension,
                kind=phone.kind,
                position=offset + position,
            )


def _service(
    record_id: uuid.UUID,
    known_id: uuid.UUID | None,
    group: str,
    position: int,
    data: ServiceData,
    record: RecordData,
    terms: Vocabulary,
) -> Service:
    service_id = known_id or uuid.uuid4()
    return Service(
        id=service_id,
        organization_id=record_id,
        group_id=terms.groups[group].id,
        position=position,
        access=data.access,
        is_emergency=data.is_emergency,
        shelter=data.shelter.model_dump(mode="json") if data.shelter and not data.shelter.is_empty else None,
        texts=[
            ServiceText(service_id=service_id, field=field, language=language, text=text)
            for field in SERVICE_TEXTS
            for language, text in getattr(data, field).items()
        ],
        areas=[ServiceAreaOf(service_id=service_id, term_id=terms.areas[slug].id) for slug in data.areas],
        populations=[
            ServicePopulation(service_id=service_id, term_id=terms.populations[slug].id) for slug in data.populations
        ],
        languages=[ServiceLanguage(service_id=service_id, code=code) for code in data.languages],
        nationalities=[ServiceNationality(service_id=service_id, country=code) for code in data.nationalities],
        coverage=[ServiceCoverage(service_id=service_id, code=code) for code in data.coverage],
        schedules=[
            Schedule(
                id=seed_uuid(f"schedule/{service_id}/{hours.weekday}/{hours.opens_at}"),
                service_id=service_id,
                weekday=hours.weekday,
                opens_at=time.fromisoformat(hours.opens_at),
                closes_at=time.fromisoformat(hours.closes_at),
            )
            for hours in data.schedule
        ],
        locations=list(_ties(service_id, data, record, terms)),
    )


def _ties(
    service_id: uuid.UUID, data: ServiceData, record: RecordData, terms: Vocabulary
) -> Iterable[ServiceAtLocation]:
    for key, place in record.locations.items():
        here = [slug for slug in data.areas if slug in place.areas]
        if here:
            location_id = uuid.UUID(key)
            yield ServiceAtLocation(
                service_id=service_id,
                location_id=location_id,
                areas=[
                    AreaAtLocation(service_id=service_id, location_id=location_id, term_id=terms.areas[slug].id)
                    for slug in here
                ],
            )
