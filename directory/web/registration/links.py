"""Doors that a link opens: confirming, agreeing, managing, claiming, visiting. A GET only shows; a POST acts."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.links import LinkDead, make_link, open_link, use_up
from directory.accounts.models import AccessLink, LinkPurpose
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import now, today
from directory.database import LOCK
from directory.extensions import db
from directory.organizations.differences import differences
from directory.organizations.models import Organization, VerificationMethod
from directory.organizations.verify import verify
from directory.organizations.wording import field_name, value_text
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization
from directory.registration.changes import begin_change, decide_by_old_channel, on_current, unfinished_change
from directory.registration.claims import NotOpen, accept_claim
from directory.registration.models import Origin, Submission, SubmissionState
from directory.registration.submissions import NotWaiting, confirm, data_of, draft_link
from directory.vocabulary.catalogue import vocabulary
from directory.web.languages import page_blueprint
from directory.web.registration.record_forms import ConfirmForm

blueprint: Blueprint = page_blueprint("links", __name__)


def opened(token: str, purpose: LinkPurpose) -> AccessLink:
    """The link, or a page that says what to do now that it is dead."""
    try:
        return open_link(db.session, token, purpose, now())
    except LinkDead:
        abort(404, gettext("This link was used already, is too old or was never given."))


def _use(link: AccessLink) -> None:
    try:
        use_up(db.session, link, now())
    except LinkDead:
        abort(404, gettext("This link was used already, is too old or was never given."))


def organization_of(organization_id: UUID | None) -> tuple[Organization, PublicOrganization]:
    """The organization and its public record; 410 where it was removed."""
    locks = request.method == "POST"
    lock = LOCK if locks else None
    organization = db.session.get(Organization, organization_id, with_for_update=lock) if organization_id else None
    if organization is None or organization.removed_at is not None:
        abort(410)
    return organization, public_organizations(db.session, [organization.id], now())[0]


@blueprint.get("/confirm/<token>")
def confirm_page(token: str) -> str:
    """What was registered, and one button."""
    link = opened(token, LinkPurpose.CONFIRM_SUBMISSION)
    submission = db.session.get_one(Submission, link.submission_id)
    return render_template("registration/confirm.html", token=token, data=data_of(submission), submission=submission)


@blueprint.post("/confirm/<token>")
def confirm_submission(token: str) -> ResponseReturnValue:
    """It was me."""
    link = opened(token, LinkPurpose.CONFIRM_SUBMISSION)
    submission = db.session.get_one(Submission, link.submission_id, with_for_update=True)
    _use(link)
    if submission.email != link.email:
        abort(404, gettext("This link was used already, is too old or was never given."))
    try:
        confirm(db.session, submission, VerificationMethod.EMAIL, f"submission:{submission.id}", now())
    except NotWaiting:
        flash(gettext("This was confirmed already."))
    token = draft_link(db.session, submission, now())
    db.session.commit()
    return redirect(url_for("register.draft", token=token), code=303)


@blueprint.get("/still-right/<token>")
def still_right_page(token: str) -> str:
    """What is on record, and two buttons."""
    link = opened(token, LinkPurpose.STILL_RIGHT)
    _, record = organization_of(link.organization_id)
    return render_template("registration/still_right.html", token=token, record=record)


@blueprint.post("/still-right/<token>")
def still_right(token: str) -> ResponseReturnValue:
    """Everything is as it was."""
    link = opened(token, LinkPurpose.STILL_RIGHT)
    organization, record = organization_of(link.organization_id)
    _use(link)
    verify(db.session, organization, VerificationMethod.EMAIL, f"organization:{organization.id}", today())
    db.session.commit()
    flash(gettext("Thank you. The record is confirmed."))
    return redirect(url_for("pages.organization", slug=record.slug), code=303)


@blueprint.post("/still-right/<token>/edit")
def still_right_edit(token: str) -> ResponseReturnValue:
    """Something is to be corrected: begin an edit, or go on with it; sending it in answers the question."""
    return begin_edit(opened(token, LinkPurpose.STILL_RIGHT), answers_question=True)


def begin_edit(link: AccessLink, *, answers_question: bool = False) -> ResponseReturnValue:
    """Open a draft of the record that the link is the key of, and go there: the one that waits, where there is one."""
    organization, _ = organization_of(link.organization_id)
    submission = unfinished_change(db.session, organization.id, link.email, now()) or begin_change(
        db.session,
        organization,
        vocabulary(db.session),
        Origin.LINK,
        g.lang,
        now(),
        email=link.email,
    )
    if answers_question:
        submission.confirmed_at, submission.confirmation_method = now(), VerificationMethod.EMAIL
    draft = draft_link(db.session, submission, now())
    db.session.commit()
    return redirect(url_for("register.draft", token=draft), code=303)


@blueprint.get("/agree/<token>")
def agree_page(token: str) -> str:
    """The change of contacts that waits, old beside new."""
    link = opened(token, LinkPurpose.OLD_CHANNEL)
    organization, _ = organization_of(link.organization_id)
    submission = db.session.get_one(Submission, link.submission_id)
    current, merged, _ = on_current(db.session, submission, vocabulary(db.session))
    rows = [
        (field_name(item.path), value_text(item.path, item.before, g.lang), value_text(item.path, item.after, g.lang))
        for item in differences(current, merged)
    ]
    return render_template("registration/agree.html", token=token, name=organization.name, rows=rows)


@blueprint.post("/agree/<token>/<any(yes, no):answer>")
def agree(token: str, answer: str) -> ResponseReturnValue:
    """The old channel has spoken."""
    link = opened(token, LinkPurpose.OLD_CHANNEL)
    submission = db.session.get_one(Submission, link.submission_id, with_for_update=True)
    organization, record = organization_of(link.organization_id)
    _use(link)
    if submission.state != SubmissionState.OLD_CHANNEL or organization.contacts_suspended_at:
        flash(gettext("This was decided already."))
    else:
        decide_by_old_channel(
            db.session, submission, organization, vocabulary(db.session), now(), agrees=answer == "yes"
        )
        flash(
            gettext("Thank you. The change is public.")
            if answer == "yes"
            else gettext("Thank you. The change is discarded, and we look into it.")
        )
    db.session.commit()
    return redirect(url_for("pages.organization", slug=record.slug), code=303)


@blueprint.get("/claim/<token>")
def claim_page(token: str) -> str:
    """One button that proves the mailbox."""
    link = opened(token, LinkPurpose.CLAIM)
    organization, _ = organization_of(link.organization_id)
    return render_template("registration/claim_proof.html", token=token, name=organization.name)


@blueprint.post("/claim/<token>")
def claim_proved(token: str) -> ResponseReturnValue:
    """The claimant reads mail there: give access."""
    link = opened(token, LinkPurpose.CLAIM)
    submission = db.session.get_one(Submission, link.submission_id, with_for_update=True)
    organization, _ = organization_of(link.organization_id)
    _use(link)
    proved_by = f"submission:{submission.id}"
    try:
        accept_claim(db.session, submission, organization, VerificationMethod.EMAIL, proved_by, now())
    except NotOpen:
        db.session.rollback()
        abort(404, gettext("This link was used already, is too old or was never given."))
    manage_token = make_link(
        db.session, LinkPurpose.MANAGE, now(), organization_id=organization.id, email=submission.email
    )
    db.session.commit()
    flash(gettext("The record is yours to keep. A letter for your password is on its way; this page is open already."))
    return redirect(url_for("links.manage", token=manage_token), code=303)


@blueprint.get("/visit/<token>")
def visit(token: str) -> str:
    """For a visitor in the street: what was registered, and how it was confirmed."""
    link = opened(token, LinkPurpose.VISIT)
    submission = db.session.get_one(Submission, link.submission_id)
    return _visit_page(token, submission, ConfirmForm(today()), link)


def _visit_page(token: str, submission: Submission, form: ConfirmForm, link: AccessLink) -> str:
    return render_template(
        "registration/visit.html", token=token, submission=submission, data=data_of(submission), form=form, link=link
    )


@blueprint.post("/visit/<token>")
def visited(token: str) -> ResponseReturnValue:
    """The visitor spoke with them."""
    link = opened(token, LinkPurpose.VISIT)
    submission = db.session.get_one(Submission, link.submission_id, with_for_update=True)
    form = ConfirmForm(today())
    if not form.validate():
        return _visit_page(token, submission, form, link), 422
    _use(link)
    note_confirmation(form, submission, f"visitor:{link.note or submission.id}"[:80])
    db.session.commit()
    return render_template("registration/visited.html", name=data_of(submission).name)


def note_confirmation(form: ConfirmForm, submission: Submission, actor: str) -> None:
    """Write down a confirmation by call, message or visit, with its day."""
    method = VerificationMethod.VISIT if form.method.data == "visit" else VerificationMethod.CALL
    try:
        confirm(db.session, submission, method, actor, now())
    except NotWaiting:
        flash(gettext("This was confirmed already."))
        return
    said = f"{form.method.data} {form.on.data}" + (f": {form.note.data}" if form.note.data else "")
    submission.note = f"{submission.note}\n{said}" if submission.note else said


def slug_of(organization_id: UUID) -> str:
    """The slug of a public record."""
    return current_slugs(db.session, Entity.ORGANIZATION, [organization_id])[organization_id]
