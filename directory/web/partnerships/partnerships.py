"""Partnerships from the consulate's side: propose in one page, answer, change, suspend, end."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.clock import now, today
from directory.consulates.models import Consulate
from directory.consulates.naming import names_of
from directory.database import LOCK
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.partnerships import agree
from directory.partnerships.choices import agreement_names, channel_names, event_names, partnership_state_names
from directory.partnerships.letters import post_news_to_organization, post_proposal
from directory.partnerships.models import Partnership, PartnershipState, Side
from directory.partnerships.reach import organization_reader
from directory.partnerships.remind import partnership_link
from directory.places.models import Place
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicConsulate, PublicOrganization
from directory.vocabulary.catalogue import vocabulary
from directory.web.consulates.desk import consulate_at
from directory.web.partnerships.desk import joint, named_organizations
from directory.web.partnerships.forms import OfficerAnswerForm, PartnershipForm, WhyForm, form_data

_ACTS = "accept, decline, suspend, resume, end, write"
_ORDER = (
    PartnershipState.PROPOSED,
    PartnershipState.ACTIVE,
    PartnershipState.SUSPENDED,
    PartnershipState.ENDED,
    PartnershipState.DECLINED,
)


def organization_at(slug: str) -> tuple[Organization, PublicOrganization]:
    """The organization with this slug, which must be in public sight."""
    found = find_by_slug(db.session, Entity.ORGANIZATION, slug[:120])
    organization = db.session.get(Organization, found[0]) if found else None
    if organization is None:
        abort(404)
    if organization.removed_at is not None:
        abort(410)
    return organization, public_organizations(db.session, [organization.id], today())[0]


@joint.get("/workspace/consulates/<slug>/partnerships")
def partnerships(slug: str) -> str:
    """All of them: what waits first, what is over last."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    found = db.session.scalars(select(Partnership).where(Partnership.consulate_id == consulate.id)).all()
    return render_template(
        "partnerships/partnerships.html",
        record=record,
        partnerships=sorted(found, key=lambda item: (_ORDER.index(item.state), item.proposed_at)),
        names=named_organizations([item.organization_id for item in found]),
        states=partnership_state_names(),
    )


@joint.get("/workspace/consulates/<slug>/partnerships/new")
def propose_page(slug: str) -> ResponseReturnValue:
    """One page with all of it, and a good start."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    organization, public = organization_at(request.args.get("organization", ""))
    known = agree.standing(db.session, consulate.id, organization.id)
    if known:
        return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=known.id), code=302)
    return _propose_page(record, public, _form(consulate, public, formdata=None))


def _form(consulate: Consulate, public: PublicOrganization, **kwargs: object) -> PartnershipForm:
    region = (consulate.host_country, consulate.admin1)
    return PartnershipForm(vocabulary(db.session), public.areas, region, **kwargs)


def _propose_page(record: PublicConsulate, public: PublicOrganization, form: PartnershipForm) -> str:
    return render_template("partnerships/propose.html", record=record, organization=public, form=form, partnership=None)


@joint.post("/workspace/consulates/<slug>/partnerships/new")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def propose(slug: str) -> ResponseReturnValue:
    """Send the proposal."""
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    organization, public = organization_at(request.args.get("organization", ""))
    form = _form(consulate, public)
    if not form.validate():
        return _propose_page(record, public, form), 422
    try:
        partnership = agree.propose_partnership(
            db.session,
            consulate,
            organization,
            Side.CONSULATE,
            form.terms(),
            message=form.message.data,
            language=g.lang,
            actor=actor_name(),
            now=now(),
        )
    except agree.NotPossible:
        db.session.rollback()
        flash(gettext("This is not possible: there is one already, or somebody looks into a report about them."))
        return redirect(url_for("joint.partnerships", slug=record.slug), code=303)
    partnership.private_note = form.private_note.data
    agree.name_people(db.session, partnership, Side.CONSULATE, form.persons(), actor_name(), now())
    was_written = _write_proposal(partnership, consulate, organization, again=False)
    db.session.commit()
    flash(
        gettext("Proposed. The letter with the link to answer is on its way.")
        if was_written
        else gettext("Proposed. They have no e-mail on record: call them, and note here what they say.")
    )
    return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=partnership.id), code=303)


def _write_proposal(partnership: Partnership, consulate: Consulate, organization: Organization, *, again: bool) -> bool:
    reader = organization_reader(db.session, organization)
    if reader is None:
        return False
    token = partnership_link(db.session, partnership, reader.email, now())
    post_proposal(db.session, reader, organization, names_of(db.session, consulate), token, again=again)
    return True


def _tell_organization(found: Partnership, consulate: Consulate, organization: Organization, news: str) -> None:
    """A letter to the organization's own address, with the link under which it can end what it does not want."""
    reader = organization_reader(db.session, organization)
    if reader:
        token = partnership_link(db.session, found, reader.email, now())
        post_news_to_organization(db.session, reader, organization, names_of(db.session, consulate), news, token)


