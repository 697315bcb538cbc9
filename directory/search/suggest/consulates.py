"""Suggestions of consulates, found by name, city, both countries and the people they serve, in any language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from directory.database import AnySession
from directory.places.countries import country_forms, country_name
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import consulate_name, find_consulates
from directory.search.engine.analysis import words
from directory.search.engine.suggest import PrefixIndexBuilder
from directory.search.suggest.candidates import Candidate
from directory.settings import LANGUAGES

_WEIGHTS = {"open": 1.0, "doubtful": 0.5, "closed": 0.0}


class Consulates:
    """The consulates in public sight at one position of the change feed."""

    def __init__(self, session: AnySession) -> None:
        """Read them all."""
        self._slugs: list[str] = []
        self._names: list[dict[str, str]] = []
        weights = []
        builder = PrefixIndexBuilder()
        for number, record in enumerate(find_consulates(session)):
            names = {language: consulate_name(record, language) for language in LANGUAGES}
            self._slugs.append(record.slug)
            self._names.append(names)
            weights.append(_WEIGHTS[record.status])
            for name in names.values():
                builder.add(number, words(name))
            for other in dict.fromkeys(_other_names(record)):
                builder.add(number, words(other), is_own=False)
        self._index = builder.build(weights)

    def find(self, typed: Sequence[str], language: str, limit: int, *, tolerant: bool) -> list[Candidate]:
        """Consulates, named in a language."""
        return [
            Candidate(
                "consulate",
                self._slugs[match.number],
                self._names[match.number][language],
                f"/consulates/{self._slugs[match.number]}",
                tuple(self._names[match.number].values()),
                match.score,
            )
            for match in self._index.find(typed, limit, tolerant=tolerant)
        ]


def _other_names(record: PublicConsulate) -> Iterator[str]:
    """Its city and countries in three languages, and the demonyms of those whom it serves."""
    yield record.city or ""
    yield from record.city_names.values()
    for language in LANGUAGES:
        yield country_name(record.sending_country, language)
        yield country_name(record.host_country, language)
        yield from country_forms(record.sending_country).demonyms[language]
