"""Reads TopoJSON (the npm packages us-atlas and world-atlas) into plain rings and lines of degrees.

Format: https://github.com/topojson/topojson-specification. Every array of points is float64 of shape (n, 2),
longitude first.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float64]
Polygon: TypeAlias = list[Points]


@dataclass(frozen=True)
class Topology:
    """The decoded arcs of one file, and its geometry objects as they stand in it."""

    arcs: list[Points]
    objects: Mapping[str, Mapping[str, Any]]

    def geometries(self, name: str) -> list[Mapping[str, Any]]:
        """The members of one geometry collection, such as `counties`."""
        return list(self.objects[name]["geometries"])

    def polygons(self, geometry: Mapping[str, Any]) -> list[Polygon]:
        """The polygons of one geometry; each is its outer ring, then its holes."""
        return [[self.line(ring) for ring in polygon] for polygon in _polygon_arcs(geometry)]

    def line(self, indexes: Sequence[int]) -> Points:
        """Arcs joined end to end; a negative index is the arc of its complement, backwards."""
        parts = [self.arcs[i] if i >= 0 else self.arcs[~i][::-1] for i in indexes]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    def shared_lines(self, geometries: Iterable[Mapping[str, Any]]) -> list[Points]:
        """The arcs that belong to two of these geometries: their borders with each other, without coasts."""
        uses = Counter(i for geometry in geometries for i in _arc_numbers(geometry))
        return [self.arcs[i] for i, count in sorted(uses.items()) if count > 1]


def read_topology(path: Path) -> Topology:
    """Decode a quantised TopoJSON file: each arc is a running sum of integer steps, scaled to degrees."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    scale = np.array(raw["transform"]["scale"], dtype=np.float64)
    shift = np.array(raw["transform"]["translate"], dtype=np.float64)
    arcs = [np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + shift for arc in raw["arcs"]]
    return Topology(arcs, raw["objects"])


def _polygon_arcs(geometry: Mapping[str, Any]) -> list[list[list[int]]]:
    match geometry["type"]:
        case "Polygon":
            return [geometry["arcs"]]
        case "MultiPolygon":
            return list(geometry["arcs"])
    return []


def _arc_numbers(geometry: Mapping[str, Any]) -> set[int]:
    rings = (ring for polygon in _polygon_arcs(geometry) for ring in polygon)
    return {i if i >= 0 else ~i for ring in rings for i in ring}
