"""`python -m benchmarks.http DATA_DIR`: requests over loopback, with wrk, from two workers of the real server.

The data directory must hold records and an index: `python -m benchmarks SIZE --keep DATA_DIR` leaves one.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).parent / "wrk" / "search.lua"
WARM_S, SECONDS = 6, 15
_TYPED = (
    "t", "ti", "tij", "tiju", "tijua", "alb", "albergue", "casa", "casa mig", "hou", "houston", "legal", "ases",
    "guate", "mont", "montreal", "refug", "san an", "tijuna", "cnosulado",
)  # fmt: skip


@dataclass(frozen=True)
class Load:
    """One measurement: what is asked for, by how many clients, and how."""

    title: str
    clients: int
    environment: dict[str, str]
    paths: tuple[str, ...] = ()


LOADS = (
    Load("search, JSON", 8, {}),
    Load("search, JSON", 2, {}),
    Load("search page", 1, {"SEARCH_PREFIX": "/es/search"}),
    Load("search page, brotli", 1, {"SEARCH_PREFIX": "/es/search", "SEARCH_ENCODING": "br"}),
    Load("suggest", 1, {}, tuple(f"/api/v1/suggest?q={text.replace(' ', '+')}" for text in _TYPED)),
)


@contextmanager
def served(data_dir: Path, workers: int) -> Iterator[tuple[str, int]]:
    """The address of a running server, and the process id of its parent."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = os.environ | {"DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_DATABASE_URL": ""}
    command = [sys.executable, "-m", "directory", "serve", "--port", str(port), "--workers", str(workers)]
    with (data_dir / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/readyz")
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait(url: str, limit_s: float = 600) -> None:
    started = time.monotonic()
    while time.monotonic() - started < limit_s:
        try:
            urllib.request.urlopen(url, timeout=60).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(url)


def measured(load: Load, address: str, seconds: int) -> str:
    """What the wrk script says at its end."""
    command = ["wrk", "-t1", f"-c{load.clients}", f"-d{seconds}s", "--latency", "-s", str(SCRIPT), address]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as paths:
        if load.paths:
            paths.write("\n".join(load.paths) + "\n")
            paths.flush()
            command += ["--", paths.name]
        done = subprocess.run(command, env=os.environ | load.environment, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def peaks_mb(parent: int) -> list[int]:
    """Peak resident memory of each worker, in MB (Linux)."""
    peaks = []
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            text = path.read_text(encoding="utf-8")
        except OSError:
            continue
        if re.search(rf"^PPid:\t{parent}$", text, re.MULTILINE):
            peaks += [int(value) // 1024 for value in re.findall(r"^VmHWM:\s+(\d+)", text, re.MULTILINE)]
    return sorted(peaks)


def main() -> None:
    """Serve, warm up, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.error("wrk is not installed (Debian: apt-get install wrk)")
    with served(arguments.data_dir, arguments.workers) as (address, parent):
        for load in LOADS:
            # As many clients as reach every worker: each has cards and columns of its own to make first.
            measured(Load(load.title, 8, load.environment, load.paths), address, WARM_S)
            print(f"{load.title}, {load.clients} clients: {measured(load, address, SECONDS)}", flush=True)
        print(f"workers at their peak: {', '.join(map(str, peaks_mb(parent)))} MB")


if __name__ == "__main__":
    main()
