"""What anybody can do about a record, and what its editors can: report, suggest, claim; manage and edit."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.policy import Permission, Target, allows
from directory.accounts.throttle import throttle
from directory.accounts.viewer import actor_name, require, viewer
from directory.changes.models import Entity
from directory.clock import now
from directory.extensions import db
from directory.organizations.edit import record_data
from directory.organizations.models import Organization
from directory.organizations.record_data import RecordData, public_view
from directory.publication.find import Found, find_record
from directory.publication.records import PublicOrganization
from directory.registration.changes import begin_change, submit_change
from directory.registration.claims import claim
from directory.registration.models import Origin
from directory.registration.proof import own_domain
from directory.registration.reports import report
from directory.registration.submissions import data_of, draft_link, put
from directory.vocabulary.catalogue import vocabulary
from directory.web.languages import page_blueprint
from directory.web.registration.links import organization_of
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
from directory.web.registration.record_forms import ClaimForm, NumberForm, ReportForm

public: Blueprint = page_blueprint("records", __name__)
editing: Blueprint = page_blueprint("editing", __name__)


def record_at(slug: str) -> tuple[Organization, PublicOrganization]:
    """The organization of a slug; 404 or 410 where there is none."""
    found = find_record(db.session, Entity.ORGANIZATION, slug)
    if not isinstance(found, Found):
        abort(404 if found is None else 410)
    return organization_of(found.record_id)


@public.get("/organizations/<slug>/report")
def report_page(slug: str) -> str:
    """What did you find?"""
    _, record = record_at(slug)
    form = ReportForm()
    form.kind.data = request.args.get("kind")
    return render_template("registration/report.html", record=record, form=form)


@public.post("/organizations/<slug>/report")
def report_save(slug: str) -> ResponseReturnValue:
    """Keep it for a moderator."""
    organization, record = record_at(slug)
    form = ReportForm()
    if not form.validate():
        return render_template("registration/report.html", record=record, form=form), 422
    report(db.session, organization, form.kind.data, form.note.data, viewer().user_id, now())
    db.session.commit()
    flash(gettext("Thank you. A moderator looks into it."))
    return redirect(url_for("pages.organization", slug=record.slug), code=303)


@public.get("/organizations/<slug>/suggest")
def suggest_page(slug: str) -> str:
    """What becomes of a suggestion, and one button."""
    _, record = record_at(slug)
    return render_template("registration/suggest.html", record=record)


@public.post("/organizations/<slug>/suggest")
def suggest(slug: str) -> ResponseReturnValue:
    """Begin a suggestion: an edit that a moderator decides about."""
    organization, record = record_at(slug)
    if record.contacts_suspended:
        flash(gettext("Somebody is looking into this record. Please report what you know instead."))
        return redirect(url_for("records.report_page", slug=record.slug), code=303)
    submission = begin_change(db.session, organization, vocabulary(db.session), Origin.PUBLIC, g.lang, now())
    token = draft_link(db.session, submission, now())
    db.session.commit()
    return redirect(url_for("register.draft", token=token), code=303)


@public.get("/organizations/<slug>/number")
def number_page(slug: str) -> ResponseReturnValue:
    """One field, for an organization whose number nobody has told."""
    _, record = record_at(slug)
    return _number_page(record, NumberForm(record.country))


def _number_page(record: PublicOrganization, form: NumberForm) -> ResponseReturnValue:
    if record.contacts_suspended:
        return redirect(url_for("records.report_page", slug=record.slug), code=303)
    return render_template("registration/number.html", record=record, form=form)


@public.post("/organizations/<slug>/number")
def number_save(slug: str) -> ResponseReturnValue:
    """Keep it as a suggestion: somebody calls before it is shown."""
    organization, record = record_at(slug)
    form = NumberForm(record.country)
    if record.contacts_suspended:
        return _number_page(record, form)
    if record.numbers:
        flash(gettext("Its number is on record meanwhile."))
        return redirect(url_for("pages.organization", slug=record.slug), code=303)
    if not form.validate() or not form.phones:
        return render_template("registration/number.html", record=record, form=form), 422
    terms = vocabulary(db.session)
    submission = begin_change(db.session, organization, terms, Origin.PUBLIC, g.lang, now())
    data = data_of(submission)
    put(submission, data.model_copy(update={"phones": (*data.phones, *form.phones)}), now())
    submit_change(db.session, submission, organization, terms, actor_name(), now())
    db.session.commit()
    flash(gettext("Thank you. Somebody calls this number, then it is shown."))
    return redirect(url_for("pages.organization", slug=record.slug), code=303)


@public.get("/organizations/<slug>/claim")
def claim_page(slug: str) -> str:
    """This is my organization."""
    organization, record = record_at(slug)
    return render_template("registration/claim.html", record=record, form=ClaimForm(), domain=_domain(organization))


def _domain(organization: Organization) -> str | None:
    """The domain at which an address proves something; none while contacts are suspended."""
    if organization.contacts_suspended_at:
        return None
    return own_domain(db.session, organization, _public_data(organization))


def _public_data(organization: Organization) -> RecordData:
    return public_view(record_data(db.session, organization.id, vocabulary(db.session)))


@public.post("/organizations/<slug>/claim")
def claim_save(slug: str) -> ResponseReturnValue:
    """A proving address gets a link; everybody else a call at the number on record."""
    organization, record = record_at(slug)
    form = ClaimForm()
    if not form.validate():
        return (
            render_template("registration/claim.html", record=record, form=form, domain=_domain(organization)),
            422,
        )
    claim(db.session, organization, _public_data(organization), form.email.data, form.note.data, g.lang, now())
    db.session.commit()
    flash(
        gettext(
            "Thank you. If your address is at the organization’s own domain, a link is on its way. "
            "If not, somebody calls the number on record."
        )
    )
    return redirect(url_for("pages.organization", slug=record.slug), code=303)


def throttle_reports() -> None:
    """Count reports and claims, before anything else happens in the request."""
    if request.method == "POST" and request.blueprint == "records":
        is_claim = request.endpoint == "records.claim_save"
        who = request.form.get("email", "")[:120] if is_claim else None
        throttle("letter" if is_claim else "report", request.remote_addr, who)


def _mine(slug: str) -> tuple[Organization, PublicOrganization]:
    """A record that I may edit."""
    organization, record = record_at(slug)
    require(Permission.EDIT_RECORD, target_of(record))
    return organization, record


def target_of(record: PublicOrganization) -> Target:
    """A record as policy sees it."""
    return Target(
        organization_id=UUID(str(record.id)),
        countries=frozenset((*record.countries, record.country)),
        is_suspended=record.contacts_suspended,
    )


@editing.get("/organizations/<slug>/manage")
def manage(slug: str) -> str:
    """The organization's own page, for who signs in."""
    organization, record = _mine(slug)
    return own_page(organization, record, _doors(record))


