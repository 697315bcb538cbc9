"""The pocket guide of a consulate: who helps in its area, by place and need, as values that page and PDF print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from directory.clock import now, today
from directory.extensions import db
from directory.publication.consulate_records import PublicConsulate
from directory.publication.coverage import organizations_covering
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicLocation, PublicOrganization, PublicPhone
from directory.search.engine.query import MAX_SIZE, ConsulateFilter, SearchQuery
from directory.vocabulary.catalogue import Vocabulary, vocabulary
from directory.web.paper.guide_places import Spot, sorted_spots, spot_of, whole_area
from directory.web.public.counts import counted
from directory.web.public.lookup import as_filter

MAX_ORGANIZATIONS = 600
MAX_PHONES = 4
_PHONE_ORDER = ("emergency", "voice", "whatsapp")


@dataclass(frozen=True)
class Heading:
    """A heading above an entry: of a region (level 2), a town (3) or a group of needs (4)."""

    level: int
    text: str
    anchor: str | None = None


@dataclass(frozen=True)
class Entry:
    """An organization in one place. Phones, areas, populations and languages are those that count there."""

    record: PublicOrganization
    locations: tuple[PublicLocation, ...]
    """Its locations in this place; none where it only says that it covers the area."""
    group: str | None
    """The first of its groups of needs; None where nothing is known."""
    areas: tuple[str, ...]
    populations: tuple[str, ...]
    languages: tuple[str, ...]
    phones: tuple[PublicPhone, ...]
    number: int = 0
    """Its position in the guide, from 1."""
    headings: tuple[Heading, ...] = ()
    """The headings that begin with this entry."""
    running: str = ""
    """What stands at the top of a page that begins here: `Houston, Texas`."""


@dataclass(frozen=True)
class IndexLine:
    """A place of the index and how many organizations it holds: a region with its towns, or a town."""

    text: str
    anchor: str
    organizations: int
    towns: tuple[IndexLine, ...] = ()


@dataclass(frozen=True)
class Guide:
    """A guide in one language, as of one day. `total` counts the organizations, also those that are left out."""

    consulate: PublicConsulate
    language: str
    day: date
    entries: tuple[Entry, ...]
    index: tuple[IndexLine, ...]
    total: int

    @property
    def organizations(self) -> int:
        """How many organizations are in it; one with offices in two towns counts once."""
        return len({entry.record.id for entry in self.entries})


def guide_of(consulate: PublicConsulate, language: str, limit: int = MAX_ORGANIZATIONS) -> Guide:
    """The guide of a consulate with at most `limit` organizations, those of its own region first."""
    covers = as_filter(consulate)
    ids, total = _inside(consulate, covers, limit)
    inside = public_organizations(db.session, ids, now())
    candidates = [item for item in organizations_covering(db.session, covers.overlaps) if item not in set(ids)]
    far = [item for item in public_organizations(db.session, candidates, now()) if not _within(item, covers)]
    terms = vocabulary(db.session)
    by_spot: dict[Spot, list[Entry]] = defaultdict(list)
    for record in inside:
        places = _by_spot(record, consulate, language)
        for spot, locations in places.items():
            by_spot[spot].append(_entry(record, locations, terms))
        if not places:  # a partner without a place in the area
            by_spot[whole_area()].append(_entry(record, (), terms))
    for record in far[: limit - len(inside)]:
        by_spot[whole_area()].append(_entry(record, (), terms))
    entries, index = _arranged(by_spot, consulate, language, terms)
    return Guide(consulate, language, today(), entries, index, total + len(far))


def _inside(consulate: PublicConsulate, covers: ConsulateFilter, limit: int) -> tuple[list[UUID], int]:
    """The organizations with a location in the area, those of the seat's region first; and how many there are."""
    if not covers.areas:
        return [], 0
    everywhere = SearchQuery(consulate=(covers,), size=MAX_SIZE)
    nearest = [replace(everywhere, admin1=(consulate.admin1,))] if consulate.admin1 else []
    found: dict[UUID, None] = {}
    total = 0
    for query in (*nearest, everywhere):
        result = counted(query)
        total = result.total
        for page in range(1, result.pages(MAX_SIZE) + 1):
            if page > 1:
                result = counted(replace(query, page=page))
            found |= dict.fromkeys(hit.organization_id for hit in result.hits)
            if len(found) >= limit:
                break
    return list(found)[:limit], total


