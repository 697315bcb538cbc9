"""`python -m benchmarks.duplicates`: how well (labelled pairs) and how fast (20,000 records) duplicates are told."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from benchmarks.generate import rows
from tests.organizations.pairs import (
    Pair,
    fingerprint_of_rows,
    read_pairs,
    seed_fingerprints,
    seed_id,
    seed_index,
)

RECORDS = 20_000
SAMPLE = 600
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