def _doors(record: PublicOrganization) -> Doors:
    speaks = allows(viewer(), Permission.SPEAK_FOR_ORGANIZATION, target_of(record))
    return Doors(
        availability=url_for("editing.set_availability", slug=record.slug),
        numbers=url_for("editing.set_numbers", slug=record.slug),
        hours=url_for("editing.set_hours", slug=record.slug),
        edit=url_for("editing.edit", slug=record.slug),
        joint=url_for("organization_side.home", slug=record.slug) if speaks else None,
    )


@editing.post("/organizations/<slug>/availability")
def set_availability(slug: str) -> ResponseReturnValue:
    """Two taps."""
    organization, record = _mine(slug)
    form = sent_availability(record)
    if not form.validate():
        return own_page(organization, record, _doors(record), Forms(availability=form)), 422
    save_availability(form, organization, actor_name())
    db.session.commit()
    flash(gettext("Thank you. It is on your page now, and it lapses by itself."))
    return redirect(url_for("editing.manage", slug=record.slug), code=303)


@editing.post("/organizations/<slug>/numbers")
def set_numbers(slug: str) -> ResponseReturnValue:
    """A new number waits for the old channel."""
    organization, record = _mine(slug)
    form = sent_numbers(organization)
    if not form.validate():
        return own_page(organization, record, _doors(record), Forms(numbers=form)), 422
    save_field(organization, form.read(), _origin(record), actor_name(), author_id=viewer().user_id)
    db.session.commit()
    return redirect(url_for("editing.manage", slug=record.slug), code=303)


@editing.post("/organizations/<slug>/hours")
def set_hours(slug: str) -> ResponseReturnValue:
    """Hours are public at once."""
    organization, record = _mine(slug)
    form = sent_hours(organization)
    if not form.validate():
        return own_page(organization, record, _doors(record), Forms(hours=form)), 422
    save_field(organization, form.read(), _origin(record), actor_name(), author_id=viewer().user_id)
    db.session.commit()
    return redirect(url_for("editing.manage", slug=record.slug), code=303)


def _origin(record: PublicOrganization) -> Origin:
    return Origin.OFFICER if allows(viewer(), Permission.MODERATE, target_of(record)) else Origin.ACCOUNT


@editing.post("/organizations/<slug>/edit")
def edit(slug: str) -> ResponseReturnValue:
    """Begin an edit of the record as it stands; officers' and moderators' edits go live at once."""
    organization, record = _mine(slug)
    submission = begin_change(
        db.session, organization, vocabulary(db.session), _origin(record), g.lang, now(), author_id=viewer().user_id
    )
    token = draft_link(db.session, submission, now())
    db.session.commit()
    return redirect(url_for("register.draft", token=token), code=303)