def _within(record: PublicOrganization, covers: ConsulateFilter) -> list[PublicLocation]:
    return [item for item in record.locations if covers.covers(item.country, item.admin1, item.admin2, item.place_id)]


def _by_spot(
    record: PublicOrganization, consulate: PublicConsulate, language: str
) -> dict[Spot, tuple[PublicLocation, ...]]:
    found: dict[Spot, list[PublicLocation]] = defaultdict(list)
    for location in _within(record, as_filter(consulate)):
        found[spot_of(location, consulate, language)].append(location)
    return {spot: tuple(locations) for spot, locations in found.items()}


def _entry(record: PublicOrganization, locations: tuple[PublicLocation, ...], terms: Vocabulary) -> Entry:
    """What an organization offers in a place: what is known of its locations there, else all of it."""
    here = {location.id for location in locations}
    services = [item for item in record.services if here.intersection(item.locations)] or list(record.services)
    known = {area for location in locations for area in location.areas}
    areas = known or {area for service in services for area in service.areas}
    ordered = tuple(slug for slug in terms.areas if slug in areas)
    groups = {terms.areas[slug].group for slug in ordered}
    whom = {*record.populations, *(slug for service in services for slug in service.populations)}
    spoken = {*record.languages, *(code for service in services for code in service.languages)}
    nearest = locations or record.locations[:1]
    return Entry(
        record=record,
        locations=locations,
        group=next((group for group in terms.groups if group in groups), None),
        areas=ordered,
        populations=tuple(slug for slug in terms.populations if slug in whom),
        languages=tuple(sorted(spoken)),
        phones=_phones(phone for location in nearest or (None,) for phone in record.numbers_at(location)),
    )


def _phones(phones: Iterable[PublicPhone]) -> tuple[PublicPhone, ...]:
    """Each number once, emergency lines first, no fax."""
    unique = {(phone.number or phone.text, phone.extension): phone for phone in phones if phone.kind in _PHONE_ORDER}
    return tuple(sorted(unique.values(), key=lambda phone: _PHONE_ORDER.index(phone.kind))[:MAX_PHONES])


def _arranged(
    by_spot: dict[Spot, list[Entry]], consulate: PublicConsulate, language: str, terms: Vocabulary
) -> tuple[tuple[Entry, ...], tuple[IndexLine, ...]]:
    """The entries in the order of the guide, each with the headings that begin with it; and the index of places."""
    spots = sorted_spots(by_spot, consulate, language)
    by_region: dict[str, set[UUID]] = defaultdict(set)
    for spot, found in by_spot.items():
        by_region[spot.region].update(entry.record.id for entry in found)
    entries: list[Entry] = []
    index: list[IndexLine] = []
    region = None
    for place, spot in enumerate(spots, 1):
        headings: list[Heading] = []
        if spot.region != region:
            region = spot.region
            headings.append(Heading(2, region, f"region-{place}"))
            index.append(IndexLine(region, f"region-{place}", len(by_region[region])))
        if spot.town:
            headings.append(Heading(3, spot.town, f"place-{place}"))
            town = IndexLine(spot.town, f"place-{place}", len(by_spot[spot]))
            index[-1] = replace(index[-1], towns=(*index[-1].towns, town))
        for entry, starts in _by_need(by_spot[spot], terms, language):
            above = [*headings, *starts]
            headings = []
            number = len(entries) + 1
            entries.append(replace(entry, number=number, headings=tuple(above), running=spot.in_words))
    return tuple(entries), tuple(index)


def _by_need(entries: Iterable[Entry], terms: Vocabulary, language: str) -> Iterator[tuple[Entry, tuple[Heading, ...]]]:
    """Entries of one place by their first group of needs, in vocabulary order; of whom nothing is known last."""
    groups: dict[str | None, list[Entry]] = {group: [] for group in (*terms.groups, None)}
    for entry in entries:
        groups[entry.group].append(entry)
    for group, found in groups.items():
        starts: tuple[Heading, ...] = (Heading(4, terms.groups[group].labels[language]),) if group else ()
        for entry in found:
            yield entry, starts
            starts = ()
