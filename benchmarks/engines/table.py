"""The figures as Markdown: one table a size, absolute and as ratios to this engine."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from benchmarks.engines.figures import EngineFigures, SizeFigures, Spread

OURS = "ours"
_COLUMNS = (
    "engine", "all p50", "p95", "words only p50", "p95", "cold start", "first after commit", "update to visible",
    "build s", "build CPU s", "index MB", "peak MB", "of it index", "segments",
)  # fmt: skip
_RATIOS: tuple[tuple[str, Callable[[EngineFigures], float | None]], ...] = (
    ("all p50", lambda row: _p50(row.every)),
    ("all p95", lambda row: row.every.p95 if row.every else None),
    ("words only p50", lambda row: _p50(row.words)),
    ("cold start", lambda row: _p50(row.cold)),
    ("first after commit", lambda row: _p50(row.first)),
    ("update to visible", lambda row: _p50(row.visible)),
    ("build CPU", lambda row: row.build_cpu_s),
    ("index on disk", lambda row: row.index_mb),
    ("memory of index", lambda row: row.peak_mb - row.start_mb),
)


def report(sizes: Sequence[SizeFigures], day: date) -> str:
    """All tables, with the machine and the day."""
    return "\n".join(_lines(sizes, day))


def _lines(sizes: Sequence[SizeFigures], day: date) -> Iterator[str]:
    yield f"Measured on {day.isoformat()}: {os.cpu_count()} cores, {processor()}, Python {platform.python_version()}."
    yield "Milliseconds unless said otherwise."
    for size in sizes:
        yield from ("", f"**{size.organizations:,} organizations**", "")
        yield from _rows(_COLUMNS, (_cells(row) for row in size.engines))
        yield from ("", _builds(size), "", "How many times this engine's figure (above 1: more than this engine):", "")
        ours = next(row for row in size.engines if row.engine == OURS)
        others = (row for row in size.engines if row.engine != OURS)
        names = ("engine", *(name for name, _ in _RATIOS))
        yield from _rows(names, ([row.title, *(_ratio(row, ours, read) for _, read in _RATIOS)] for row in others))


def _rows(columns: Sequence[str], rows: Iterator[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield "|---|" + "---:|" * (len(columns) - 1)
    for cells in rows:
        yield f"| {' | '.join(cells)} |"


def _cells(row: EngineFigures) -> list[str]:
    return [
        row.title,
        *map(number, (*_both(row.every), *_both(row.words))),
        *map(_with_worst, (row.cold, row.first, row.visible)),
        number(row.build_s),
        number(row.build_cpu_s),
        number(row.index_mb),
        f"{row.peak_mb:.0f}",
        number(row.peak_mb - row.start_mb),
        str(row.segments),
    ]


def _builds(size: SizeFigures) -> str:
    ours = next(row for row in size.engines if row.engine == OURS)
    analysis, build = size.analysis_s, ours.build_cpu_s
    said = (
        f"From records to an index, in seconds of processor time: this engine {number(analysis + build)}, of which "
        f"{number(analysis)} are analysis, which no row is charged"
    )
    if size.stemming_build_s is None:
        return f"{said}. Whoosh was left out at this size."
    return f"{said}; stock Whoosh with its StemmingAnalyzer {number(size.stemming_build_s)}."


def _both(times: Spread | None) -> tuple[float | None, float | None]:
    return (times.p50, times.p95) if times else (None, None)


def _p50(times: Spread | None) -> float | None:
    return times.p50 if times else None


def _with_worst(times: Spread | None) -> str:
    """The median of a handful of times, and in brackets the worst, which is all that their p95 can be."""
    return f"{number(times.p50)} ({number(times.p95)})" if times else "–"


def _ratio(row: EngineFigures, ours: EngineFigures, read: Callable[[EngineFigures], float | None]) -> str:
    theirs, own = read(row), read(ours)
    return f"{number(theirs / own)}×" if theirs is not None and own else "–"


def number(value: float | None) -> str:
    """A few significant digits; a dash for what cannot be done."""
    if value is None:
        return "–"
    if value < 0.1:
        return f"{value:.2g}"
    if value < 1:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def processor() -> str:
    """The name of the processor."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), "unknown processor")
