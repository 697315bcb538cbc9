"""What the run asks of one engine within that engine's own process: to build, open, search, update and be weighed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.engines.ask import Ask
from benchmarks.engines.contender import Answer, commits, contender
from benchmarks.engines.corpus_files import read_documents, read_rows

if TYPE_CHECKING:
    from directory.search.documents import Document

STEMMING = "whoosh-stemming"
"""Not a contender: Whoosh over raw texts, which is only built."""


@dataclass(frozen=True)
class Built:
    """Seconds that a build took by the clock and of processor time, without reading its input; bytes on disk."""

    seconds: float
    cpu_s: float
    size_bytes: int


@dataclass(frozen=True)
class Memory:
    """Resident memory in MB: the peak of the process, and what it had before it opened the index."""

    peak_mb: float
    start_mb: float


class Untimed:
    """An iterable that adds up the seconds which its source takes."""

    def __init__(self, source: Iterable[Any]) -> None:
        self._source = iter(source)
        self.seconds = self.cpu_s = 0.0

    def __iter__(self) -> Iterator[Any]:
        while True:
            started, cpu = time.perf_counter(), time.process_time()
            try:
                item = next(self._source)
            except StopIteration:
                return
            finally:
                self.seconds += time.perf_counter() - started
                self.cpu_s += time.process_time() - cpu
            yield item


class Worker:
    """What the run can ask of an engine's process. Times are in milliseconds unless said otherwise."""

    def __init__(self, name: str, folder: Path) -> None:
        self._folder = folder
        self._engine = contender(name) if name != STEMMING else None
        self._start_mb = 0.0

    def build(self, corpus: Path, count: int, segments: int) -> Built:
        """Build from a corpus into an empty folder."""
        source = Untimed(read_documents(corpus) if self._engine else read_rows(corpus))
        if self._engine:
            self._engine.prepare(self._folder)
            build = self._engine.build
        else:
            from benchmarks.engines.whoosh_stock import build_with_stemming_analyzer as build
        before = _bytes(self._folder)
        started, cpu = time.perf_counter(), time.process_time()
        build(commits(source, count, segments), self._folder)
        seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu
        return Built(seconds - source.seconds, cpu_s - source.cpu_s, _bytes(self._folder) - before)

    def start(self) -> None:
        """What comes before opening."""
        assert self._engine
        self._engine.start(self._folder)
        self._start_mb = _status_mb("VmRSS")

    def open(self) -> float:
        """Open the index."""
        assert self._engine
        started = time.perf_counter()
        self._engine.open(self._folder)
        return (time.perf_counter() - started) * 1000

    def segments(self) -> int:
        """How many parts the open index has."""
        assert self._engine
        return self._engine.segments()

    def search(self, ask: Ask) -> tuple[Answer, float]:
        """The answer and how long it took."""
        assert self._engine
        started = time.perf_counter()
        answer = self._engine.search(ask)
        return answer, (time.perf_counter() - started) * 1000

    def round(self, asks: Sequence[Ask]) -> list[float]:
        """How long each of some questions took, asked one right after the other, as a busy process is asked."""
        return [self.search(ask)[1] for ask in asks]

    def update(self, document: Document) -> float:
        """Replace a document, up to where the next search sees it."""
        assert self._engine
        started = time.perf_counter()
        self._engine.update(document)
        return (time.perf_counter() - started) * 1000

    def memory(self) -> Memory:
        """Memory up to now."""
        return Memory(_status_mb("VmHWM"), self._start_mb)


def _status_mb(name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
