"""Whether an edit would show where somebody hides: by opening a place, or by writing its street down once more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from directory.organizations.differences import Path, differences
from directory.organizations.models import Visibility
from directory.organizations.record_data import WHEREABOUTS, LocationData, RecordData
from directory.organizations.save import OPENNESS
from directory.places.distance import great_circle_km
from directory.places.names import fold

NEAR_KM = 0.3
"""Nearer than this to a protected house, a point of one's own tells where the house is."""

_STREET_TEXT = """
calle avenida av ave avda street st road rd boulevard blvd rue chemin ch col colonia barrio no num numero number int ext
entre esquina esq cp de del la las los el the of du des and con
"""
_STREET_WORDS = frozenset(_STREET_TEXT.split())
"""What stands in addresses without telling one from another."""


def opens(before: Any, after: Any) -> bool:
    """Whether a place is seen by more people than before, by its visibility; None is no place."""
    return before in OPENNESS and after in OPENNESS and OPENNESS[after] > OPENNESS[before]


def with_private_places(past: RecordData, known: RecordData) -> RecordData:
    """The past of a record, where places that lost all that tells where they are get back what is `known` of them.

    Of a place of which anything is left nothing is added: half of one address and half of another are none.
    """
    locations = {
        key: _completed(place, known.locations[key]) if key in known.locations else place
        for key, place in past.locations.items()
    }
    return past.model_copy(update={"locations": locations})


def _completed(former: LocationData, known: LocationData) -> LocationData:
    if any(getattr(former, name) is not None for name in WHEREABOUTS):
        return former
    return former.model_copy(update={name: getattr(known, name) for name in WHEREABOUTS})


def revealing(current: RecordData, edited: RecordData) -> set[Path]:
    """What of an edit tells a protected street or point: whole places (two steps of a path), and single texts.

    The protected places that a new one tells are among them: they do not go before the new one is agreed upon.
    """
    secrets = {key: place for key, place in current.locations.items() if place.visibility != Visibility.PUBLIC}
    found: set[Path] = set()
    for key, place in edited.locations.items():
        if place.visibility == Visibility.PUBLIC and current.locations.get(key) != place:
            told = [secret for secret, known in secrets.items() if _tells(place, known)]
            found |= {("locations", one) for one in (key, *told) if told}
    streets = [place.address for place in secrets.values() if place.address]
    return found | {
        item.path
        for item in differences(current, edited)
        if item.path[0] != "locations"
        and any(_mentions(text, street) for text in strings(item.after) for street in streets)
    }


def strings(value: Any) -> list[str]:
    """Every text within a value of a record."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in strings(item)]
    return []


def _tells(place: LocationData, secret: LocationData) -> bool:
    if place.country != secret.country:
        return False
    if _is_same_street(place.address, secret.address) or _mentions(place.name or "", secret.address):
        return True
    if None in (place.latitude, place.longitude, secret.latitude, secret.longitude):
        return False
    here, there = (place.latitude or 0.0, place.longitude or 0.0), (secret.latitude or 0.0, secret.longitude or 0.0)
    return great_circle_km(here, there) < NEAR_KM


def _is_same_street(one: str | None, other: str | None) -> bool:
    """Whether the shorter text says nothing that the longer does not: `C. Roble #5`, `Calle Roble 5, Centro`.

    Words that only say that it is a street, and single letters, count for nothing; a number alone is no street.
    """
    first, second = set(_telling(one)), set(_telling(other))
    fewer, more = sorted((first, second), key=len)
    return fewer <= more and (_is_street(fewer) or fewer == more != set())


def _mentions(text: str, address: str | None) -> bool:
    """Whether a text holds the words and the number of a street, one after the other."""
    words = _telling(text)
    return any(
        words[start : start + len(street)] == street
        for street in _streets(address or "")
        for start in range(len(words) - len(street) + 1)
    )


def _streets(address: str) -> list[list[str]]:
    """Street and number, in either order: the first parts of an address that hold both."""
    parts = address.split(",")
    for count in range(1, len(parts) + 1):
        street = _telling(" ".join(parts[:count]))
        if _is_street(street):
            numbers = [word for word in street if _is_number(word)]
            words = [word for word in street if not _is_number(word)]
            return [street, words + numbers, numbers + words]
    return []


def _is_street(words: Collection[str]) -> bool:
    return any(map(_is_number, words)) and not all(map(_is_number, words))


def _is_number(word: str) -> bool:
    """`9`, `123a`: what tells one house from another."""
    return word[0].isdecimal()


def _telling(address: str | None) -> list[str]:
    words = fold(address or "").split()
    return [word for word in words if _is_number(word) or (len(word) > 1 and word not in _STREET_WORDS)]
