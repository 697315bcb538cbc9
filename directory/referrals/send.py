"""A referral is sent: what a person needs, in closed lists, to an organization or one of its offices.

Nothing here commits, and nothing here is told to the public or the change feed.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from directory.consulates.models import Consulate, ConsulateStatus
from directory.database import AnySession
from directory.organizations.models import Organization
from directory.personal_data.free_text import check_text
from directory.referrals.models import UNANSWERED, AgeGroup, Referral, ReferralState, Sentence, Urgency
from directory.referrals.refer import NotPossible, audit_referral

ASYLUM_AREAS = frozenset({"asylum-support"})
ASYLUM_POPULATIONS = frozenset({"asylum-seekers", "refugees"})
_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
"""No letters or digits that sound or look alike when they are read out on the phone."""
MAX_TEXT = 600
SAME_WITHIN = timedelta(minutes=30)
"""Within which the same need, sent to the same organization again, is rather a colleague's than another person's."""


class NoConsent(ValueError):
    """The person was not informed, or did not agree."""


class NotAtOwnRequest(ValueError):
    """A consulate must not send its own national to ask for asylum unless the person asks for it."""


@dataclass(frozen=True)
class Need:
    """What a person needs, in closed lists. Nothing here can tell who it is."""

    area: str
    age_group: AgeGroup
    urgency: Urgency
    population: str | None = None
    nationality: str | None = None
    place_id: str | None = None
    spoken: str | None = None
    message: str | None = None
    sentences: tuple[Sentence, ...] = ()
    is_consented: bool = False
    is_at_own_request: bool = False


def concerns_asylum(need: Need, sending_country: str) -> bool:
    """Whether a consulate would send somebody who may be its own national to ask for asylum."""
    is_asylum = need.area in ASYLUM_AREAS or need.population in ASYLUM_POPULATIONS
    return is_asylum and need.nationality in (None, sending_country)


def send_referral(
    session: AnySession,
    consulate: Consulate,
    organization: Organization,
    need: Need,
    *,
    language: str,
    actor: str,
    now: datetime,
    override_reason: str | None = None,
    external_id: str | None = None,
    assigned_to: uuid.UUID | None = None,
    location_id: uuid.UUID | None = None,
) -> Referral:
    """Send it, to one office (`location_id`) where one is meant.

    Raises NoConsent, NotAtOwnRequest, HoldsPersonalData, NotPossible.
    """
    if not need.is_consented:
        raise NoConsent
    if concerns_asylum(need, consulate.sending_country) and not need.is_at_own_request:
        raise NotAtOwnRequest
    overridden = check_text(need.message, override_reason)
    if organization.removed_at or organization.contacts_suspended_at:
        raise NotPossible("the organization cannot be asked")
    if consulate.removed_at or consulate.status == ConsulateStatus.CLOSED:
        raise NotPossible("the consulate is closed")
    referral = Referral(
        id=uuid.uuid4(),
        reference=_free_reference(session),
        external_id=external_id,
        consulate_id=consulate.id,
        organization_id=organization.id,
        state=ReferralState.SENT,
        need=need.area,
        population=need.population,
        nationality=need.nationality,
        age_group=need.age_group,
        place_id=need.place_id,
        urgency=need.urgency,
        spoken=need.spoken,
        location_id=location_id,
        sentences=[item.value for item in need.sentences],
        message=need.message,
        is_consented=True,
        is_at_own_request=need.is_at_own_request,
        assigned_to=assigned_to,
        language=language,
        sent_at=now,
        waiting_since=now,
    )
    session.add(referral)
    session.flush()
    audit_referral(session, referral, actor, "send", overridden, override_reason)
    return referral


def sent_just_now(
    session: AnySession, consulate: Consulate, organization: Organization, need: Need, now: datetime
) -> Referral | None:
    """The unanswered referral of the same need that this consulate sent there within `SAME_WITHIN`, the newest."""
    return session.scalar(
        select(Referral)
        .where(
            Referral.consulate_id == consulate.id,
            Referral.organization_id == organization.id,
            Referral.state.in_(UNANSWERED),
            Referral.sent_at > now - SAME_WITHIN,
            Referral.need == need.area,
            Referral.age_group == need.age_group,
            Referral.population.is_not_distinct_from(need.population),
            Referral.nationality.is_not_distinct_from(need.nationality),
            Referral.place_id.is_not_distinct_from(need.place_id),
            Referral.spoken.is_not_distinct_from(need.spoken),
        )
        .order_by(Referral.sent_at.desc())
        .limit(1)
    )


def _free_reference(session: AnySession) -> str:
    """`K7MA-Q3XD`: 26^8 possibilities; another one where it is taken."""
    while True:
        code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        reference = f"{code[:4]}-{code[4:]}"
        if session.scalar(select(Referral.id).where(Referral.reference == reference)) is None:
            return reference
