"""A draft under its link: where it stands, handing it in, taking it back."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.links import LinkDead, open_link
from directory.accounts.models import LinkPurpose
from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name, require, viewer
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import now
from directory.database import LOCK
from directory.extensions import db
from directory.organizations.models import Organization
from directory.organizations.record_data import RecordData
from directory.publication.organizations import public_organizations
from directory.registration.changes import submit_change
from directory.registration.models import EDITABLE_STATES, Origin, Submission, SubmissionKind, SubmissionState
from directory.registration.risks import risks_of
from directory.registration.submissions import (
    NotEditable,
    ask_for_confirmation,
    data_of,
    submit,
    withdraw,
)
from directory.vocabulary.catalogue import vocabulary
from directory.web.registration.essentials_page import blueprint, step_titles, told
from directory.web.registration.records import target_of


def draft_of(token: str) -> Submission:
    """The submission behind a draft link, locked for a POST; 404 where the link is dead.

    An edit that somebody began with an account goes on only in that account: its link alone opens nothing.
    """
    try:
        link = open_link(db.session, token, LinkPurpose.DRAFT, now())
    except LinkDead:
        abort(404, gettext("This link is too old or was never given."))
    submission = db.session.get_one(
        Submission,
        link.submission_id,
        with_for_update=LOCK if request.method == "POST" else None,
        populate_existing=True,
    )
    if submission.origin in (Origin.ACCOUNT, Origin.OFFICER) and submission.kind == SubmissionKind.CHANGE:
        _require_author(submission)
    return submission


def _require_author(submission: Submission) -> None:
    organization = db.session.get_one(Organization, submission.organization_id)
    if organization.removed_at is not None:
        abort(410)
    record = public_organizations(db.session, [organization.id], now())[0]
    permission = Permission.MODERATE if submission.origin == Origin.OFFICER else Permission.EDIT_RECORD
    require(permission, target_of(record))
    if viewer().user_id != submission.author_id:
        abort(403)


@blueprint.get("/register/d/<token>")
def draft(token: str) -> str:
    """Where the draft stands, what could be added, and how to hand it in."""
    submission = draft_of(token)
    return render_template(
        "registration/draft.html",
        submission=submission,
        data=data_of(submission),
        token=token,
        titles=step_titles(),
        done=done_of(data_of(submission)),
        missing=missing_of(submission),
        is_editable=submission.state in EDITABLE_STATES,
        organization_slug=_slug_of(submission),
    )


def _slug_of(submission: Submission) -> str | None:
    if submission.organization_id is None:
        return None
    return current_slugs(db.session, Entity.ORGANIZATION, [submission.organization_id]).get(submission.organization_id)


def done_of(data: RecordData) -> dict[str, bool]:
    """Which steps hold something already."""
    services = data.services.values()
    return {
        "essentials": bool(data.name and data.country and data.services and data.locations),
        "services": any(item.access or item.cost or item.schedule or item.documents_required for item in services),
        "people": bool(data.populations or data.languages),
        "places": len(data.locations) > 1,
        "about": bool(data.summary or data.website or data.acronym),
    }


def missing_of(submission: Submission) -> list[str]:
    """What a registration lacks before it can be handed in."""
    data = data_of(submission)
    checks = (
        (data.name, gettext("the name")),
        (data.country and data.locations, gettext("the place")),
        (data.services, gettext("what help you offer")),
        (
            data.email or any(phone.number for phone in data.all_phones()) or data.all_emails(),
            gettext("an e-mail or a phone"),
        ),
    )
    return [text for value, text in checks if not value]


@blueprint.post("/register/d/<token>/submit")
def hand_in(token: str) -> ResponseReturnValue:
    """Hand the draft in: a registration waits for its confirmation, an edit goes live as far as it may."""
    submission = draft_of(token)
    try:
        if submission.kind == SubmissionKind.CHANGE:
            return _hand_in_change(submission, token)
        if missing_of(submission):
            return redirect(url_for("register.step", token=token, step="essentials"), code=303)
        if submission.state not in (SubmissionState.DRAFT, SubmissionState.RETURNED):
            return redirect(url_for("register.draft", token=token), code=303)
        submit(db.session, submission, now())
    except NotEditable:
        flash(gettext("This was decided already and cannot be changed here."))
        return redirect(url_for("register.draft", token=token), code=303)
    db.session.commit()
    return redirect(url_for("register.draft", token=token), code=303)


@blueprint.post("/register/d/<token>/letter")
def letter_again(token: str) -> ResponseReturnValue:
    """The letter did not come: send it once more, a few times a day."""
    submission = draft_of(token)
    if submission.state == SubmissionState.UNCONFIRMED and ask_for_confirmation(db.session, submission, now()):
        flash(gettext("Sent once more to %(email)s.", email=submission.email))
    else:
        flash(gettext("Several letters went there today. Look into the spam folder, or correct the address."))
    db.session.commit()
    return redirect(url_for("register.draft", token=token), code=303)


def _hand_in_change(submission: Submission, token: str) -> ResponseReturnValue:
    if submission.state not in EDITABLE_STATES:
        raise NotEditable(submission.state)
    organization = db.session.get_one(Organization, submission.organization_id, with_for_update=True)
    if organization.removed_at is not None:
        abort(410)
    actor = actor_name() if actor_name() != "public" else f"{submission.origin.value}:{submission.id}"
    outcome = submit_change(db.session, submission, organization, vocabulary(db.session), actor, now())
    if outcome.conflicts and request.form.get("mine") != "1":
        db.session.rollback()
        conflicts = told(list(outcome.conflicts))
        return render_template("registration/collision.html", conflicts=conflicts, token=token), 409
    if outcome.conflicts:
        # Both have seen both values; a person decides.
        submission.state = SubmissionState.PENDING
        submission.submitted_at = now()
        submission.risks = {
            **risks_of(db.session, submission, data_of(submission)),
            "collision": [field for field, _, _ in told(list(outcome.conflicts))],
        }
    db.session.commit()
    if not outcome.live and not outcome.waiting and not outcome.conflicts:
        flash(gettext("Nothing was changed: what you see is public already."))
        return redirect(url_for("pages.organization", slug=_slug_of(submission)), code=303)
    if outcome.waiting and outcome.live:
        flash(gettext("What is safe is public now. The change of contacts waits until it is confirmed."))
    elif outcome.live:
        flash(gettext("Your change is public now."))
    return redirect(url_for("register.draft", token=token), code=303)


@blueprint.post("/register/d/<token>/withdraw")
def take_back(token: str) -> ResponseReturnValue:
    """The submitter does not want it any more."""
    submission = draft_of(token)
    try:
        withdraw(db.session, submission, f"submission:{submission.id}", now())
    except NotEditable:
        flash(gettext("This was decided already and cannot be changed here."))
        return redirect(url_for("register.draft", token=token), code=303)
    db.session.commit()
    flash(gettext("You took it back. Nothing is published."))
    return redirect(url_for("register.draft", token=token), code=303)
