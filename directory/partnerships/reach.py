"""Whom to write to, and where they look: the officers of a consulate, and an organization at its own address."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from directory.accounts.models import Grant, Role, User
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.consulates.models import Consulate
from directory.database import AnySession
from directory.mail.outbox import refused_addresses
from directory.organizations.models import Organization
from directory.partnerships.models import FocalPoint, Partnership, PartnershipState, Side
from directory.registration.reach import address_of, language_of


@dataclass(frozen=True)
class Reader:
    """Somebody who gets a letter, and the language that they read."""

    email: str
    language: str


def officers_of(session: AnySession, consulate: Consulate, preferred: uuid.UUID | None = None) -> list[Reader]:
    """The officer whose task it is, while still there; else all of the consulate; else the country's liaisons."""
    own = _readers(session, Grant.consulate_id == consulate.id)
    if preferred in own:
        return [own[preferred]]
    return list((own or _readers(session, Grant.country == consulate.sending_country)).values())


def _readers(session: AnySession, condition: object) -> dict[uuid.UUID | None, Reader]:
    query = (
        select(User.id, User.email, User.language)
        .join(Grant, Grant.user_id == User.id)
        .where(Grant.role == Role.CONSULATE, User.active, condition)  # type: ignore[arg-type]
        .order_by(User.email)
    )
    return {row.id: Reader(row.email, row.language) for row in session.execute(query)}


def organization_reader(session: AnySession, organization: Organization) -> Reader | None:
    """The organization at its address on record, in its language; None where it has none that takes our mail."""
    address = None if organization.removed_at else address_of(session, organization.id)
    if address is None:
        return None
    return Reader(address, language_of(session, organization.id, organization.country))


def referral_readers(session: AnySession, organization: Organization, consulate_id: uuid.UUID) -> Sequence[Reader]:
    """Whom a referral goes to: the focal points that the organization named for this consulate, else its address."""
    if organization.contacts_suspended_at or organization.removed_at:
        return []
    named = session.scalars(
        select(FocalPoint.email)
        .join(Partnership, Partnership.id == FocalPoint.partnership_id)
        .where(
            Partnership.organization_id == organization.id,
            Partnership.consulate_id == consulate_id,
            Partnership.state == PartnershipState.ACTIVE,
            FocalPoint.side == Side.ORGANIZATION,
            FocalPoint.email.is_not(None),
        )
        .order_by(FocalPoint.position)
    ).all()
    refused = refused_addresses(session, organization.id)
    reachable = [email for email in dict.fromkeys(named) if email and email not in refused]
    if reachable:
        language = language_of(session, organization.id, organization.country)
        return [Reader(email, language) for email in reachable]
    reader = organization_reader(session, organization)
    return [reader] if reader else []


def desk_path(session: AnySession, consulate: Consulate, rest: str) -> str:
    """The path of a page of a consulate's workspace, without the language."""
    slug = current_slugs(session, Entity.CONSULATE, [consulate.id])[consulate.id]
    return f"/workspace/consulates/{slug}/{rest}"
