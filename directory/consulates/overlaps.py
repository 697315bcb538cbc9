"""Where the consulates of one country overlap in a host country, and where none of them is known to serve."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from directory.consulates.jurisdiction import Area, Jurisdiction, JurisdictionMap, Spot
from directory.consulates.models import Consulate, ConsulateKind, ConsulateStatus
from directory.database import AnySession
from directory.places.countries import subdivisions_of
from directory.places.models import County


@dataclass(frozen=True)
class Served:
    """A part of a host country (a subdivision, or a county where one is split) and who serves it."""

    spot: Spot
    county: str | None
    known: tuple[uuid.UUID, ...]
    """Consulates that a source or the consulate itself names."""
    assumed: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class Coverage:
    """How the consulates of one country share a host country. Embassies that serve all of it are left out."""

    overlaps: tuple[Served, ...]
    """More than one consulate is known to serve it."""
    gaps: tuple[Served, ...]
    """Nobody serves it."""
    unsure: tuple[Served, ...]
    """Somebody is assumed to serve it, nobody is known to."""


def shared_out(session: AnySession, sending: str, host: str) -> Coverage:
    """How the consulates of `sending` share `host` among them."""
    rows = session.execute(
        select(Consulate.id, Consulate.kind).where(
            Consulate.sending_country == sending,
            Consulate.host_country == host,
            Consulate.removed_at.is_(None),
            Consulate.status != ConsulateStatus.CLOSED,
        )
    ).all()
    everything = JurisdictionMap.load(session).jurisdictions
    local = {
        row.id: everything[row.id]
        for row in rows
        if row.id in everything and not (row.kind == ConsulateKind.EMBASSY and _is_whole(everything[row.id].areas))
    }
    mine = JurisdictionMap(local)
    split = {area.spot.admin1 for item in local.values() for area in item.areas if area.spot.admin2}
    counties = _counties(session, sorted(filter(None, split)))
    by_towns = _by_towns(local)
    parts = [_with_towns(_served(mine, spot, name), by_towns) for spot, name in _spots(host, counties)]
    return Coverage(
        overlaps=tuple(part for part in parts if len(part.known) > 1),
        gaps=tuple(part for part in parts if not part.known and not part.assumed),
        unsure=tuple(part for part in parts if part.assumed and not part.known),
    )


def _by_towns(jurisdictions: Mapping[uuid.UUID, Jurisdiction]) -> dict[str, set[uuid.UUID]]:
    """Who serves single towns of a subdivision."""
    found: dict[str, set[uuid.UUID]] = defaultdict(set)
    for consulate_id, jurisdiction in jurisdictions.items():
        for area in jurisdiction.areas:
            if area.spot.place_id and area.spot.admin1 and not area.excludes:
                found[area.spot.admin1].add(consulate_id)
    return found


def _with_towns(part: Served, by_towns: Mapping[str, set[uuid.UUID]]) -> Served:
    """A subdivision of which somebody serves a town is no gap; for the rest of it somebody has to say so."""
    serving = by_towns.get(part.spot.admin1 or "")
    if part.known or part.assumed or not serving:
        return part
    return replace(part, assumed=tuple(sorted(serving)))


def _is_whole(areas: Sequence[Area]) -> bool:
    return any(area.spot.admin1 is None for area in areas)


def _spots(host: str, counties: dict[str, list[tuple[str, str]]]) -> Iterable[tuple[Spot, str | None]]:
    for admin1 in subdivisions_of(host):
        if admin1 in counties:
            for code, name in counties[admin1]:
                yield Spot(host, admin1, code), name
        else:
            yield Spot(host, admin1), None


def _served(jurisdictions: JurisdictionMap, spot: Spot, county: str | None) -> Served:
    found = jurisdictions.covering([spot])
    return Served(
        spot,
        county,
        known=tuple(sorted(item for item, is_assumed in found.items() if not is_assumed)),
        assumed=tuple(sorted(item for item, is_assumed in found.items() if is_assumed)),
    )


def _counties(session: AnySession, subdivisions: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    query = select(County.admin1, County.code, County.name).where(County.admin1.in_(subdivisions)).order_by(County.name)
    for admin1, code, name in session.execute(query):
        found[admin1].append((code, name))
    return found
