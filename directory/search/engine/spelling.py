"""Words that nobody wrote: what was meant instead, within one or two edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from directory.search.engine.bitmaps import bitmap
from directory.search.engine.collection import Collection
from directory.search.engine.parts import Alternatives, Asked, Part, Word, word
from directory.search.engine.weights import FUZZY_SHARE, PLAIN

ONE_EDIT_FROM, TWO_EDITS_FROM = 5, 9
"""Letters from which a word may be one or two edits (a letter more, less, other, or two exchanged) away."""
MAX_CORRECTED = 8
MAX_SIMILAR = 10


@dataclass(frozen=True)
class Corrected:
    """What is searched for, and the likeliest spelling of each word that nobody wrote."""

    asked: Asked
    corrections: Mapping[str, str]


def corrected(asked: Asked, collection: Collection) -> Corrected:
    """Words without a live match replaced by all similar ones that have some; at most eight words."""
    corrections: dict[str, str] = {}
    required: list[Part] = []
    for part in asked.required:
        similar = []
        if isinstance(part, Word) and len(corrections) < MAX_CORRECTED and not is_held(part, collection):
            similar = similar_words(part.plain.removeprefix(PLAIN), collection)
        if similar:
            corrections[part.plain.removeprefix(PLAIN)] = similar[0]  # type: ignore[union-attr]  # only words have any
            required.append(Alternatives(tuple((word(item),) for item in similar), share=float(FUZZY_SHARE)))
        else:
            required.append(part)
    return Corrected(replace(asked, required=tuple(required)), corrections) if corrections else Corrected(asked, {})


def is_held(part: Part, collection: Collection) -> bool:
    """Whether any live document holds a part."""
    return bool(collection.column(part).documents.intersect(collection.live))


def similar_words(typed: str, collection: Collection) -> list[str]:
    """Words like `typed` that live documents hold: nearest first, then those in most documents; at most ten."""
    edits = 2 if len(typed) >= TWO_EDITS_FROM else 1
    if len(typed) < ONE_EDIT_FROM or any(char.isdigit() for char in typed):
        return []
    found: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for item in collection.placed:
        columns = item.source.columns
        # Without a limit: which words a segment would cut off must not depend on what lies in it.
        for known, distance, at in extract(typed, columns.words, scorer=OSA.distance, score_cutoff=edits, limit=None):
            held = bitmap(columns.holders(at) + np.uint32(item.base)).intersection_cardinality(collection.live)
            if held:
                found[known] = int(distance)
                counts[known] += held
    return sorted(found, key=lambda known: (found[known], -counts[known], known))[:MAX_SIMILAR]
