"""What a partnership rests on, and who answers for either side."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from directory.partnerships.models import (
    Agreement,
    Partnership,
    ReferralChannel,
)


@dataclass(frozen=True)
class Terms:
    """What both sides agree on. Areas and nationalities that are not named: all, and that of the consulate."""

    agreement: Agreement
    areas: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    channel: ReferralChannel = ReferralChannel.DIRECTORY
    enters_detention: bool = False
    detention_places: tuple[str, ...] = ()
    is_for_emergencies: bool = False
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Person:
    """A focal point: whom to ask for."""

    name: str
    role: str | None = None
    phone: str | None = None
    email: str | None = None


def terms_of(partnership: Partnership) -> Terms:
    """The terms as they stand."""
    return Terms(
        agreement=partnership.agreement,
        areas=tuple(partnership.areas),
        nationalities=tuple(partnership.nationalities),
        channel=partnership.channel,
        enters_detention=partnership.enters_detention,
        detention_places=tuple(partnership.detention_places),
        is_for_emergencies=partnership.is_for_emergencies,
        valid_from=partnership.valid_from,
        valid_until=partnership.valid_until,
    )


def put_terms(partnership: Partnership, terms: Terms) -> None:
    """Write terms into a partnership."""
    for name, value in asdict(terms).items():
        setattr(partnership, name, list(value) if isinstance(value, tuple) else value)


def plain_terms(terms: Terms) -> dict[str, Any]:
    """Terms as JSON, for the audit trail."""
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in asdict(terms).items()
    }