def _mine(slug: str, partnership_id: UUID) -> tuple[Consulate, PublicConsulate, Partnership]:
    consulate, record = consulate_at(slug, Permission.JOINT_WORK)
    locks = request.method == "POST"
    partnership = db.session.get(
        Partnership, partnership_id, with_for_update=LOCK if locks else None, populate_existing=locks
    )
    if partnership is None or partnership.consulate_id != consulate.id:
        abort(404)
    return consulate, record, partnership


@joint.get("/workspace/consulates/<slug>/partnerships/<uuid:partnership_id>")
def partnership(slug: str, partnership_id: UUID) -> str:
    """What was agreed, whom to ask for, what happened."""
    _, record, found = _mine(slug, partnership_id)
    return partnership_page(record, found, OfficerAnswerForm(today()), WhyForm())


def partnership_page(record: PublicConsulate, found: Partnership, call: OfficerAnswerForm, why: WhyForm) -> str:
    """The page of one partnership, for its consulate."""
    places = db.session.execute(select(Place.id, Place.name).where(Place.id.in_(found.detention_places))).all()
    organization = db.session.get_one(Organization, found.organization_id)
    return render_template(
        "partnerships/partnership.html",
        record=record,
        partnership=found,
        name=named_organizations([found.organization_id])[found.organization_id],
        can_write=organization_reader(db.session, organization) is not None,
        states=partnership_state_names(),
        agreements=agreement_names(),
        channels=channel_names(),
        events=event_names(),
        detention={row.id: row.name for row in places},
        call=call,
        why=why,
        in_force=found.is_in_force(today()),
    )


@joint.get("/workspace/consulates/<slug>/partnerships/<uuid:partnership_id>/terms")
def terms_page(slug: str, partnership_id: UUID) -> str:
    """Other terms."""
    consulate, record, found = _mine(slug, partnership_id)
    public = _public(found)
    return _terms_page(record, public, found, _form(consulate, public, formdata=None, **form_data(found)))


def _public(found: Partnership) -> PublicOrganization:
    records = public_organizations(db.session, [found.organization_id], today())
    return records[0] if records else abort(410)


def _terms_page(record: PublicConsulate, public: PublicOrganization, found: Partnership, form: PartnershipForm) -> str:
    return render_template(
        "partnerships/propose.html", record=record, organization=public, form=form, partnership=found
    )


@joint.post("/workspace/consulates/<slug>/partnerships/<uuid:partnership_id>/terms")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def terms(slug: str, partnership_id: UUID) -> ResponseReturnValue:
    """Save them; what both had agreed on waits for their consent again."""
    consulate, record, found = _mine(slug, partnership_id)
    public = _public(found)
    form = _form(consulate, public)
    if not form.validate():
        return _terms_page(record, public, found, form), 422
    if request.form.get("version", type=int) != found.version:
        form.form_errors = [gettext("Somebody else has changed it meanwhile. Look at it again before you save.")]
        return _terms_page(record, public, found, form), 409
    was_theirs = found.proposed_by == Side.ORGANIZATION
    before = found.valid_until
    try:
        asks_again = agree.change_terms(db.session, found, form.terms(), actor_name(), now())
    except agree.NotPossible:
        abort(409, gettext("This partnership is over. Propose a new one."))
    found.private_note = form.private_note.data
    if found.proposed_by == Side.CONSULATE and not was_theirs:  # their own words stay theirs
        found.message = form.message.data
    agree.name_people(db.session, found, Side.CONSULATE, form.persons(), actor_name(), now())
    organization = db.session.get_one(Organization, found.organization_id)
    if asks_again:
        _write_proposal(found, consulate, organization, again=True)
    elif before != found.valid_until:
        _tell_organization(found, consulate, organization, "last-day")
    db.session.commit()
    flash(
        gettext("Saved. The organization has to agree to it again; until then the partnership waits.")
        if asks_again
        else gettext("Saved.")
    )
    return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=found.id), code=303)


