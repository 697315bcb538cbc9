"""Registering: one screen is enough."""

from __future__ import annotations

from flask import Response, flash, g, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.clock import now
from directory.extensions import csrf, db
from directory.organizations.record_data import RecordData
from directory.places.countries import MEMBER_STATES
from directory.registration.models import Origin, Submission, SubmissionKind
from directory.registration.places import place_label, suggest_towns
from directory.registration.risks import MAX_LINKS, count_links
from directory.registration.submissions import (
    begin,
    draft_link,
    send_draft_link,
    submit,
)
from directory.vocabulary.catalogue import vocabulary
from directory.web.registration.essentials_form import EssentialsForm, read_essentials
from directory.web.registration.essentials_page import blueprint, essentials_page, similar_records


@blueprint.get("/register")
def start() -> str:
    """One screen."""
    form = EssentialsForm(vocabulary(db.session), g.lang)
    return essentials_page(form, None, None)


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
        return essentials_page(form, None, None), 422
    submission = _begun(data, form)
    token = draft_link(db.session, submission, now())
    submit(db.session, submission, now())
    db.session.commit()
    return redirect(url_for("register.draft", token=token), code=303)


def _begun(data: RecordData, form: EssentialsForm) -> Submission:
    return begin(
        db.session,
        data,
        kind=SubmissionKind.NEW,
        origin=Origin.PUBLIC,
        language=g.lang,
        now=now(),
        email=form.email.data,
    )


def _keep_for_later(form: EssentialsForm, *, is_token_good: bool) -> ResponseReturnValue:
    """Save what is there, however little, and send the link that leads back to it."""
    needed = ("email", "csrf_token", "company", "opened")
    if not form.email.data:
        form.email.errors = [gettext("Write an e-mail, so that we can send you the link.")]
    if not is_token_good or form.email.errors or form.company.errors or form.opened.errors or not form.email.data:
        return essentials_page(form, None, None, only=needed), 422
    for field in form:
        if field.errors:
            field.data = None  # what cannot be yet is asked for again when the draft is taken up
    data = RecordData.model_validate(
        read_essentials(form, RecordData(), vocabulary(db.session)).model_dump(mode="json")
    )
    submission = _begun(data, form)
    token = send_draft_link(db.session, submission, now())
    db.session.commit()
    flash(gettext("Saved. A letter with the link is on its way to %(email)s.", email=form.email.data))
    return redirect(url_for("register.draft", token=token), code=303)


@blueprint.get("/register/similar")
def similar() -> str:
    """Records whose name is like what is being typed, as a piece of the page."""
    found = similar_records(request.args.get("name", "")[:200], request.args.get("country", "")[:2])
    return render_template("registration/similar.html", similar=found)


@blueprint.get("/register/places")
def places() -> Response:
    """Towns whose name begins with what is being typed."""
    country = request.args.get("country", "")
    found = suggest_towns(country, request.args.get("q", "")[:60]) if country in MEMBER_STATES else []
    names = [place_label(town, g.lang) for town in found]
    return Response(json.dumps(names, ensure_ascii=False), content_type="application/json")
