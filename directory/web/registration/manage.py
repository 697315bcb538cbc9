"""What the key of an organization opens: availability, a confirmation, an edit."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.models import LinkPurpose
from directory.clock import now, today
from directory.extensions import db
from directory.organizations.availability import set_availability, until_choices
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.services import AvailabilityState
from directory.organizations.verify import verify
from directory.publication.records import PublicOrganization
from directory.web.registration.links import begin_edit, blueprint, opened, organization_of
from directory.web.registration.record_forms import NOT_SAID, AvailabilityForm


def service_choices(record: PublicOrganization) -> list[tuple[str, str]]:
    """The services of a record for a form."""
    return [
        (str(item.id), item.name.get(g.lang) or next(iter(item.name.values()), item.group)) for item in record.services
    ]


def save_availability(form: AvailabilityForm, organization: Organization, actor: str) -> None:
    """Write down what a valid form says."""
    state = None if form.state.data == NOT_SAID else AvailabilityState(form.state.data)
    chosen = {UUID(value) for value in form.services.data}
    set_availability(
        db.session,
        organization,
        chosen,
        state,
        form.last_day() if state else None,
        form.note.data,
        actor,
        now(),
        today(),
    )


def until_buttons(on: date) -> list[date]:
    """The days on the buttons."""
    return until_choices(on)


@blueprint.get("/manage/<token>")
def manage(token: str) -> str:
    """The organization's own page: can we take someone, is it right, change it."""
    link = opened(token, LinkPurpose.MANAGE)
    _, record = organization_of(link.organization_id)
    return _manage_page(token, record, AvailabilityForm(service_choices(record), today()))


def _manage_page(token: str, record: PublicOrganization, form: AvailabilityForm) -> str:
    return render_template(
        "registration/manage.html",
        record=record,
        form=form,
        days=until_buttons(today()),
        availability_url=url_for("links.manage_availability", token=token),
        edit_url=url_for("links.manage_edit", token=token),
        right_url=url_for("links.manage_right", token=token),
        joint_url=url_for("joint_links.home", token=token),
    )


@blueprint.post("/manage/<token>/availability")
def manage_availability(token: str) -> ResponseReturnValue:
    """Two taps."""
    link = opened(token, LinkPurpose.MANAGE)
    organization, record = organization_of(link.organization_id)
    form = AvailabilityForm(service_choices(record), today())
    if not form.validate():
        return _manage_page(token, record, form), 422
    save_availability(form, organization, f"organization:{organization.id}")
    db.session.commit()
    flash(gettext("Thank you. It is on your page now, and it lapses by itself."))
    return redirect(url_for("links.manage", token=token), code=303)


@blueprint.post("/manage/<token>/right")
def manage_right(token: str) -> ResponseReturnValue:
    """The record is right as it is."""
    link = opened(token, LinkPurpose.MANAGE)
    organization, _ = organization_of(link.organization_id)
    verify(db.session, organization, VerificationMethod.EMAIL, f"organization:{organization.id}", today())
    db.session.commit()
    flash(gettext("Thank you. The record is confirmed."))
    return redirect(url_for("links.manage", token=token), code=303)


@blueprint.post("/manage/<token>/edit")
def manage_edit(token: str) -> ResponseReturnValue:
    """Begin an edit of the record as it stands."""
    return begin_edit(opened(token, LinkPurpose.MANAGE))
