"""One submission: what it says beside what it may be, and the decision, which can be taken back for ten seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role, User
from directory.accounts.policy import Permission, Target, allows
from directory.accounts.viewer import actor_name, require, viewer
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.changes.slugs import find_by_slug
from directory.clock import now, today
from directory.extensions import db
from directory.mail.letters import absolute
from directory.moderation.criteria import refusals
from directory.moderation.decide import AlreadyDecided, NotConfirmed, RecordGone, assign
from directory.moderation.history import decisions
from directory.moderation.merging import on_places_of
from directory.moderation.models import Decision
from directory.moderation.pending import UNDO_WITHIN, TooLate, carry_out, decide_soon, pending_of, take_back
from directory.moderation.queue import waiting
from directory.organizations.differences import Difference, differences
from directory.organizations.edit import record_data
from directory.organizations.models import Organization
from directory.organizations.record_data import RecordData, public_view
from directory.registration.changes import on_current
from directory.registration.claims import NotOpen
from directory.registration.models import OPEN_STATES, Submission, SubmissionKind, SubmissionState
from directory.registration.submissions import data_of
from directory.vocabulary.catalogue import vocabulary
from directory.web.moderation.queue import Row, blueprint, rows_of, shown, undo_of, undoable
from directory.web.registration.fields import stripped
from directory.web.registration.links import note_confirmation, slug_of
from directory.web.registration.record_forms import ConfirmForm

MAX_CANDIDATES = 3


def _submission(submission_id: UUID) -> Submission:
    """A submission of a country that I moderate."""
    locks = request.method == "POST"
    found = db.session.get(Submission, submission_id, with_for_update=locks, populate_existing=True) or abort(404)
    if found.state == SubmissionState.DRAFT:
        abort(404)
    if found.organization_id is not None:
        # What a submitter typed decides nothing: the record itself says which country it belongs to.
        organization = db.session.get_one(Organization, found.organization_id, with_for_update=locks)
        require(Permission.MODERATE, target_of_row(organization))
    else:
        require(Permission.MODERATE, Target(countries=frozenset({found.country}) if found.country else None))
    return found


def target_of_row(organization: Organization) -> Target:
    """An organization as policy sees it, whether or not it is public."""
    countries = {organization.country, *(place.country for place in organization.locations)}
    return Target(
        organization_id=organization.id,
        countries=frozenset(countries),
        is_suspended=organization.contacts_suspended_at is not None,
    )


@blueprint.get("/moderation/submissions/<uuid:submission_id>")
def submission(submission_id: UUID) -> str:
    """What it says, what it changes, what it may duplicate, what happened so far."""
    return _page(_submission(submission_id), ConfirmForm(today()))


def _page(found: Submission, form: ConfirmForm, problem: str | None = None) -> str:
    terms = vocabulary(db.session)
    organization = db.session.get(Organization, found.organization_id) if found.organization_id else None
    if found.kind == SubmissionKind.CHANGE and organization is not None and found.state in OPEN_STATES:
        current, merged, conflicts = on_current(db.session, found, terms)
        changes = differences(current, merged)
        changes += [Difference(item.path, item.theirs, item.mine) for item in conflicts]
    elif found.kind == SubmissionKind.CLAIM:
        changes = []
    else:
        changes = differences(RecordData(), data_of(found))
    return render_template(
        "moderation/submission.html",
        submission=found,
        name=organization.name if organization else data_of(found).name,
        slug=slug_of(organization.id) if organization and not organization.removed_at else None,
        rows=rows_of(changes),
        refusals=refusals(),
        candidates=list(_candidates(found)),
        history=decisions(db.session, found.organization_id)[:20] if found.organization_id else [],
        moderators=_moderators(),
        form=form,
        is_open=found.state in OPEN_STATES and pending_of(db.session, found.id) is None,
        phones=[phone for phone in data_of(found).all_phones() if phone.number] if found.kind != "claim" else [],
        problem=problem,
        undo=undoable() or undo_of(found.id),
        **_beside(found),
    )


def _beside(found: Submission) -> dict[str, Any]:
    """What stands before and after it in the queue that is looked at, and how it is gone on with."""
    chosen = shown()
    ids = [item.submission.id for item in waiting(db.session, chosen.filter, now())]
    at = ids.index(found.id) if found.id in ids else -1
    return {
        "chosen": chosen.arguments,
        "place": (at + 1, len(ids)) if at >= 0 else None,
        "before": ids[at - 1] if at > 0 else None,
        "after": ids[at + 1] if 0 <= at < len(ids) - 1 else None,
    }


@dataclass(frozen=True)
class Candidate:
    """A record that a registration may be the same as, and where the two differ: label, on record, in here."""

    slug: str
    name: str
    reasons: tuple[str, ...]
    rows: list[Row]
    is_mine: bool
    """Whether whoever looks may merge into it."""


def _candidates(found: Submission) -> Iterator[Candidate]:
    """The likeliest records first; those that are gone meanwhile are left out."""
    if found.kind != SubmissionKind.NEW:
        return
    terms, data = vocabulary(db.session), data_of(found)
    for match in [item for item in found.risks.get("duplicate", []) if item.get("slug")][:MAX_CANDIDATES]:
        organization = _organization_at(match["slug"])
        if organization is not None:
            is_mine = allows(viewer(), Permission.MODERATE, target_of_row(organization))
            known = record_data(db.session, organization.id, terms)
            known = known if is_mine else public_view(known)
            rows = rows_of(differences(known, on_places_of(known, data)))
            yield Candidate(match["slug"], organization.name, tuple(match["reasons"]), rows, is_mine)


def _moderators() -> list[User]:
    roles = (Role.ADMIN, Role.MODERATOR)
    people = db.session.scalars(select(User).where(User.active).order_by(User.email))
    return [person for person in people if any(grant.role in roles for grant in person.grants)]


@blueprint.post("/moderation/submissions/<uuid:submission_id>/<any(approve, return, reject, merge):decision>")
def decide(submission_id: UUID, decision: str) -> ResponseReturnValue:
    """Approve, return with a reason, refuse for a reason, or merge into a record that exists; then the next one."""
    found = _submission(submission_id)
    after = _beside(found)["after"]
    try:
        problem = _decide(found, Decision(decision))
    except NotConfirmed:
        problem = gettext("Nobody has confirmed it yet. Call, write or send somebody first.")
    except (RecordGone, NotOpen):
        problem = gettext("The record is gone, was merged, or its contacts are suspended. Decide there first.")
    except AlreadyDecided:
        if _is_mine(found, Decision(decision)):
            return _next(submission_id, after)  # the button was pressed twice
        db.session.rollback()
        flash(gettext("Somebody changed or decided this meanwhile. Look at it again."))
        return redirect(url_for("moderation.submission", submission_id=submission_id), code=303)
    if problem:
        db.session.rollback()
        return _page(_submission(submission_id), ConfirmForm(today()), problem), 422
    db.session.commit()
    return _next(submission_id, after)


def _is_mine(found: Submission, decision: Decision) -> bool:
    pending = pending_of(db.session, found.id)
    return pending is not None and (pending.decision, pending.decided_by) == (decision, actor_name())


def _next(submission_id: UUID, after: UUID | None) -> ResponseReturnValue:
    """To the next one of the queue that is looked at, with the way to take this decision back."""
    chosen = shown().arguments
    if after is None:
        return redirect(url_for("moderation.queue", undo=submission_id, **chosen), code=303)
    return redirect(url_for("moderation.submission", submission_id=after, undo=submission_id, **chosen), code=303)


def _decide(found: Submission, decision: Decision) -> str | None:
    """Note a decision, and carry it out where nobody is to take it back; what is missing, in words."""
    version = request.form.get("version", type=int) or 0
    note = (stripped(request.form.get("note")) or "")[:2000] or None
    key = request.form.get("criterion", "")
    into = None
    if decision == Decision.RETURN and not note:
        return str(gettext("Write what is missing: the submitter reads it."))
    if decision == Decision.REJECT and key not in {item.key for item in refusals()}:
        return str(gettext("Choose the reason for which it is refused."))
    if decision == Decision.MERGE:
        into = _organization_at(request.form.get("into", ""))
        if into is not None:
            require(Permission.MODERATE, target_of_row(into))
        if into is None or into.contacts_suspended_at:
            return str(gettext("Write the address name (slug) of the record that it belongs to."))
    undo_within = timedelta(seconds=current_app.config.get("UNDO_S", UNDO_WITHIN.total_seconds()))
    decide_soon(
        db.session, found, decision, version, actor_name(), now(), undo_within=undo_within, note=note,
        criterion_key=key, into=into,
    )  # fmt: skip
    if not undo_within:
        carry_out(db.session, found.id, vocabulary(db.session), now())
    return None


@blueprint.post("/moderation/submissions/<uuid:submission_id>/undo")
def undo(submission_id: UUID) -> ResponseReturnValue:
    """Take the decision back, as long as nobody was told."""
    found = _submission(submission_id)
    try:
        take_back(db.session, found, actor_name(), now())
    except TooLate:
        db.session.rollback()
        flash(gettext("Too late: it was carried out already. Its history is on the record."))
        return redirect(url_for("moderation.queue", **shown().arguments), code=303)
    db.session.commit()
    flash(gettext("Taken back. Nobody was told."))
    return redirect(url_for("moderation.submission", submission_id=submission_id, **shown().arguments), code=303)


def _organization_at(slug: str) -> Organization | None:
    found = find_by_slug(db.session, Entity.ORGANIZATION, slug.strip().rstrip("/").rpartition("/")[2][:120])
    organization = db.session.get(Organization, found[0]) if found else None
    return organization if organization and organization.removed_at is None else None


@blueprint.post("/moderation/submissions/<uuid:submission_id>/confirm")
def confirm_by_call(submission_id: UUID) -> ResponseReturnValue:
    """They said so on the phone, by message or at the door."""
    found = _submission(submission_id)
    form = ConfirmForm(today())
    if not form.validate():
        return _page(found, form), 422
    note_confirmation(form, found, actor_name())
    db.session.commit()
    flash(gettext("Noted. Now it can be approved."))
    return redirect(url_for("moderation.submission", submission_id=submission_id), code=303)


@blueprint.post("/moderation/submissions/<uuid:submission_id>/assign")
def assign_to(submission_id: UUID) -> ResponseReturnValue:
    """Put it on somebody's desk."""
    found = _submission(submission_id)
    chosen = request.form.get("user", "")
    people = {str(person.id): person.id for person in _moderators()}
    assign(db.session, found, people.get(chosen), actor_name())
    db.session.commit()
    flash(gettext("Assigned.") if chosen in people else gettext("Back on the pile."))
    return redirect(url_for("moderation.submission", submission_id=submission_id), code=303)


@blueprint.post("/moderation/submissions/<uuid:submission_id>/visit-link")
def visit_link(submission_id: UUID) -> ResponseReturnValue:
    """A link for a visitor without an account, who goes there and confirms."""
    found = _submission(submission_id)
    note = (stripped(request.form.get("visitor")) or "")[:60] or None
    token = make_link(db.session, LinkPurpose.VISIT, now(), submission_id=found.id, note=note)
    record_audit(db.session, actor_name(), "visit-link", Entity.ORGANIZATION, found.organization_id,
                 after={"submission": str(found.id), "visitor": note})  # fmt: skip
    db.session.commit()
    link = absolute(url_for("links.visit", token=token))
    return render_template("moderation/visit_link.html", link=link, submission=found, name=data_of(found).name)
