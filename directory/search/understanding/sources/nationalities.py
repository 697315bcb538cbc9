"""People of a country: the demonyms that the country table has."""

from __future__ import annotations

from collections.abc import Iterator

from directory.places.countries import MEMBER_STATES, country_forms
from directory.search.engine.analysis import words
from directory.search.understanding.lexicon import Sense
from directory.search.understanding.sources.phrases import Phrase


def demonyms() -> Iterator[Phrase]:
    """The demonyms of member countries."""
    for code in MEMBER_STATES:
        for language, known in country_forms(code).demonyms.items():
            for demonym in known:
                yield Phrase(tuple(words(demonym)), Sense("nationality", code, 1.0, language))
