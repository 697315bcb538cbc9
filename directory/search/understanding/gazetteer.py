"""Every place as columns: towns, crossings, camps, places of detention, counties, subdivisions, countries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.places.countries import country_name, region_name, subdivision_name
from directory.search.understanding.reading import ReadPlace

TOWN, CROSSING, CAMP, DETENTION, COUNTY, SUBDIVISION, COUNTRY = range(7)
NAMED_KINDS = ("town", "crossing", "camp", "detention")
REGIONS = (COUNTY, SUBDIVISION, COUNTRY)


class Gazetteer:
    """Places by number. Arrays: int8 `kind`; float32 `latitude`, `longitude` (NaN without a point); int32 `people`;
    uint16 `region` (a code's position in `codes`); lines of UTF-8 for ids, names and codes."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self.kind: NDArray[np.int8] = arrays["place_kind"]
        self.latitude: NDArray[np.float32] = arrays["place_latitude"]
        self.longitude: NDArray[np.float32] = arrays["place_longitude"]
        self.people: NDArray[np.int32] = arrays["place_people"]
        self.is_region: NDArray[np.bool_] = np.isin(self.kind, REGIONS)
        self._region: NDArray[np.uint16] = arrays["place_region"]
        self._ids, self._names = _Lines(arrays["place_ids"]), _Lines(arrays["place_names"])
        self.codes: list[str] = bytes(arrays["place_codes"]).decode().split("\n")[:-1]
        self.nbytes = sum(column.nbytes for name, column in arrays.items() if name.startswith("place_"))

    def __len__(self) -> int:
        return len(self.kind)

    def region(self, number: int) -> str:
        """The finest code that a place lies in: subdivision, else country."""
        return self.codes[int(self._region[number])]

    def region_at(self, latitude: float, longitude: float) -> str:
        """The region of the town that is nearest to a point, for short distances (degrees)."""
        east = (self.longitude - np.float32(longitude)) * np.float32(np.cos(np.radians(latitude)))
        away = np.where(self.kind == TOWN, (self.latitude - np.float32(latitude)) ** 2 + east**2, np.float32(np.inf))
        return self.region(int(np.nanargmin(away)))

    def id(self, number: int) -> str:
        """What names a place without doubt."""
        return self._ids[number]

    @cached_property
    def number_of(self) -> dict[str, int]:
        """Numbers by id; made when it is first asked for."""
        return {self._ids[number]: number for number in range(len(self))}

    def kind_of(self, value: str) -> int | None:
        """The kind of the place with this id; None where there is none."""
        number = self.number_of.get(value)
        return None if number is None else int(self.kind[number])

    def place(self, number: int) -> ReadPlace:
        """A place as a value."""
        value, kind, region = self.id(number), int(self.kind[number]), self.region(number)
        latitude, longitude = float(self.latitude[number]), float(self.longitude[number])
        return ReadPlace(
            value=value,
            name=self._names[number],
            country=region[:2],
            admin1=region if len(region) > 2 else None,
            point=None if np.isnan(latitude) else (round(latitude, 5), round(longitude, 5)),
            # A place of which nobody knows where it is, is read as its region.
            codes=(value,) if kind in REGIONS else (region,) if np.isnan(latitude) else (),
            is_crossing=kind == CROSSING,
        )


class _Lines:
    """Lines of UTF-8, decoded one at a time."""

    def __init__(self, column: NDArray[np.uint8]) -> None:
        self._column = column
        self._ends = np.flatnonzero(column == ord("\n"))

    def __getitem__(self, at: int) -> str:
        start = int(self._ends[at - 1]) + 1 if at else 0
        return bytes(self._column[start : int(self._ends[at])]).decode()


def place_label(place: ReadPlace, language: str) -> str:
    """`McAllen, Texas`; a region by its name."""
    if place.codes == (place.value,) and not place.value.startswith("county:"):
        code = place.value
        return region_name(code, language)
    parts = [place.name]
    if place.admin1:
        parts.append(subdivision_name(place.admin1, language))
    elif place.country:
        parts.append(country_name(place.country, language))
    return ", ".join(dict.fromkeys(part for part in parts if part))


def region_place(codes: Sequence[str], gazetteer: Gazetteer) -> ReadPlace:
    """Several codes as one region, at the middle of those of its parts that have a point."""
    numbers = [gazetteer.number_of[code] for code in codes if code in gazetteer.number_of]
    parts = [gazetteer.place(number) for number in numbers]
    points = [part.point for part in parts if part.point]
    admin1s = {part.admin1 for part in parts}
    return ReadPlace(
        value="+".join(codes),
        name="",
        country=parts[0].country if parts else codes[0][:2],
        admin1=admin1s.pop() if len(admin1s) == 1 else None,
        point=(sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)) if points else None,
        codes=tuple(codes),
    )
