"""How long are the bars of a chart? Widths in percent of the drawing; a number that is withheld gets a stub.

The stub has the same length whatever it stands for, so that it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

STUB = 6.0
"""The width of a withheld number, in percent."""
LEAST_WIDTH = 0.5
"""The width below which a bar that is not zero would not be seen, in percent."""
PATTERNS = 6
"""How many parts of a stacked bar can be told apart without colour."""


@dataclass(frozen=True)
class Bar:
    """One row of a bar chart; `value` is None where it is withheld."""

    label: str
    value: int | None
    width: float


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar, from `start` on: the first is number 1; `value` is None where it is withheld."""

    part: int
    value: int | None
    start: float
    width: float


@dataclass(frozen=True)
class Stack:
    """One row of a stacked chart: a segment for each part, and the total of the row as it may be shown."""

    label: str
    segments: tuple[Segment, ...]
    total: int | None


def bars(values: Iterable[tuple[str, int | None]]) -> tuple[Bar, ...]:
    """Bars for labels with their numbers; the largest number fills the width."""
    rows = tuple(values)
    largest = max((value for _, value in rows if value), default=1)
    return tuple(Bar(label, value, _bar_width(value, largest)) for label, value in rows)


def stacks(rows: Iterable[tuple[str, Sequence[int | None], int | None]]) -> tuple[Stack, ...]:
    """Stacked bars for labels with the numbers of their parts and their total.

    All have the same scale, and the longest with its stubs fills the width. Raises ValueError for more than
    `PATTERNS` parts.
    """
    given = tuple(rows)
    if any(len(parts) > PATTERNS for _, parts, _ in given):
        raise ValueError(f"only {PATTERNS} parts can be told apart")
    scale = min((_scale(parts) for _, parts, _ in given), default=0.0)
    return tuple(Stack(label, _segments(parts, scale), total) for label, parts, total in given)


def _bar_width(value: int | None, largest: int) -> float:
    if value is None:
        return STUB
    return max(round(100 * value / largest, 2), LEAST_WIDTH) if value else 0.0


def _scale(parts: Sequence[int | None]) -> float:
    """Percent for each one counted, if this row is to fill the width."""
    shown = sum(part for part in parts if part is not None)
    room = 100 - STUB * sum(part is None for part in parts)
    return room / max(shown, 1)


def _segments(parts: Sequence[int | None], scale: float) -> tuple[Segment, ...]:
    segments = []
    start = 0.0
    for part, value in enumerate(parts, start=1):
        width = STUB if value is None else value * scale
        segments.append(Segment(part, value, round(start, 2), round(width, 2)))
        start += width
    return tuple(segments)
