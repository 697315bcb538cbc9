"""A record with everything that hangs on it, as JSON-ready values."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipDirection

from directory.database import Base


def snapshot_of(record: Base) -> dict[str, Any]:
    """Every column and, below its name, every owned row; what a row only points to and views are left out."""
    mapper = inspect(type(record))
    values: dict[str, Any] = {
        attribute.key: _plain(getattr(record, attribute.key)) for attribute in mapper.column_attrs
    }
    for relationship in mapper.relationships:
        if relationship.viewonly or relationship.direction is RelationshipDirection.MANYTOONE:
            continue
        related = getattr(record, relationship.key)
        values[relationship.key] = (
            [snapshot_of(item) for item in related] if relationship.uselist else related and snapshot_of(related)
        )
    return values


def _plain(value: object) -> object:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value
