"""Names in addresses: making one from a record's name, keeping former ones, finding the record."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable

from anyascii import anyascii
from sqlalchemy import select, update

from directory.changes.models import Entity, Slug
from directory.database import AnySession
from directory.text import plain_signs

MAX_LENGTH = 80


def slugify(text: str) -> str:
    """Lower-case ASCII words joined by hyphens, at most 80 characters, cut at a word.

    Letters of other scripts are transliterated; empty where a text has neither letters nor digits.
    """
    plain = unicodedata.normalize("NFKD", plain_signs(text))
    folded = "".join(char if char.isascii() else _ascii(char) for char in plain)
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['`]", "", folded.lower())).strip("-")
    if len(words) > MAX_LENGTH:
        words = words[: MAX_LENGTH + 1].rsplit("-", 1)[0]
    return words


def _ascii(char: str) -> str:
    return anyascii(char) if char.isalnum() else ""


def taken_slugs(session: AnySession, entity: Entity) -> set[str]:
    """Every slug of an entity that was ever given."""
    return set(session.scalars(select(Slug.slug).where(Slug.entity == entity)))


def free_slug(names: Iterable[str], taken: set[str]) -> str:
    """The first of the slugs of `names` that is not taken, else the last with a number behind it.

    One of the names must have a letter or a digit.
    """
    last = ""
    for last in filter(None, map(slugify, names)):
        if last not in taken:
            return last
    number = 2
    while f"{last}-{number}" in taken:
        number += 1
    return f"{last}-{number}"


def assign_slug(session: AnySession, entity: Entity, entity_id: uuid.UUID, slug: str) -> None:
    """Make `slug` the current one of a record; the former one stays and leads here."""
    session.execute(update(Slug).where(Slug.entity == entity, Slug.entity_id == entity_id).values(is_current=False))
    give_slug(session, entity, entity_id, slug)


def give_slug(session: AnySession, entity: Entity, entity_id: uuid.UUID, slug: str) -> None:
    """Give a record that is being created its first slug: nothing is asked, so that many can be written at once."""
    session.add(Slug(entity=entity, entity_id=entity_id, slug=slug))


def find_by_slug(session: AnySession, entity: Entity, slug: str) -> tuple[uuid.UUID, bool] | None:
    """The id behind a slug and whether the slug is the current one; None if it was never given."""
    row = session.execute(
        select(Slug.entity_id, Slug.is_current).where(Slug.entity == entity, Slug.slug == slug)
    ).one_or_none()
    return (row.entity_id, row.is_current) if row else None


def current_slugs(session: AnySession, entity: Entity, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The current slug of each id."""
    query = select(Slug.entity_id, Slug.slug).where(
        Slug.entity == entity, Slug.entity_id.in_(list(ids)), Slug.is_current
    )
    return {row.entity_id: row.slug for row in session.execute(query)}