def _act(found: Partnership, action: str, note: str | None, actor: str) -> None:
    """What the consulate decides. Raises NotPossible."""
    if action == "accept":
        agree.accept(db.session, found, Side.CONSULATE, "office", actor, now())
    elif action == "decline":
        agree.decline(db.session, found, Side.CONSULATE, note, actor, now())
    elif action == "suspend":
        agree.suspend(db.session, found, Side.CONSULATE, note, actor, now())
    elif action == "resume":
        agree.resume(db.session, found, Side.CONSULATE, actor, now())
    elif action == "end":
        agree.end(db.session, found, Side.CONSULATE, note, actor, now())
    elif found.proposed_by != Side.CONSULATE or found.state != PartnershipState.PROPOSED:
        raise agree.NotPossible(found.state)  # the letter with a proposal is sent again only while it waits


@joint.post(f"/workspace/consulates/<slug>/partnerships/<uuid:partnership_id>/<any({_ACTS}):action>")
def partnership_act(slug: str, partnership_id: UUID, action: str) -> ResponseReturnValue:
    """Answer what they proposed; let it rest, take it up, end it; send the letter again."""
    consulate, record, found = _mine(slug, partnership_id)
    organization = db.session.get_one(Organization, found.organization_id)
    why = WhyForm()
    if not why.validate():
        return partnership_page(record, found, OfficerAnswerForm(today(), formdata=None), why), 422
    note, actor = why.note.data, actor_name()
    was_own = found.proposed_by == Side.CONSULATE
    try:
        _act(found, action, note, actor)
    except agree.NotPossible:
        db.session.rollback()
        flash(gettext("This is not possible any more: somebody was faster, or it is the other side’s turn."))
        return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=partnership_id), code=303)
    if action == "write":
        _write_proposal(found, consulate, organization, again=False)
    else:
        _tell_organization(found, consulate, organization, "withdraw" if action == "decline" and was_own else action)
    db.session.commit()
    flash(gettext("The letter is on its way.") if action == "write" else gettext("Saved. They are told."))
    return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=found.id), code=303)


@joint.post("/workspace/consulates/<slug>/partnerships/<uuid:partnership_id>/called/<any(yes, no):answer>")
def partnership_called(slug: str, partnership_id: UUID, answer: str) -> ResponseReturnValue:
    """They said so on the phone. It never makes the partnership public: only they themselves do."""
    consulate, record, found = _mine(slug, partnership_id)
    call = OfficerAnswerForm(today())
    if not call.validate():
        return partnership_page(record, found, call, WhyForm(formdata=None)), 422
    if found.proposed_by != Side.CONSULATE:  # their own proposal: there is nothing that they could have answered
        abort(409)
    said = f"{call.note.data}, {call.on.data}"
    try:
        if answer == "yes":
            agree.accept(db.session, found, Side.ORGANIZATION, "call", actor_name(), now(), note=said)
        else:
            agree.decline(db.session, found, Side.ORGANIZATION, said, actor_name(), now())
    except agree.NotPossible:
        db.session.rollback()
        flash(gettext("This is not possible any more: somebody was faster, or it is the other side’s turn."))
        return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=partnership_id), code=303)
    if answer == "yes":
        _tell_organization(found, consulate, db.session.get_one(Organization, found.organization_id), "noted")
    db.session.commit()
    flash(gettext("Noted, with your name. They are told, and can still decide otherwise."))
    return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=found.id), code=303)
