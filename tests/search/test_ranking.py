"""Freshness and availability rank gently: what is stale or full stays findable, and comes later."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.clock import now
from directory.extensions import db
from directory.organizations.availability import set_availability
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.services import AvailabilityState
from directory.organizations.verify import verify
from directory.search.engine.query import SearchQuery
from directory.search.execute import execute
from directory.search.follower import search_index
from directory.search.sync import synchronise
from tests.factories import add_organizations, organization_row, start_writing
from tests.site import Clock

TODAY = date(2026, 11, 25)


@pytest.fixture
def twins(app: Flask, tmp_path: Path) -> tuple[Organization, Organization]:
    """Two organizations that differ in nothing that words could tell, on a day of the test's own."""
    Clock(app, datetime.combine(TODAY, time(12), UTC))
    add_organizations(
        tmp_path,
        organization_row(name="Albergue Gemelo A"),
        organization_row(organization_key="b", location_key="b/1", name="Albergue Gemelo B"),
    )
    start_writing()
    first, second = db.session.scalars(select(Organization).order_by(Organization.name))
    return first, second


def order(on: date = TODAY, **query: object) -> list[str]:
    synchronise(search_index(), db.session)
    result = execute(SearchQuery(text="albergue gemelo", **query), datetime.combine(on, time(12), UTC))  # type: ignore[arg-type]
    ids = [hit.organization_id for hit in result.hits]
    names = {row.id: row.name[-1] for row in db.session.execute(select(Organization.id, Organization.name))}
    return [names[item] for item in ids]


def test_what_is_stale_is_found_after_what_is_fresh(twins: tuple[Organization, Organization]) -> None:
    first, second = twins
    verify(db.session, first, VerificationMethod.CALL, "test", TODAY - timedelta(days=400))
    verify(db.session, second, VerificationMethod.CALL, "test", TODAY)
    db.session.commit()
    assert order() == ["B", "A"]
    assert order(TODAY - timedelta(days=395)) == ["A", "B"], "on a day when both were fresh, by name"


@pytest.mark.parametrize("state", [AvailabilityState.FULL, AvailabilityState.CLOSED])
def test_what_is_full_or_closed_comes_later_until_it_lapses(
    twins: tuple[Organization, Organization], state: AvailabilityState
) -> None:
    first, _ = twins
    services = [service.id for service in first.services]
    until = TODAY + timedelta(days=2)
    set_availability(db.session, first, services, state, until, None, "test", now())
    db.session.commit()
    assert order() == ["B", "A"]
    assert order(available=True) == ["B"]
    assert order(until) == ["B", "A"]
    assert order(until + timedelta(days=1)) == ["A", "B"]
    assert order(until + timedelta(days=1), available=True) == ["A", "B"]


def test_full_beds_do_not_close_the_legal_clinic(twins: tuple[Organization, Organization]) -> None:
    first, _ = twins
    assert len(first.services) > 1
    until = TODAY + timedelta(days=2)
    set_availability(db.session, first, [first.services[0].id], AvailabilityState.FULL, until, None, "test", now())
    db.session.commit()
    assert order(available=True) == ["A", "B"]
