"""Which consulates and organizations say in public that they work together, and who vouches for whom."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, select

from directory.changes.feed import FeedPosition, feed_position
from directory.clock import day_of, last_end_of_day, now
from directory.consulates.models import Consulate, ConsulateStatus
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.partnerships.models import Partnership, PartnershipState, Vouch

_EXTENSION = "directory.public_partners"
NONE: frozenset[uuid.UUID] = frozenset()


class PublicPartners:
    """Public partnerships in force and public vouches, both ways (two queries)."""

    def __init__(
        self, partners: list[tuple[uuid.UUID, uuid.UUID, bool]], vouches: list[tuple[uuid.UUID, uuid.UUID]]
    ) -> None:
        """`partners` holds consulate, organization, and whether it was agreed in advance for emergencies."""
        by_consulate: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        by_organization: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        vouching: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        for consulate_id, organization_id, _ in partners:
            by_consulate[consulate_id].add(organization_id)
            by_organization[organization_id].add(consulate_id)
        for consulate_id, organization_id in vouches:
            vouching[organization_id].add(consulate_id)
        self._by_consulate = {key: frozenset(found) for key, found in by_consulate.items()}
        self._by_organization = {key: frozenset(found) for key, found in by_organization.items()}
        self._vouching = {key: frozenset(found) for key, found in vouching.items()}
        self.emergencies = frozenset((one, other) for one, other, is_agreed in partners if is_agreed)
        """Pairs of consulate and organization that agreed in advance for emergencies."""

    @classmethod
    def current(cls, session: AnySession) -> PublicPartners:
        """What holds today: read once a process whenever a day ends and for every position of the feed."""
        at = now()
        key = (feed_position(session), last_end_of_day(at))
        known: tuple[tuple[FeedPosition, datetime], PublicPartners] | None = current_app.extensions.get(_EXTENSION)
        if known is None or known[0] != key:
            known = current_app.extensions[_EXTENSION] = (key, cls.load(session, at))
        return known[1]

    @classmethod
    def load(cls, session: AnySession, at: datetime) -> PublicPartners:
        """Read what holds at an instant, each by its consulate's day."""
        partners = (
            select(Partnership, Consulate.timezone)
            .join(Organization, Organization.id == Partnership.organization_id)
            .join(Consulate, Consulate.id == Partnership.consulate_id)
            .where(
                Partnership.is_public,
                Partnership.state == PartnershipState.ACTIVE,
                *_both_in_sight(),
            )
        )
        vouches = (
            select(Vouch.consulate_id, Vouch.organization_id)
            .join(Organization, Organization.id == Vouch.organization_id)
            .join(Consulate, Consulate.id == Vouch.consulate_id)
            .where(Vouch.is_public, *_both_in_sight())
        )
        return cls(
            [
                (row.consulate_id, row.organization_id, row.is_for_emergencies)
                for row, zone in session.execute(partners)
                if row.is_in_force(day_of(at, zone))
            ],
            [(row[0], row[1]) for row in session.execute(vouches)],
        )

    def of_consulate(self, consulate_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """The organizations that are public partners of a consulate."""
        return self._by_consulate.get(consulate_id, NONE)

    def of_organization(self, organization_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """The consulates that are public partners of an organization."""
        return self._by_organization.get(organization_id, NONE)

    def vouching_for(self, organization_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """The consulates that vouch for an organization in public."""
        return self._vouching.get(organization_id, NONE)


def _both_in_sight() -> tuple[ColumnElement[bool], ...]:
    return (
        Organization.removed_at.is_(None),
        Organization.contacts_suspended_at.is_(None),
        Consulate.removed_at.is_(None),
        Consulate.status != ConsulateStatus.CLOSED,
    )
