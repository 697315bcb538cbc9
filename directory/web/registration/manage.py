"""What the key of an organization opens: availability, numbers, hours, a confirmation, an edit."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.models import LinkPurpose
from directory.clock import today
from directory.extensions import db
from directory.organizations.models import VerificationMethod
from directory.organizations.verify import verify
from directory.registration.models import Origin
from directory.web.registration.links import begin_edit, blueprint, opened, organization_of
from directory.web.registration.own_page import (
    Doors,
    Forms,
    own_page,
    save_availability,
    save_field,
    sent_availability,
    sent_hours,
    sent_numbers,
)


def _doors(token: str) -> Doors:
    return Doors(
        availability=url_for("links.manage_availability", token=token),
        numbers=url_for("links.manage_numbers", token=token),
        hours=url_for("links.manage_hours", token=token),
        edit=url_for("links.manage_edit", token=token),
        right=url_for("links.manage_right", token=token),
        joint=url_for("joint_links.home", token=token),
    )


@blueprint.get("/manage/<token>")
def manage(token: str) -> str:
    """The organization's own page: can we take someone, is it right, change it."""
    link = opened(token, LinkPurpose.MANAGE)
    organization, record = organization_of(link.organization_id)
    return own_page(organization, record, _doors(token))


@blueprint.post("/manage/<token>/availability")
def manage_availability(token: str) -> ResponseReturnValue:
    """Two taps."""
    link = opened(token, LinkPurpose.MANAGE)
    organization, record = organization_of(link.organization_id)
    form = sent_availability(record)
    if not form.validate():
        return own_page(organization, record, _doors(token), Forms(availability=form)), 422
    save_availability(form, organization, f"organization:{organization.id}")
    db.session.commit()
    flash(gettext("Thank you. It is on your page now, and it lapses by itself."))
    return redirect(url_for("links.manage", token=token), code=303)


@blueprint.post("/manage/<token>/numbers")
def manage_numbers(token: str) -> ResponseReturnValue:
    """A new number waits for the old channel."""
    link = opened(token, LinkPurpose.MANAGE)
    organization, record = organization_of(link.organization_id)
    form = sent_numbers(organization)
    if not form.validate():
        return own_page(organization, record, _doors(token), Forms(numbers=form)), 422
    save_field(organization, form.read(), Origin.LINK, f"organization:{organization.id}", email=link.email)
    db.session.commit()
    return redirect(url_for("links.manage", token=token), code=303)


@blueprint.post("/manage/<token>/hours")
def manage_hours(token: str) -> ResponseReturnValue:
    """Hours are public at once."""
    link = opened(token, LinkPurpose.MANAGE)
    organization, record = organization_of(link.organization_id)
    form = sent_hours(organization)
    if not form.validate():
        return own_page(organization, record, _doors(token), Forms(hours=form)), 422
    save_field(organization, form.read(), Origin.LINK, f"organization:{organization.id}", email=link.email)
    db.session.commit()
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
    """Begin an edit of the record as it stands, or go on with the one that was begun."""
    return begin_edit(opened(token, LinkPurpose.MANAGE))
