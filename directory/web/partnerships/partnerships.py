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
from directory.clock import now, today, today_in
from directory.consulates.models import Consulate
from directory.consulates.naming import names_of
from directory.database import LOCK
from directory.extensions import db
from directory.organizations.models import Organization
from directory.partnerships import agree
from directory.partnerships.choices import agreement_names, channel_names, event_names, partnership_state_names
from directory.partnerships.letters import post_news_to_organization, post_proposal
from directory.partnerships.models import Partnership, PartnershipState, Side
from directory.partnerships.reach import organization_reader
from directory.partnerships.remind import partnership_link
from directory.places.models import Place
from directory.publication.consulate_records import PublicConsulate
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization
from directory.web.consulates.desk import consulate_at
from directory.web.partnerships.desk import joint, named_organizations
from directory.web.partnerships.forms import OfficerAnswerForm, WhyForm

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
    return organization, public_organizations(db.session, [organization.id], now())[0]


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


def write_proposal(partnership: Partnership, consulate: Consulate, organization: Organization, *, again: bool) -> bool:
    """The letter that asks the organization; False where it has no address that takes our mail."""
    reader = organization_reader(db.session, organization)
    if reader is None:
        return False
    token = partnership_link(db.session, partnership, reader.email, now())
    post_proposal(db.session, reader, organization, names_of(db.session, consulate), token, again=again)
    return True


def tell_organization(found: Partnership, consulate: Consulate, organization: Organization, news: str) -> None:
    """A letter to the organization's own address, with the link under which it can end what it does not want."""
    reader = organization_reader(db.session, organization)
    if reader:
        token = partnership_link(db.session, found, reader.email, now())
        post_news_to_organization(db.session, reader, organization, names_of(db.session, consulate), news, token)


def mine(slug: str, partnership_id: UUID) -> tuple[Consulate, PublicConsulate, Partnership]:
    """A partnership of a consulate that I work for; locked where something is to change."""
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
    _, record, found = mine(slug, partnership_id)
    return partnership_page(record, found, OfficerAnswerForm(today_in(g.get("zone"))), WhyForm())


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
    consulate, record, found = mine(slug, partnership_id)
    organization = db.session.get_one(Organization, found.organization_id)
    why = WhyForm()
    if not why.validate():
        return partnership_page(record, found, OfficerAnswerForm(today_in(g.get("zone")), formdata=None), why), 422
    note, actor = why.note.data, actor_name()
    was_own = found.proposed_by == Side.CONSULATE
    try:
        _act(found, action, note, actor)
    except agree.NotPossible:
        db.session.rollback()
        flash(gettext("This is not possible any more: somebody was faster, or it is the other side’s turn."))
        return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=partnership_id), code=303)
    if action == "write":
        write_proposal(found, consulate, organization, again=False)
    else:
        tell_organization(found, consulate, organization, "withdraw" if action == "decline" and was_own else action)
    db.session.commit()
    flash(gettext("The letter is on its way.") if action == "write" else gettext("Saved. They are told."))
    return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=found.id), code=303)


@joint.post("/workspace/consulates/<slug>/partnerships/<uuid:partnership_id>/called/<any(yes, no):answer>")
def partnership_called(slug: str, partnership_id: UUID, answer: str) -> ResponseReturnValue:
    """They said so on the phone. It never makes the partnership public: only they themselves do."""
    consulate, record, found = mine(slug, partnership_id)
    call = OfficerAnswerForm(today_in(g.get("zone")))
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
        tell_organization(found, consulate, db.session.get_one(Organization, found.organization_id), "noted")
    db.session.commit()
    flash(gettext("Noted, with your name. They are told, and can still decide otherwise."))
    return redirect(url_for("joint.partnership", slug=record.slug, partnership_id=found.id), code=303)
