"""BM25F: what a term is worth in a document, and what a match is worth in a search.

All fields of a document are merged when it is indexed: `merged_weights` gives one number a term, the weighted
frequency of Zaragoza and Robertson (TREC 2004): Σ over fields of weight × tf ÷ (1 − b + b × length ÷ average).
Saturation and idf come with the query, because they depend on what is live then.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from directory.search.engine.analysis import stems

Floats = NDArray[np.float32]

PLAIN, STEM, AREA, NAMED, PHONE = "=", "~", "#", "@", "+"
"""What a term of the index begins with: a word as it is written (folded), a stem, the slug of a service area, a word of
a name, the last seven digits of a public number."""
FIELD_WEIGHTS: Mapping[str, float] = {
    "acronym": 6.0,
    "name": 4.0,
    "name_stem": 2.0,
    "place": 2.0,
    "topic": 1.5,
    "area": 1.5,
    "text": 1.0,
    "named": 1.0,
    "phone": 1.0,
}
"""How much a term counts in each field."""
AVERAGE_LENGTHS: Mapping[str, float] = {
    "acronym": 1.0,
    "name": 5.0,
    "name_stem": 8.0,
    "place": 11.0,
    "topic": 50.0,
    "area": 2.0,
    "text": 25.0,
    "named": 5.0,
    "phone": 1.0,
}
"""Average number of terms a field, measured on the seed data (2026-11-24) and pinned: a weight must live as long as
its segment, and an index that was first built empty would pin nonsense."""
_NAMESPACES = {"acronym": PLAIN, "name": PLAIN, "place": PLAIN, "name_stem": STEM, "topic": STEM, "text": STEM,
               "area": AREA, "named": NAMED, "phone": PHONE}  # fmt: skip
B = 0.75
"""How far the length of a field matters."""
K1 = np.float32(1.2)
"""Where weighted frequency saturates."""
PREFIX_SHARE = np.float32(0.3)
"""What a word that only begins like the last word of a query counts, against the word itself."""
FUZZY_SHARE = np.float32(0.5)
"""What a word that is one or two edits away counts."""


def merged_weights(fields: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """The weighted frequency of each term of a document, by term with its namespace (`=casa`, `~cas`)."""
    merged: dict[str, float] = {}
    for name, terms in fields.items():
        if name not in _NAMESPACES or not terms:
            continue
        norm = 1.0 - B + B * len(terms) / AVERAGE_LENGTHS[name]
        for term, count in Counter(terms).items():
            key = _NAMESPACES[name] + term
            merged[key] = merged.get(key, 0.0) + FIELD_WEIGHTS[name] * count / norm
    return merged


def plain_term(word: str) -> str:
    """The term of a word as it is written."""
    return PLAIN + word


def stem_terms(word: str) -> tuple[str, ...]:
    """The terms of a word's stems: at most three."""
    return tuple(STEM + stem for stem in stems(word))


def idf(documents: int, live: int) -> np.float32:
    """Inverse document frequency of what `documents` of `live` documents hold; never negative."""
    return np.float32(math.log(1.0 + (live - documents + 0.5) / (documents + 0.5)))


def saturated(weights: Floats) -> Floats:
    """What weighted frequencies are worth before idf: between 0 and 1, float32."""
    return weights / (weights + K1)


def namespaced(terms: Iterable[str], namespace: str) -> tuple[str, ...]:
    """Terms in a namespace."""
    return tuple(namespace + term for term in terms)
