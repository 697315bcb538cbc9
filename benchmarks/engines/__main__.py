"""`python -m benchmarks.engines [SIZE …]`: measures all engines and writes tables and plot."""

from __future__ import annotations

import argparse
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.engines.contender import CONTENDERS, SEGMENTS
from benchmarks.engines.figures import SizeFigures, load, save
from benchmarks.engines.plot import plot
from benchmarks.engines.run import measure
from benchmarks.engines.table import report

SIZES = (2_000, 20_000, 100_000)
BEGIN, END = "<!-- engines -->", "<!-- /engines -->"
PLOT = "search-performance.svg"


def main() -> None:
    """Measure, or read kept figures, and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines")
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), help="numbers of organizations, from 2,000")
    parser.add_argument("--segments", type=int, default=SEGMENTS, help="commits that an index is built in")
    parser.add_argument("--without", nargs="+", default=[], choices=CONTENDERS, help="engines to leave out")
    parser.add_argument("--write", type=Path, help="a Markdown file with marks; the plot is written beside it")
    parser.add_argument("--keep", type=Path, help="a file for the figures, as JSON")
    parser.add_argument("--read", type=Path, nargs="+", help="kept figures to write instead of measuring")
    arguments = parser.parse_args()
    if arguments.read:
        sizes = [size for path in arguments.read for size in load(path)]
    else:
        sizes = [_measured(size, arguments.segments, arguments.without) for size in arguments.sizes]
    sizes.sort(key=lambda size: size.organizations)
    if arguments.keep:
        save(arguments.keep, sizes)
    text = report(sizes, date.today())  # noqa: DTZ011
    print(text)
    if arguments.write:
        _write(arguments.write, text)
        arguments.write.with_name(PLOT).write_text(plot(sizes), encoding="utf-8")


def _measured(size: int, segments: int, without: list[str]) -> SizeFigures:
    with tempfile.TemporaryDirectory(prefix="engines-bench-") as folder:
        return measure(size, Path(folder), segments, without)


def _write(path: Path, text: str) -> None:
    """Replace what stands between the marks. Raises ValueError where a mark is missing."""
    whole = path.read_text(encoding="utf-8")
    before, after = whole[: whole.index(BEGIN)], whole[whole.index(END) :]
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
