"""The table of what was looked for and not found."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.database import Base


class UnmetNeed(Base):
    """How often in a week nobody near offered what was looked for: a need, a subdivision, a number."""

    __tablename__ = "unmet_needs"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    week: Mapped[date] = mapped_column(primary_key=True)
    """The Monday of the ISO week."""
    area: Mapped[str] = mapped_column(String(60), primary_key=True)
    admin1: Mapped[str] = mapped_column(String(6), primary_key=True)
    count: Mapped[int]
