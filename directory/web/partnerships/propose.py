"""Proposing a partnership, and changing its terms."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name
from directory.clock import now
from directory.consulates.models import Consulate
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.partnerships import agree
from directory.partnerships.change_terms import change_terms, name_people
from directory.partnerships.models import Partnership, Side
from directory.publication.consulate_records import PublicConsulate
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization
from directory.vocabulary.catalogue import vocabulary
from directory.web.consulates.desk import consulate_at
from directory.web.partnerships.desk import joint
from directory.web.partnerships.forms import PartnershipForm, form_data
from directory.web.partnerships.partnerships import (
    mine,
    organization_at,
    tell_organization,
    write_proposal,
)


@joint.get("/workspace/consulates/<slug>/partnerships/new")
def propose_page(slug: str) -> ResponseReturnValue:
    """One page with all of it, and a good start."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    organization, public = organization_at(request.args.get("organization", ""))
    known = agree.standing(db.session, consulate.id, organization.id)
    if known:
        return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=known.id), code=302)
    return _propose_page(record, public, _form(consulate, public, formdata=None))


def _form(consulate: Consulate, public: PublicOrganization, **kwargs: object) -> PartnershipForm:
    region = (consulate.host_country, consulate.admin1)
    return PartnershipForm(vocabulary(db.session), public.areas, region, **kwargs)


def _propose_page(record: PublicConsulate, public: PublicOrganization, form: PartnershipForm) -> str:
    return render_template("partnerships/propose.html", record=record, organization=public, form=form, partnership=None)


@joint.post("/workspace/consulates/<slug>/partnerships/new")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def propose(slug: str) -> ResponseReturnValue:
    """Send the proposal."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    organization, public = organization_at(request.args.get("organization", ""))
    form = _form(consulate, public)
    if not form.validate():
        return _propose_page(record, public, form), 422
    try:
        partnership = agree.propose_partnership(
            db.session,
            consulate,
            organization,
            Side.CONSULATE,
            form.terms(),
            message=form.message.data,
            language=g.lang,
            actor=actor_name(),
            now=now(),
        )
    except agree.NotPossible:
        db.session.rollback()
        flash(gettext("This is not possible: there is one already, or somebody looks into a report about them."))
        return redirect(url_for("joint.partnerships", slug=record.slug), code=303)
    partnership.private_note = form.private_note.data
    name_people(db.session, partnership, Side.CONSULATE, form.persons(), actor_name(), now())
    was_written = write_proposal(partnership, consulate, organization, again=False)
    db.session.commit()
    flash(
        gettext("Proposed. The letter with the link to answer is on its way.")
        if was_written
        else gettext("Proposed. They have no e-mail on record: call them, and note here what they say.")
    )
    return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=partnership.id), code=303)


@joint.get("/workspace/consulates/<slug>/partnerships/<uuid:partnership_id>/terms")
def terms_page(slug: str, partnership_id: UUID) -> str:
    """Other terms."""
    consulate, record, found = mine(slug, partnership_id)
    public = _public(found)
    return _terms_page(record, public, found, _form(consulate, public, formdata=None, **form_data(found)))


def _public(found: Partnership) -> PublicOrganization:
    records = public_organizations(db.session, [found.organization_id], now())
    return records[0] if records else abort(410)


def _terms_page(record: PublicConsulate, public: PublicOrganization, found: Partnership, form: PartnershipForm) -> str:
    return render_template(
        "partnerships/propose.html", record=record, organization=public, form=form, partnership=found
    )


@joint.post("/workspace/consulates/<slug>/partnerships/<uuid:partnership_id>/terms")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def terms(slug: str, partnership_id: UUID) -> ResponseReturnValue:
    """Save them; what both had agreed on waits for their consent again."""
    consulate, record, found = mine(slug, partnership_id)
    public = _public(found)
    form = _form(consulate, public)
    if not form.validate():
        return _terms_page(record, public, found, form), 422
    if request.form.get("version", type=int) != found.version:
        form.form_errors = [gettext("Somebody else has changed it meanwhile. Look at it again before you save.")]
        return _terms_page(record, public, found, form), 409
    was_theirs = found.proposed_by == Side.ORGANIZATION
    before = found.valid_until
    try:
        asks_again = change_terms(db.session, found, form.terms(), actor_name(), now())
    except agree.NotPossible:
        abort(409, gettext("This partnership is over. Propose a new one."))
    found.private_note = form.private_note.data
    if found.proposed_by == Side.CONSULATE and not was_theirs:  # their own words stay theirs
        found.message = form.message.data
    name_people(db.session, found, Side.CONSULATE, form.persons(), actor_name(), now())
    organization = db.session.get_one(Organization, found.organization_id)
    if asks_again:
        write_proposal(found, consulate, organization, again=True)
    elif before != found.valid_until:
        tell_organization(found, consulate, organization, "last-day")
    db.session.commit()
    flash(
        gettext("Saved. The organization has to agree to it again; until then the partnership waits.")
        if asks_again
        else gettext("Saved.")
    )
    return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=found.id), code=303)
