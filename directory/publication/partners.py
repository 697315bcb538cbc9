"""Which consulates and organizations say in public that they work together, and who vouches for whom."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date

from flask import current_app
from sqlalchemy import ColumnElement, or_, select

from directory.changes.feed import FeedPosition, feed_position
from directory.clock import today
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
        """What holds today: read once a process for every day and every position of the feed."""
        key = (feed_position(session), today())
        known: tuple[tuple[FeedPosition, date], PublicPartners] | None = current_app.extensions.get(_EXTENSION)
        if known is None or known[0] != key:
            known = current_app.extensions[_EXTENSION] = (key, cls.load(session, key[1]))
        return known[1]

    @classmethod
    def load(cls, session: AnySession, on: date) -> PublicPartners:
        """Read what holds on a day."""
        partners = (
            select(Partnership.consulate_id, Partnership.organization_id, Partnership.is_for_emergencies)
            .join(Organization, Organization.id == Partnership.organization_id)
            .join(Consulate, Consulate.id == Partnership.consulate_id)
            .where(
                Partnership.is_public,
                Partnership.state == PartnershipState.ACTIVE,
                or_(Partnership.valid_from.is_(None), Partnership.valid_from <= on),
                or_(Partnership.valid_until.is_(None), Partnership.valid_until >= on),
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
            [(row[0], row[1], row[2]) for row in session.execute(partners)],
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
