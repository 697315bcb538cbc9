"""The consulate's workspace, as far as records go: whom to call, registering for somebody, who is full."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.models import Role
from directory.accounts.policy import Permission, allows
from directory.accounts.viewer import actor_name, viewer
from directory.clock import now, today
from directory.consulates.models import Consulate
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.organizations.record_data import RecordData, public_view
from directory.publication.records import PublicOrganization
from directory.registration.models import Origin, Submission, SubmissionKind, SubmissionState
from directory.registration.submissions import begin, data_of, draft_link, submit
from directory.vocabulary.catalogue import vocabulary
from directory.web.languages import page_blueprint
from directory.web.registration.essentials_form import BIG_NEEDS, EssentialsForm, read_essentials
from directory.web.registration.links import note_confirmation
from directory.web.registration.own_page import Doors, Forms, own_page, save_availability, sent_availability
from directory.web.registration.record_forms import ConfirmForm
from directory.web.registration.records import record_at

blueprint: Blueprint = page_blueprint("workspace", __name__)
_WAITS = (SubmissionState.TO_CALL, SubmissionState.UNCONFIRMED)


def host_countries() -> list[str] | None:
    """The countries that I moderate or in which my consulates are; None: all."""
    moderated = [grant for grant in viewer().grants if grant.role in (Role.MODERATOR, Role.ADMIN)]
    if any(grant.country is None for grant in moderated):
        return None
    consulates = [grant.consulate_id for grant in viewer().grants if grant.consulate_id]
    sending = [grant.country for grant in viewer().granted(Role.CONSULATE) if grant.country]
    query = select(Consulate.host_country).where(
        Consulate.id.in_(consulates) | Consulate.sending_country.in_(sending), Consulate.removed_at.is_(None)
    )
    return sorted({*db.session.scalars(query), *(grant.country for grant in moderated if grant.country)})


def _mine(slug: str) -> tuple[Organization, PublicOrganization]:
    """A record in one of my countries; 403 for others."""
    organization, record = record_at(slug)
    countries = host_countries()
    if countries is not None and not {record.country, *record.countries} & set(countries):
        abort(403)
    return organization, record


def waiting_for_call() -> list[Submission]:
    """Registrations that wait for a call in my countries, the longest waiting first."""
    query = select(Submission).where(Submission.state.in_(_WAITS), Submission.kind == SubmissionKind.NEW)
    countries = host_countries()
    if countries is not None:
        query = query.where(Submission.country.in_(countries))
    return list(db.session.scalars(query.order_by(Submission.submitted_at)))


@blueprint.get("/workspace/registrations")
def registrations() -> str:
    """Registrations that wait for a call or visit in my countries."""
    return render_template(
        "registration/workspace.html",
        waiting=[(item, data_of(item)) for item in waiting_for_call()],
        can_work=allows(viewer(), Permission.WORK),
        today=today(),
    )


def _submission(submission_id: UUID) -> Submission:
    found = next((item for item in waiting_for_call() if item.id == submission_id), None) or abort(404)
    return db.session.get_one(Submission, found.id, with_for_update=request.method == "POST", populate_existing=True)


@blueprint.get("/workspace/submissions/<uuid:submission_id>")
def submission(submission_id: UUID) -> str:
    """A registration that waits for a call: what it says, how to reach them."""
    return _submission_page(_submission(submission_id), ConfirmForm(today()))


def _submission_page(found: Submission, form: ConfirmForm) -> str:
    return render_template(
        "registration/workspace_submission.html",
        submission=found,
        data=public_view(data_of(found)),
        form=form,
        can_work=allows(viewer(), Permission.WORK),
    )


@blueprint.post("/workspace/submissions/<uuid:submission_id>/confirm")
def confirm(submission_id: UUID) -> ResponseReturnValue:
    """They said so, by call, message or visit."""
    found = _submission(submission_id)
    form = ConfirmForm(today())
    if not form.validate():
        return _submission_page(found, form), 422
    note_confirmation(form, found, actor_name())
    db.session.commit()
    flash(gettext("Noted. A moderator decides about the publication."))
    return redirect(url_for("workspace.registrations"), code=303)


@blueprint.get("/workspace/register")
def register() -> str:
    """Register for an organization, on a phone, in the street."""
    return _register_page(EssentialsForm(vocabulary(db.session), g.lang), ConfirmForm(today()))


def _register_page(form: EssentialsForm, confirm_form: ConfirmForm) -> str:
    terms = vocabulary(db.session)
    return render_template(
        "registration/workspace_register.html",
        form=form,
        confirm_form=confirm_form,
        terms_by_group=[
            (group.labels[g.lang], [term.slug for term in terms.areas_of(slug)]) for slug, group in terms.groups.items()
        ],
        big_needs=BIG_NEEDS,
        submission=None,
        token=None,
        similar=[],
        conflicts=[],
    )


@blueprint.post("/workspace/register")
@csrf.exempt  # type: ignore[untyped-decorator]  # the forms check their own token: a stale one loses nothing
def register_save() -> ResponseReturnValue:
    """What they said, who heard it, when and how."""
    terms = vocabulary(db.session)
    form, confirm_form = EssentialsForm(terms, g.lang), ConfirmForm(today())
    if not (form.validate() & confirm_form.validate()):
        return _register_page(form, confirm_form), 422
    found = begin(
        db.session,
        read_essentials(form, RecordData(), terms),
        kind=SubmissionKind.NEW,
        origin=Origin.OFFICER,
        language=g.lang,
        now=now(),
    )
    submit(db.session, found, now())
    note_confirmation(confirm_form, found, actor_name())
    found.email = form.email.data
    token = draft_link(db.session, found, now())
    db.session.commit()
    flash(gettext("Registered. You can add more now; a moderator decides about the publication."))
    return redirect(url_for("register.draft", token=token), code=303)


@blueprint.get("/workspace/organizations/<slug>/availability")
def availability(slug: str) -> str:
    """After a call: can they take someone?"""
    organization, record = _mine(slug)
    return own_page(organization, record, _doors(record))


def _doors(record: PublicOrganization) -> Doors:
    return Doors(availability=url_for("workspace.availability_save", slug=record.slug))


@blueprint.post("/workspace/organizations/<slug>/availability")
def availability_save(slug: str) -> ResponseReturnValue:
    """What they said on the phone."""
    organization, record = _mine(slug)
    form = sent_availability(record)
    if not form.validate():
        return own_page(organization, record, _doors(record), Forms(availability=form)), 422
    save_availability(form, organization, actor_name())
    db.session.commit()
    flash(gettext("Noted. It is on the page now, and it lapses by itself."))
    return redirect(url_for("pages.organization", slug=record.slug), code=303)
