"""From the tables to public organizations: many records in a fixed number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import select

from directory.changes.models import Entity, Slug
from directory.changes.slugs import current_slugs
from directory.clock import day_of
from directory.database import AnySession
from directory.organizations.freshness import freshness, review_due_on, review_interval_days
from directory.organizations.models import Location, Organization, Phone, Visibility
from directory.organizations.save import load_organizations
from directory.organizations.services import Service
from directory.organizations.zones import Zones, lapse_of, zones_of
from directory.publication.consulate_links import ConsulateLinks
from directory.publication.partners import PublicPartners
from directory.publication.records import (
    PublicAccreditation,
    PublicAvailability,
    PublicHours,
    PublicIdentifier,
    PublicLocation,
    PublicOrganization,
    PublicPhone,
    PublicService,
    PublicShelter,
    public_source,
)
from directory.publication.terms import TermSlugs
from directory.publication.towns import Towns
from directory.publication.versions import Version, revised_after, versions

BATCH_RECORDS = 500


def published_ids(session: AnySession) -> list[uuid.UUID]:
    """The ids of all organizations in public sight, by name."""
    query = select(Organization.id).where(Organization.removed_at.is_(None)).order_by(Organization.name)
    return list(session.scalars(query))


def published_slugs(session: AnySession) -> list[str]:
    """The current slugs of all organizations in public sight."""
    ids = select(Organization.id).where(Organization.removed_at.is_(None))
    query = select(Slug.slug).where(Slug.entity == Entity.ORGANIZATION, Slug.is_current, Slug.entity_id.in_(ids))
    return list(session.scalars(query.order_by(Slug.slug)))


def all_organizations(
    session: AnySession, now: datetime, modified_after: datetime | None = None
) -> Iterator[PublicOrganization]:
    """Every public organization, or those revised after an instant, by name, built in batches."""
    published = published_ids(session)
    if modified_after is not None:
        revised = revised_after(session, Entity.ORGANIZATION, modified_after)
        published = [record_id for record_id in published if record_id in revised]
    ids = iter(published)
    while batch := list(islice(ids, BATCH_RECORDS)):
        yield from public_organizations(session, batch, now)
        session.expunge_all()


def public_organizations(session: AnySession, ids: Sequence[uuid.UUID], now: datetime) -> list[PublicOrganization]:
    """The public records of `ids` as of `now`, in their order; those not in public sight are left out."""
    records = {row.id: row for row in load_organizations(session, ids) if row.removed_at is None}
    if not records:
        return []
    slugs = current_slugs(session, Entity.ORGANIZATION, records)
    version_of = versions(session, Entity.ORGANIZATION, records)
    places = (location.place_id for row in records.values() for location in row.locations)
    builder = _Builder(
        TermSlugs.load(session),
        Towns.load(session, places),
        ConsulateLinks.current(session),
        PublicPartners.current(session),
        now,
    )
    return [
        builder.organization(records[record_id], slugs[record_id], version_of[record_id])
        for record_id in ids
        if record_id in records
    ]


class _Builder:
    """Turns loaded rows into public records; asks the database nothing."""

    def __init__(
        self, terms: TermSlugs, towns: Towns, consulates: ConsulateLinks, partners: PublicPartners, now: datetime
    ) -> None:
        self.terms = terms
        self.towns = towns
        self.consulates = consulates
        self.partners = partners
        self.now = now
        self.today = day_of(now)

    def organization(self, row: Organization, slug: str, version: Version) -> PublicOrganization:
        """One organization. What is hidden never gets past this function."""
        visible = [item for item in row.locations if item.visibility != Visibility.HIDDEN]
        shows_contacts = row.contacts_suspended_at is None
        shows_email = shows_contacts and not row.is_email_private
        shown = {item.id for item in visible}
        zones = zones_of(row.locations)
        services = tuple(self.service(item, shown, zones) for item in row.services)
        areas = {area for service in services for area in service.areas}
        interval_days = review_interval_days(
            areas, {service.group for service in services}, any(service.emergency for service in services)
        )
        return PublicOrganization(
            id=row.id,
            slug=slug,
            name=row.name,
            acronym=row.acronym,
            alternate_names=tuple(item.name for item in row.alternate_names),
            country=row.country,
            summary={item.language: item.text for item in row.texts if item.field == "summary"},
            description={item.language: item.text for item in row.texts if item.field == "description"},
            website=row.website if shows_contacts else None,
            urls=tuple(item.url for item in row.urls) if shows_contacts else (),
            email=row.email if shows_email else None,
            phones=tuple(
                _phone(item, row.country) for item in row.phones if item.location_id is None and shows_contacts
            ),
            contacts_suspended=not shows_contacts,
            year_founded=row.year_founded,
            legal_status=row.legal_status,
            identifiers=tuple(
                PublicIdentifier(scheme=item.scheme, identifier=item.identifier) for item in row.identifiers
            ),
            accreditations=tuple(
                PublicAccreditation(by=item.by, on=item.on, url=item.url) for item in row.accreditations
            ),
            populations=self.terms.sorted_slugs(item.term_id for item in row.populations),
            languages=tuple(sorted(item.code for item in row.languages)),
            status=freshness(row.verified_on, interval_days, self.today, row.due_since).value,
            verified_on=row.verified_on,
            due_since=row.due_since,
            review_due_on=review_due_on(row.verified_on, interval_days),
            review_interval_days=interval_days,
            source=public_source(row),
            revision=version.number,
            modified_at=version.at,
            services=services,
            locations=tuple(
                self.location(item, row.services, shows_contacts=shows_contacts, shows_email=shows_email)
                for item in visible
            ),
            consulates=(
                *self.consulates.linked(self.partners.of_organization(row.id), "partner"),
                *self.consulates.covering(row.locations),
            ),
            vouched_by=self.consulates.linked(self.partners.vouching_for(row.id), "vouch"),
        )

    def service(self, row: Service, shown: set[uuid.UUID], zones: Zones) -> PublicService:
        """One service, tied to the locations that are shown."""
        group = self.terms.slug(row.group_id)
        texts = {
            field: {item.language: item.text for item in row.texts if item.field == field}
            for field in ("name", "eligibility", "documents_required", "cost")
        }
        return PublicService(
            id=row.id,
            group=group,
            name=texts["name"] or self.terms.labels(row.group_id),
            areas=self.terms.sorted_slugs(item.term_id for item in row.areas),
            populations=self.terms.sorted_slugs(item.term_id for item in row.populations),
            languages=tuple(sorted(item.code for item in row.languages)),
            nationalities=tuple(sorted(item.country for item in row.nationalities)),
            eligibility=texts["eligibility"],
            documents_required=texts["documents_required"],
            cost=texts["cost"],
            access=row.access.value if row.access else None,
            schedule=tuple(
                PublicHours(
                    weekday=item.weekday,
                    opens_at=f"{item.opens_at:%H:%M}",
                    closes_at=f"{item.closes_at:%H:%M}",
                )
                for item in sorted(row.schedules, key=lambda item: (item.weekday, item.opens_at))
            ),
            emergency=row.is_emergency,
            shelter=PublicShelter(**row.shelter) if row.shelter else None,
            availability=self._availability(row, zones),
            locations=tuple(item.location_id for item in row.locations if item.location_id in shown),
            coverage=tuple(sorted(item.code for item in row.coverage)),
        )

    def _availability(self, row: Service, zones: Zones) -> PublicAvailability:
        said = row.availability
        lapses_at = lapse_of(row, zones) if said else None
        if said is None or (lapses_at is not None and lapses_at <= self.now):
            return PublicAvailability(state="unknown")
        return PublicAvailability(state=said.state.value, until=said.until, note=said.note, lapses_at=lapses_at)

    def location(
        self, row: Location, services: Sequence[Service], *, shows_contacts: bool, shows_email: bool
    ) -> PublicLocation:
        """One location: a protected one without its street, at its city's point."""
        is_public = row.visibility == Visibility.PUBLIC
        town = self.towns.get(row.place_id)
        own_point = (row.latitude, row.longitude) if is_public and row.latitude is not None else None
        point = own_point or (town.point if town else None)
        at_here = [tie for service in services for tie in service.locations if tie.location_id == row.id]
        return PublicLocation(
            id=row.id,
            name=row.name if is_public else None,
            country=row.country,
            admin1=row.admin1,
            admin2=row.admin2,  # that of its town, which is public
            place_id=row.place_id,
            city=row.city,
            city_names=town.names if town else {},
            address=row.address if is_public else None,
            postal_code=row.postal_code if is_public else None,
            latitude=point[0] if point else None,
            longitude=point[1] if point else None,
            precision="exact" if own_point else "city" if point else None,
            visibility="public" if is_public else "city_only",
            timezone=row.timezone,
            phones=tuple(_phone(item, row.country) for item in row.phones) if shows_contacts else (),
            email=row.email if shows_email else None,
            areas=self.terms.sorted_slugs(area.term_id for tie in at_here for area in tie.areas),
            source=public_source(row),
        )


def _phone(row: Phone, country: str) -> PublicPhone:
    return PublicPhone.of(row.number, row.text, row.extension, row.kind.value, country)
