"""Whether an edit would show where somebody hides: by opening a place, or by writing its street down once more."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from directory.organizations.differences import Path, differences
from directory.organizations.models import Visibility
from directory.organizations.record_data import LocationData, RecordData
from directory.organizations.save import OPENNESS
from directory.places.distance import great_circle_km
from directory.places.names import fold

PRIVATE = ("name", "address", "postal_code", "latitude", "longitude")
"""What tells where a place is."""
NEAR_KM = 0.3
"""Nearer than this to a protected house, a point of one's own tells where the house is."""

_STREET_TEXT = """
calle avenida av ave avda street st road rd boulevard blvd rue chemin ch col colonia barrio no num numero number int ext
entre esquina esq cp de del la las los el the of du des and con
"""
_STREET_WORDS = frozenset(_STREET_TEXT.split())
"""What stands in addresses without telling one from another."""


def opens(before: object, after: object) -> bool:
    """Whether a place is seen by more people than before."""
    known = {str(visibility): level for visibility, level in OPENNESS.items()}
    return str(before) in known and str(after) in known and known[str(after)] > known[str(before)]


def with_private_places(past: RecordData, current: RecordData) -> RecordData:
    """The past of a record with what it lost of places that are protected now."""
    locations = {
        key: _completed(place, current.locations[key]) if key in current.locations else place
        for key, place in past.locations.items()
    }
    return past.model_copy(update={"locations": locations})


def _completed(former: LocationData, known: LocationData) -> LocationData:
    if known.visibility == Visibility.PUBLIC:
        return former
    return former.model_copy(update={name: getattr(known, name) for name in PRIVATE if getattr(former, name) is None})


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
    street, words = _telling((address or "").partition(",")[0]), _telling(text)
    ends = range(len(words) - len(street) + 1)
    return _is_street(street) and any(words[start : start + len(street)] == street for start in ends)


def _is_street(words: Collection[str]) -> bool:
    return any(word.isalpha() for word in words) and any(word.isdecimal() for word in words)


def _telling(address: str | None) -> list[str]:
    words = fold(address or "").split()
    return [word for word in words if word.isdecimal() or (len(word) > 1 and word not in _STREET_WORDS)]
