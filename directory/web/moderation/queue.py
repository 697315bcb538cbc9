"""The queue and the decisions about what came in."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.links import make_link
from directory.accounts.models import LinkPurpose, Role, User
from directory.accounts.policy import Permission, Target
from directory.accounts.viewer import actor_name, require, viewer
from directory.changes.models import Entity
from directory.changes.recording import record_audit
from directory.changes.slugs import current_slugs, find_by_slug
from directory.clock import now, today
from directory.extensions import db
from directory.mail.letters import absolute
from directory.moderation.criteria import all_criteria
from directory.moderation.decide import (
    AlreadyDecided,
    NotConfirmed,
    RecordGone,
    approve,
    assign,
    merge_into,
    reject,
    send_back,
)
from directory.moderation.history import decisions
from directory.moderation.queue import QueueFilter, counts_by_state, reported, waiting
from directory.organizations.differences import Difference, differences
from directory.organizations.models import Organization
from directory.organizations.record_data import RecordData
from directory.organizations.wording import field_name, value_text
from directory.registration.changes import on_current
from directory.registration.claims import NotOpen
from directory.registration.models import OPEN_STATES, Submission, SubmissionKind, SubmissionState
from directory.registration.submissions import data_of
from directory.search.phrases.suggested import count_waiting
from directory.vocabulary.catalogue import vocabulary
from directory.web.languages import page_blueprint
from directory.web.registration.fields import stripped
from directory.web.registration.links import note_confirmation
from directory.web.registration.record_forms import ConfirmForm

blueprint: Blueprint = page_blueprint("moderation", __name__)
Row = tuple[str, str, str]
"""A value for a diff: its label, before, after."""


def my_countries() -> frozenset[str] | None:
    """The countries I moderate; None: all."""
    grants = viewer().grants
    if any(grant.role == Role.ADMIN or (grant.role == Role.MODERATOR and grant.country is None) for grant in grants):
        return None
    return frozenset(grant.country for grant in grants if grant.role == Role.MODERATOR and grant.country)


def rows_of(changes: list[Difference]) -> list[Row]:
    """A diff as a page shows it."""
    return [
        (field_name(item.path), value_text(item.path, item.before, g.lang), value_text(item.path, item.after, g.lang))
        for item in changes
        if item.path[-1] not in ("position", "place_id", "latitude", "longitude")
    ]


def actor_text(actor: str) -> str:
    """Who acted, as a moderator recognises them: a colleague by e-mail, everything else by kind."""
    kind, _, key = actor.partition(":")
    if kind == "user":
        return db.session.scalar(select(User.email).where(User.id == UUID(key))) or gettext("a former colleague")
    names = {
        "public": gettext("somebody on the public page"),
        "organization": gettext("the organization, by its link"),
        "submission": gettext("the submitter"),
        "link": gettext("the organization, by its link"),
        "account": gettext("an editor"),
        "old-channel": gettext("the address on record"),
        "visitor": gettext("a visitor: %(name)s", name=key),
        "import": gettext("an import"),
        "command": gettext("a command"),
        "reports": gettext("two reports"),
    }
    return str(names.get(kind, actor))


@blueprint.app_context_processor
def _names() -> dict[str, object]:
    return {"actor_text": actor_text}


@blueprint.get("/moderation/")
def home() -> str:
    """What there is to do."""
    return render_template(
        "moderation/home.html",
        counts=counts_by_state(db.session, my_countries()),
        reported=[(item, _slug(item.organization.id)) for item in reported(db.session, my_countries())[:10]],
        countries=my_countries(),
        words_waiting=count_waiting(db.session),
    )


def _slug(organization_id: UUID) -> str:
    return current_slugs(db.session, Entity.ORGANIZATION, [organization_id])[organization_id]


@blueprint.get("/moderation/queue")
def queue() -> str:
    """What waits, filtered, the riskiest and oldest first."""
    arguments = request.args
    asked = set(SubmissionState) - {SubmissionState.DRAFT}  # what is not sent yet is nobody else's
    states = frozenset(SubmissionState(item) for item in arguments.getlist("state") if item in asked)
    kinds = frozenset(SubmissionKind(item) for item in arguments.getlist("kind") if item in set(SubmissionKind))
    mine = my_countries()
    country = arguments.get("country")
    wanted = frozenset({country}) if country else None
    countries = (wanted & mine if wanted else mine) if mine is not None else wanted
    chosen = QueueFilter(
        states=states or OPEN_STATES,
        kinds=kinds or frozenset(SubmissionKind),
        countries=countries,
        assigned_to=viewer().user_id if arguments.get("mine") else None,
        risk=arguments.get("risk") or None,
    )
    words = count_waiting(db.session) if arguments.get("kind", "") in ("", "word") else 0
    items = [] if arguments.get("kind") == "word" else waiting(db.session, chosen, now())
    return render_template("moderation/queue.html", items=items, words_waiting=words, chosen=arguments)


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
        slug=_slug(organization.id) if organization and not organization.removed_at else None,
        rows=rows_of(changes),
        criteria=all_criteria(),
        history=decisions(db.session, found.organization_id)[:20] if found.organization_id else [],
        moderators=_moderators(),
        form=form,
        is_open=found.state in OPEN_STATES,
        phones=[phone for phone in data_of(found).all_phones() if phone.number] if found.kind != "claim" else [],
        problem=problem,
    )


def _moderators() -> list[User]:
    roles = (Role.ADMIN, Role.MODERATOR)
    people = db.session.scalars(select(User).where(User.active).order_by(User.email))
    return [person for person in people if any(grant.role in roles for grant in person.grants)]


@blueprint.post("/moderation/submissions/<uuid:submission_id>/<any(approve, return, reject, merge):decision>")
def decide(submission_id: UUID, decision: str) -> ResponseReturnValue:
    """Approve, return with a reason, reject by a criterion, or merge into a record that exists."""
    found = _submission(submission_id)
    version = request.form.get("version", type=int) or 0
    note = (stripped(request.form.get("note")) or "")[:2000]
    try:
        problem = _decide(found, decision, version, note)
    except NotConfirmed:
        problem = gettext("Nobody has confirmed it yet. Call, write or send somebody first.")
    except (RecordGone, NotOpen):
        problem = gettext("The record is gone, was merged, or its contacts are suspended. Decide there first.")
    except AlreadyDecided:
        db.session.rollback()
        flash(gettext("Somebody changed or decided this meanwhile. Look at it again."))
        return redirect(url_for("moderation.submission", submission_id=submission_id), code=303)
    if problem:
        db.session.rollback()
        return _page(_submission(submission_id), ConfirmForm(today()), problem), 422
    db.session.commit()
    return redirect(url_for("moderation.queue"), code=303)


def _decide(found: Submission, decision: str, version: int, note: str) -> str | None:
    """Carry a decision out; what is missing, in words, where it cannot be."""
    terms = vocabulary(db.session)
    if decision == "approve":
        organization = db.session.get(Organization, found.organization_id) if found.organization_id else None
        published = approve(db.session, found, organization, version, terms, actor_name(), now())
        flash(gettext("%(name)s is published.", name=published.name))
    elif decision == "return":
        if not note:
            return str(gettext("Write what is missing: the submitter reads it."))
        send_back(db.session, found, version, note, actor_name(), now())
        flash(gettext("Returned. The submitter has a link to mend it."))
    elif decision == "reject":
        key = request.form.get("criterion", "")
        if key not in {item.key for item in all_criteria()}:
            return str(gettext("Choose the criterion by which it is rejected."))
        reject(db.session, found, version, key, note or None, actor_name(), now())
        flash(gettext("Rejected. The submitter knows why and how to appeal."))
    else:
        target = _organization_at(request.form.get("into", ""))
        if target is not None:
            require(Permission.MODERATE, target_of_row(target))
        if target is None or target.contacts_suspended_at:
            return str(gettext("Write the address name (slug) of the record that it belongs to."))
        merge_into(db.session, found, target, version, terms, actor_name(), now())
        flash(gettext("Merged into %(name)s.", name=target.name))
    return None


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
