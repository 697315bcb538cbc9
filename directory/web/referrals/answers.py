"""What an organization does with a link and without an account: answer a proposal, answer a referral.

A GET only shows; a POST acts. The links live as long as what they are about, and die with the organization's keys.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from directory.accounts.models import AccessLink, LinkPurpose
from directory.clock import now, today
from directory.consulates.models import Consulate
from directory.database import LOCK
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.partnerships import agree
from directory.partnerships.change_terms import name_people
from directory.partnerships.choices import agreement_names, channel_names, event_names, partnership_state_names
from directory.partnerships.letters import post_partnership_news
from directory.partnerships.models import STANDING, Partnership, Side
from directory.partnerships.reach import desk_path, officers_of
from directory.places.models import Place
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import public_consulates
from directory.referrals import refer
from directory.referrals.choices import (
    age_names,
    decline_names,
    outcome_names,
    referral_state_names,
    sentence_texts,
    urgency_names,
)
from directory.referrals.models import UNANSWERED, Referral, ReferralState
from directory.referrals.remind import tell_officers
from directory.web.languages import page_blueprint
from directory.web.partnerships.forms import AcceptForm, WhyForm, people_data
from directory.web.referrals.forms import DeclineForm, MessageForm, OutcomeForm
from directory.web.registration.links import opened

blueprint: Blueprint = page_blueprint("answers", __name__)
FILLED_IN = ("accept", "public", "people")
"""Acts that come with the form of focal points and publicity; the others come with a reason."""


@blueprint.after_request
def no_store(response: Response) -> Response:
    """Whoever borrows the phone afterwards finds nothing."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _organization(link: AccessLink) -> Organization:
    """The organization of a link; 410 where it was removed, 404 while somebody looks into who speaks for it."""
    organization = db.session.get(Organization, link.organization_id)
    if organization is None or organization.removed_at is not None:
        abort(410)
    if organization.contacts_suspended_at is not None:
        abort(404, gettext("This link was used already, is too old or was never given."))
    return organization


def _consulate(consulate_id: UUID) -> PublicConsulate:
    record = next(iter(public_consulates(db.session, [consulate_id])), None) or abort(410)
    g.zone = record.timezone
    return record


def _partnership(token: str, *, lock: bool = False) -> tuple[Partnership, Organization]:
    link = opened(token, LinkPurpose.PARTNERSHIP)
    organization = _organization(link)
    found = db.session.get(
        Partnership, link.partnership_id, with_for_update=LOCK if lock else None, populate_existing=lock
    )
    if found is None or found.organization_id != organization.id:
        abort(404, gettext("This link was used already, is too old or was never given."))
    return found, organization


@blueprint.get("/partnership/<token>")
def partnership(token: str) -> str:
    """What they propose, or what was agreed on."""
    found, organization = _partnership(token)
    form = AcceptForm(
        formdata=None, is_public=found.is_public, people=people_data(found.focal_points, Side.ORGANIZATION)
    )
    return _partnership_page(token, found, organization, form, WhyForm(formdata=None))


def _partnership_page(
    token: str, found: Partnership, organization: Organization, form: AcceptForm, why: WhyForm
) -> str:
    places = db.session.scalars(select(Place.name).where(Place.id.in_(found.detention_places)))
    return render_template(
        "partnerships/answer_partnership.html",
        token_value=token,
        partnership=found,
        organization=organization,
        record=_consulate(found.consulate_id),
        form=form,
        why=why,
        states=partnership_state_names(),
        agreements=agreement_names(),
        channels=channel_names(),
        events=event_names(),
        detention=list(places),
        people=[person for person in found.focal_points if person.side == Side.CONSULATE]
        if found.state in STANDING
        else [],
    )


@blueprint.post("/partnership/<token>/<any(accept, decline, suspend, resume, end, public, people):action>")
@csrf.exempt  # type: ignore[untyped-decorator]  # the forms check their own token: a stale one loses nothing
def answer_partnership(token: str, action: str) -> ResponseReturnValue:
    """Their decision."""
    found, organization = _partnership(token, lock=True)
    form, why = AcceptForm(), WhyForm()
    if not (form if action in FILLED_IN else why).validate():
        return _partnership_page(token, found, organization, form, why), 422
    if not saw_what_it_accepts(found, action):
        return redirect(url_for("answers.partnership", token=token), code=303)
    if not act_for_organization(found, action, form, why, "link", f"organization:{organization.id}"):
        db.session.rollback()
        flash(gettext("This is not possible any more: the consulate has decided something else meanwhile."))
        return redirect(url_for("answers.partnership", token=token), code=303)
    db.session.commit()
    flash(gettext("Thank you. It is noted, and the consulate is told."))
    return redirect(url_for("answers.partnership", token=token), code=303)


def saw_what_it_accepts(found: Partnership, action: str) -> bool:
    """Whether the terms are still those of the page whose button was pressed; a message where they are not."""
    if action != "accept" or request.form.get("version") == str(found.version):
        return True
    db.session.rollback()
    flash(gettext("The consulate has changed the terms meanwhile. Look at them again before you accept."))
    return False


