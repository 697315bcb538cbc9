"""Words of three languages meet their meaning, not strangers that share a stem."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from directory.extensions import db
from directory.organizations.models import Location, Organization
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from directory.vocabulary.catalogue import vocabulary


def found(text: str) -> set[object]:
    return {hit.organization_id for hit in execute(SearchQuery(text, size=5_000)).hits}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("comida", "food"), ("nourriture", "food"), ("queer", "LGBTIQ"), ("trans", "LGBTIQ"), ("LGBTQ", "LGBTIQ"),
        ("LGBTQ+", "LGBTIQ"), ("LGBTQIA", "LGBTIQ"), ("2SLGBTQI+", "LGBTIQ"), ("albergue", "shelter"),
        ("hébergement", "shelter"), ("abogado", "avocat"), ("lawyer", "abogado"),
        ("trata de personas", "human trafficking"),
    ],
)  # fmt: skip
def test_a_word_finds_what_its_meaning_finds(seeded: Flask, typed: str, meant: str) -> None:
    assert found(typed) == found(meant) != set()


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("necesito comida", "comida"), ("busco abogado", "abogado"), ("quiero un albergue", "albergue"),
        ("necesito ayuda con comida", "comida"), ("besoin d'un avocat", "avocat"),
        ("je cherche un hébergement", "hébergement"),
        ("looking for shelter", "shelter"), ("I need a lawyer", "lawyer"), ("por favor, comida", "comida"),
        ("ando buscando albergue", "albergue"), ("can you help me find food", "food"),
        ("aidez-moi à trouver un avocat", "avocat"),
    ],
)  # fmt: skip
def test_words_of_asking_decide_nothing(seeded: Flask, sentence: str, word: str) -> None:
    assert found(sentence) == found(word) != set()


def test_every_area_and_population_is_found_by_its_label_in_three_languages(seeded: Flask) -> None:
    terms = vocabulary(db.session)
    unread = []
    for kind, known in (("area", terms.areas), ("population", terms.populations)):
        for slug, term in known.items():
            for label in term.labels.values():
                meant = {(item.kind, item.value) for item in execute(SearchQuery(label)).reading.concepts}
                if (kind, slug) not in meant:
                    unread.append((slug, label))
    assert unread == []


def test_a_record_is_found_first_by_its_own_name_and_town(seeded: Flask) -> None:
    """Of every fifth record that has a name of its own: what was found by it is not lost."""
    query = (
        select(Organization.id, Organization.name, Location.city)
        .join(Location, Location.organization_id == Organization.id)
        .where(Location.position == 0)
        .order_by(Organization.name, Organization.id)
    )
    rows = db.session.execute(query).all()
    names = [row.name for row in rows]
    own = [row for row in rows if names.count(row.name) == 1][::5]
    missed = [
        row.name
        for row in own
        if row.id not in [hit.organization_id for hit in execute(SearchQuery(f"{row.name} {row.city or ''}")).hits[:3]]
    ]
    assert len(own) > 300
    assert len(missed) <= len(own) * 0.02, missed
