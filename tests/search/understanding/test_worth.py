"""The columns that rank by what was understood say what plain Python says, for any need, people and place."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.clock import now
from directory.extensions import db
from directory.publication.organizations import all_organizations
from directory.publication.records import PublicOrganization
from directory.search.engine.intent import Intent, Sought
from directory.search.engine.worth import HERE, worth
from directory.search.follower import search_index
from tests.search.understanding.worth_reference import is_on_first_rung, score

AREAS = ("shelter", "legal-aid", "food", "health-care", "interpretation", "family-tracing")
PEOPLE = ("women", "families", "unaccompanied-children", "workers", "indigenous")
WEIGHTS = (1.0, 0.8, 0.65, 0.4)


@pytest.fixture(scope="module")
def records(seeded_app: Flask) -> dict[UUID, PublicOrganization]:
    with seeded_app.app_context():
        found = {record.id: record for record in all_organizations(db.session, now())}
        db.session.remove()
        return found


def weighted(values: tuple[str, ...], most: int) -> st.SearchStrategy[tuple[tuple[str, float], ...]]:
    pairs = st.tuples(st.sampled_from(values), st.sampled_from(WEIGHTS))
    return st.lists(pairs, max_size=most, unique_by=lambda pair: pair[0]).map(tuple)


POINTS = st.sampled_from(
    [
        Sought("US", "US-TX", (26.20341, -98.23001)),
        Sought("US", "US-TX", (31.75872, -106.48693), radius_km=30.0),
        Sought("MX", "MX-BCN", (32.5027, -117.00371)),
        Sought("CA", "CA-QC", (45.50884, -73.58781), weight=0.6),
        Sought("", None, (32.5419, -117.0302)),
    ]
)
REGIONS = st.sampled_from(
    [
        Sought("US", "US-TX", (31.2, -98.9), ("US-TX",)),
        Sought("MX", None, (23.9, -102.5), ("MX",)),
        Sought("US", "US-IL", (41.8, -87.7), ("county:17031",)),
        Sought("GT", None, None, ("GT",)),
        Sought("US", None, (38.9, -77.0), ("US-DC", "US-MD", "US-VA")),
    ]
)
INTENTS = st.builds(
    Intent,
    needs=weighted(AREAS, 2),
    related=weighted(("access-to-justice", "documentation"), 2),
    populations=weighted(PEOPLE, 2),
    languages=weighted(("es", "mam", "ht"), 1),
    nationality=st.sampled_from([None, "HN"]),
    places=st.lists(POINTS | REGIONS, max_size=2).map(tuple),
)


@given(INTENTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_record_is_worth_what_plain_python_says(
    seeded: Flask, records: dict[UUID, PublicOrganization], intent: Intent
) -> None:
    generation = search_index().current()
    found = worth(intent, generation.view(now()))
    wrong = []
    for number in generation.collection.live:
        record = records[generation.collection.head(number).identity]
        own, wanted = float(found.score[number]), score(record, intent)
        if own != pytest.approx(wanted, abs=0.004):
            wrong.append((record.slug, own, wanted))
    assert wrong[:3] == []


@given(INTENTS.filter(lambda intent: bool(intent.needs) and len(intent.places) == 1 and intent.places[0].weight == 1))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_first_rung_holds_who_offers_the_need_here_at_one_location(
    seeded: Flask, records: dict[UUID, PublicOrganization], intent: Intent
) -> None:
    generation = search_index().current()
    rung = worth(intent, generation.view(now())).rung
    for number in generation.collection.live:
        record = records[generation.collection.head(number).identity]
        if record.locations:
            assert (rung[number] == HERE) == is_on_first_rung(record, intent), record.slug
