"""What a consulate says of itself: whom it serves, how it is reached, where it comes to. Nothing here commits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from directory.changes.models import ChangeKind, Entity
from directory.changes.recording import record_audit, record_change
from directory.consulates.models import (
    AreaMode,
    Consulate,
    ConsulatePhone,
    ConsulatePhoneKind,
    ConsulateStatus,
    JurisdictionArea,
    JurisdictionState,
    MobileConsulate,
)
from directory.database import AnySession


class ServesNothing(ValueError):
    """A closed consulate has no jurisdiction."""


@dataclass(frozen=True)
class AreaData:
    """A place that is served or taken out: a country, a subdivision, or a county or town of one."""

    country: str
    admin1: str | None = None
    admin2: str | None = None
    place_id: str | None = None
    excludes: bool = False


@dataclass(frozen=True)
class Stated:
    """A jurisdiction as the consulate states it. `is_whole`: these are all its places, and it confirms them."""

    areas: tuple[AreaData, ...]
    is_whole: bool
    source: str
    source_url: str | None
    source_date: date


def state_jurisdiction(session: AnySession, consulate: Consulate, stated: Stated, actor: str, now: datetime) -> bool:
    """Put what a consulate states in place of its jurisdiction; False where nothing changed. Raises ServesNothing.

    Places that are not confirmed stay assumed.
    """
    if consulate.status == ConsulateStatus.CLOSED and stated.areas:
        raise ServesNothing(str(consulate.id))
    before, areas = jurisdiction_of(consulate), list(dict.fromkeys(stated.areas))
    consulate.jurisdiction.clear()
    session.flush()
    consulate.jurisdiction.extend(
        JurisdictionArea(
            id=uuid.uuid4(),
            position=position,
            country=area.country,
            admin1=area.admin1,
            admin2=area.admin2,
            place_id=area.place_id,
            mode=AreaMode.EXCLUDE if area.excludes else AreaMode.INCLUDE,
            is_assumed=not stated.is_whole and not area.excludes,
        )
        for position, area in enumerate(areas)
    )
    consulate.jurisdiction_state = _state(areas, is_whole=stated.is_whole)
    consulate.jurisdiction_note = None
    consulate.jurisdiction_source = stated.source
    consulate.jurisdiction_source_url = stated.source_url
    consulate.jurisdiction_source_date = stated.source_date.isoformat()
    consulate.jurisdiction_edited_at = now
    after = jurisdiction_of(consulate)
    if after == before:
        return False
    _changed(session, consulate, actor, "state-jurisdiction", before, after)
    return True


def _state(areas: Sequence[AreaData], *, is_whole: bool) -> JurisdictionState:
    if not areas:
        return JurisdictionState.UNKNOWN
    return JurisdictionState.KNOWN if is_whole else JurisdictionState.ASSUMED


def jurisdiction_of(consulate: Consulate) -> dict[str, Any]:
    """A jurisdiction in words that an audit entry keeps."""
    return {
        "areas": [
            ("-" if area.mode == AreaMode.EXCLUDE else "~" if area.is_assumed else "")
            + "/".join(filter(None, (area.admin1 or area.country, area.admin2, area.place_id)))
            for area in consulate.jurisdiction
        ],
        "state": consulate.jurisdiction_state.value,
        "source": consulate.jurisdiction_source,
        "source_url": consulate.jurisdiction_source_url,
        "source_date": consulate.jurisdiction_source_date,
    }


@dataclass(frozen=True)
class PhoneLine:
    """A number of a consulate in E.164 (None: a short one), and what it is for."""

    number: str | None
    text: str
    extension: str | None
    kind: ConsulatePhoneKind
    is_around_the_clock: bool = False


@dataclass(frozen=True)
class Contacts:
    """How a consulate is reached."""

    phones: tuple[PhoneLine, ...]
    email: str | None
    website: str | None
    address: str | None
    postal_code: str | None


def state_contacts(session: AnySession, consulate: Consulate, contacts: Contacts, actor: str, now: datetime) -> None:
    """Put what a consulate says in place of its phones, e-mail, website and address."""
    before = contacts_of(consulate)
    consulate.phones.clear()
    session.flush()
    consulate.phones.extend(
        ConsulatePhone(
            id=uuid.uuid4(),
            number=line.number,
            text=line.text,
            extension=line.extension,
            kind=line.kind,
            is_around_the_clock=line.is_around_the_clock,
            position=position,
        )
        for position, line in enumerate(contacts.phones)
    )
    consulate.email, consulate.website = contacts.email, contacts.website
    consulate.address, consulate.postal_code = contacts.address, contacts.postal_code
    # Who said it before said something else: the consulate is its own source from now on.
    consulate.address_source = consulate.address_source_url = consulate.address_source_date = None
    consulate.email_source = consulate.email_source_url = consulate.email_source_date = None
    consulate.contacts_edited_at = now
    _changed(session, consulate, actor, "state-contacts", before, contacts_of(consulate))


def contacts_of(consulate: Consulate) -> dict[str, Any]:
    """A consulate's contacts in words that an audit entry keeps; they are public."""
    return {
        "phones": [
            f"{phone.number or phone.text} {phone.kind.value}" + (" 24 h" if phone.is_around_the_clock else "")
            for phone in consulate.phones
        ],
        **{name: getattr(consulate, name) for name in ("email", "website", "address", "postal_code")},
    }


def plan_mobile(session: AnySession, consulate: Consulate, event: MobileConsulate, actor: str) -> None:
    """Announce that the consulate comes to a town."""
    event.consulate_id, event.created_by = consulate.id, actor
    session.add(event)
    session.flush()
    _changed(session, consulate, actor, "plan-mobile", None, _event(event))


def cancel_mobile(session: AnySession, consulate: Consulate, event: MobileConsulate, actor: str, now: datetime) -> None:
    """It does not come after all."""
    if event.cancelled_at is None:
        event.cancelled_at = now
        _changed(session, consulate, actor, "cancel-mobile", _event(event), None)


def _event(event: MobileConsulate) -> dict[str, Any]:
    return {
        "starts_on": event.starts_on.isoformat(),
        "ends_on": event.ends_on.isoformat(),
        "place": event.place_id,
        "venue": event.venue,
    }


def _changed(
    session: AnySession,
    consulate: Consulate,
    actor: str,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    session.flush()
    record_change(session, Entity.CONSULATE, consulate.id, ChangeKind.UPDATED)
    record_audit(session, actor, action, Entity.CONSULATE, consulate.id, before=before, after=after)
