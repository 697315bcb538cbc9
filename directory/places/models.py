"""Tables of the gazetteer: towns, border crossings, camps, places of detention, and counties."""

from __future__ import annotations

import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base, closed_set


class PlaceKind(enum.StrEnum):
    """What a place of the gazetteer is."""

    TOWN = "town"
    CROSSING = "crossing"
    CAMP = "camp"
    DETENTION = "detention"


class County(Base):
    """A second-level division (a US county by its FIPS code); other countries wait for a source."""

    __tablename__ = "admin2"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    admin1: Mapped[str] = mapped_column(String(6), index=True)
    name: Mapped[str] = mapped_column(String(120))


class Place(Base):
    """A place of the gazetteer. Coordinates in degrees (WGS 84), both or neither."""

    __tablename__ = "places"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("length(country) = 2 AND country = upper(country)", name="country"),
        CheckConstraint("admin1 IS NULL OR substr(admin1, 1, 3) = country || '-'", name="admin1"),
        CheckConstraint("population IS NULL OR population >= 0", name="population"),
        Index("ix_places_region", "country", "admin1"),
    )

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[PlaceKind] = mapped_column(closed_set(PlaceKind))
    name: Mapped[str] = mapped_column(String(160))
    country: Mapped[str] = mapped_column(String(2))
    admin1: Mapped[str | None] = mapped_column(String(6))
    admin2: Mapped[str | None] = mapped_column(ForeignKey("admin2.code"))
    city: Mapped[str | None] = mapped_column(String(120))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    timezone: Mapped[str | None] = mapped_column(String(40))
    population: Mapped[int | None]
    operator: Mapped[str | None] = mapped_column(String(160))
    status: Mapped[str | None] = mapped_column(String(12))
    source_name: Mapped[str | None] = mapped_column(String(300))
    source_url: Mapped[str | None] = mapped_column(String(300))
    source_date: Mapped[str | None] = mapped_column(String(10))
    source_licence: Mapped[str | None] = mapped_column(String(160))


class PlaceName(Base):
    """A name under which a place is found: folded (lower case, no accents); and its spelling in a language."""

    __tablename__ = "place_names"
    __table_args__ = (Index("ix_place_names_folded", "folded"),)

    place_id: Mapped[str] = mapped_column(ForeignKey("places.id", ondelete="CASCADE"), primary_key=True)
    folded: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(2))
