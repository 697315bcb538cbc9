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
    """A town's point (latitude, longitude in degrees; None where unknown) and its names by language."""

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
        query = select(Place.id, Place.latitude, Place.longitude).where(Place.id.in_(ids))
        return cls(
            {
                row.id: PublicTown(
                    (row.latitude, row.longitude) if row.latitude is not None else None, names.get(row.id, {})
                )
                for row in session.execute(query)
            }
        )

    def get(self, place_id: str | None) -> PublicTown | None:
        """A town by id."""
        return self._towns.get(place_id) if place_id else None
