"""From a public organization to what the index holds of it: terms by field, and the values for filters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from directory.places import countries
from directory.places.countries import country_name, subdivision_name
from directory.publication.records import PublicLocation, PublicOrganization
from directory.search.engine.analysis import stemmed, words
from directory.search.engine.day import minute_of
from directory.settings import LANGUAGES
from directory.vocabulary import languages
from directory.vocabulary.catalogue import Term, Vocabulary
from directory.vocabulary.languages import language_name

PHONE_DIGITS = 7
FORMAT = 14
"""Raised whenever what this module or the analysis writes changes: another number means rebuild."""


@dataclass(frozen=True)
class Document:
    """One organization for the index: `fields` are lists of terms, `stored` is JSON-ready (see `_stored`)."""

    id: str
    fields: dict[str, list[str]]
    stored: dict[str, Any]


def index_digest(terms: Vocabulary) -> str:
    """Names the labels, names and analysis that an index was built with; synonyms are read from the query instead."""
    labels = [[term.slug, sorted(term.labels.items())] for term in (*terms.areas.values(), *terms.populations.values())]
    content = [FORMAT, labels, countries.names_digest(), languages.names_digest()]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


class DocumentWriter:
    """Makes documents; remembers the terms of each controlled term and place."""

    def __init__(self, terms: Vocabulary) -> None:
        self._areas = {slug: _term_stems(term) for slug, term in terms.areas.items()}
        self._populations = {slug: _term_stems(term) for slug, term in terms.populations.items()}

    def document(self, record: PublicOrganization) -> Document:
        """What the index holds of one organization."""
        names = (record.name, *record.alternate_names)
        topics = [stem for slug in record.areas for stem in self._areas.get(slug, ())]
        topics += [stem for slug in record.populations for stem in self._populations.get(slug, ())]
        plain = [word for name in names for word in words(name)]
        places = list(_place_words(record))
        return Document(
            id=str(record.id),
            fields={
                "name": plain,
                "acronym": words(record.acronym or ""),
                "name_stem": [stem for name in names for stem in stemmed(name, None)],
                "topic": topics,
                "area": list(record.areas),
                "place": places,
                "text": list(_text_stems(record)),
                "named": [*plain, *words(record.acronym or "")],
                "phone": list(_phone_ends(record)),
            },
            stored=_stored(record, [*plain, *places, *_spoken_words(record)]),
        )


def _term_stems(term: Term) -> tuple[str, ...]:
    return tuple(stem for language, label in term.labels.items() for stem in stemmed(label, language))


def _text_stems(record: PublicOrganization) -> Iterator[str]:
    for texts in (record.summary, record.description):
        for language, text in texts.items():
            yield from stemmed(text, language)
    for code in record.languages:
        for language in LANGUAGES:
            yield from stemmed(language_name(code, language), language)


def _spoken_words(record: PublicOrganization) -> Iterator[str]:
    for text in record.summary.values():
        yield from words(text)


def _place_words(record: PublicOrganization) -> Iterator[str]:
    """City, subdivision and country of every location in every language, and postal codes."""
    found: dict[str, None] = {}
    for location in record.locations:
        found |= dict.fromkeys(_city_words(location))
        found |= dict.fromkeys(_region_words(location.country, location.admin1))
        if location.postal_code:
            found |= dict.fromkeys(words(location.postal_code))
    for code in (item for service in record.services for item in service.coverage):
        found |= dict.fromkeys(_region_words(code[:2], code if len(code) > 2 else None))
    return iter(found or dict.fromkeys(_region_words(record.country, None)))


def _city_words(location: PublicLocation) -> list[str]:
    names = [location.city or "", *location.city_names.values()]
    return list(dict.fromkeys(word for name in names for word in words(name)))


@lru_cache(maxsize=1024)
def _region_words(country: str, admin1: str | None) -> tuple[str, ...]:
    names: Iterable[str] = [country_name(country, language) for language in LANGUAGES]
    if admin1:
        names = [*names, *(subdivision_name(admin1, language) for language in LANGUAGES), admin1[3:]]
    return tuple(dict.fromkeys(word for name in names for word in words(name)))


def _phone_ends(record: PublicOrganization) -> Iterator[str]:
    """The last seven digits of every public number."""
    return (phone.number[-PHONE_DIGITS:] for phone in record.numbers if phone.number)


def _main_place(record: PublicOrganization) -> list[str | None]:
    """City, subdivision and country of the location that stands for the whole."""
    place = record.location(None)
    return [place.city, place.admin1, place.country] if place else [None, None, record.country]


def _stored(record: PublicOrganization, spelling: Iterable[str]) -> dict[str, Any]:
    """What is kept of a record beside its terms: names, facet values, days (ordinals), locations, texts."""
    return {
        "revision": record.revision,
        "sort": " ".join(words(record.name)),
        "slug": record.slug,
        "names": [_one_line(name) for name in (record.name, record.acronym or "", *record.alternate_names)],
        "place": _main_place(record),
        "spelling": list(dict.fromkeys(spelling)),
        "texts": [
            [language, text] for texts in (record.summary, record.description) for language, text in texts.items()
        ],
        "folded": _folded(record),
        "countries": list(record.countries),
        "admin1s": list(record.admin1s),
        "areas": list(record.areas),
        "populations": list(record.populations),
        "languages": list(record.languages),
        "nationalities": list(record.nationalities),
        "verified": record.verified_on.toordinal() if record.verified_on else None,
        "interval": record.review_interval_days,
        "reachable": record.is_reachable,
        "due_since": record.due_since.toordinal() if record.due_since else None,
        "availability": [
            [service.availability.state, minute_of(lapse) if (lapse := service.availability.lapses_at) else None]
            for service in record.services
        ],
        "locations": [
            [
                str(location.id),
                location.country,
                location.admin1,
                location.admin2,
                location.place_id,
                _city_words(location),
                list(location.areas),
                bool(location.phones),
                location.latitude,
                location.longitude,
            ]
            for location in record.locations
        ],
    }


def _one_line(text: str) -> str:
    """A name without signs that end a line or an item."""
    return " ".join(text.replace("\x1f", " ").split())


def _folded(record: PublicOrganization) -> str:
    """All that a phrase is looked up in, folded; a bar between texts, so that no phrase crosses it."""
    cities = {name for location in record.locations for name in (location.city or "", *location.city_names.values())}
    texts = (
        *(record.name, record.acronym or "", *record.alternate_names),
        *sorted(cities),
        *record.summary.values(),
        *record.description.values(),
    )
    return f" {' | '.join(' '.join(words(text)) for text in texts if text)} "
