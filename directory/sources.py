"""Where a fact comes from: the columns that every sourced table has."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column


class Sourced:
    """Mixin: the name of a source, its address, its date as precise as known, and its licence."""

    source_name: Mapped[str] = mapped_column(String(300))
    source_url: Mapped[str | None] = mapped_column(String(300))
    source_date: Mapped[str | None] = mapped_column(String(10))
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`."""
    source_licence: Mapped[str | None] = mapped_column(String(160))
