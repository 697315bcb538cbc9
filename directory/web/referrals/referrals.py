"""Referrals from the consulate's side: sent in a minute, followed, closed."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name
from directory.clock import now, today_in
from directory.consulates.models import Consulate
from directory.consulates.naming import names_of
from directory.database import LOCK
from directory.extensions import db
from directory.organizations.models import Organization
from directory.partnerships.models import Partnership
from directory.partnerships.reach import referral_readers
from directory.places.models import Place
from directory.publication.consulate_records import PublicConsulate
from directory.publication.organizations import public_organizations
from directory.referrals import refer
from directory.referrals.choices import (
    age_names,
    decline_names,
    outcome_names,
    referral_state_names,
    sentence_texts,
    urgency_names,
)
from directory.referrals.letters import post_reply
from directory.referrals.models import OPEN_REFERRALS, UNANSWERED, Referral, ReferralState
from directory.referrals.remind import referral_link, write_referral
from directory.web.consulates.desk import consulate_at
from directory.web.partnerships.desk import is_late, joint, named_organizations
from directory.web.partnerships.forms import OfficerAnswerForm
from directory.web.referrals.forms import DeclineForm, MessageForm, OutcomeForm
from directory.web.referrals.send import Recipient, recipient_of

MAX_LISTED = 200


@joint.get("/workspace/consulates/<slug>/referrals")
def referrals(slug: str) -> str:
    """The open ones, the longest waiting first; then those that are over."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    found = db.session.scalars(
        select(Referral)
        .where(Referral.consulate_id == consulate.id)
        .order_by(Referral.sent_at.desc())
        .limit(MAX_LISTED)
    ).all()
    return render_template(
        "referrals/referrals.html",
        record=record,
        open=[item for item in reversed(found) if item.state in OPEN_REFERRALS],
        over=[item for item in found if item.state not in OPEN_REFERRALS],
        names=named_organizations([item.organization_id for item in found]),
        states=referral_state_names(),
        urgencies=urgency_names(),
        outcomes=outcome_names(),
        late={item.id for item in found if is_late(item, now())},
    )


def _mine(slug: str, referral_id: UUID) -> tuple[Consulate, PublicConsulate, Referral]:
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    locks = request.method == "POST"
    referral = db.session.get(Referral, referral_id, with_for_update=LOCK if locks else None, populate_existing=locks)
    if referral is None or referral.consulate_id != consulate.id:
        abort(404)
    return consulate, record, referral


@joint.get("/workspace/consulates/<slug>/referrals/<uuid:referral_id>")
def referral(slug: str, referral_id: UUID) -> str:
    """What was asked, what they said, what can be done next."""
    _, record, found = _mine(slug, referral_id)
    return _referral_page(record, found)


def _referral_page(
    record: PublicConsulate,
    found: Referral,
    *,
    message: MessageForm | None = None,
    call: OfficerAnswerForm | None = None,
    decline: DeclineForm | None = None,
    outcome: OutcomeForm | None = None,
) -> str:
    place = db.session.get(Place, found.place_id) if found.place_id else None
    organization = db.session.get_one(Organization, found.organization_id)
    contact = db.session.scalar(
        select(Partnership).where(
            Partnership.consulate_id == found.consulate_id,
            Partnership.organization_id == found.organization_id,
            Partnership.state == "active",
        )
    )
    return render_template(
        "referrals/referral.html",
        record=record,
        referral=found,
        name=named_organizations([found.organization_id])[found.organization_id],
        people=[person for person in contact.focal_points if person.side == "organization"] if contact else [],
        to=_recipient(organization, found),
        place=place,
        states=referral_state_names(),
        urgencies=urgency_names(),
        ages=age_names(),
        sentences=sentence_texts(),
        reasons=decline_names(),
        outcomes=outcome_names(),
        is_open=found.state in OPEN_REFERRALS,
        is_unanswered=found.state in UNANSWERED,
        is_accepted=found.state == ReferralState.ACCEPTED,
        is_late=is_late(found, now()),
        message=message or MessageForm(formdata=None),
        call=call or OfficerAnswerForm(today_in(g.get("zone")), formdata=None),
        decline=decline or DeclineForm(formdata=None),
        outcome=outcome or OutcomeForm(formdata=None),
    )


