"""From the tables to public consulates, and to the consulates that an organization's record names."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, select

from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import day_of, earliest_day, now
from directory.consulates.models import (
    Consulate,
    ConsulateKind,
    ConsulatePhone,
    ConsulatePhoneKind,
    ConsulateStatus,
    JurisdictionArea,
    JurisdictionState,
    MobileConsulate,
)
from directory.consulates.naming import office_name
from directory.consulates.save import load_consulates
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.places.countries import country_name, subdivision_name
from directory.places.models import County, Place
from directory.publication.consulate_records import (
    PartnerLink,
    PublicConsulate,
    PublicConsulatePhone,
    PublicJurisdictionArea,
    PublicMobileConsulate,
)
from directory.publication.partners import PublicPartners
from directory.publication.records import ConsulateLink, PublicSource, public_source
from directory.publication.towns import Towns
from directory.publication.versions import Version, versions

Why = Literal["partner", "vouch"]
_RANK = {kind.value: rank for rank, kind in enumerate(ConsulateKind)}
_EMBASSY_LAST = len(_RANK)


def consulate_name(consulate: PublicConsulate | ConsulateLink, language: str) -> str:
    """What a consulate is called in a language: `Consulado de Honduras en McAllen`."""
    city = consulate.city_names.get(language) or consulate.city
    return office_name(consulate.kind, consulate.sending_country, city, language)


def words_of(consulate: PublicConsulate, language: str) -> str:
    """By what somebody looks for a consulate: its name, its town, state and host country, in a language."""
    parts = (
        consulate_name(consulate, language),
        consulate.city,
        subdivision_name(consulate.admin1, language) if consulate.admin1 else None,
        country_name(consulate.host_country, language),
        country_name(consulate.sending_country, language),
    )
    return " ".join(part for part in parts if part)


def local_rank(kind: str) -> int:
    """Sorts the offices nearest to people first: consulates general, consulates, …, embassies last."""
    return _EMBASSY_LAST if kind == ConsulateKind.EMBASSY else _RANK[kind]


def find_consulates(session: AnySession, *conditions: ColumnElement[bool]) -> list[PublicConsulate]:
    """The public consulates that meet `conditions`, by sending country, host country and city."""
    query = (
        select(Consulate.id)
        .where(Consulate.removed_at.is_(None), *conditions)
        .order_by(Consulate.sending_country, Consulate.host_country, Consulate.city, Consulate.source_key)
    )
    return public_consulates(session, list(session.scalars(query)))


def count_consulates(session: AnySession) -> int:
    """How many consulates are on record and not closed."""
    query = select(func.count()).where(Consulate.removed_at.is_(None), Consulate.status != ConsulateStatus.CLOSED)
    return session.scalar(query) or 0


def public_consulates(session: AnySession, ids: Sequence[uuid.UUID]) -> list[PublicConsulate]:
    """The public records of `ids`, in their order; removed ones are left out."""
    records = {row.id: row for row in load_consulates(session, ids) if row.removed_at is None}
    slugs = current_slugs(session, Entity.CONSULATE, records)
    version_of = versions(session, Entity.CONSULATE, records)
    mobile = _upcoming(session, records, now())
    areas = [area for row in records.values() for area in row.jurisdiction]
    places = [*(row.place_id for row in records.values()), *(area.place_id for area in areas)]
    builder = _Builder(
        Towns.load(session, [*places, *(event.place_id for events in mobile.values() for event in events)]),
        _county_names(session, areas),
        mobile,
        _partner_links(session, records),
    )
    return [
        builder.consulate(records[record_id], slugs[record_id], version_of[record_id])
        for record_id in ids
        if record_id in records
    ]


def _upcoming(
    session: AnySession, records: Mapping[uuid.UUID, Consulate], now: datetime
) -> dict[uuid.UUID, list[MobileConsulate]]:
    """Mobile consulates that are not over where they stop, by consulate, the soonest first."""
    query = (
        select(MobileConsulate, Place.timezone)
        .outerjoin(Place, Place.id == MobileConsulate.place_id)
        .where(
            MobileConsulate.consulate_id.in_(list(records)),
            MobileConsulate.cancelled_at.is_(None),
            MobileConsulate.ends_on >= earliest_day(now),
        )
        .order_by(MobileConsulate.starts_on, MobileConsulate.id)
    )
    found: dict[uuid.UUID, list[MobileConsulate]] = defaultdict(list)
    for event, zone in session.execute(query):
        if event.ends_on < day_of(now, zone or records[event.consulate_id].timezone):
            continue
        found[event.consulate_id].append(event)
    return found


def _partner_links(session: AnySession, consulate_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[PartnerLink, ...]]:
    """The public partners of some consulates, by name."""
    partners = PublicPartners.current(session)
    wanted = {consulate_id: partners.of_consulate(consulate_id) for consulate_id in consulate_ids}
    ids = sorted({item for found in wanted.values() for item in found})
    if not ids:
        return {}
    names = {
        row.id: row.name
        for row in session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(ids)))
    }
    slugs = current_slugs(session, Entity.ORGANIZATION, ids)
    return {
        consulate_id: tuple(
            PartnerLink(
                id=item, slug=slugs[item], name=names[item], emergencies=(consulate_id, item) in partners.emergencies
            )
            for item in sorted(found, key=lambda item: (names[item].casefold(), item))
        )
        for consulate_id, found in wanted.items()
        if found
    }


def _county_names(session: AnySession, areas: Iterable[JurisdictionArea]) -> dict[str, str]:
    codes = sorted({area.admin2 for area in areas if area.admin2})
    query = select(County.code, County.name).where(County.code.in_(codes))
    return {row.code: row.name for row in session.execute(query)}


@dataclass(frozen=True)
class _Builder:
    """Turns loaded rows into public records; asks the database nothing."""

    towns: Towns
    counties: dict[str, str]
    mobile: dict[uuid.UUID, list[MobileConsulate]]
    partners: dict[uuid.UUID, tuple[PartnerLink, ...]]

    def consulate(self, row: Consulate, slug: str, version: Version) -> PublicConsulate:
        """One consulate."""
        town = self.towns.get(row.place_id)
        own_point = (row.latitude, row.longitude) if row.latitude is not None else None
        point = own_point or (town.point if town else None)
        source = public_source(row)

        def told_by(name: str | None, url: str | None, said_on: str | None) -> PublicSource | None:
            if row.contacts_edited_at:
                return None
            return PublicSource(name=name, url=url, date=said_on, licence=None) if name else source

        return PublicConsulate(
            id=row.id,
            slug=slug,
            sending_country=row.sending_country,
            host_country=row.host_country,
            kind=row.kind.value,
            status=row.status.value,
            city=row.city,
            city_names=town.names if town else {},
            admin1=row.admin1,
            address=row.address,
            postal_code=row.postal_code,
            latitude=point[0] if point else None,
            longitude=point[1] if point else None,
            precision="exact" if own_point else "city" if point else None,
            timezone=row.timezone,
            phones=tuple(
                PublicConsulatePhone.of(
                    item.number,
                    item.text,
                    item.extension,
                    item.kind.value,
                    row.host_country,
                    around_the_clock=item.is_around_the_clock,
                    source=told_by(item.source_name, item.source_url, item.source_date),
                )
                for item in sorted(row.phones, key=_phone_order)
            ),
            email=row.email,
            website=row.website,
            jurisdiction=tuple(self.area(area) for area in row.jurisdiction),
            jurisdiction_state=row.jurisdiction_state.value,
            jurisdiction_note=row.jurisdiction_note,
            jurisdiction_source=PublicSource(
                name=row.jurisdiction_source,
                url=row.jurisdiction_source_url,
                date=row.jurisdiction_source_date,
                licence=None,
            )
            if row.jurisdiction_source
            else source,
            jurisdiction_confirmed=row.jurisdiction_edited_at is not None
            and row.jurisdiction_state == JurisdictionState.KNOWN,
            contacts_confirmed=row.contacts_edited_at is not None,
            contacts_confirmed_on=row.contacts_edited_at.date() if row.contacts_edited_at else None,
            address_source=told_by(row.address_source, row.address_source_url, row.address_source_date)
            if row.address
            else None,
            email_source=told_by(row.email_source, row.email_source_url, row.email_source_date) if row.email else None,
            note=row.note,
            mobile=tuple(self.event(item) for item in self.mobile.get(row.id, ())),
            partners=self.partners.get(row.id, ()),
            source=source,
            revision=version.number,
            modified_at=version.at,
        )

    def area(self, area: JurisdictionArea) -> PublicJurisdictionArea:
        """One place of a jurisdiction."""
        town = self.towns.get(area.place_id)
        return PublicJurisdictionArea(
            country=area.country,
            admin1=area.admin1,
            admin2=area.admin2,
            place_id=area.place_id,
            name=town.name if town else self.counties.get(area.admin2) if area.admin2 else None,
            mode=area.mode.value,
            assumed=area.is_assumed,
        )

    def event(self, row: MobileConsulate) -> PublicMobileConsulate:
        """One mobile consulate."""
        town = self.towns[row.place_id]
        return PublicMobileConsulate(
            id=row.id,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            place_id=row.place_id,
            city=town.name,
            city_names=town.names,
            country=town.country,
            admin1=town.admin1,
            latitude=town.point[0] if town.point else None,
            longitude=town.point[1] if town.point else None,
            venue=row.venue,
            hours=row.hours,
            url=row.url,
        )


def _phone_order(phone: ConsulatePhone) -> tuple[bool, bool, int]:
    """Protection first, and of those the line that answers at night."""
    return phone.kind != ConsulatePhoneKind.PROTECTION, not phone.is_around_the_clock, phone.position
