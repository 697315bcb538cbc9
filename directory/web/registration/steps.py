"""The short steps of a draft, each saved by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.clock import now
from directory.extensions import csrf, db
from directory.organizations.differences import Conflict
from directory.organizations.models import Visibility
from directory.organizations.record_data import RecordData
from directory.registration.models import EDITABLE_STATES, Submission, SubmissionKind, SubmissionState
from directory.registration.risks import MAX_LINKS, count_links
from directory.registration.submissions import (
    after_edit,
    data_of,
    save,
    submit,
)
from directory.vocabulary.catalogue import vocabulary
from directory.web.registration.about_form import AboutForm, fill_about, read_about
from directory.web.registration.base_form import SafeForm
from directory.web.registration.drafts import draft_of
from directory.web.registration.essentials_form import EssentialsForm, fill_essentials, read_essentials
from directory.web.registration.essentials_page import STEPS, blueprint, essentials_page, step_titles, told
from directory.web.registration.people_form import PeopleForm, fill_people, read_people
from directory.web.registration.places_form import PlacesForm, fill_places, read_places
from directory.web.registration.services_form import fill_services, read_services, services_form


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
            lambda data: EssentialsForm(
                terms,
                lang,
                offers_hidden=_has_hidden(data),
                known=data.first_location[1] if data.first_location else None,
            ),
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
    started_from = _version(submission, SafeForm().based_on())
    form = _steps()[step].make(started_from)
    if isinstance(form, PlacesForm):
        form.prepare(base, vocabulary(db.session), g.lang)
    if isinstance(form, EssentialsForm) and (submission.kind != SubmissionKind.NEW or submission.submitted_at):
        del form.consent
    if not form.validate():
        return _step_page(submission, token, step, form, base), 422
    edited = _steps()[step].read(form, started_from)
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


def _version(submission: Submission, number: int) -> RecordData:
    """What the page showed that is sent now: another tab may have added or taken off parts since."""
    data = next((item.data for item in submission.versions if item.number == number), submission.data)
    return RecordData.model_validate(data)


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
        return essentials_page(form, submission, token, conflicts)
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
        conflicts=told(conflicts),
        is_last=step == STEPS[-1],
    )