def act_for_organization(found: Partnership, action: str, form: AcceptForm, why: WhyForm, how: str, actor: str) -> bool:
    """What the organization decides, by link or account; False where it is not possible (any more)."""
    moment, note = now(), why.note.data
    try:
        if action == "accept":
            agree.accept(db.session, found, Side.ORGANIZATION, how, actor, moment)
            name_people(db.session, found, Side.ORGANIZATION, form.persons(), actor, moment)
            agree.set_public(db.session, found, actor, moment, is_public=form.is_public.data)
        elif action == "people":
            name_people(db.session, found, Side.ORGANIZATION, form.persons(), actor, moment)
        elif action == "public":
            agree.set_public(db.session, found, actor, moment, is_public=form.is_public.data)
        elif action == "decline":
            agree.decline(db.session, found, Side.ORGANIZATION, note, actor, moment)
        elif action == "suspend":
            agree.suspend(db.session, found, Side.ORGANIZATION, note, actor, moment)
        elif action == "resume":
            agree.resume(db.session, found, Side.ORGANIZATION, actor, moment)
        else:
            agree.end(db.session, found, Side.ORGANIZATION, note, actor, moment)
    except agree.NotPossible:
        return False
    if action not in ("people", "public"):
        consulate = db.session.get_one(Consulate, found.consulate_id)
        organization = db.session.get_one(Organization, found.organization_id)
        for reader in officers_of(db.session, consulate):
            path = desk_path(db.session, consulate, f"partnerships/{found.id}")
            post_partnership_news(db.session, reader, organization, action, path)
    return True


def _referral(token: str, *, lock: bool = False) -> tuple[Referral, Organization]:
    link = opened(token, LinkPurpose.REFERRAL)
    organization = _organization(link)
    found = db.session.get(Referral, link.referral_id, with_for_update=LOCK if lock else None, populate_existing=lock)
    if found is None or found.organization_id != organization.id:
        abort(404, gettext("This link was used already, is too old or was never given."))
    return found, organization


@blueprint.get("/referral/<token>")
def referral(token: str) -> str:
    """What is needed, and three buttons."""
    found, organization = _referral(token)
    return _referral_page(token, found, organization)


def _referral_page(
    token: str,
    found: Referral,
    organization: Organization,
    *,
    decline: DeclineForm | None = None,
    question: MessageForm | None = None,
    outcome: OutcomeForm | None = None,
) -> str:
    contact = agree.standing(db.session, found.consulate_id, organization.id)
    return render_template(
        "referrals/answer_referral.html",
        token_value=token,
        referral=found,
        organization=organization,
        record=_consulate(found.consulate_id),
        people=[person for person in contact.focal_points if person.side == Side.CONSULATE] if contact else [],
        place=db.session.get(Place, found.place_id) if found.place_id else None,
        office=next((item for item in organization.locations if item.id == found.location_id), None)
        if len(organization.locations) > 1
        else None,
        decline=decline or DeclineForm(formdata=None),
        question=question or MessageForm(formdata=None),
        outcome=outcome or OutcomeForm(formdata=None),
        is_unanswered=found.state in UNANSWERED,
        is_accepted=found.state == ReferralState.ACCEPTED,
        states=referral_state_names(),
        urgencies=urgency_names(),
        ages=age_names(),
        sentences=sentence_texts(),
        reasons=decline_names(),
        outcomes=outcome_names(),
        today=today(),
    )


@blueprint.post("/referral/<token>/<any(accept, decline, ask, close):action>")
@csrf.exempt  # type: ignore[untyped-decorator]  # the forms check their own token: a stale one loses nothing
def answer_referral(token: str, action: str) -> ResponseReturnValue:
    """Their answer."""
    found, organization = _referral(token, lock=True)
    actor = f"organization:{organization.id}"
    decline, question, outcome, why = DeclineForm(), MessageForm(), OutcomeForm(), WhyForm()
    if action == "decline" and not decline.validate():
        return _referral_page(token, found, organization, decline=decline), 422
    if action == "ask" and not question.validate():
        return _referral_page(token, found, organization, question=question), 422
    if action == "close" and not outcome.validate():
        return _referral_page(token, found, organization, outcome=outcome), 422
    if action == "accept" and not why.validate():  # only its token: there is nothing to fill in
        flash(gettext("This page had been open for very long. Please press the button once more."))
        return redirect(url_for("answers.referral", token=token), code=303)
    try:
        if action == "accept":
            refer.accept(db.session, found, "link", actor, now())
        elif action == "decline":
            refer.decline(
                db.session,
                found,
                decline.to_reason(),
                "link",
                actor,
                now(),
                decline.note.data,
                decline.override_reason.data,
            )
        elif action == "ask":
            refer.ask(db.session, found, question.text.data, actor, now(), question.override_reason.data)
        else:
            refer.close(db.session, found, outcome.to_outcome(), actor, now())
    except refer.NotPossible:
        db.session.rollback()
        flash(gettext("This was answered or taken back already."))
        return redirect(url_for("answers.referral", token=token), code=303)
    tell_officers(db.session, found, action)
    db.session.commit()
    if found.state in (ReferralState.DECLINED, ReferralState.CLOSED):
        return render_template("referrals/answered.html", referral=found, record=_consulate(found.consulate_id))
    flash(gettext("Thank you. The consulate is told."))
    return redirect(url_for("answers.referral", token=token), code=303)
