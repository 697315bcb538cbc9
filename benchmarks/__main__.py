"""`python -m benchmarks [SIZE …]`: measures each size and writes the table into docs/performance.md."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.generate import write
from directory import create_app
from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_change
from directory.database import begin_write
from directory.exchange.load import import_organizations
from directory.extensions import db
from directory.operations.prepare import prepare
from directory.organizations.models import Organization
from directory.places.load import load_gazetteer
from directory.publication.organizations import published_ids
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from directory.search.follower import search_index
from directory.search.sync import rebuild, synchronise
from directory.settings import Settings, resource_dir
from directory.vocabulary.catalogue import load_vocabulary

SIZES = (2_000, 20_000, 100_000)
ROUNDS = 6
MARK = "<!-- measured -->"
QUERIES = (
    SearchQuery(),
    SearchQuery(text="albergue"),
    SearchQuery(text="asesoría jurídica"),
    SearchQuery(text="legal aid Houston"),
    SearchQuery(text="familles Toronto"),
    SearchQuery(text="migrantes", country=("MX",)),
    SearchQuery(text="shelter", area=("food",), population=("families",)),
    SearchQuery(country=("US",), area=("legal-aid",)),
    SearchQuery(text="casa del migrante Tijuana"),
    SearchQuery(text="ejemplo"),
)
PATHS = (
    "q=albergue",
    "q=legal+aid+Houston",
    "q=migrantes&country=MX",
    "country=US&area=legal-aid",
    "q=familles+Toronto",
)


@dataclass
class Figures:
    """What was measured at one size; times in milliseconds unless the name says otherwise."""

    organizations: int
    import_s: float
    build_s: float
    search_p50: float
    search_p95: float
    visible: float
    api_p50: float
    api_p95: float
    page_p50: float
    page_p95: float
    record_p95: float
    worker_mb: float


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the sorted values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def timed(function: Callable[[], object]) -> float:
    """Milliseconds that one call takes."""
    started = time.perf_counter()
    function()
    return (time.perf_counter() - started) * 1000


def measure(size: int, folder: Path) -> Figures:
    """Load, build, search, change and serve `size` generated organizations."""
    data_dir = folder / str(size)
    data_dir.mkdir()
    app = create_app(Settings.from_environ({"DIRECTORY_DATA_DIR": str(data_dir)}))
    prepare(app, with_seeds=False)
    with app.app_context():
        begin_write(db.session)
        load_gazetteer(db.session, resource_dir("seed_data") / "places")
        load_vocabulary(db.session, resource_dir("seed_data"))
        db.session.commit()
        import_s = timed(lambda: import_organizations(db.session, write(data_dir / "generated.csv", size))) / 1000
        build_s = timed(lambda: rebuild(search_index(), db.session)) / 1000
        for query in QUERIES:
            execute(query)
        search = [timed(lambda q=query: execute(q)) for _ in range(ROUNDS) for query in QUERIES]  # type: ignore[misc]
        visible = _update_to_visible()
        db.session.remove()
        db.engine.dispose()
    served = _served(data_dir)
    return Figures(size, import_s, build_s, percentile(search, 0.5), percentile(search, 0.95), visible, *served)


def _update_to_visible() -> float:
    """Milliseconds from a commit until the open index answers with the change, in one process."""
    record_id = published_ids(db.session)[0]
    db.session.rollback()
    begin_write(db.session)
    record = db.session.get_one(Organization, record_id)
    record.name = "Zzyzx visible"
    record_change(db.session, Entity.ORGANIZATION, record_id, ChangeKind.UPDATED)
    db.session.commit()

    def follow() -> None:
        synchronise(search_index(), db.session)
        assert execute(SearchQuery(text="zzyzx")).total == 1

    return timed(follow)


def _served(data_dir: Path) -> tuple[float, float, float, float, float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = os.environ | {"DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_DATABASE_URL": ""}
    command = [sys.executable, "-m", "directory", "serve", "--port", str(port), "--workers", "1"]
    with (data_dir / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{base}/readyz")
        addresses = {
            "api": [f"{base}/api/v1/search?{path}" for path in PATHS],
            "page": [f"{base}/es/search?{path}" for path in PATHS],
        }
        slugs = re.findall(r"/es/organizations/[\w-]+", _get(f"{base}/es/search?size=100"))
        addresses["record"] = [base + slug for slug in dict.fromkeys(slugs)]
        times = {name: _times(urls) for name, urls in addresses.items()}
        memory = _worker_mb(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
    pairs = [percentile(times[name], share) for name in ("api", "page") for share in (0.5, 0.95)]
    return pairs[0], pairs[1], pairs[2], pairs[3], percentile(times["record"], 0.95), memory


def _wait(url: str, limit_s: float = 1_800) -> None:
    started = time.monotonic()
    while time.monotonic() - started < limit_s:
        try:
            _get(url)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(url)


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=120) as response:
        return str(response.read().decode())


def _times(urls: list[str]) -> list[float]:
    for url in urls[:10]:
        _get(url)
    return [timed(lambda u=url: _get(u)) for _ in range(ROUNDS) for url in urls][: 20 * ROUNDS]  # type: ignore[misc]


def _worker_mb(parent: int) -> float:
    """Peak resident memory of the largest worker, in MB (Linux)."""
    peaks = []
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            text = path.read_text()
        except OSError:
            continue
        if re.search(rf"^PPid:\t{parent}$", text, re.MULTILINE):
            peaks += [int(value) for value in re.findall(r"^VmHWM:\s+(\d+)", text, re.MULTILINE)]
    return max(peaks, default=0) / 1024


_COLUMNS = (
    "organizations", "import s", "index build s", "search p50", "p95", "update to visible", "API p50", "p95",
    "page p50", "p95", "record p95", "worker MB",
)  # fmt: skip


def report(figures: list[Figures]) -> str:
    """The table as Markdown, with the machine and the day."""
    lines = [
        f"Measured on {date.today().isoformat()} with `make bench`: {os.cpu_count()} cores, {_processor()}, "  # noqa: DTZ011
        f"Python {platform.python_version()}, SQLite, one worker, one client. Milliseconds unless said otherwise.",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        "|---:" * len(_COLUMNS) + "|",
    ]
    for item in figures:
        numbers = [f"{value:.1f}" for value in (item.import_s, item.build_s, item.search_p50, item.search_p95)]
        whole = (
            item.visible,
            item.api_p50,
            item.api_p95,
            item.page_p50,
            item.page_p95,
            item.record_p95,
            item.worker_mb,
        )
        cells = [f"{item.organizations:,}", *numbers, *(f"{value:.0f}" for value in whole)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":")[1].strip() for line in lines if "model name" in line), "unknown processor")


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), help="numbers of organizations")
    parser.add_argument("--write", type=Path, help="a Markdown file whose part after the mark is replaced")
    parser.add_argument(
        "--keep", type=Path, help="where the data directory of the last size is left, for benchmarks.http"
    )
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="directory-bench-"))
    try:
        figures = []
        for size in arguments.sizes:
            print(f"{size:,} organizations …", file=sys.stderr)
            figures.append(measure(size, folder))
        text = report(figures)
        if arguments.keep:
            shutil.move(folder / str(arguments.sizes[-1]), arguments.keep)
    finally:
        shutil.rmtree(folder)
    print(text)
    if arguments.write:
        before = arguments.write.read_text(encoding="utf-8").split(MARK)[0]
        arguments.write.write_text(f"{before}{MARK}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
