"""What consulates tell one another about an organization: that it worked with them, and notes. Nothing here commits."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, or_, select

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_audit, record_change
from directory.consulates.models import Consulate, ConsulateStatus
from directory.database import AnySession
from directory.partnerships.models import Audience, ConsulateNote, Vouch
from directory.personal_data.free_text import check_text


def vouch(session: AnySession, consulate_id: uuid.UUID, organization_id: uuid.UUID, actor: str, now: datetime) -> Vouch:
    """Say that an organization worked with this consulate; consulates see it, the public only if it agrees."""
    known = vouch_of(session, consulate_id, organization_id)
    if known:
        return known
    row = Vouch(id=uuid.uuid4(), consulate_id=consulate_id, organization_id=organization_id, at=now, by=actor,
                is_public=False)  # fmt: skip
    session.add(row)
    session.flush()
    record_audit(session, actor, "vouch", Entity.CONSULATE, consulate_id, after={"organization": str(organization_id)})
    return row


def unvouch(session: AnySession, row: Vouch, actor: str) -> None:
    """Take it back."""
    if row.is_public:
        record_change(session, Entity.ORGANIZATION, row.organization_id, ChangeKind.UPDATED)
    session.delete(row)
    session.flush()
    record_audit(session, actor, "unvouch", Entity.CONSULATE, row.consulate_id,
                 before={"organization": str(row.organization_id)})  # fmt: skip


def show_vouch(session: AnySession, row: Vouch, actor: str, *, is_public: bool) -> None:
    """The organization says whether everyone may know."""
    if row.is_public != is_public:
        row.is_public = is_public
        session.flush()
        record_change(session, Entity.ORGANIZATION, row.organization_id, ChangeKind.UPDATED)
        record_audit(session, actor, "show-vouch" if is_public else "hide-vouch", Entity.CONSULATE, row.consulate_id,
                     after={"organization": str(row.organization_id)})  # fmt: skip


def vouch_of(session: AnySession, consulate_id: uuid.UUID, organization_id: uuid.UUID) -> Vouch | None:
    """Whether this consulate vouches for the organization."""
    query = select(Vouch).where(Vouch.consulate_id == consulate_id, Vouch.organization_id == organization_id)
    return session.scalar(query)


def vouches_for(session: AnySession, organization_id: uuid.UUID) -> list[Vouch]:
    """All that vouch for an organization, the first of them first."""
    query = select(Vouch).where(Vouch.organization_id == organization_id).order_by(Vouch.at, Vouch.id)
    return list(session.scalars(query))


def write_note(
    session: AnySession,
    consulate_id: uuid.UUID,
    organization_id: uuid.UUID,
    audience: Audience,
    text: str,
    actor: str,
    now: datetime,
    override_reason: str | None = None,
) -> ConsulateNote:
    """Note something about an organization, for one's own consulate or the network. Raises HoldsPersonalData."""
    overridden = check_text(text, override_reason)
    row = ConsulateNote(id=uuid.uuid4(), consulate_id=consulate_id, organization_id=organization_id,
                        audience=audience, at=now, by=actor, text=text)  # fmt: skip
    session.add(row)
    session.flush()
    after: dict[str, object] = {"note": str(row.id), "audience": audience.value}
    if overridden:
        after |= {"overrode": [kind.value for kind in overridden], "reason": override_reason}
    record_audit(session, actor, "write-note", Entity.CONSULATE, consulate_id, after=after)
    return row


def delete_note(session: AnySession, row: ConsulateNote, actor: str) -> None:
    """Take a note away for good."""
    session.delete(row)
    record_audit(session, actor, "delete-note", Entity.CONSULATE, row.consulate_id, before={"note": str(row.id)})


def notes_about(
    session: AnySession, organization_id: uuid.UUID, own_consulates: Collection[uuid.UUID]
) -> list[ConsulateNote]:
    """What somebody of these consulates may read: the network's notes, and their own; the newest first."""
    query = (
        select(ConsulateNote)
        .where(
            ConsulateNote.organization_id == organization_id,
            or_(
                ConsulateNote.audience == Audience.NETWORK,
                and_(
                    ConsulateNote.audience == Audience.CONSULATE,
                    ConsulateNote.consulate_id.in_(list(own_consulates)),
                ),
            ),
        )
        .order_by(ConsulateNote.at.desc(), ConsulateNote.id)
    )
    return list(session.scalars(query))


def neighbours_in_city(session: AnySession, consulate: Consulate) -> list[uuid.UUID]:
    """The consulates of all countries in the same town."""
    if consulate.place_id is None and consulate.city is None:
        return []
    query = select(Consulate.id).where(
        Consulate.id != consulate.id,
        Consulate.removed_at.is_(None),
        Consulate.status != ConsulateStatus.CLOSED,
        Consulate.host_country == consulate.host_country,
        Consulate.place_id == consulate.place_id
        if consulate.place_id
        else (Consulate.city == consulate.city) & (Consulate.admin1 == consulate.admin1),
    )
    return list(session.scalars(query))
