"""Whom to call where a consulate has no number on record, or none that answers at night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from directory.consulates.models import ConsulateKind
from directory.places.distance import great_circle_km
from directory.publication.consulate_records import PublicConsulate
from directory.publication.lines import PublicLine
from directory.web.lines import sending_lines

MOST_LINES = 2


@dataclass(frozen=True)
class Office:
    """Another office of the same country that has a number; kilometres between their seats, where both are known."""

    consulate: PublicConsulate
    distance_km: float | None


@dataclass(frozen=True)
class Fallback:
    """The country's own lines; and, where the consulate has no number at all, the nearest office and the embassy."""

    lines: tuple[PublicLine, ...]
    offices: tuple[Office, ...]

    def __bool__(self) -> bool:
        return bool(self.lines or self.offices)


def fallback_of(record: PublicConsulate, others: Sequence[PublicConsulate]) -> Fallback:
    """Who answers in a consulate's stead. `others`: those of the same country in the same host country."""
    lines = tuple(sending_lines(record.sending_country, record.host_country)[:MOST_LINES])
    if any(phone.number for phone in record.phones):
        has_protection = any(phone.kind == "protection" and phone.number for phone in record.phones)
        return Fallback(() if has_protection else lines, ())
    reachable = [Office(other, _km(record, other)) for other in others if _has_number(other)]
    offices = [item for item in reachable if item.consulate.kind != ConsulateKind.EMBASSY]
    embassies = [item for item in reachable if item.consulate.kind == ConsulateKind.EMBASSY]
    nearest = sorted(offices, key=lambda item: (item.distance_km is None, item.distance_km or 0.0))[:1]
    return Fallback(lines, (*nearest, *embassies[:1]))


def _has_number(record: PublicConsulate) -> bool:
    return record.status == "open" and any(phone.number for phone in record.phones)


def _km(one: PublicConsulate, other: PublicConsulate) -> float | None:
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return great_circle_km((one.latitude, one.longitude), (other.latitude, other.longitude))
