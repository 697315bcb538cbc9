"""The table of help lines: a country's own, and those of a sending country for its nationals abroad."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Dialect, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from directory.clock import now
from directory.database import Base, closed_set
from directory.sources import Sourced

_BAR = "|"
MAX_CODES = 240
"""Characters of a list of codes with its bars."""


class Codes(TypeDecorator[tuple[str, ...]]):
    """A short list of codes in one column, separated by bars."""

    impl = String(MAX_CODES)
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:  # noqa: ARG002
        return _BAR.join(value or ())

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002
        return tuple(value.split(_BAR)) if value else ()


class LineKind(enum.StrEnum):
    """Who answers. The last two are a sending country's own."""

    EMERGENCY = "emergency"
    POLICE = "police"
    AMBULANCE = "ambulance"
    VIOLENCE = "violence"
    CHILDREN = "children"
    TRAFFICKING = "trafficking"
    CRISIS = "crisis"
    DETENTION = "detention"
    MIGRATION = "migration"
    OMBUDSMAN = "ombudsman"
    INFORMATION = "information"
    PROTECTION = "protection"
    CONSULAR = "consular"


OF_A_SENDING_COUNTRY = frozenset({LineKind.PROTECTION, LineKind.CONSULAR})


class LineChannel(enum.StrEnum):
    """How a line is reached."""

    VOICE = "voice"
    WHATSAPP = "whatsapp"
    TEXT = "text"
    EMAIL = "email"


class HelpLine(Sourced, Base):
    """A line that answers the public.

    `country`: whose public it serves, inside that country; or `sending_country`: whose nationals, anywhere.
    """

    __tablename__ = "help_lines"
    __table_args__ = (
        UniqueConstraint("source_key"),
        CheckConstraint("(country IS NULL) <> (sending_country IS NULL)", name="whose"),
        CheckConstraint("number IS NULL OR number LIKE '+%'", name="number"),
        CheckConstraint("channel = 'email' OR dial IS NOT NULL", name="dial"),
        CheckConstraint("source_date IS NULL OR length(source_date) IN (4, 7, 10)", name="source_date"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_help_lines_country", "country", "kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    source_key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[LineKind] = mapped_column(closed_set(LineKind))
    country: Mapped[str | None] = mapped_column(String(2))
    sending_country: Mapped[str | None] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(160))
    channel: Mapped[LineChannel] = mapped_column(closed_set(LineChannel))
    text: Mapped[str] = mapped_column(String(80))
    """The number as its source prints it, or an address of e-mail."""
    number: Mapped[str | None] = mapped_column(String(20))
    """E.164, where it has that form; a short number has none."""
    dial: Mapped[str | None] = mapped_column(String(24))
    """What a telephone dials: E.164, else digits with `*` and `#`."""
    reach: Mapped[tuple[str, ...]] = mapped_column(Codes())
    """From where it can be dialled: countries and subdivisions; none where no source says it."""
    hours: Mapped[str | None] = mapped_column(String(120))
    """As in OpenStreetMap's `opening_hours`: `24/7`, `Mo-Fr 08:00-16:00`; None where no source says them."""
    hours_zone: Mapped[str | None] = mapped_column(String(40))
    """The IANA zone of the hours, where it is not the caller's own."""
    languages: Mapped[tuple[str, ...]] = mapped_column(Codes())
    for_whom: Mapped[dict[str, Any]]
    """By language."""
    website: Mapped[str | None] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(Text)
    """What is doubtful or to be known, in English; not shown to the public."""
    is_doubtful: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_in_danger: Mapped[bool] = mapped_column(default=False, server_default=false())
    """One of the numbers that somebody in danger dials first."""
    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None] = mapped_column(String(80))
    edited_fields: Mapped[tuple[str, ...]] = mapped_column(Codes())
    """What a person stated: an import leaves these alone."""
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]
