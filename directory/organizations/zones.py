"""In whose day something of an organization ends: its places know their time zones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from directory.clock import day_of, end_of_day
from directory.organizations.models import Location
from directory.organizations.services import Service

Zones = Mapping[uuid.UUID, str]
"""IANA zones by the id of the place, the first place first; places without one are not in it."""


def zones_of(locations: Iterable[Location]) -> Zones:
    """The zones of an organization's places."""
    ordered = sorted(locations, key=lambda place: place.position)
    return {place.id: place.timezone for place in ordered if place.timezone}


def main_zone(zones: Zones) -> str | None:
    """The zone in which the organization's day is meant where no place is."""
    return next(iter(zones.values()), None)


def day_at(locations: Iterable[Location], instant: datetime) -> date:
    """The day that it is at the first of an organization's places that has a zone."""
    return day_of(instant, main_zone(zones_of(locations)))


def lapse_of(service: Service, zones: Zones) -> datetime | None:
    """When what was said of its availability lapses: where its last place to reach midnight does; None: open-ended."""
    if service.availability is None or service.availability.until is None:
        return None
    until = service.availability.until
    own: set[str | None] = {zones[tie.location_id] for tie in service.locations if tie.location_id in zones}
    return max(end_of_day(until, zone) for zone in own or {main_zone(zones)})
