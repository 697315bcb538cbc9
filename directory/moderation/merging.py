"""Making one record of two: the one that stays takes what it lacks, the other leads to it for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from directory.accounts.models import Grant
from directory.changes.models import ChangeKind, Entity, Slug
from directory.changes.recording import record_audit, record_change
from directory.database import AnySession
from directory.organizations.differences import Difference
from directory.organizations.edit import change_record, record_data
from directory.organizations.models import Organization, Visibility
from directory.organizations.record_data import LocationData, PhoneData, RecordData, ServiceData, new_location_id
from directory.places.names import fold
from directory.referrals.absorb import move_joint_work
from directory.registration.doors import close_doors
from directory.registration.models import Report, Submission, SubmissionKind
from directory.vocabulary.catalogue import Vocabulary


class SameRecord(ValueError):
    """A record cannot be merged into itself, nor into one that is gone."""


class ContactsSuspended(ValueError):
    """While somebody looks into the contacts of a record, they must not flow into another one."""


def absorb(
    session: AnySession, organization: Organization, other: RecordData, terms: Vocabulary, actor: str
) -> list[Difference]:
    """Put into a record what `other` says and it lacks; what it says itself stays."""
    return change_record(
        session, organization, united(record_data(session, organization.id, terms), other), terms, actor, "absorb"
    )


def merge_records(
    session: AnySession,
    kept: Organization,
    merged: Organization,
    terms: Vocabulary,
    actor: str,
    now: datetime,
) -> None:
    """Make `merged` a part of `kept`: both keep their histories, all slugs lead to `kept`. Raises SameRecord."""
    if kept.id == merged.id or kept.removed_at or merged.removed_at:
        raise SameRecord(str(merged.id))
    if kept.contacts_suspended_at or merged.contacts_suspended_at:
        raise ContactsSuspended(str(merged.id))
    close_doors(session, merged.id, actor, now)
    absorb(session, kept, record_data(session, merged.id, terms), terms, actor)
    merged.removed_at = now
    merged.merged_into_id = kept.id
    session.execute(
        update(Slug)
        .where(Slug.entity == Entity.ORGANIZATION, Slug.entity_id == merged.id)
        .values(entity_id=kept.id, is_current=False)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    _move_what_hangs_on(session, merged, kept)
    move_joint_work(session, merged.id, kept.id, actor, now)
    record_change(session, Entity.ORGANIZATION, merged.id, ChangeKind.DELETED)
    record_change(session, Entity.ORGANIZATION, kept.id, ChangeKind.UPDATED)
    record_audit(session, actor, "merge", Entity.ORGANIZATION, merged.id, after={"into": str(kept.id)})
    record_audit(session, actor, "merge", Entity.ORGANIZATION, kept.id, after={"took": str(merged.id)})


def _move_what_hangs_on(session: AnySession, merged: Organization, kept: Organization) -> None:
    """Editors, reports and claims of the record that goes belong to the one that stays; its links open nothing.

    Edits that wait stay where they are: they started from a text that the kept record does not have, and a moderator
    carries over what is worth it.
    """
    for table, condition in (
        (Grant, Grant.organization_id == merged.id),
        (Report, Report.organization_id == merged.id),
        (Submission, (Submission.organization_id == merged.id) & (Submission.kind == SubmissionKind.CLAIM)),
    ):
        session.execute(
            update(table).where(condition).values(organization_id=kept.id).execution_options(synchronize_session=False)
        )


def united(kept: RecordData, other: RecordData) -> RecordData:
    """`kept` with what it lacks taken from `other`."""
    names = {fold(name) for name in (kept.name, *kept.alternate_names)}
    new_names = [name for name in (other.name, *other.alternate_names) if fold(name) not in names]
    locations = dict(kept.locations)
    for place in other.locations.values():
        key = _same_place(locations, place)
        locations[key or new_location_id()] = _place(locations.get(key or ""), place, len(locations))
    return kept.model_copy(
        update={
            **{
                name: getattr(kept, name) or getattr(other, name)
                for name in ("acronym", "website", "email", "year_founded", "legal_status")
            },
            "is_email_private": kept.is_email_private or other.is_email_private,
            "alternate_names": (*kept.alternate_names, *dict.fromkeys(new_names)),
            "urls": tuple(dict.fromkeys((*kept.urls, *other.urls))),
            "summary": {**other.summary, **kept.summary},
            "description": {**other.description, **kept.description},
            "phones": _phones(kept.phones, other.phones),
            "populations": tuple(sorted({*kept.populations, *other.populations})),
            "languages": tuple(sorted({*kept.languages, *other.languages})),
            "services": _services(kept.services, other.services),
            "locations": locations,
        }
    )


def on_places_of(known: RecordData, data: RecordData) -> RecordData:
    """`data` with the keys of `known` for places that are the same, so that the two can be compared.

    A place that is like none stands for the first of `known`, where that is not taken.
    """
    left = dict(known.locations)
    paired: dict[str, LocationData] = {}
    for own, place in sorted(data.locations.items(), key=lambda item: item[1].position):
        key = _same_place(left, place) or next(iter(left), own)
        left.pop(key, None)
        paired[key] = place
    return data.model_copy(update={"locations": paired})


def _same_place(known: dict[str, LocationData], place: LocationData) -> str | None:
    """The key of a place in the same town with the same street, or where one of the streets is unknown."""
    for key, item in known.items():
        if item.visibility != place.visibility or place.visibility == Visibility.HIDDEN:
            continue  # what is protected never flows into what is not
        same_town = (item.country, fold(item.city or "")) == (place.country, fold(place.city or ""))
        streets = {fold(street) for street in (item.address, place.address) if street}
        if same_town and len(streets) < 2:
            return key
    return None


def _place(known: LocationData | None, place: LocationData, position: int) -> LocationData:
    if known is None:
        return place.model_copy(update={"position": position})
    return known.model_copy(
        update={
            "address": known.address or place.address,
            "postal_code": known.postal_code or place.postal_code,
            "email": known.email or place.email,
            "phones": _phones(known.phones, place.phones),
            "areas": tuple(sorted({*known.areas, *place.areas})),
        }
    )


def _phones(kept: tuple[PhoneData, ...], other: tuple[PhoneData, ...]) -> tuple[PhoneData, ...]:
    known = {phone.number or phone.text for phone in kept}
    return (*kept, *(phone for phone in other if (phone.number or phone.text) not in known))


def _services(kept: dict[str, ServiceData], other: dict[str, ServiceData]) -> dict[str, ServiceData]:
    services = dict(kept)
    for group, service in other.items():
        known = services.get(group)
        if known is None:
            services[group] = service
            continue
        services[group] = known.model_copy(
            update={
                "areas": tuple(sorted({*known.areas, *service.areas})),
                "access": known.access or service.access,
                "schedule": known.schedule or service.schedule,
                "shelter": known.shelter or service.shelter,
                "eligibility": {**service.eligibility, **known.eligibility},
                "documents_required": {**service.documents_required, **known.documents_required},
                "cost": {**service.cost, **known.cost},
                "populations": tuple(sorted({*known.populations, *service.populations})),
                "languages": tuple(sorted({*known.languages, *service.languages})),
            }
        )
    return services
