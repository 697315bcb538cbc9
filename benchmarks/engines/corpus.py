"""Fictional organizations as the public records that an index is built from, the same for the same number."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from benchmarks.engines.phrases import NAMES, sentences
from benchmarks.generate import largest_towns, rows
from directory.publication.records import (
    PublicAvailability,
    PublicLocation,
    PublicOrganization,
    PublicService,
    PublicSource,
)
from directory.search.engine.analysis import without_stop_words, words
from directory.settings import LANGUAGES
from directory.vocabulary.catalogue import Vocabulary

TODAY = date(2026, 11, 24)
_NATIONALITIES = ("HN", "GT", "SV", "NI", "HT", "CU", "MX", "CO")
_SOURCE = PublicSource(name="Generated for measurement", url=None, date="2026", licence=None)
_NAMESPACE = uuid.UUID("6f3f9a0e-52a5-4c0a-9b57-0b6f1d1f7a11")
Town = tuple[str, str, str, float, float]


def records(count: int, vocabulary: Vocabulary) -> Iterator[PublicOrganization]:
    """`count` organizations in three languages; each depends on its number alone."""
    towns = largest_towns()
    for number, row in enumerate(rows(count)):
        yield _record(number, row, towns, vocabulary)


def _record(number: int, row: dict[str, str], towns: list[Town], vocabulary: Vocabulary) -> PublicOrganization:
    chance = random.Random(f"organization {number}")
    locations = tuple(_locations(number, row, towns, chance))
    summary, description = _texts(row, chance)
    verified_on = TODAY - timedelta(days=chance.randint(0, 500)) if chance.random() < 0.4 else None
    return PublicOrganization(
        id=_id(f"{number}"),
        slug=row["organization_key"],
        name=row["name"],
        acronym=_acronym(row["name"], number) if chance.random() < 0.3 else None,
        alternate_names=tuple(
            f"{row['name'].split()[0]} {NAMES.pick(chance)}" for _ in range(chance.choice((0, 0, 1, 2)))
        ),
        country=row["country"],
        summary=summary,
        description=description,
        website=None,
        email=None,
        phones=(),
        year_founded=None,
        legal_status=None,
        identifiers=(),
        accreditations=(),
        populations=tuple(filter(None, row["populations"].split("|"))),
        languages=tuple(row["languages"].split("|")),
        urls=(),
        contacts_suspended=False,
        status="verified" if verified_on else "unverified",
        verified_on=verified_on,
        due_since=None,
        review_due_on=None,
        review_interval_days=365,
        source=_SOURCE,
        revision=1,
        modified_at=datetime(2026, 11, 24, tzinfo=UTC),
        services=tuple(_services(number, row, locations, chance, vocabulary)),
        locations=locations,
        consulates=(),
        vouched_by=(),
    )


def _id(key: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, key)


def _acronym(name: str, number: int) -> str:
    initials = "".join(word[0] for word in without_stop_words(words(name.split("(")[0])))
    return f"{initials}{number % 97}".upper()


def _texts(row: dict[str, str], chance: random.Random) -> tuple[dict[str, str], dict[str, str]]:
    """Summary (two sentences) and description (six or so) in one to three languages."""
    first = next(language for language in LANGUAGES if f"summary_{language}" in row)
    others = [language for language in LANGUAGES if language != first]
    spoken = [first, *chance.sample(others, chance.choices((0, 1, 2), (60, 25, 15))[0])]
    city = row["location_city"]
    summary = {language: sentences(chance, language, city, 1) for language in spoken}
    summary[first] = f"{row[f'summary_{first}']} {summary[first]}"
    return summary, {language: sentences(chance, language, city, chance.randint(4, 8)) for language in spoken}


def _locations(number: int, row: dict[str, str], towns: list[Town], chance: random.Random) -> Iterator[PublicLocation]:
    point = float(row["latitude"]), float(row["longitude"])
    first: Town = (row["country"], row["location_admin1"], row["location_city"], *point)
    others = [town for town in chance.sample(towns, 12) if town[0] == row["country"]]
    chosen = [first, *others[: chance.choices((0, 1, 2), (70, 20, 10))[0]]]
    for place, (country, admin1, city, latitude, longitude) in enumerate(chosen):
        yield PublicLocation(
            id=_id(f"{number}/{place}"),
            name=None,
            country=country,
            admin1=admin1 or None,
            admin2=None,
            place_id=None,
            city=city,
            city_names={},
            address=f"Calle Ejemplo {chance.randint(1, 999)}",
            postal_code=None,
            latitude=latitude,
            longitude=longitude,
            precision="exact",
            visibility="public",
            timezone=None,
            phones=(),
            email=None,
            areas=tuple(row["service_areas"].split("|")),
            source=_SOURCE,
        )


def _services(
    number: int,
    row: dict[str, str],
    locations: tuple[PublicLocation, ...],
    chance: random.Random,
    vocabulary: Vocabulary,
) -> Iterator[PublicService]:
    """One service for each group that the areas belong to."""
    groups: dict[str, list[str]] = {}
    for slug in row["service_areas"].split("|"):
        groups.setdefault(vocabulary.areas[slug].group or "", []).append(slug)
    nationalities = tuple(sorted(chance.sample(_NATIONALITIES, 2))) if chance.random() < 0.15 else ()
    for group, areas in groups.items():
        yield PublicService(
            id=_id(f"{number}/{group}"),
            group=group,
            name={},
            areas=tuple(areas),
            populations=(),
            languages=(),
            nationalities=nationalities,
            eligibility={},
            documents_required={},
            cost={},
            access=None,
            schedule=(),
            emergency=False,
            availability=_availability(chance),
            locations=tuple(location.id for location in locations),
            coverage=(),
        )


def _availability(chance: random.Random) -> PublicAvailability:
    if chance.random() < 0.8:
        return PublicAvailability(state="unknown")
    return PublicAvailability(
        state=chance.choice(("open", "open", "limited", "full", "closed")),
        until=TODAY + timedelta(days=chance.randint(-10, 30)),
    )
