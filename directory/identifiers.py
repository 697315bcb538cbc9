"""Ids of records: the same in every installation for seed data, random for everything else."""

from __future__ import annotations

import uuid

NAMESPACE = uuid.UUID("6f0c6f0e-5b0a-5c39-9d1e-3c1a7c0f7a52")
"""The namespace of all version 5 ids; named in docs/data.md and never changed."""


def seed_uuid(name: str) -> uuid.UUID:
    """The version 5 id of a seed record, from a name such as `organization/KEY` or `location/ID`."""
    return uuid.uuid5(NAMESPACE, name)


def record_uuid(kind: str, key: str) -> uuid.UUID:
    """The id of an imported record: the key itself where it is a UUID (our own export), else by its name."""
    return parse_uuid(key) or seed_uuid(f"{kind}/{key}")


def parse_uuid(text: str) -> uuid.UUID | None:
    """The UUID that `text` spells, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
