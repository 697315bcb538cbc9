"""What the key of an organization opens: availability, numbers, hours, a confirmation, an edit."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.links import LinkDead, open_link
from directory.accounts.models import AccessLink, LinkPurpose
from directory.clock import now, today
from directory.extensions import db
from directory.organizations.models import VerificationMethod
from directory.organizations.verify import verify
from directory.registration.keys import take_key
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


@blueprint.get("/key/<token>")
def key(token: str) -> str:
    """One button that takes the key."""
    link = _key(token)
    organization, _ = organization_of(link.organization_id)
    return render_template("registration/key.html", token=token, name=organization.name)


@blueprint.post("/key/<token>")
def key_taken(token: str) -> ResponseReturnValue:
    """The key is used up; the organization's own page opens."""
    link = _key(token)
    organization_of(link.organization_id)
    try:
        manage_token = take_key(db.session, link, now())
    except LinkDead:
        abort(404, _dead_key())
    db.session.commit()
    flash(gettext("Keep this page: put it among your favourites or on the home screen of this phone."))
    return redirect(url_for("links.manage", token=manage_token), code=303)


def _key(token: str) -> AccessLink:
    try:
        return open_link(db.session, token, LinkPurpose.KEY, now())
    except LinkDead:
        abort(404, _dead_key())


def _dead_key() -> str:
    return str(
        gettext(
            "This key was used already or is too old. The page that it opened still works on the phone that opened it. "
            "For another key, ask the network to call you at the number on record."
        )
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
    method = VerificationMethod.EMAIL if link.email else VerificationMethod.ACCOUNT  # a key proves no mailbox
    verify(db.session, organization, method, f"organization:{organization.id}", today())
    db.session.commit()
    flash(gettext("Thank you. The record is confirmed."))
    return redirect(url_for("links.manage", token=token), code=303)


@blueprint.post("/manage/<token>/edit")
def manage_edit(token: str) -> ResponseReturnValue:
    """Begin an edit of the record as it stands, or go on with the one that was begun."""
    return begin_edit(opened(token, LinkPurpose.MANAGE))
