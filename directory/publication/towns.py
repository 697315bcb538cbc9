"""What a public record takes from the gazetteer: the point of its town and the town's names by language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from directory.database import AnySession
from directory.places.lookup import town_names
from directory.places.models import Place


@dataclass(frozen=True)
class PublicTown:
    """A town, its point (latitude, longitude in degrees; None where unknown) and its names by language."""

    name: str
    country: str
    admin1: str | None
    point: tuple[float, float] | None
    names: Mapping[str, str]


class Towns:
    """The towns of some records (two queries)."""

    def __init__(self, towns: dict[str, PublicTown]) -> None:
        self._towns = towns

    @classmethod
    def load(cls, session: AnySession, place_ids: Iterable[str | None]) -> Towns:
        """Read the towns with these ids."""
        ids = sorted({place_id for place_id in place_ids if place_id})
        names = town_names(session, ids)
        query = select(Place.id, Place.name, Place.country, Place.admin1, Place.latitude, Place.longitude).where(
            Place.id.in_(ids)
        )
        return cls(
            {
                row.id: PublicTown(
                    row.name,
                    row.country,
                    row.admin1,
                    (row.latitude, row.longitude) if row.latitude is not None else None,
                    names.get(row.id, {}),
                )
                for row in session.execute(query)
            }
        )

    def __getitem__(self, place_id: str) -> PublicTown:
        """A town that is known to be there."""
        return self._towns[place_id]

    def get(self, place_id: str | None) -> PublicTown | None:
        """A town by id."""
        return self._towns.get(place_id) if place_id else None
