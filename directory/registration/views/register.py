"""Registering: one screen is enough; a draft under a link takes every further step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, g, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from directory.accounts.links import LinkDead, open_link
from directory.accounts.models import LinkPurpose
from directory.accounts.policy import Permission
from directory.accounts.throttle import throttle
from directory.accounts.viewer import actor_name, require, viewer
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import now, today
from directory.extensions import csrf, db
from directory.organizations.differences import Conflict
from directory.organizations.duplicates.index import current_duplicates
from directory.organizations.models import Location, Organization, Visibility
from directory.organizations.record_data import RecordData
from directory.organizations.wording import field_name, value_text
from directory.places.countries import MEMBER_STATES
from directory.publication.organizations import public_organizations
from directory.registration.changes import submit_change
from directory.registration.detail_forms import (
    PeopleForm,
    PlacesForm,
    fill_people,
    fill_places,
    fill_services,
    read_people,
    read_places,
    read_services,
    services_form,
)
from directory.registration.forms import (
    AboutForm,
    EssentialsForm,
    SafeForm,
    fill_about,
    fill_essentials,
    read_about,
    read_essentials,
)
from directory.registration.models import EDITABLE_STATES, Origin, Submission, SubmissionKind, SubmissionState
from directory.registration.places import place_label, suggest_towns
from directory.registration.risks import MAX_LINKS, count_links, risks_of
from directory.registration.submissions import (
    NotEditable,
    after_edit,
    ask_for_confirmation,
    begin,
    data_of,
    draft_link,
    save,
    send_draft_link,
    submit,
    withdraw,
)
from directory.registration.views.records import target_of
from directory.vocabulary.catalogue import vocabulary
from directory.web.languages import page_blueprint

blueprint: Blueprint = page_blueprint("register", __name__)
STEPS = ("essentials", "services", "people", "places", "about")
MAX_VERSIONS_SHOWN = 5


def step_titles() -> dict[str, str]:
    """What the steps are called."""
    return {
        "essentials": gettext("The essentials"),
        "services": gettext("What help, how and when"),
        "people": gettext("For whom, in which languages"),
        "places": gettext("Places"),
        "about": gettext("About the organization"),
    }


@blueprint.get("/register")
def start() -> str:
    """One screen."""
    form = EssentialsForm(vocabulary(db.session), g.lang)
    return _essentials_page(form, None, None)


@blueprint.post("/register")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def start_save() -> ResponseReturnValue:
    """Submit the screen, or keep it for later."""
    terms = vocabulary(db.session)
    form = EssentialsForm(terms, g.lang)
    is_valid = form.validate()
    if request.form.get("action") == "later":
        return _keep_for_later(form, is_token_good="csrf_token" not in form.errors)
    data = read_essentials(form, RecordData(), terms) if is_valid else None
    if data is not None and count_links(data) > MAX_LINKS:
        form.name.errors = [gettext("There are too many addresses of the web in this text.")]
        data = None
    if data is None:
        return _essentials_page(form, None, None), 422
    submission = begin(
        db.session,
        data,
        kind=SubmissionKind.NEW,
        origin=Origin.PUBLIC,
        language=g.lang,
        now=now(),
        email=form.email.data,
    )
    token = draft_link(db.session, submission, now())
    submit(db.session, submission, now())
    db.session.commit()
    return redirect(url_for("register.draft", token=token), code=303)


def _keep_for_later(form: EssentialsForm, *, is_token_good: bool) -> ResponseReturnValue:
    """Save what is there, however little, and send the link that leads back to it."""
    needed = ("email", "csrf_token", "company", "opened")
    if not form.email.data:
        form.email.errors = [gettext("Write an e-mail, so that we can send you the link.")]
    if not is_token_good or form.email.errors or form.company.errors or form.opened.errors or not form.email.data:
        return _essentials_page(form, None, None, only=needed), 422
    for field in form:
        if field.errors:
            field.data = None  # what cannot be yet is asked for again when the draft is taken up
    data = RecordData.model_validate(
        read_essentials(form, RecordData(), vocabulary(db.session)).model_dump(mode="json")
    )
    submission = begin(
        db.session,
        data,
        kind=SubmissionKind.NEW,
        origin=Origin.PUBLIC,
        language=g.lang,
        now=now(),
        email=form.email.data,
    )
    token = send_draft_link(db.session, submission, now())
    db.session.commit()
    flash(gettext("Saved. A letter with the link is on its way to %(email)s.", email=form.email.data))
    return redirect(url_for("register.draft", token=token), code=303)


def _essentials_page(
    form: EssentialsForm,
    submission: Submission | None,
    token: str | None,
    conflicts: list[Conflict] | None = None,
    only: tuple[str, ...] | None = None,
) -> str:
    if only:
        for name in [name for name in form.errors if name not in only]:
            form[name].errors = []
    return render_template(
        "registration/essentials.html",
        form=form,
        terms_by_group=_areas_by_group(),
        submission=submission,
        token=token,
        similar=_similar(form.name.data, form.country.data) if submission is None else [],
        conflicts=_told(conflicts),
    )


def _areas_by_group() -> list[tuple[str, list[str]]]:
    terms = vocabulary(db.session)
    return [
        (group.labels[g.lang], [term.slug for term in terms.areas_of(slug)]) for slug, group in terms.groups.items()
    ]


def _told(conflicts: list[Conflict] | None) -> list[tuple[str, str, str]]:
    """What two tabs or two people wrote differently: field, the value saved meanwhile, the value here."""
    return [
        (
            field_name(item.path),
            value_text(item.path, item.theirs, g.lang),
            value_text(item.path, item.mine, g.lang),
        )
        for item in conflicts or []
    ]


@dataclass(frozen=True)
class Similar:
    """A record that may be the same organization, in what it is alike, and where it is."""

    name: str
    slug: str
    place: str
    reasons: tuple[str, ...]


def _similar(name: str | None, country: str | None) -> list[Similar]:
    if not name:
        return []
    matches = current_duplicates(db.session).typed(name, country or None)
    ids = [match.organization_id for match in matches]
    slugs = current_slugs(db.session, Entity.ORGANIZATION, ids)
    places: dict[Any, str] = {}
    query = select(Location.organization_id, Location.city).where(
        Location.organization_id.in_(ids), Location.visibility != Visibility.HIDDEN
    )
    for row in db.session.execute(query.order_by(Location.position.desc())):
        places[row.organization_id] = row.city or ""
    return [
        Similar(match.name, slugs[match.organization_id], places.get(match.organization_id, ""),
                tuple(reason.value for reason in match.reasons))
        for match in matches
        if match.organization_id in slugs
    ]  # fmt: skip


@blueprint.get("/register/similar")
def similar() -> str:
    """Records whose name is like what is being typed, as a piece of the page."""
    found = _similar(request.args.get("name", "")[:200], request.args.get("country", "")[:2])
    return render_template("registration/similar.html", similar=found)


@blueprint.get("/register/places")
def places() -> Response:
    """Towns whose name begins with what is being typed."""
    country = request.args.get("country", "")
    found = suggest_towns(country, request.args.get("q", "")[:60]) if country in MEMBER_STATES else []
    names = [place_label(town, g.lang) for town in found]
    return Response(json.dumps(names, ensure_ascii=False), content_type="application/json")


def draft_of(token: str) -> Submission:
    """The submission behind a draft link, locked for a POST; 404 where the link is dead.

    An edit that somebody began with an account goes on only in that account: its link alone opens nothing.
    """
    try:
        link = open_link(db.session, token, LinkPurpose.DRAFT, now())
    except LinkDead:
        abort(404, gettext("This link is too old or was never given."))
    submission = db.session.get_one(
        Submission, link.submission_id, with_for_update=request.method == "POST", populate_existing=True
    )
    if submission.origin in (Origin.ACCOUNT, Origin.OFFICER) and submission.kind == SubmissionKind.CHANGE:
        _require_author(submission)
    return submission


def _require_author(submission: Submission) -> None:
    organization = db.session.get_one(Organization, submission.organization_id)
    if organization.removed_at is not None:
        abort(410)
    record = public_organizations(db.session, [organization.id], today())[0]
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
        done=_done(data_of(submission)),
        missing=_missing(submission),
        is_editable=submission.state in EDITABLE_STATES,
        organization_slug=_slug_of(submission),
    )


def _slug_of(submission: Submission) -> str | None:
    if submission.organization_id is None:
        return None
    return current_slugs(db.session, Entity.ORGANIZATION, [submission.organization_id]).get(submission.organization_id)


def _done(data: RecordData) -> dict[str, bool]:
    """Which steps hold something already."""
    services = data.services.values()
    return {
        "essentials": bool(data.name and data.country and data.services and data.locations),
        "services": any(item.access or item.cost or item.schedule or item.documents_required for item in services),
        "people": bool(data.populations or data.languages),
        "places": len(data.locations) > 1,
        "about": bool(data.summary or data.website or data.acronym),
    }


def _missing(submission: Submission) -> list[str]:
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


@dataclass(frozen=True)
class Step:
    """How one step makes its form, shows what is known and reads it back."""

    make: Callable[[RecordData], SafeForm]
    fill: Callable[[Any, RecordData], None]
    read: Callable[[Any, RecordData], RecordData]


def _has_hidden(data: RecordData) -> bool:
    return any(place.visibility == Visibility.HIDDEN for place in data.locations.values())


def _steps() -> dict[str, Step]:
    terms, lang = vocabulary(db.session), g.lang
    return {
        "essentials": Step(
            lambda data: EssentialsForm(terms, lang, offers_hidden=_has_hidden(data)),
            fill_essentials,
            lambda form, base: read_essentials(form, base, terms),
        ),
        "services": Step(
            lambda data: services_form(data, terms, lang),
            lambda form, data: fill_services(form, data, lang),
            lambda form, base: read_services(form, base, lang),
        ),
        "people": Step(lambda data: PeopleForm(data, terms, lang), fill_people, read_people),
        "places": Step(lambda _data: PlacesForm(), lambda form, data: fill_places(form, data, lang), read_places),
        "about": Step(lambda _data: AboutForm(), lambda form, data: fill_about(form, data, lang), read_about),
    }


@blueprint.get(f"/register/d/<token>/<any({', '.join(STEPS)}):step>")
def step(token: str, step: str) -> str:
    """One short step, with what is known."""
    submission = draft_of(token)
    data = data_of(submission)
    chosen = _steps()[step]
    form = chosen.make(data)
    chosen.fill(form, data)
    form.version.data = str(submission.version)
    return _step_page(submission, token, step, form, data)


@blueprint.post(f"/register/d/<token>/<any({', '.join(STEPS)}):step>")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def step_save(token: str, step: str) -> ResponseReturnValue:
    """Save one step; an error shows the form with everything that was typed."""
    submission = draft_of(token)
    if submission.state not in EDITABLE_STATES:
        flash(gettext("This was decided already and cannot be changed here."))
        return redirect(url_for("register.draft", token=token), code=303)
    base = data_of(submission)
    form = _steps()[step].make(base)
    if isinstance(form, PlacesForm):
        form.prepare(base, vocabulary(db.session), g.lang)
    if isinstance(form, EssentialsForm) and (submission.kind != SubmissionKind.NEW or submission.submitted_at):
        del form.consent
    if not form.validate():
        return _step_page(submission, token, step, form, base), 422
    started_from = next((item.data for item in submission.versions if item.number == form.based_on()), submission.data)
    edited = _steps()[step].read(form, RecordData.model_validate(started_from))
    if count_links(edited) > MAX_LINKS:
        form.form_errors = [gettext("There are too many addresses of the web in these texts.")]
        return _step_page(submission, token, step, form, base), 422
    conflicts = save(submission, edited, form.based_on(), now())
    if conflicts:
        form.version.data = str(submission.version)
        return _step_page(submission, token, step, form, base, conflicts), 409
    if submission.kind == SubmissionKind.NEW:
        _go_on(submission, form, base)
    db.session.commit()
    flash(gettext("Saved."))
    return redirect(_after(token, step), code=303)


def _go_on(submission: Submission, form: SafeForm, before: RecordData) -> None:
    """The first whole screen of a draft hands it in; a later edit may ask for the confirmation anew."""
    email = form.email.data if isinstance(form, EssentialsForm) else None
    if submission.state != SubmissionState.DRAFT:
        if submission.state != SubmissionState.RETURNED:
            after_edit(db.session, submission, before, email, now())
    elif isinstance(form, EssentialsForm):
        submission.email = email
        submit(db.session, submission, now())


def _after(token: str, step: str) -> str:
    """The next step where somebody asked for it, else the overview."""
    following = STEPS[STEPS.index(step) + 1] if step != STEPS[-1] else None
    if request.form.get("action") == "next" and following:
        return url_for("register.step", token=token, step=following)
    if request.form.get("action") == "again":
        return url_for("register.step", token=token, step=step)
    return url_for("register.draft", token=token)


def _step_page(
    submission: Submission,
    token: str,
    step: str,
    form: SafeForm,
    data: RecordData,
    conflicts: list[Conflict] | None = None,
) -> str:
    if isinstance(form, EssentialsForm):
        if "consent" in form and (submission.kind != SubmissionKind.NEW or submission.submitted_at):
            del form.consent
        return _essentials_page(form, submission, token, conflicts)
    if isinstance(form, PlacesForm):
        form.prepare(data, vocabulary(db.session), g.lang)
    return render_template(
        f"registration/{step}.html",
        form=form,
        submission=submission,
        data=data,
        token=token,
        step=step,
        title=step_titles()[step],
        conflicts=_told(conflicts),
        is_last=step == STEPS[-1],
    )


@blueprint.post("/register/d/<token>/submit")
def hand_in(token: str) -> ResponseReturnValue:
    """Hand the draft in: a registration waits for its confirmation, an edit goes live as far as it may."""
    submission = draft_of(token)
    try:
        if submission.kind == SubmissionKind.CHANGE:
            return _hand_in_change(submission, token)
        if _missing(submission):
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
        conflicts = _told(list(outcome.conflicts))
        return render_template("registration/collision.html", conflicts=conflicts, token=token), 409
    if outcome.conflicts:
        # Both have seen both values; a person decides.
        submission.state = SubmissionState.PENDING
        submission.submitted_at = now()
        submission.risks = {
            **risks_of(db.session, submission, data_of(submission)),
            "collision": [field for field, _, _ in _told(list(outcome.conflicts))],
        }
    db.session.commit()
    if not outcome.live and not outcome.waiting and not outcome.conflicts:
        flash(gettext("Nothing was changed."))
    elif outcome.waiting and outcome.live:
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


def throttle_registration() -> None:
    """Count registrations, before anything else happens in the request."""
    if request.method == "POST" and request.endpoint == "register.start_save":
        throttle("register", request.form.get("email", "")[:120] or None)
    elif request.method == "POST" and request.endpoint in ("register.letter_again", "register.hand_in"):
        throttle("letter", (request.view_args or {}).get("token"))
    elif request.endpoint in ("register.similar", "register.places"):
        throttle("suggest")


def no_store(response: BaseResponse) -> BaseResponse:
    """Pages under a private link stay in no cache."""
    if request.view_args and "token" in request.view_args:
        response.headers["Cache-Control"] = "no-store"
    return response
