"""Writes static/map/region.json: the map's background, one GeoJSON FeatureCollection in degrees (WGS 84).

    npm pack world-atlas@2.0.2 us-atlas@3.0.1
    for name in world-atlas-2.0.2 us-atlas-3.0.1; do
        mkdir -p atlas/$name && tar -xzf $name.tgz -C atlas/$name
    done
    python seed_data/rebuild/outlines.py atlas static/map/region.json

Needs numpy. Features: neighbouring land (`kind` context), the eleven countries (country, with `code`) and the
borders between US states (border). Sources, both in the public domain: Natural Earth 1:50 million
(https://www.naturalearthdata.com) through world-atlas 2.0.2; US Census Bureau through us-atlas 3.0.1.

Arcs, not polygons, are simplified, so that neighbours keep one common border. Land west of the antimeridian
(the end of the Aleutians) is placed beyond -180°, beside the rest of Alaska.
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from topology import Points, Polygon, Topology, read_topology

Feature: TypeAlias = dict[str, Any]

WORLD = Path("world-atlas-2.0.2", "package", "countries-50m.json")
STATES = Path("us-atlas-3.0.1", "package", "states-10m.json")

COUNTRIES = {
    "084": "BZ",
    "124": "CA",
    "188": "CR",
    "214": "DO",
    "222": "SV",
    "320": "GT",
    "340": "HN",
    "484": "MX",
    "558": "NI",
    "591": "PA",
    "840": "US",
}
"""ISO 3166-1 alpha-2 code by numeric code, which world-atlas uses."""
CONTEXT = {"044": "BS", "170": "CO", "192": "CU", "332": "HT", "388": "JM", "630": "PR", "862": "VE"}

SOUTH = 35.0
"""Degrees of latitude: up to here coasts are drawn finer, beyond it coarser."""
SOUTH_TOLERANCE, NORTH_TOLERANCE = 0.02, 0.05
"""How far a simplified line may leave the true one, in degrees."""
ARCTIC = 55.0
"""Degrees of latitude: beyond here only large islands are drawn."""
SMALLEST_ISLAND, SMALLEST_ARCTIC_ISLAND = 60.0, 1500.0
"""Areas in km²."""
DECIMALS = 2
KM_PER_DEGREE = 111.2


def simplify(line: Points, tolerance: float) -> Points:
    """Douglas-Peucker: the points of the line that stray more than the tolerance (degrees), and its ends."""
    keep = np.zeros(len(line), dtype=np.bool_)
    keep[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        distances = _distances(line[first + 1 : last], line[first], line[last])
        farthest = int(distances.argmax())
        if distances[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return line[keep]


def _distances(points: Points, start: Points, end: Points) -> NDArray[np.float64]:
    """Distance of each point to a segment, in degrees; the segment of a closed line is a single point."""
    along, offsets = end - start, points - start
    length = float(along @ along)
    share = np.clip(offsets @ along / length, 0, 1) if length else np.zeros(len(points))
    x, y = (offsets - share[:, None] * along).T
    distances: NDArray[np.float64] = np.hypot(x, y)
    return distances


def simplified(topology: Topology) -> Topology:
    """The same topology with fewer points and rounded coordinates."""
    return replace(topology, arcs=[_drawn(arc) for arc in topology.arcs])


def _drawn(arc: Points) -> Points:
    tolerance = SOUTH_TOLERANCE if arc[:, 1].mean() < SOUTH else NORTH_TOLERANCE
    return simplify(arc, tolerance).round(DECIMALS)


def area(ring: Points) -> float:
    """Area of a ring in km², on a plane true to scale at the ring's middle latitude."""
    x, y = (ring - ring[0]).T
    degrees = abs(float(x[:-1] @ y[1:] - x[1:] @ y[:-1])) / 2
    return degrees * KM_PER_DEGREE**2 * float(np.cos(np.radians(ring[:, 1].mean())))


def is_drawn(polygon: Polygon) -> bool:
    """Whether land is large enough for the map."""
    coast = polygon[0]
    return area(coast) >= (SMALLEST_ISLAND if coast[:, 1].mean() < ARCTIC else SMALLEST_ARCTIC_ISLAND)


def westward(polygon: Polygon) -> Polygon:
    """The polygon in longitudes of the Americas: land west of the antimeridian lies beyond -180°."""
    shift = 360.0 if polygon[0][:, 0].mean() > 0 else 0.0
    return [ring - (shift, 0.0) for ring in polygon]


def coordinates(line: Points) -> list[list[float]]:
    """Rounded longitude and latitude, without repeated points."""
    rounded = line.round(DECIMALS)
    moved = np.append(True, (np.diff(rounded, axis=0) != 0).any(axis=1))
    return [[round(x, DECIMALS), round(y, DECIMALS)] for x, y in rounded[moved].tolist()]


def feature(kind: str, shape: str, lines: object, **properties: str) -> Feature:
    """One GeoJSON feature."""
    return {
        "type": "Feature",
        "properties": {"kind": kind, **properties},
        "geometry": {"type": shape, "coordinates": lines},
    }


def land(polygons: Iterable[Polygon]) -> list[list[list[list[float]]]]:
    """The coordinates of a MultiPolygon."""
    drawn = (westward(polygon) for polygon in polygons if is_drawn(polygon))
    return [[coordinates(ring) for ring in polygon] for polygon in drawn]


def countries(topology: Topology) -> list[Feature]:
    """Neighbouring land, then the eleven countries, so that these lie on top."""
    shapes = {shape.get("id"): shape for shape in topology.geometries("countries")}
    context = [feature("context", "MultiPolygon", land(topology.polygons(shapes[number]))) for number in CONTEXT]
    region = [
        feature("country", "MultiPolygon", land(topology.polygons(shapes[number])), code=code)
        for number, code in COUNTRIES.items()
    ]
    return context + region


def state_borders(topology: Topology) -> Feature:
    """The borders of US states with each other."""
    lines = topology.shared_lines(topology.geometries("states"))
    return feature("border", "MultiLineString", [coordinates(line) for line in lines])


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description="Write the outlines of the map's background.")
    parser.add_argument("atlas", type=Path, help="folder that holds both unpacked packages")
    parser.add_argument("output", type=Path, help="the GeoJSON file to write")
    args = parser.parse_args()
    world, states = (simplified(read_topology(args.atlas / path)) for path in (WORLD, STATES))
    features = [*countries(world), state_borders(states)]
    lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in features)
    args.output.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{args.output.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
