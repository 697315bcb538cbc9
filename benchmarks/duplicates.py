"""`python -m benchmarks.duplicates`: how well (labelled pairs) and how fast (20,000 records) duplicates are told."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.generate import rows
from directory import create_app
from directory.database import begin_write
from directory.extensions import db
from directory.operations.prepare import prepare
from directory.organizations.duplicates.fingerprint import Fingerprint
from directory.registration.twins import waiting_twins
from directory.settings import Settings
from tests.organizations.pairs import (
    Pair,
    fingerprint_of_rows,
    read_pairs,
    seed_fingerprints,
    seed_id,
    seed_index,
)
from tests.registration.waiting import hand_in

RECORDS = 20_000
SAMPLE = 600
WAITING = 10_000
SEED = 1
_BLANK = ("alternate_names", "acronym", "website", "email", "location_email", "phones")


def main() -> None:
    """Print precision and recall over the labelled pairs, then milliseconds a call over 20,000 records."""
    seeds = seed_fingerprints()
    pairs = read_pairs(seeds)
    index = seed_index(seeds)
    for split in ("all", "tune", "holdout"):
        chosen = [pair for pair in pairs if split in ("all", pair.split)]
        print(f"{split}: {len(chosen)} pairs, {quality(index, chosen)}")
    generated = {
        row["organization_key"]: fingerprint_of_rows([dict.fromkeys(_BLANK, "") | row])
        for row in rows(RECORDS - len(seeds))
    }
    everything = {**seeds, **generated}
    began = time.perf_counter()
    index = seed_index(everything)
    print(f"{len(index)} records in {time.perf_counter() - began:.1f} s")
    chance = random.Random(SEED)
    candidates = [pair.candidate for pair in pairs] + chance.sample(list(everything.values()), SAMPLE)
    print(f"find: {spread(index.find, candidates)}")
    typed = [candidate.names[0][: chance.randint(4, 20)] for candidate in candidates]
    print(f"typed: {spread(lambda name: index.typed(name, 'MX'), typed)}")
    with TemporaryDirectory() as folder:
        print(f"among {WAITING} that wait: {comparing(Path(folder), list(everything.values()), chance)}")


def comparing(data_dir: Path, fingerprints: list[Fingerprint], chance: random.Random) -> str:
    """What a registration costs that is handed in while very many wait: SQLite, a few records, a warm process."""
    app = create_app(Settings.from_environ({"DIRECTORY_DATA_DIR": str(data_dir)}))
    prepare(app, with_seeds=False)
    with app.app_context():
        begin_write(db.session)
        hand_in(db.session, chance.sample(fingerprints, WAITING))
        db.session.commit()
        waiting_twins(db.session, fingerprints[0], None)
        return spread(lambda own: waiting_twins(db.session, own, None), chance.sample(fingerprints, SAMPLE))


def quality(index: Any, pairs: list[Pair]) -> str:
    """Precision, recall and F1 of `find` on labelled pairs."""
    hits = [
        (seed_id(pair.record) in {match.organization_id for match in found(index, pair)}, pair.is_same)
        for pair in pairs
    ]
    told = sum(1 for is_told, _ in hits if is_told)
    same = sum(1 for _, is_same in hits if is_same)
    both = sum(1 for is_told, is_same in hits if is_told and is_same)
    precision, recall = both / told, both / same
    return f"precision {precision:.3f}, recall {recall:.3f}, F1 {2 * precision * recall / (precision + recall):.3f}"


def found(index: Any, pair: Pair) -> list[Any]:
    """What is offered for a candidate; a seed record is not offered itself."""
    excluded = {seed_id(pair.other)} if pair.other else set()
    matches: list[Any] = index.find(pair.candidate, exclude=excluded, limit=20)
    return matches


def spread(call: Callable[[Any], object], items: list[Any]) -> str:
    """Milliseconds a call: median, 95th percentile, worst."""
    times = []
    for item in items:
        began = time.perf_counter()
        call(item)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
    return f"{len(times)} calls, p50 {middle:.1f} ms, p95 {late:.1f} ms, max {times[-1]:.1f} ms"


if __name__ == "__main__":
    main()
