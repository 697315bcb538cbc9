"""How good an answer is, in one number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2
from typing import Any

import numpy as np

from directory.search.understanding.reading import Reading

DEPTH = 10
GOOD = 2


def ndcg(found: Sequence[int], ideal: Sequence[int], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain at a depth, gain 2^grade − 1 (Burges et al. 2005)."""
    best = sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(sorted(ideal, reverse=True)[:depth]))
    own = sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(found[:depth]))
    return own / best if best else 0.0


def succeeds(found: Sequence[int], ideal: Sequence[int]) -> bool:
    """Whether one of the first three is good: of grade 2, or of the best grade that there is."""
    return any(grade >= min(GOOD, max(ideal, default=1)) for grade in found[:3])


def interval(differences: Sequence[float], rounds: int = 10_000, seed: int = 14) -> tuple[float, float]:
    """Between what and what the mean of paired differences lies, at 95 %: a bootstrap (Efron 1979), seeded."""
    values = np.asarray(differences, np.float64)
    chosen = np.random.default_rng(seed).integers(0, len(values), (rounds, len(values)))
    low, high = np.percentile(values[chosen].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def concepts(wanted: Mapping[str, Any], reading: Reading) -> list[tuple[str, bool]]:
    """For each kind of meaning that a query has, whether a reader found it."""
    found = []
    for kind in ("area", "population", "language", "consulate"):
        if kind in wanted:
            found.append((kind, not {item.value for item in reading.of(kind)}.isdisjoint(wanted[kind])))
    if "nationality" in wanted:
        found.append(("nationality", wanted["nationality"] in {item.value for item in reading.of("nationality")}))
    if "organization" in wanted:
        found.append(("organization", bool(reading.of("organization"))))
    if "place" in wanted:
        place = wanted["place"]
        found.append(
            ("place", any(own.country == place["country"] and place["admin1"] in (None, own.admin1, *own.codes)
                          for own in reading.places))
        )  # fmt: skip
    return found
