"""Referrals from the consulate's side: sent in a minute, followed, closed."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name, viewer
from directory.clock import now, today
from directory.consulates.models import Consulate
from directory.consulates.naming import names_of
from directory.database import LOCK
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.partnerships.agree import standing
from directory.partnerships.models import Partnership
from directory.partnerships.reach import referral_readers
from directory.places.models import Place
from directory.publication.consulate_records import PublicConsulate
from directory.publication.records import PublicOrganization
from directory.referrals import refer
from directory.referrals.choices import age_names, decline_names, outcome_names, referral_state_names, urgency_names
from directory.referrals.letters import post_reply
from directory.referrals.models import OPEN_REFERRALS, UNANSWERED, Referral, ReferralState
from directory.referrals.remind import referral_link, write_referral
from directory.vocabulary.catalogue import vocabulary
from directory.web.consulates.desk import consulate_at
from directory.web.partnerships.desk import is_late, joint, named_organizations
from directory.web.partnerships.forms import OfficerAnswerForm
from directory.web.partnerships.partnerships import organization_at
from directory.web.referrals.forms import DeclineForm, MessageForm, OutcomeForm, ReferralForm

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


@joint.get("/workspace/consulates/<slug>/referrals/new")
def refer_page(slug: str) -> str:
    """Everything on one screen."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    organization, public = organization_at(request.args.get("organization", ""))
    form = ReferralForm(
        vocabulary(db.session),
        public.areas,
        consulate.sending_country,
        formdata=None,
        need=request.args.get("need"),
        population=request.args.get("population") or "",
    )
    return _refer_page(consulate, record, organization, public, form)


def _refer_page(
    consulate: Consulate,
    record: PublicConsulate,
    organization: Organization,
    public: PublicOrganization,
    form: ReferralForm,
) -> str:
    return render_template(
        "referrals/refer.html",
        record=record,
        organization=public,
        form=form,
        partnership=standing(db.session, consulate.id, organization.id),
        can_write=bool(referral_readers(db.session, organization, consulate.id)),
        today=today(),
    )


@joint.post("/workspace/consulates/<slug>/referrals/new")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def refer_save(slug: str) -> ResponseReturnValue:
    """Send it."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    organization, public = organization_at(request.args.get("organization", ""))
    form = ReferralForm(vocabulary(db.session), public.areas, consulate.sending_country)
    if not form.validate():
        return _refer_page(consulate, record, organization, public, form), 422
    try:
        referral = refer.send_referral(
            db.session,
            consulate,
            organization,
            form.to_need(),
            language=g.lang,
            actor=actor_name(),
            now=now(),
            override_reason=form.override_reason.data,
            assigned_to=viewer().user_id,
        )
    except refer.NotPossible:
        db.session.rollback()
        flash(gettext("They cannot be asked now: somebody looks into a report about them. Choose somebody else."))
        return redirect(url_for("results.search", consulate=record.slug), code=303)
    written = write_referral(db.session, referral, consulate, organization, now())
    db.session.commit()
    flash(
        gettext("Sent. The reference is %(reference)s.", reference=referral.reference)
        if written
        else gettext(
            "Noted as %(reference)s. They have no e-mail on record: call them, and note here what they say.",
            reference=referral.reference,
        )
    )
    return redirect(url_for("joint.referral", slug=record.slug, referral_id=referral.id), code=303)


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
        can_write=bool(referral_readers(db.session, organization, found.consulate_id)),
        place=place,
        states=referral_state_names(),
        urgencies=urgency_names(),
        ages=age_names(),
        reasons=decline_names(),
        outcomes=outcome_names(),
        is_open=found.state in OPEN_REFERRALS,
        is_unanswered=found.state in UNANSWERED,
        is_accepted=found.state == ReferralState.ACCEPTED,
        is_late=is_late(found, now()),
        message=message or MessageForm(formdata=None),
        call=call or OfficerAnswerForm(today(), formdata=None, on=today()),
        decline=decline or DeclineForm(formdata=None),
        outcome=outcome or OutcomeForm(formdata=None),
    )


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
    call, decline = OfficerAnswerForm(today()), DeclineForm()
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
