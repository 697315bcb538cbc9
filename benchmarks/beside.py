"""`python -m benchmarks.beside [DATA_DIR …]`: searching while eight clients take the largest answers in a loop, and
`/readyz` while somebody writes ten times a second.

A data directory must hold records and an index: `cso-directory init`, or `python -m benchmarks SIZE --keep DATA_DIR`.
Without one the seed data and 20,000 generated organizations are measured.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.__main__ import measure, percentile
from directory import create_app
from directory.accounts.throttle import LIMITS
from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_change
from directory.cli import main as command_line
from directory.database import begin_write
from directory.extensions import db
from directory.organizations.models import Organization
from directory.publication.organizations import published_ids
from directory.settings import Settings
from tests.faults.serving import free_port

LOOPS = 8
SECONDS = 20
WRITES_A_SECOND = 10
WRITING_S = 60
GENERATED = 20_000
UNLIMITED = "100000000/hour"
SEARCHES = (
    "q=albergue", "q=legal+aid+Houston", "q=migrantes&country=MX", "country=US&area=legal-aid", "q=familles+Toronto",
    "q=abogado+gratis", "q=comida&country=GT", "q=shelter+for+women",
)  # fmt: skip
LARGE = (
    "/export/organizations.json", "/export/organizations.csv", "/export/organizations.ndjson",
    "/export/consulates.json", "/export/organizations.geojson", "/sitemap.xml", "/es/map/points.json",
    "/es/consulates/hn-mcallen/guide",
)  # fmt: skip


@contextmanager
def served(data_dir: Path, *, unlimited: bool) -> Iterator[str]:
    """The address of a running server of two workers, where asked without a limit on exports."""
    port = free_port()
    environ = os.environ | {"DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_DATABASE_URL": ""}
    program = ["benchmarks.beside", "--unlimited-server"] if unlimited else ["directory"]
    command = [sys.executable, "-m", *program, "serve", "--port", str(port), "--workers", "2"]
    with (data_dir / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 600
        while _status(f"{base}/readyz") != 200 and time.monotonic() < until:
            time.sleep(0.2)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def searching(base: str, seconds: float) -> str:
    """Milliseconds of a search, median and 95th percentile, one client asking without pause."""
    times: list[float] = []
    until = time.monotonic() + seconds
    for query in itertools.cycle(SEARCHES):
        if time.monotonic() > until:
            break
        began = time.perf_counter()
        if (status := _status(f"{base}/api/v1/search?{query}")) != 200:
            raise RuntimeError(f"a search was answered with {status}")
        times.append((time.perf_counter() - began) * 1000)
    return f"{len(times)} searches, p50 {percentile(times, 0.5):.0f} ms, p95 {percentile(times, 0.95):.0f} ms"


@contextmanager
def loops(base: str) -> Iterator[Counter[int]]:
    """Clients in a process of their own that take the largest answers one after another; what they were answered."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.beside", "--loops", base], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    seen = Counter[int]()
    try:
        yield seen
    finally:
        told, _ = process.communicate(b"stop", timeout=120)
        seen.update({int(status): count for status, count in json.loads(told).items()})


def run_loops(base: str) -> None:
    """Take answers until the standard input ends, then print how many were of which status."""
    stopped, seen = threading.Event(), Counter[int]()

    def take(start: int) -> None:
        for path in itertools.islice(itertools.cycle(LARGE), start, None):
            if stopped.is_set():
                return
            seen[_status(base + path)] += 1

    clients = [threading.Thread(target=take, args=(number,), daemon=True) for number in range(LOOPS)]
    for client in clients:
        client.start()
    sys.stdin.read()
    stopped.set()
    for client in clients:
        client.join(60)
    print(json.dumps(seen))


@contextmanager
def writing(data_dir: Path) -> Iterator[None]:
    """Somebody who changes ten records a second."""
    app = create_app(Settings.from_environ({"DIRECTORY_DATA_DIR": str(data_dir)}))
    stopped = threading.Event()

    def write() -> None:
        with app.app_context():
            ids = published_ids(db.session)
            db.session.rollback()
            for record_id in itertools.cycle(ids):
                if stopped.wait(1 / WRITES_A_SECOND):
                    return
                begin_write(db.session)
                record = db.session.get_one(Organization, record_id)
                record.year_founded = None if record.year_founded else 1999
                record_change(db.session, Entity.ORGANIZATION, record_id, ChangeKind.UPDATED)
                db.session.commit()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        yield
    finally:
        stopped.set()
        writer.join(30)


def readiness(base: str, seconds: float) -> str:
    """The share of looks at `/readyz` that were answered with 200."""
    seen, until = Counter[int](), time.monotonic() + seconds
    while time.monotonic() < until:
        seen[_status(f"{base}/readyz")] += 1
        time.sleep(0.2)
    return f"{seen[200] / seen.total():.1%} of {seen.total()} looks"


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            while answer.read(1 << 16):
                continue
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def main() -> None:
    """Print the figures of each directory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path, nargs="*")
    with tempfile.TemporaryDirectory() as folder:
        for given in parser.parse_args().data_dir or _made(Path(folder)):
            figures_of(given)


def _made(folder: Path) -> Iterator[Path]:
    seeds = folder / "seeds"
    environ = os.environ | {"DIRECTORY_DATA_DIR": str(seeds), "DIRECTORY_DATABASE_URL": ""}
    subprocess.run([sys.executable, "-m", "directory", "init"], env=environ, check=True, stdout=subprocess.DEVNULL)
    yield seeds
    measure(GENERATED, folder)
    yield folder / str(GENERATED)


def figures_of(given: Path) -> None:
    """Print the figures of one directory, measured on a copy."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(shutil.copytree(given, Path(folder) / "data"))
        for unlimited in (False, True):
            with served(data_dir, unlimited=unlimited) as base:
                searching(base, SECONDS / 4)
                print(f"{given}, alone: {searching(base, SECONDS)}", flush=True)
                with loops(base) as seen:
                    words = "without limits" if unlimited else "as it is"
                    print(f"beside {LOOPS} loops, {words}: {searching(base, SECONDS)}", flush=True)
                print(f"  the loops were answered: {dict(seen)}", flush=True)
                if not unlimited:
                    with writing(data_dir):
                        print(f"/readyz under {WRITES_A_SECOND} writes/s: {readiness(base, WRITING_S)}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--unlimited-server"]:
        LIMITS["export"] = (UNLIMITED, UNLIMITED)
        command_line(args=sys.argv[2:], prog_name="cso-directory")
    elif sys.argv[1:2] == ["--loops"]:
        run_loops(sys.argv[2])
    else:
        main()
