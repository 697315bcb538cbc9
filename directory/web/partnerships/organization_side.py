"""The organization's side of joint work, for its editors and for whoever holds the key to its record."""

from __future__ import annotations

import uuid
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.models import LinkPurpose
from directory.accounts.policy import Permission, Target
from directory.accounts.viewer import actor_name, require
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.clock import now
from directory.consulates.models import Consulate, ConsulateStatus
from directory.database import LOCK
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.partnerships import agree
from directory.partnerships.change_terms import name_people
from directory.partnerships.choices import agreement_names, channel_names, partnership_state_names
from directory.partnerships.letters import post_proposal_to_consulate
from directory.partnerships.models import Agreement, Partnership, ReferralChannel, Side, Vouch
from directory.partnerships.network import show_vouch, vouches_for
from directory.partnerships.reach import desk_path, officers_of
from directory.partnerships.terms import Terms
from directory.places.models import Place
from directory.publication.consulates import consulate_name, public_consulates
from directory.publication.records import PublicOrganization
from directory.vocabulary.catalogue import vocabulary
from directory.web.languages import page_blueprint
from directory.web.partnerships.forms import AcceptForm, OrganizationProposalForm, WhyForm, people_data
from directory.web.referrals.answers import FILLED_IN, act_for_organization, saw_what_it_accepts
from directory.web.registration.links import opened, organization_of

blueprint: Blueprint = page_blueprint("organization_side", __name__)
links: Blueprint = page_blueprint("joint_links", __name__)
_ACTIONS = "accept, decline, suspend, resume, end, public, people"


class Door:
    """Where a request came in: by the key to the record, or by an editor's account."""

    def __init__(self, organization: Organization, record: PublicOrganization, token: str | None, actor: str) -> None:
        self.organization = organization
        self.record = record
        self.token = token
        self.actor = actor

    def url(self, endpoint: str, **values: object) -> str:
        """The address of a page or button behind the same door."""
        if self.token:
            return url_for(f"joint_links.{endpoint}", token=self.token, **values)  # type: ignore[arg-type]
        return url_for(f"organization_side.{endpoint}", slug=self.record.slug, **values)  # type: ignore[arg-type]


def _by_key(token: str) -> Door:
    link = opened(token, LinkPurpose.MANAGE)
    organization, record = organization_of(link.organization_id)
    if organization.contacts_suspended_at is not None:
        abort(404, gettext("This link was used already, is too old or was never given."))
    return Door(organization, record, token, f"organization:{organization.id}")


def _by_account(slug: str) -> Door:
    found = find_by_slug(db.session, Entity.ORGANIZATION, slug[:120])
    if found is None:
        abort(404)
    organization, record = organization_of(found[0])
    # Moderators and administrators edit records; to speak for an organization one must belong to it.
    require(
        Permission.SPEAK_FOR_ORGANIZATION,
        Target(organization_id=organization.id, is_suspended=organization.contacts_suspended_at is not None),
    )
    return Door(organization, record, None, actor_name())


@blueprint.get("/organizations/<slug>/joint")
def home(slug: str) -> str:
    """Partnerships, proposals, who vouches for us."""
    door = _by_account(slug)
    return _page(door, _proposal_form(door, formdata=None))


@links.get("/manage/<token>/joint", endpoint="home")
def home_by_key(token: str) -> str:
    """The same for the holder of the key."""
    door = _by_key(token)
    return _page(door, _proposal_form(door, formdata=None))


def _proposal_form(door: Door, **kwargs: object) -> OrganizationProposalForm:
    terms = vocabulary(db.session)
    areas = [(slug, terms.areas[slug].labels[g.lang]) for slug in door.record.areas]
    return OrganizationProposalForm(_consulate_choices(door), areas, **kwargs)


def _consulate_choices(door: Door) -> list[tuple[str, str]]:
    """Consulates whose area this is, then the others in the same countries; without those that are partners already."""
    taken = {item.consulate_id for item in _partnerships(door) if item.state in ("proposed", "active", "suspended")}
    first = [link.id for link in door.record.consulates if link.why == "jurisdiction"]
    others = db.session.scalars(
        select(Consulate.id)
        .where(
            Consulate.host_country.in_(door.record.countries),
            Consulate.removed_at.is_(None),
            Consulate.status != ConsulateStatus.CLOSED,
        )
        .order_by(Consulate.sending_country, Consulate.city)
    )
    ids = [item for item in dict.fromkeys([*first, *others]) if item not in taken]
    return [(record.slug, consulate_name(record, g.lang)) for record in public_consulates(db.session, ids)]


def _partnerships(door: Door) -> list[Partnership]:
    query = (
        select(Partnership)
        .where(Partnership.organization_id == door.organization.id)
        .order_by(Partnership.proposed_at.desc())
    )
    return list(db.session.scalars(query))


def _page(door: Door, form: OrganizationProposalForm) -> str:
    partnerships = _partnerships(door)
    vouches = vouches_for(db.session, door.organization.id)
    ids = {item.consulate_id for item in partnerships} | {item.consulate_id for item in vouches}
    return render_template(
        "partnerships/organization_side.html",
        door=door,
        record=door.record,
        form=form,
        partnerships=partnerships,
        vouches=vouches,
        consulates={item.id: item for item in public_consulates(db.session, list(ids))},
        states=partnership_state_names(),
        agreements=agreement_names(),
        channels=channel_names(),
        detention={
            row.id: row.name
            for row in db.session.execute(
                select(Place.id, Place.name).where(
                    Place.id.in_([place for item in partnerships for place in item.detention_places])
                )
            )
        },
        accept_forms={
            item.id: AcceptForm(
                prefix=prefix_of(item),
                formdata=None,
                is_public=item.is_public,
                people=people_data(item.focal_points, Side.ORGANIZATION),
            )
            for item in partnerships
        },
        why_forms={item.id: WhyForm(prefix=f"why-{prefix_of(item)}", formdata=None) for item in partnerships},
    )


