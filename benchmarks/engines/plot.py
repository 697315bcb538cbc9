"""The medians as an SVG: one line an engine, sizes across, milliseconds up, both logarithmic; light and dark."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from benchmarks.engines.figures import EngineFigures, SizeFigures
from benchmarks.engines.table import number

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 216, 64, 48
_LABEL_HEIGHT = 17
_STYLE = """
text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1b1b1f}
.title{font-size:16px;font-weight:600}.quiet{fill:#5a5a66}
.grid{stroke:#d8d8e0;stroke-width:1}line,polyline{fill:none}
.ours{--c:#0b57d0}.tantivy{--c:#b3400a}.fts5{--c:#1a7f37}.whoosh{--c:#8a2f9e}.bm25s{--c:#5a5a66}
polyline{stroke:var(--c);stroke-width:2}.ours polyline{stroke-width:3.5}.bm25s polyline{stroke-dasharray:5 4}
.mark{fill:var(--c)}.label{fill:var(--c);font-weight:600}.leader{stroke:var(--c);stroke-width:1;opacity:.5}
@media (prefers-color-scheme:dark){text{fill:#ececf1}.quiet{fill:#b0b0bc}.grid{stroke:#3a3a44}
.ours{--c:#8ab4f8}.tantivy{--c:#ffab7a}.fts5{--c:#6fd08c}.whoosh{--c:#dba3ea}.bm25s{--c:#b0b0bc}.label{fill:var(--c)}}
"""
_MARKS = {
    "ours": "M-5-5H5V5H-5Z",
    "tantivy": "M0-6L6 5H-6Z",
    "fts5": "M0-6L6 0 0 6-6 0Z",
    "whoosh": "M0 6L6-5H-6Z",
    "bm25s": "M-5-2H-2V-5H2V-2H5V2H2V5H-2V2H-5Z",
}
"""The shape of each engine, so that colour is not needed to tell them apart."""


class Point(NamedTuple):
    """An engine's median at one size."""

    organizations: int
    milliseconds: float


class Scale(NamedTuple):
    """A logarithmic scale from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return self.start + share * (self.end - self.start)


def plot(sizes: Sequence[SizeFigures]) -> str:
    """An SVG document, a few kilobytes long."""
    lines = {row.engine: (row.title, _points(sizes, row.engine)) for size in sizes for row in size.engines}
    times = [point.milliseconds for _, points in lines.values() for point in points]
    counts = sorted(size.organizations for size in sizes)
    bottom, top = 10 ** math.floor(math.log10(min(times))), 10 ** math.ceil(math.log10(max(times)))
    across = Scale(counts[0] / 1.3, counts[-1] * 1.15, LEFT, WIDTH - RIGHT)
    up = Scale(bottom, top, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' aria-labelledby="title description">',
        '<title id="title">Faceted search: median time by number of organizations</title>',
        f'<desc id="description">{escape(_description(lines))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="24">Faceted search, warm: median milliseconds</text>',
        f'<text class="quiet" x="{LEFT}" y="43">Words without filters, four facets; both axes logarithmic; '
        "lower is faster</text>",
        *_grid(across, up, counts, bottom, top),
        *_curves(lines, across, up),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _points(sizes: Sequence[SizeFigures], engine: str) -> list[Point]:
    found = []
    for size in sorted(sizes, key=lambda item: item.organizations):
        row: EngineFigures | None = next((row for row in size.engines if row.engine == engine), None)
        if row and row.words:
            found.append(Point(size.organizations, row.words.p50))
    return found


def _description(lines: dict[str, tuple[str, list[Point]]]) -> str:
    said = [
        f"{title}: "
        + ", ".join(f"{number(point.milliseconds)} ms at {point.organizations:,} organizations" for point in points)
        for title, points in lines.values()
    ]
    return ". ".join(said) + "."


def _grid(across: Scale, up: Scale, counts: Sequence[int], bottom: float, top: float) -> Iterator[str]:
    value = bottom
    while value <= top * 1.01:
        height = up(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}"/>'
        label = f"{value:,g} ms"
        yield f'<text class="quiet" x="{LEFT - 8}" y="{height + 4:.1f}" text-anchor="end">{label}</text>'
        value *= 10
    for count in counts:
        yield (
            f'<text class="quiet" x="{across(count):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">'
            f"{count:,}</text>"
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text class="quiet" x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">organizations</text>'


def _curves(lines: dict[str, tuple[str, list[Point]]], across: Scale, up: Scale) -> Iterator[str]:
    heights = _spaced({engine: up(points[-1].milliseconds) for engine, (_, points) in lines.items()})
    edge = WIDTH - RIGHT
    # The first engine is ours: drawn last, it lies on top.
    for engine, (title, points) in reversed(lines.items()):
        spots = [(across(point.organizations), up(point.milliseconds)) for point in points]
        yield f'<g class="{engine}">'
        yield f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)}"/>'
        for x, y in spots:
            yield f'<path class="mark" transform="translate({x:.1f} {y:.1f})" d="{_MARKS[engine]}"/>'
        x, y = spots[-1]
        label = heights[engine]
        yield f'<line class="leader" x1="{x + 7:.1f}" y1="{y:.1f}" x2="{edge + 8}" y2="{label:.1f}"/>'
        text = f"{title}, {number(points[-1].milliseconds)} ms"
        yield f'<text class="label" x="{edge + 12}" y="{label + 4:.1f}">{escape(text)}</text>'
        yield "</g>"


def _spaced(wanted: dict[str, float]) -> dict[str, float]:
    """Heights near the wanted ones, far enough apart for a line of text each."""
    placed: dict[str, float] = {}
    last = -math.inf
    for engine, height in sorted(wanted.items(), key=lambda item: item[1]):
        last = placed[engine] = max(height, last + _LABEL_HEIGHT)
    overhang = max(0.0, last - (HEIGHT - BOTTOM))
    return {engine: height - overhang for engine, height in placed.items()}
