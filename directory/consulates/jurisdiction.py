"""Which consulates cover a place, from all jurisdiction rows held in memory."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from directory.consulates.models import AreaMode, Consulate, JurisdictionArea
from directory.database import AnySession


@dataclass(frozen=True)
class Spot:
    """A place as jurisdictions see it: country, ISO 3166-2 subdivision, county code, town; finer parts optional."""

    country: str
    admin1: str | None = None
    admin2: str | None = None
    place_id: str | None = None


@dataclass(frozen=True)
class Area:
    """A jurisdiction row."""

    spot: Spot
    excludes: bool
    is_assumed: bool

    def holds(self, spot: Spot) -> bool:
        """Whether `spot` lies within this row's place."""
        mine = self.spot
        return (
            mine.country == spot.country
            and mine.admin1 in (None, spot.admin1)
            and mine.admin2 in (None, spot.admin2)
            and mine.place_id in (None, spot.place_id)
        )


@dataclass(frozen=True)
class Jurisdiction:
    """All rows of one consulate."""

    areas: tuple[Area, ...]

    def covers(self, spot: Spot) -> bool | None:
        """None: not covered. Else whether that rests only on an assumption."""
        holding = [area for area in self.areas if area.holds(spot)]
        including = [area for area in holding if not area.excludes]
        if not including or len(including) < len(holding):
            return None
        return all(area.is_assumed for area in including)


class JurisdictionMap:
    """The jurisdictions of every consulate that has one (one query)."""

    def __init__(self, jurisdictions: dict[uuid.UUID, Jurisdiction]) -> None:
        self.jurisdictions = jurisdictions
        self._by_country: dict[str, list[uuid.UUID]] = defaultdict(list)
        self._by_spot: dict[Spot, tuple[tuple[uuid.UUID, bool], ...]] = {}
        for consulate_id, jurisdiction in jurisdictions.items():
            for country in {area.spot.country for area in jurisdiction.areas}:
                self._by_country[country].append(consulate_id)

    @classmethod
    def load(cls, session: AnySession) -> JurisdictionMap:
        """Read the rows of all consulates that were not removed."""
        areas: dict[uuid.UUID, list[Area]] = defaultdict(list)
        query = (
            select(JurisdictionArea)
            .join(Consulate, Consulate.id == JurisdictionArea.consulate_id)
            .where(Consulate.removed_at.is_(None))
            .order_by(JurisdictionArea.consulate_id, JurisdictionArea.position)
        )
        for row in session.scalars(query):
            spot = Spot(row.country, row.admin1, row.admin2, row.place_id)
            areas[row.consulate_id].append(Area(spot, row.mode == AreaMode.EXCLUDE, row.is_assumed))
        return cls({consulate_id: Jurisdiction(tuple(rows)) for consulate_id, rows in areas.items()})

    def covering(self, spots: Iterable[Spot]) -> dict[uuid.UUID, bool]:
        """The consulates that cover any of `spots`: id → whether that rests only on an assumption."""
        found: dict[uuid.UUID, bool] = {}
        for spot in set(spots):
            for consulate_id, is_assumed in self._covering(spot):
                found[consulate_id] = found.get(consulate_id, True) and is_assumed
        return found

    def _covering(self, spot: Spot) -> tuple[tuple[uuid.UUID, bool], ...]:
        """The same for one place; kept, since many organizations share a county."""
        known = self._by_spot.get(spot)
        if known is None:
            covers = ((item, self.jurisdictions[item].covers(spot)) for item in self._by_country.get(spot.country, ()))
            known = tuple((item, is_assumed) for item, is_assumed in covers if is_assumed is not None)
            self._by_spot[spot] = known
        return known
