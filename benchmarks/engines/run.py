"""The run: builds every index, then asks all engines in turn, so that a busy machine is busy for all of them."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from benchmarks.engines.ask import Ask
from benchmarks.engines.contender import CONTENDERS, contender
from benchmarks.engines.corpus import records
from benchmarks.engines.corpus_files import read_documents, write_corpus
from benchmarks.engines.figures import EngineFigures, SizeFigures, spread
from benchmarks.engines.process import Process
from benchmarks.engines.questions import AFTER_COMMIT, COLD, Dictionary, asks, question
from benchmarks.engines.terms import seed_vocabulary
from benchmarks.engines.truth import Expected, Truth, WrongAnswer, check
from benchmarks.engines.worker import STEMMING, Built, Memory
from directory.search.documents import Document, DocumentWriter
from directory.vocabulary.catalogue import Vocabulary

LARGE = 50_000
WHOOSH = "whoosh"
ROUNDS, ROUNDS_IF_LARGE = 5, 3
COLD_STARTS = 5
UPDATES = 8


def measure(size: int, folder: Path, segments: int, without: Sequence[str] = ()) -> SizeFigures:
    """All engines but some at one size. Raises WrongAnswer where one counts otherwise than plain counting."""
    return Run(size, folder, segments, without).figures()


class Run:
    """One size: corpus, questions and their true answers, and times by engine."""

    def __init__(self, size: int, folder: Path, segments: int, without: Sequence[str]) -> None:
        self._names = [name for name in CONTENDERS if name not in without]
        self._size, self._folder, self._segments = size, folder, segments
        self._vocabulary = seed_vocabulary()
        self._terms = Dictionary()
        self._facets = {name: contender(name).facets for name in self._names}
        self._every: defaultdict[str, list[float]] = defaultdict(list)
        self._words: defaultdict[str, list[float]] = defaultdict(list)
        self._cold: defaultdict[str, list[float]] = defaultdict(list)
        self._first: defaultdict[str, list[float]] = defaultdict(list)
        self._visible: defaultdict[str, list[float]] = defaultdict(list)
        self._memory: dict[str, Memory] = {}
        self._parts: dict[str, int] = {}

    def figures(self) -> SizeFigures:
        """Everything, in order: corpus, builds, cold starts, warm rounds, changes."""
        self._say("corpus")
        analysis_s = write_corpus(self._folder, self._size, self._vocabulary, self._terms.add)
        self._asks = asks(self._vocabulary, self._terms.beginning)
        self._after = question(self._vocabulary, *AFTER_COMMIT, self._terms.beginning)
        truth = Truth([*self._asks, self._after])
        for document in read_documents(self._folder):
            truth.add(document)
        expected = [truth.expected(ask) for ask in self._asks]
        built = {name: self._build(name) for name in self._names}
        stemming = self._build(STEMMING) if WHOOSH in self._names else None
        self._cold_starts()
        with ExitStack() as stack:
            processes = [self._opened(name, stack) for name in self._names]
            self._say("checking")
            self._check(processes, expected)
            for number in range(ROUNDS if self._size < LARGE else ROUNDS_IF_LARGE):
                self._say(f"round {number + 1}")
                self._round(_rotated(processes, number))
            self._memory = {process.name: process.call("memory") for process in processes}
            self._say("changes")
            self._changes(processes, truth.expected(self._after))
        engines = tuple(self._engine(name, built[name]) for name in self._names)
        return SizeFigures(self._size, analysis_s, stemming.cpu_s if stemming else None, engines)

    def _build(self, name: str) -> Built:
        self._say(f"building {name}")
        target = self._folder / name
        target.mkdir()
        with Process(name, target) as process:
            built: Built = process.call("build", self._folder, self._size, self._segments)
        return built

    def _cold_starts(self) -> None:
        ask = question(self._vocabulary, *COLD, self._terms.beginning)
        for number in range(COLD_STARTS):
            self._say(f"cold start {number + 1}")
            for name in self._names:
                with Process(name, self._folder / name) as process:
                    process.call("start")
                    opened = process.call("open")
                    _, first = process.call("search", ask)
                self._cold[name].append(opened + first)

    def _opened(self, name: str, stack: ExitStack) -> Process:
        process = stack.enter_context(Process(name, self._folder / name))
        process.call("start")
        process.call("open")
        self._parts[name] = process.call("segments")
        return process

    def _check(self, processes: Iterable[Process], expected: list[Expected]) -> None:
        """Every question once, which also warms; every answer must be the true one."""
        for process in processes:
            for ask, wanted in zip(self._asks, expected, strict=True):
                if self._can(process.name, ask):
                    answer, _ = process.call("search", ask)
                    if self._facets[process.name]:
                        check(process.name, ask, answer, wanted)

    def _round(self, processes: list[Process]) -> None:
        """Each engine is asked everything in a row; the engines take turns, round by round."""
        for process in processes:
            asks = [ask for ask in self._asks if self._can(process.name, ask)]
            for ask, taken in zip(asks, process.call("round", asks), strict=True):
                if self._facets[process.name]:
                    self._every[process.name].append(taken)
                if ask.words and not ask.filters():
                    self._words[process.name].append(taken)

    def _can(self, name: str, ask: Ask) -> bool:
        return self._facets[name] or bool(ask.words and not ask.filters())

    def _changes(self, processes: list[Process], expected: Expected) -> None:
        """Each change makes one more record match, which the question right after it must count."""
        changed = changed_documents(self._vocabulary, expected.ids)
        for number, document in enumerate(changed):
            for process in _rotated(processes, number):
                if not self._facets[process.name]:
                    continue
                update = process.call("update", document)
                answer, first = process.call("search", self._after)
                if answer.total != len(expected.ids) + number + 1:
                    raise WrongAnswer(f"{process.name} does not see change {number + 1}: total {answer.total}")
                self._first[process.name].append(first)
                self._visible[process.name].append(update + first)

    def _engine(self, name: str, built: Built) -> EngineFigures:
        return EngineFigures(
            engine=name,
            title=contender(name).name,
            segments=self._parts[name],
            build_s=built.seconds,
            build_cpu_s=built.cpu_s,
            index_mb=built.size_bytes / 1_000_000,
            peak_mb=self._memory[name].peak_mb,
            start_mb=self._memory[name].start_mb,
            every=spread(self._every[name]),
            words=spread(self._words[name]),
            cold=spread(self._cold[name]),
            first=spread(self._first[name]),
            visible=spread(self._visible[name]),
        )

    def _say(self, what: str) -> None:
        print(f"{self._size:,}: {what}", file=sys.stderr, flush=True)


def changed_documents(vocabulary: Vocabulary, matching: frozenset[str]) -> list[Document]:
    """Some of the first records that did not match the question after a commit, changed so that they do."""
    writer = DocumentWriter(vocabulary)
    unlike = (record for record in records(500, vocabulary) if str(record.id) not in matching)
    return [
        writer.document(record.model_copy(update={"summary": {**record.summary, "es": AFTER_COMMIT[0]}}))
        for record in islice(unlike, UPDATES)
    ]


def _rotated(processes: list[Process], by: int) -> list[Process]:
    turn = by % len(processes)
    return [*processes[turn:], *processes[:turn]]
