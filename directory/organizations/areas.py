"""Which service an area belongs to, and where it is offered, when what an organization offers changes."""

from __future__ import annotations

from directory.organizations.record_data import RecordData, ServiceData
from directory.vocabulary.catalogue import Vocabulary


def regroup(services: dict[str, ServiceData], areas: tuple[str, ...], terms: Vocabulary) -> dict[str, ServiceData]:
    """One service for each group that any area belongs to; what is known of a group is kept."""
    found: dict[str, ServiceData] = {}
    for group in terms.groups:
        own = tuple(sorted(slug for slug in areas if slug in terms.areas and terms.areas[slug].group == group))
        if own:
            found[group] = (services.get(group) or ServiceData(areas=())).model_copy(update={"areas": own})
    return found


def settle_areas(record: RecordData) -> RecordData:
    """Areas that no place offers yet belong to the first place; places forget areas that are offered no more."""
    offered = set(record.areas)
    placed = {slug for place in record.locations.values() for slug in place.areas}
    first = record.first_location
    locations = {}
    for key, place in record.locations.items():
        here = set(place.areas) & offered
        if first and key == first[0]:
            here |= offered - placed
        locations[key] = place.model_copy(update={"areas": tuple(sorted(here))})
    return record.model_copy(update={"locations": locations})