def _recipient(organization: Organization, found: Referral) -> Recipient | None:
    """Whom it went to; None once the organization has left the directory."""
    public = next(iter(public_organizations(db.session, [organization.id], now())), None)
    if public is None:
        return None
    consulate = db.session.get_one(Consulate, found.consulate_id)
    asked = public.location(found.location_id) if found.location_id else None
    place = asked or public.location(None)  # the office may have closed or moved since
    return recipient_of(db.session, organization, public, place, consulate)


def _write_again(found: Referral, consulate: Consulate, organization: Organization) -> None:
    if found.state not in UNANSWERED:
        raise refer.NotPossible(found.state)
    write_referral(db.session, found, consulate, organization, now(), is_reminder=True)


@joint.post("/workspace/consulates/<slug>/referrals/<uuid:referral_id>/<any(reply, close, withdraw, write):action>")
def referral_act(slug: str, referral_id: UUID, action: str) -> ResponseReturnValue:
    """Answer a question, close it, take it back, write once more."""
    consulate, record, found = _mine(slug, referral_id)
    organization = db.session.get_one(Organization, found.organization_id)
    message, outcome = MessageForm(), OutcomeForm()
    if action == "reply" and not message.validate():
        return _referral_page(record, found, message=message), 422
    if action == "close" and not outcome.validate():
        return _referral_page(record, found, outcome=outcome), 422
    try:
        if action == "reply":
            refer.reply(db.session, found, message.text.data, actor_name(), now(), message.override_reason.data)
            for reader in referral_readers(db.session, organization, consulate.id):
                token = referral_link(db.session, found, reader.email, now())
                post_reply(db.session, reader, organization, found, names_of(db.session, consulate), token)
        elif action == "close":
            refer.close(db.session, found, outcome.to_outcome(), actor_name(), now())
        elif action == "withdraw":
            refer.withdraw(db.session, found, actor_name(), now())
        else:
            _write_again(found, consulate, organization)
    except refer.NotPossible:
        db.session.rollback()
        flash(gettext("This is not possible any more: they have answered meanwhile."))
        return redirect(url_for("joint.referral", slug=record.slug, referral_id=referral_id), code=303)
    db.session.commit()
    flash({
        "reply": gettext("Sent."),
        "close": gettext("Closed. Thank you: this is how the network learns what works."),
        "withdraw": gettext("Taken back."),
        "write": gettext("The letter is on its way."),
    }[action])  # fmt: skip
    return redirect(url_for("joint.referral", slug=record.slug, referral_id=found.id), code=303)


@joint.post("/workspace/consulates/<slug>/referrals/<uuid:referral_id>/called/<any(yes, no):answer>")
def referral_called(slug: str, referral_id: UUID, answer: str) -> ResponseReturnValue:
    """What they said on the phone."""
    _, record, found = _mine(slug, referral_id)
    call, decline = OfficerAnswerForm(today_in(g.get("zone"))), DeclineForm()
    if not call.validate():
        return _referral_page(record, found, call=call), 422
    if answer == "no" and not decline.validate():
        return _referral_page(record, found, call=call, decline=decline), 422
    try:
        called = refer.Called(call.on.data, call.note.data)
        if answer == "yes":
            refer.accept(db.session, found, "call", actor_name(), now(), called)
        else:
            refer.decline(
                db.session,
                found,
                decline.to_reason(),
                "call",
                actor_name(),
                now(),
                decline.note.data,
                decline.override_reason.data,
                called,
            )
    except refer.NotPossible:
        db.session.rollback()
        flash(gettext("This is not possible any more: they have answered meanwhile."))
        return redirect(url_for("joint.referral", slug=record.slug, referral_id=referral_id), code=303)
    db.session.commit()
    flash(gettext("Noted, with your name."))
    return redirect(url_for("joint.referral", slug=record.slug, referral_id=found.id), code=303)
