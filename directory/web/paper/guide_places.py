"""The places of a pocket guide: in which order they stand, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext

from directory.places.countries import country_name, subdivision_name
from directory.places.names import fold
from directory.publication.consulate_records import PublicConsulate
from directory.publication.records import PublicLocation


@dataclass(frozen=True)
class Spot:
    """A place of the guide: a town of a region, or with an empty `town` what is known no closer than the region."""

    region: str
    town: str
    country: str
    admin1: str | None
    is_whole_area: bool = False

    @property
    def in_words(self) -> str:
        """`Houston, Texas`; a town that is called as its region is said once."""
        return self.region if self.town in ("", self.region) else f"{self.town}, {self.region}"


def spot_of(location: PublicLocation, consulate: PublicConsulate, language: str) -> Spot:
    """Where a location stands; a region of another country than the consulate's host names that country too."""
    country = country_name(location.country, language)
    region = subdivision_name(location.admin1, language) if location.admin1 else country
    if location.country != consulate.host_country and region != country:
        region = f"{region}, {country}"
    return Spot(region, location.city_in(language) or "", location.country, location.admin1)


def whole_area() -> Spot:
    """Where organizations stand that only say that they cover the area."""
    return Spot(gettext("By phone, for the whole area"), "", "", None, is_whole_area=True)


def sorted_spots(spots: Iterable[Spot], consulate: PublicConsulate, language: str) -> list[Spot]:
    """The seat's region first and in it the seat; then by name; the whole area last."""
    seat = consulate.city_names.get(language) or consulate.city

    def order(spot: Spot) -> tuple[bool, bool, str, bool, bool, str]:
        is_own = (spot.country, spot.admin1) == (consulate.host_country, consulate.admin1)
        is_seat = is_own and spot.town == seat
        return (spot.is_whole_area, not is_own, fold(spot.region), not is_seat, not spot.town, fold(spot.town))

    return sorted(spots, key=order)
