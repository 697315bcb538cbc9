"""A worker in a fresh process, driven through its standard input and output."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from benchmarks.engines.worker import Worker


class WorkerFailed(Exception):
    """The other process raised something; the message is its traceback."""


class Process:
    """A worker in a fresh process; calls go by the name of its methods. Use it in a `with` statement."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        command = [sys.executable, "-m", "benchmarks.engines.process", name, str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def call(self, method: str, *arguments: object) -> Any:
        """What the worker's method returns. Raises WorkerFailed."""
        assert self._process.stdin
        assert self._process.stdout
        pickle.dump((method, arguments), self._process.stdin)
        self._process.stdin.flush()
        try:
            is_answer, value = pickle.load(self._process.stdout)
        except EOFError as error:
            raise WorkerFailed(f"{self.name} ended") from error
        if not is_answer:
            raise WorkerFailed(f"{self.name}.{method}\n{value}")
        return value


def serve(worker: Worker, calls: BinaryIO, answers: BinaryIO) -> None:
    """Answer calls until there are no more."""
    while True:
        try:
            method, arguments = pickle.load(calls)
        except EOFError:
            return
        try:
            answer = (True, getattr(worker, method)(*arguments))
        except Exception:  # noqa: BLE001  (the run decides what a failure means)
            answer = (False, traceback.format_exc())
        pickle.dump(answer, answers)
        answers.flush()


def main() -> None:
    """Serve; what a library prints goes to standard error, where it disturbs nobody."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(Worker(sys.argv[1], Path(sys.argv[2])), sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
