"""Labels of service areas and populations. Their synonyms are phrases of the lexicon, with weights of their own."""

from __future__ import annotations

from collections.abc import Iterator

from directory.search.engine.analysis import words
from directory.search.understanding.lexicon import Sense
from directory.search.understanding.sources.phrases import Phrase
from directory.vocabulary.catalogue import Vocabulary


def labels(terms: Vocabulary) -> Iterator[Phrase]:
    """Every label as a phrase of its language."""
    for kind, group in (("area", terms.areas), ("population", terms.populations)):
        for term in group.values():
            for language, label in term.labels.items():
                yield Phrase(tuple(words(label)), Sense(kind, term.slug, 1.0, language))
