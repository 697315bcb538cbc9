"""From the tables to public consulates, and to the consulates that an organization's record names."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from directory.changes.feed import FeedPosition, feed_position
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.consulates.jurisdiction import JurisdictionMap, Spot
from directory.consulates.models import Consulate, ConsulateKind, ConsulateStatus, JurisdictionArea
from directory.consulates.save import load_consulates
from directory.database import AnySession
from directory.organizations.models import Location, Visibility
from directory.places.countries import country_forms
from directory.places.models import County
from directory.publication.records import (
    ConsulateLink,
    PublicConsulate,
    PublicJurisdictionArea,
    PublicPhone,
    PublicSource,
)
from directory.publication.towns import Towns
from directory.publication.versions import Version, versions

_NAMES = {
    "es": {
        "embassy": "Embajada {of}",
        "consulate-general": "Consulado General {of}",
        "consulate": "Consulado {of}",
        "consular-agency": "Agencia Consular {of}",
        "honorary-consulate": "Consulado Honorario {of}",
    },
    "en": {
        "embassy": "Embassy {of}",
        "consulate-general": "Consulate General {of}",
        "consulate": "Consulate {of}",
        "consular-agency": "Consular Agency {of}",
        "honorary-consulate": "Honorary Consulate {of}",
    },
    "fr": {
        "embassy": "Ambassade {of}",
        "consulate-general": "Consulat général {of}",
        "consulate": "Consulat {of}",
        "consular-agency": "Agence consulaire {of}",
        "honorary-consulate": "Consulat honoraire {of}",
    },
}
_IN_CITY = {"es": "{name} en {city}", "en": "{name} in {city}", "fr": "{name} à {city}"}
_EXTENSION = "directory.consulate_links"
_RANK = {kind.value: rank for rank, kind in enumerate(ConsulateKind)}
_EMBASSY_LAST = len(_RANK)


def consulate_name(consulate: PublicConsulate | ConsulateLink, language: str) -> str:
    """What a consulate is called in a language: `Consulado de Honduras en McAllen`."""
    name = _NAMES[language][consulate.kind].format(of=country_forms(consulate.sending_country).of[language])
    city = consulate.city_names.get(language) or consulate.city
    return _IN_CITY[language].format(name=name, city=city) if city else name


def local_rank(kind: str) -> int:
    """Sorts the offices nearest to people first: consulates general, consulates, …, embassies last."""
    return _EMBASSY_LAST if kind == ConsulateKind.EMBASSY else _RANK[kind]


class ConsulateLinks:
    """Finds the consulates whose jurisdiction covers an organization's places (four queries for any number)."""

    def __init__(self, links: dict[uuid.UUID, ConsulateLink], jurisdictions: JurisdictionMap) -> None:
        self._links = links
        self._jurisdictions = jurisdictions

    @classmethod
    def current(cls, session: AnySession) -> ConsulateLinks:
        """All consulates as of now: read once a process for every position of the feed."""
        position = feed_position(session)
        known: tuple[FeedPosition, ConsulateLinks] | None = current_app.extensions.get(_EXTENSION)
        if known is None or known[0] != position:
            known = current_app.extensions[_EXTENSION] = (position, cls.load(session))
        return known[1]

    @classmethod
    def load(cls, session: AnySession) -> ConsulateLinks:
        """Read all consulates that have a jurisdiction."""
        jurisdictions = JurisdictionMap.load(session)
        rows = session.execute(
            select(
                Consulate.id,
                Consulate.sending_country,
                Consulate.kind,
                Consulate.city,
                Consulate.place_id,
                Consulate.status,
            ).where(Consulate.removed_at.is_(None))
        ).all()
        slugs = current_slugs(session, Entity.CONSULATE, [row.id for row in rows])
        towns = Towns.load(session, (row.place_id for row in rows))
        links = {
            row.id: ConsulateLink(
                id=row.id,
                slug=slugs[row.id],
                sending_country=row.sending_country,
                kind=row.kind.value,
                city=row.city,
                city_names=town.names if (town := towns.get(row.place_id)) else {},
                status=row.status.value,
                why="jurisdiction",
                assumed=False,
            )
            for row in rows
        }
        return cls(links, jurisdictions)

    def covering(self, locations: Iterable[Location]) -> tuple[ConsulateLink, ...]:
        """The consulates for these places, by sending country, the most local first.

        A protected place counts by its city and a hidden one not at all.
        """
        spots = [Spot(row.country, row.admin1, row.admin2) for row in locations if row.visibility != Visibility.HIDDEN]
        found = [
            self._links[consulate_id].model_copy(update={"assumed": is_assumed})
            for consulate_id, is_assumed in self._jurisdictions.covering(spots).items()
        ]
        return tuple(
            sorted(found, key=lambda item: (item.sending_country, item.assumed, local_rank(item.kind), item.slug))
        )


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
    towns = Towns.load(session, (row.place_id for row in records.values()))
    counties = _county_names(session, (area for row in records.values() for area in row.jurisdiction))
    return [
        _consulate(records[record_id], slugs[record_id], version_of[record_id], towns, counties)
        for record_id in ids
        if record_id in records
    ]


def _county_names(session: AnySession, areas: Iterable[JurisdictionArea]) -> dict[str, str]:
    codes = sorted({area.admin2 for area in areas if area.admin2})
    query = select(County.code, County.name).where(County.code.in_(codes))
    return {row.code: row.name for row in session.execute(query)}


def _consulate(row: Consulate, slug: str, version: Version, towns: Towns, counties: dict[str, str]) -> PublicConsulate:
    town = towns.get(row.place_id)
    own_point = (row.latitude, row.longitude) if row.latitude is not None else None
    point = own_point or (town.point if town else None)
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
            PublicPhone(number=item.number, text=item.text, extension=item.extension, kind=item.kind.value)
            for item in row.phones
        ),
        email=row.email,
        website=row.website,
        jurisdiction=tuple(_area(area, counties) for area in row.jurisdiction),
        jurisdiction_state=row.jurisdiction_state.value,
        jurisdiction_note=row.jurisdiction_note,
        note=row.note,
        source=PublicSource(name=row.source_name, url=row.source_url, date=row.source_date, licence=row.source_licence),
        revision=version.number,
        modified_at=version.at,
    )


def _area(area: JurisdictionArea, counties: dict[str, str]) -> PublicJurisdictionArea:
    return PublicJurisdictionArea(
        country=area.country,
        admin1=area.admin1,
        admin2=area.admin2,
        name=counties.get(area.admin2) if area.admin2 else None,
        mode=area.mode.value,
        assumed=area.is_assumed,
    )
