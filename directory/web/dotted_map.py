"""The dotted map: every town of the gazetteer a faint dot, every organization a strong one.

Lambert azimuthal equal-area projection (Snyder, Map Projections, USGS 1987, p. 185), sphere, centred on the
points that are shown or on 31° N 94° W for the region. Dots are snapped to a square grid whose cell is 1 unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians, sin, sqrt

from flask import current_app
from sqlalchemy import select

from directory.changes.feed import FeedPosition, feed_position
from directory.extensions import db
from directory.places.models import Place, PlaceKind
from directory.publication.points import plain_points

REGION_CENTRE = (31.0, -94.0)
REGION_BOX = (6.5, 58.0, -131.0, -58.0)
"""South, north, west and east of what the region's map shows, in degrees."""
COLUMNS = 118
_EXTENSION = "directory.base_maps"
_DRAWINGS = "directory.drawings"
_LEAST_EXTENT = 1e-4
"""A country with a single town is drawn as if it were this wide, in units of the sphere's radius (600 m)."""
_SIZES = ((1, "s"), (3, "m"), (10, "l"), (40, "xl"))

Cell = tuple[int, int]


@dataclass(frozen=True)
class Spot:
    """A town on a map: its cell, and the subdivision and county in which it lies."""

    cell: Cell
    admin1: str | None
    admin2: str | None


@dataclass(frozen=True)
class Grid:
    """A projection with a scale: from degrees to cells. `columns` and `rows` give the size of the drawing."""

    centre: tuple[float, float]
    left: float
    top: float
    cells_per_unit: float
    columns: int
    rows: int

    def cell(self, latitude: float, longitude: float) -> Cell | None:
        """The cell of a point, or None where it falls outside the drawing."""
        x, y = project(latitude, longitude, self.centre)
        column = round((x - self.left) * self.cells_per_unit)
        row = round((self.top - y) * self.cells_per_unit)
        return (column, row) if 0 <= column <= self.columns and 0 <= row <= self.rows else None


BaseMap = tuple[Grid, tuple[Spot, ...]]


@dataclass(frozen=True)
class Drawing:
    """A map as SVG paths: `faint` and `strong` by size, in a viewBox of `columns` × `rows`."""

    columns: int
    rows: int
    faint: str
    strong: dict[str, str]
    marker: Cell | None = None


def project(latitude: float, longitude: float, centre: tuple[float, float]) -> tuple[float, float]:
    """Degrees to plane coordinates in units of the sphere's radius."""
    phi, lam = radians(latitude), radians(longitude - centre[1])
    phi0 = radians(centre[0])
    k = sqrt(2 / (1 + sin(phi0) * sin(phi) + cos(phi0) * cos(phi) * cos(lam)))
    return k * cos(phi) * sin(lam), k * (cos(phi0) * sin(phi) - sin(phi0) * cos(phi) * cos(lam))


def _towns(country: str | None) -> tuple[tuple[float, float, str | None, str | None], ...]:
    query = select(Place.latitude, Place.longitude, Place.admin1, Place.admin2).where(
        Place.kind == PlaceKind.TOWN, Place.latitude.is_not(None)
    )
    if country:
        query = query.where(Place.country == country)
    return tuple(tuple(row) for row in db.session.execute(query))  # type: ignore[misc]


def base_map(country: str | None) -> BaseMap:
    """The grid and the towns of the region (None) or of one country; made once for a running application."""
    known: dict[str | None, BaseMap] = current_app.extensions.setdefault(_EXTENSION, {})
    if country not in known:
        known[country] = _base_map(country)
    return known[country]


def _base_map(country: str | None) -> BaseMap:
    towns = _towns(country)
    if country is None:
        south, north, west, east = REGION_BOX
        towns = tuple(town for town in towns if south <= town[0] <= north and west <= town[1] <= east)
    else:
        towns = _mainland(towns, country)
    if not towns:
        return Grid(REGION_CENTRE, 0.0, 0.0, 1.0, COLUMNS, COLUMNS), ()
    centre = REGION_CENTRE
    if country is not None:
        centre = (sum(t[0] for t in towns) / len(towns), sum(t[1] for t in towns) / len(towns))
    grid = _fit(centre, [project(lat, lon, centre) for lat, lon, *_ in towns])
    spots: dict[tuple[Cell, str | None, str | None], None] = {}
    for latitude, longitude, admin1, admin2 in towns:
        cell = grid.cell(latitude, longitude)
        if cell:
            spots[(cell, admin1, admin2)] = None
    return grid, tuple(Spot(*spot) for spot in spots)


def _mainland(
    towns: tuple[tuple[float, float, str | None, str | None], ...], country: str
) -> tuple[tuple[float, float, str | None, str | None], ...]:
    """Leave out what would shrink the map: Alaska, Hawaii and territories; the far north of Canada."""
    if country == "US":
        return tuple(town for town in towns if 24 < town[0] < 50 and -126 < town[1] < -66)
    if country == "CA":
        return tuple(town for town in towns if town[0] < 60)
    return towns


def _fit(centre: tuple[float, float], points: list[tuple[float, float]]) -> Grid:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width, height = max(max(xs) - min(xs), _LEAST_EXTENT), max(max(ys) - min(ys), _LEAST_EXTENT)
    columns = COLUMNS if width >= 0.8 * height else round(COLUMNS * 0.8 * width / height)
    scale = columns / width
    return Grid(centre, min(xs), max(ys), scale, columns, round(height * scale))


def draw(
    country: str | None, points: Iterable[tuple[float, float]], marker: tuple[float, float] | None = None
) -> Drawing:
    """A map with `points` (latitude, longitude) as strong dots that grow with their number."""
    grid, spots = base_map(country)
    counts = Counter(cell for point in points if (cell := grid.cell(*point)))
    return _drawing(grid, {spot.cell for spot in spots} - set(counts), counts, marker)


def draw_organizations(country: str | None) -> Drawing:
    """The map of all organizations of the region (None) or a country; drawn anew when something public changed."""
    position = feed_position(db.session)
    drawings: dict[str | None, tuple[FeedPosition, Drawing]] = current_app.extensions.setdefault(_DRAWINGS, {})
    known = drawings.get(country)
    if known is None or known[0] != position:
        known = drawings[country] = (position, draw(country, plain_points(db.session, country)))
    return known[1]


def draw_places(country: str, strong: Iterable[Spot], marker: tuple[float, float] | None = None) -> Drawing:
    """A map of a country with some of its towns strong."""
    grid, spots = base_map(country)
    counts = Counter({spot.cell: 1 for spot in strong})
    return _drawing(grid, {spot.cell for spot in spots} - set(counts), counts, marker)


def _drawing(grid: Grid, faint: set[Cell], counts: Counter[Cell], marker: tuple[float, float] | None) -> Drawing:
    sizes: dict[str, list[Cell]] = {name: [] for _, name in _SIZES}
    for cell, count in counts.items():
        sizes[next(name for least, name in reversed(_SIZES) if count >= least)].append(cell)
    return Drawing(
        columns=grid.columns,
        rows=grid.rows,
        faint=_path(faint),
        strong={name: _path(cells) for name, cells in sizes.items() if cells},
        marker=grid.cell(*marker) if marker else None,
    )


def _path(cells: Iterable[Cell]) -> str:
    """Dots as zero-length lines, row by row, each relative to the one before (short, and it compresses well)."""
    pieces = []
    x = y = 0
    for column, row in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        pieces.append(f"m{column - x} {row - y}h0")
        x, y = column, row
    return "".join(pieces)