def prefix_of(partnership: Partnership) -> str:
    """What tells the fields of several partnerships on one page apart."""
    return f"p{partnership.id.hex[:12]}"


@blueprint.post("/organizations/<slug>/joint/propose")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def propose(slug: str) -> ResponseReturnValue:
    """To a consulate."""
    return _propose(_by_account(slug))


@links.post("/manage/<token>/joint/propose", endpoint="propose")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def propose_by_key(token: str) -> ResponseReturnValue:
    """To a consulate."""
    return _propose(_by_key(token))


def _propose(door: Door) -> ResponseReturnValue:
    form = _proposal_form(door)
    chosen = find_by_slug(db.session, Entity.CONSULATE, (form.consulate.data or "")[:120])
    if chosen and agree.standing(db.session, chosen[0], door.organization.id):
        # The consulate was faster: it is no choice of the form any more, and that is no mistake of the reader's.
        flash(gettext("There is a proposal or partnership with this consulate already."))
        return redirect(door.url("home"), code=303)
    if not form.validate():
        return _page(door, form), 422
    found = find_by_slug(db.session, Entity.CONSULATE, form.consulate.data)
    consulate = db.session.get_one(Consulate, found[0]) if found else abort(404)
    terms = Terms(
        agreement=Agreement.UNWRITTEN,
        areas=tuple(form.areas.data or ()),
        channel=ReferralChannel(form.channel.data),
        is_for_emergencies=form.is_for_emergencies.data,
    )
    try:
        partnership = agree.propose_partnership(
            db.session,
            consulate,
            door.organization,
            Side.ORGANIZATION,
            terms,
            message=form.message.data,
            language=g.lang,
            actor=door.actor,
            now=now(),
        )
    except agree.NotPossible:
        db.session.rollback()
        flash(gettext("There is a proposal or partnership with this consulate already."))
        return redirect(door.url("home"), code=303)
    partnership.wants_public = form.is_public.data
    name_people(db.session, partnership, Side.ORGANIZATION, form.persons(), door.actor, now())
    readers = officers_of(db.session, consulate)
    for reader in readers:
        path = desk_path(db.session, consulate, f"partnerships/{partnership.id}")
        post_proposal_to_consulate(db.session, reader, door.organization, path)
    db.session.commit()
    flash(
        gettext("Proposed. The consulate is told and answers here.")
        if readers
        else gettext("Proposed. Nobody of this consulate has access yet: call them, so that they ask for it.")
    )
    return redirect(door.url("home"), code=303)


@blueprint.post(f"/organizations/<slug>/joint/<uuid:partnership_id>/<any({_ACTIONS}):action>")
@csrf.exempt  # type: ignore[untyped-decorator]  # the forms check their own token: a stale one loses nothing
def act(slug: str, partnership_id: UUID, action: str) -> ResponseReturnValue:
    """Answer, publish, end."""
    return _act(_by_account(slug), partnership_id, action)


@links.post(f"/manage/<token>/joint/<uuid:partnership_id>/<any({_ACTIONS}):action>", endpoint="act")
@csrf.exempt  # type: ignore[untyped-decorator]  # the forms check their own token: a stale one loses nothing
def act_by_key(token: str, partnership_id: UUID, action: str) -> ResponseReturnValue:
    """Answer, publish, end."""
    return _act(_by_key(token), partnership_id, action)


def _act(door: Door, partnership_id: uuid.UUID, action: str) -> ResponseReturnValue:
    found = db.session.get(Partnership, partnership_id, with_for_update=LOCK, populate_existing=True)
    if found is None or found.organization_id != door.organization.id:
        abort(404)
    form, why = AcceptForm(prefix=prefix_of(found)), WhyForm(prefix=f"why-{prefix_of(found)}")
    if not (form if action in FILLED_IN else why).validate():
        flash(gettext("Nothing was saved: write the name of each focal point, and e-mails in full."))
        return redirect(door.url("home"), code=303)
    if not saw_what_it_accepts(found, action):
        return redirect(door.url("home"), code=303)
    how = "link" if door.token else "account"
    if not act_for_organization(found, action, form, why, how, door.actor):
        db.session.rollback()
        flash(gettext("This is not possible any more: the consulate has decided something else meanwhile."))
        return redirect(door.url("home"), code=303)
    db.session.commit()
    flash(gettext("Thank you. It is noted, and the consulate is told."))
    return redirect(door.url("home"), code=303)


@blueprint.post("/organizations/<slug>/joint/vouches/<uuid:vouch_id>/<any(show, hide):action>")
def vouch(slug: str, vouch_id: UUID, action: str) -> ResponseReturnValue:
    """Whether everyone may know who vouches for us."""
    return _vouch(_by_account(slug), vouch_id, action)


@links.post("/manage/<token>/joint/vouches/<uuid:vouch_id>/<any(show, hide):action>", endpoint="vouch")
def vouch_by_key(token: str, vouch_id: UUID, action: str) -> ResponseReturnValue:
    """Whether everyone may know who vouches for us."""
    return _vouch(_by_key(token), vouch_id, action)


def _vouch(door: Door, vouch_id: uuid.UUID, action: str) -> ResponseReturnValue:
    row = db.session.get(Vouch, vouch_id, with_for_update=True)
    if row is None or row.organization_id != door.organization.id:
        abort(404)
    show_vouch(db.session, row, door.actor, is_public=action == "show")
    db.session.commit()
    flash(gettext("Saved."))
    return redirect(door.url("home"), code=303)
