"""Agreements that a consulate of another country assists: proposed by a liaison, agreed to by one of the other side."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import or_, select

from directory.changes.recording import record_audit
from directory.consulates.models import AssistanceAgreement
from directory.database import AnySession


class NotYours(ValueError):
    """Only a liaison of the other country can agree, and only once."""


def assisting_countries(session: AnySession, sending: str, host: str, on: date) -> list[AssistanceAgreement]:
    """The agreements in force by which others assist nationals of `sending` in `host` on a day."""
    query = (
        select(AssistanceAgreement)
        .where(
            AssistanceAgreement.sending_country == sending,
            AssistanceAgreement.host_country == host,
            AssistanceAgreement.agreed_at.is_not(None),
            AssistanceAgreement.ended_at.is_(None),
            AssistanceAgreement.valid_from <= on,
            or_(AssistanceAgreement.valid_until.is_(None), AssistanceAgreement.valid_until >= on),
        )
        .order_by(AssistanceAgreement.assisting_country)
    )
    return list(session.scalars(query))


def agreements_of(session: AnySession, countries: Collection[str]) -> list[AssistanceAgreement]:
    """All agreements that these countries have a part in and that were not ended, the newest first."""
    query = (
        select(AssistanceAgreement)
        .where(
            AssistanceAgreement.ended_at.is_(None),
            or_(
                AssistanceAgreement.sending_country.in_(countries),
                AssistanceAgreement.assisting_country.in_(countries),
            ),
        )
        .order_by(AssistanceAgreement.proposed_at.desc())
    )
    return list(session.scalars(query))


def propose_assistance(session: AnySession, agreement: AssistanceAgreement, actor: str) -> None:
    """Note what one country proposes; it counts for nothing until the other agrees."""
    agreement.proposed_by = actor
    session.add(agreement)
    session.flush()
    record_audit(session, actor, "propose-assistance", after=_words(agreement))


def agree_to_assistance(
    session: AnySession, agreement: AssistanceAgreement, countries: Collection[str], actor: str, now: datetime
) -> None:
    """The other country agrees. Raises NotYours."""
    others = {agreement.sending_country, agreement.assisting_country} - {agreement.proposed_by_country}
    if agreement.agreed_at or agreement.ended_at or not others & set(countries):
        raise NotYours(str(agreement.id))
    agreement.agreed_by, agreement.agreed_at = actor, now
    record_audit(session, actor, "agree-to-assistance", after=_words(agreement))


def end_assistance(
    session: AnySession, agreement: AssistanceAgreement, countries: Collection[str], actor: str, now: datetime
) -> None:
    """Either side ends or refuses it. Raises NotYours."""
    if agreement.ended_at or not {agreement.sending_country, agreement.assisting_country} & set(countries):
        raise NotYours(str(agreement.id))
    agreement.ended_at = now
    record_audit(session, actor, "end-assistance", before=_words(agreement))


def _words(agreement: AssistanceAgreement) -> dict[str, str]:
    return {
        "agreement": str(agreement.id),
        "sending": agreement.sending_country,
        "assisting": agreement.assisting_country,
        "host": agreement.host_country,
    }


def agreement_with(session: AnySession, agreement_id: uuid.UUID) -> AssistanceAgreement | None:
    """An agreement by its id, locked for whoever decides about it."""
    return session.get(AssistanceAgreement, agreement_id, with_for_update=True)
