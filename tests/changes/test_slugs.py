"""Names in addresses."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from directory.changes.models import Entity, Slug
from directory.changes.slugs import MAX_LENGTH, assign_slug, current_slugs, find_by_slug, free_slug, slugify
from directory.database import begin_write
from directory.extensions import db


@given(st.text(max_size=200))
def test_a_slug_is_short_lower_case_ascii_and_empty_only_without_letters(text: str) -> None:
    slug = slugify(text)
    assert len(slug) <= MAX_LENGTH
    assert slug or not any(char.isascii() and char.isalnum() for char in text)
    assert slug == slug.lower()
    assert all(char.isascii() and (char.isalnum() or char == "-") for char in slug)


def test_a_taken_slug_gets_the_city_then_a_number() -> None:
    names = ["Casa Ejemplo", "Casa Ejemplo Tijuana"]
    assert free_slug(names, set()) == "casa-ejemplo"
    assert free_slug(names, {"casa-ejemplo"}) == "casa-ejemplo-tijuana"
    assert free_slug(names, {"casa-ejemplo", "casa-ejemplo-tijuana"}) == "casa-ejemplo-tijuana-2"


def test_a_former_slug_leads_to_the_record(app: Flask) -> None:
    record = uuid.uuid4()
    begin_write(db.session)
    assign_slug(db.session, Entity.ORGANIZATION, record, "old")
    assign_slug(db.session, Entity.ORGANIZATION, record, "new")
    db.session.commit()
    assert find_by_slug(db.session, Entity.ORGANIZATION, "old") == (record, False)
    assert find_by_slug(db.session, Entity.ORGANIZATION, "new") == (record, True)
    assert current_slugs(db.session, Entity.ORGANIZATION, [record]) == {record: "new"}


def test_the_database_allows_one_current_slug_a_record(app: Flask) -> None:
    record = uuid.uuid4()
    begin_write(db.session)
    db.session.add_all([Slug(entity=Entity.ORGANIZATION, entity_id=record, slug=slug) for slug in ("a", "b")])
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()
