"""What a run finds out, and how it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Spread:
    """Median and 95th percentile, in milliseconds."""

    p50: float
    p95: float


def spread(times: Iterable[float]) -> Spread | None:
    """The spread of times; None where there are none."""
    ordered = sorted(times)
    if not ordered:
        return None
    return Spread(ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))])


@dataclass(frozen=True)
class EngineFigures:
    """One engine at one size. None: it cannot do that."""

    engine: str
    title: str
    segments: int
    build_s: float
    build_cpu_s: float
    """Processor time, of all threads: on a busy machine the better measure of a build, which no other is set beside."""
    index_mb: float
    peak_mb: float
    start_mb: float
    """Of the peak, what the process had before it opened the index."""
    every: Spread | None
    """All questions, warm."""
    words: Spread | None
    """Those with words and without filters, warm."""
    cold: Spread | None
    """Opening and the first question of a fresh process."""
    first: Spread | None
    """The first question after a commit."""
    visible: Spread | None
    """From the change until a search has answered with it."""


@dataclass(frozen=True)
class SizeFigures:
    """All engines at one size."""

    organizations: int
    analysis_s: float
    """Processor time that our analysis took to make the documents which the engines are built from."""
    stemming_build_s: float | None
    """Processor time that Whoosh with its StemmingAnalyzer took from raw texts to an index; None: left out."""
    engines: tuple[EngineFigures, ...]


def save(path: Path, sizes: Iterable[SizeFigures]) -> None:
    """Write figures as JSON."""
    path.write_text(json.dumps([asdict(size) for size in sizes], indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> list[SizeFigures]:
    """Figures as `save` wrote them."""
    return [_size(item) for item in json.loads(path.read_text(encoding="utf-8"))]


def _size(item: dict[str, object]) -> SizeFigures:
    engines = item.pop("engines")
    assert isinstance(engines, list)
    return SizeFigures(**item, engines=tuple(_engine(row) for row in engines))  # type: ignore[arg-type]


def _engine(row: dict[str, object]) -> EngineFigures:
    read = {name: Spread(**value) if isinstance(value, dict) else value for name, value in row.items()}
    return EngineFigures(**read)  # type: ignore[arg-type]
