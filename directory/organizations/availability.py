"""Saying whether services can take someone now. It lapses by itself: nothing has to run at midnight."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_audit, record_change
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.organizations.services import Availability, AvailabilityState, Service
from directory.organizations.zones import day_at

MAX_DAYS = 90
"""Nobody knows further ahead; an older word is worse than none."""


class BadUntil(ValueError):
    """The last day lies in the past or too far ahead."""


def set_availability(
    session: AnySession,
    organization: Organization,
    service_ids: Collection[uuid.UUID],
    state: AvailabilityState | None,
    until: date | None,
    note: str | None,
    actor: str,
    now: datetime,
) -> list[Service]:
    """Note for these services what was said, up to and including `until` there; None takes it back. Raises BadUntil."""
    today = day_at(organization.locations, now)
    if until is not None and not today <= until <= today + timedelta(days=MAX_DAYS):
        raise BadUntil(until)
    chosen = [service for service in organization.services if service.id in service_ids]
    if not chosen:
        return []
    before = {str(service.id): _said(service.availability) for service in chosen}
    for service in chosen:
        if state is None:
            service.availability = None
            continue
        said = service.availability or Availability(service_id=service.id)
        said.state, said.until, said.note, said.set_at, said.set_by = state, until, note, now, actor
        service.availability = said
    session.flush()
    record_change(session, Entity.ORGANIZATION, organization.id, ChangeKind.UPDATED)
    after = {str(service.id): _said(service.availability) for service in chosen}
    record_audit(session, actor, "availability", Entity.ORGANIZATION, organization.id, before=before, after=after)
    return chosen


def _said(said: Availability | None) -> str | None:
    if said is None:
        return None
    return f"{said.state.value} until {said.until}" if said.until else said.state.value


def until_choices(today: date) -> list[date]:
    """The days that people name: today, tomorrow, the coming Friday and Sunday, in a week, in two weeks."""
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    sunday = today + timedelta(days=(6 - today.weekday()) % 7)
    ahead = (today, today + timedelta(days=1), friday, sunday, today + timedelta(days=7), today + timedelta(days=14))
    return sorted(set(ahead))
