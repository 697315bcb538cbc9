"""The page of one organization for whoever holds its key or answers for it: each field saved by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import flash, g, render_template
from flask_babel import gettext

from directory.clock import now
from directory.extensions import db
from directory.organizations.availability import set_availability, until_choices
from directory.organizations.edit import record_data
from directory.organizations.models import Organization
from directory.organizations.record_data import RecordData
from directory.organizations.services import AvailabilityState
from directory.organizations.zones import day_at
from directory.publication.records import PublicAvailability, PublicOrganization
from directory.registration.changes import Outcome, begin_change, submit_change, waiting_changes
from directory.registration.models import Origin, Submission
from directory.registration.submissions import put
from directory.vocabulary.catalogue import vocabulary
from directory.web.registration.manage_forms import HoursForm, NumbersForm, plain_hours
from directory.web.registration.record_forms import FOREVER, NOT_SAID, AvailabilityForm


@dataclass(frozen=True)
class Doors:
    """Where the parts of the page are sent. None: whoever looks at it may not."""

    availability: str
    numbers: str | None = None
    hours: str | None = None
    edit: str | None = None
    right: str | None = None
    joint: str | None = None


@dataclass(frozen=True)
class Forms:
    """The forms of the page, as somebody sent one; the others show what is on record."""

    availability: AvailabilityForm | None = None
    numbers: NumbersForm | None = None
    hours: HoursForm | None = None


def own_page(organization: Organization, record: PublicOrganization, doors: Doors, forms: Forms | None = None) -> str:
    """What can be said and changed, and what of it waits."""
    forms = forms or Forms()
    data = record_data(db.session, organization.id, vocabulary(db.session))
    said = _shared_availability(record)
    return render_template(
        "registration/manage.html",
        record=record,
        doors=doors,
        form=forms.availability or _availability_form(record, said),
        said=said,
        days=until_choices(day := _today_of(record)),
        today=day,
        numbers=(forms.numbers or NumbersForm(data, formdata=None)) if doors.numbers else None,
        hours=(forms.hours or HoursForm(data, formdata=None)) if doors.hours and _has_plain_hours(data) else None,
        waiting=[(item, _asked_at(data)) for item in waiting_changes(db.session, organization.id)]
        if doors.numbers
        else [],
    )


def _has_plain_hours(data: RecordData) -> bool:
    return bool(data.services) and plain_hours(data) is not None


def _asked_at(data: RecordData) -> str | None:
    """The address on record that was asked, as its owner recognises it and nobody else can use it."""
    address = next(iter(data.all_emails()), None)
    if address is None:
        return None
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


def _shared_availability(record: PublicOrganization) -> PublicAvailability | None:
    """What was said of all services alike; None where nothing was, or not of all."""
    said = {item.availability for item in record.services}
    only = said.pop() if len(said) == 1 else None
    return only if only and only.state != NOT_SAID else None


def _availability_form(record: PublicOrganization, said: PublicAvailability | None) -> AvailabilityForm:
    form = AvailabilityForm(service_choices(record), _today_of(record), formdata=None)
    if said:
        form.state.data, form.note.data = said.state, said.note
        form.until.data = said.until.isoformat() if said.until else FOREVER
    return form


def _today_of(record: PublicOrganization) -> date:
    """The day that it is at the first of its places, protected ones included."""
    return day_at(db.session.get_one(Organization, record.id).locations, now())


def service_choices(record: PublicOrganization) -> list[tuple[str, str]]:
    """The services of a record for a form."""
    return [
        (str(item.id), item.name.get(g.lang) or next(iter(item.name.values()), item.group)) for item in record.services
    ]


def sent_availability(record: PublicOrganization) -> AvailabilityForm:
    """The form as it was sent."""
    return AvailabilityForm(service_choices(record), _today_of(record))


def save_availability(form: AvailabilityForm, organization: Organization, actor: str) -> None:
    """Write down what a valid form says."""
    state = None if form.state.data == NOT_SAID else AvailabilityState(form.state.data)
    chosen = {UUID(value) for value in form.services.data}
    last_day: date | None = form.last_day() if state else None
    set_availability(db.session, organization, chosen, state, last_day, form.note.data, actor, now())


def sent_numbers(organization: Organization) -> NumbersForm:
    """The form as it was sent, over the record as it stands."""
    return NumbersForm(record_data(db.session, organization.id, vocabulary(db.session)))


def sent_hours(organization: Organization) -> HoursForm:
    """The form as it was sent, over the record as it stands."""
    return HoursForm(record_data(db.session, organization.id, vocabulary(db.session)))


def save_field(
    organization: Organization,
    edited: RecordData,
    origin: Origin,
    actor: str,
    *,
    email: str | None = None,
    author_id: UUID | None = None,
) -> Submission:
    """Hand one changed field in as an edit of its own, and say what becomes of it. Nothing here commits."""
    terms = vocabulary(db.session)
    submission = begin_change(db.session, organization, terms, origin, g.lang, now(), email=email, author_id=author_id)
    put(submission, edited, now())
    flash(_told(submit_change(db.session, submission, organization, terms, actor, now())))
    return submission


def _told(outcome: Outcome) -> str:
    if outcome.waiting or outcome.conflicts:
        return str(gettext("Saved. It waits until it is confirmed: here is what happens next."))
    if outcome.live:
        return str(gettext("Saved. It is public now."))
    return str(gettext("Nothing was changed: what you see is public already."))
