"""What consulates of member countries tell one another about an organization."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name
from directory.clock import now
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.partnerships.models import STANDING, Audience, ConsulateNote, Partnership
from directory.partnerships.network import (
    delete_note,
    notes_about,
    unvouch,
    vouch,
    vouch_of,
    vouches_for,
    write_note,
)
from directory.publication.consulates import public_consulates
from directory.publication.records import PublicOrganization
from directory.web.consulates.desk import consulate_at
from directory.web.languages import page_blueprint
from directory.web.partnerships.desk import consulate_choices, my_consulates
from directory.web.partnerships.partnerships import organization_at
from directory.web.referrals.forms import NoteForm
from directory.web.referrals.send import CARRIED

blueprint: Blueprint = page_blueprint("network", __name__)


@blueprint.get("/workspace/organizations/<slug>")
def organization(slug: str) -> str:
    """Who works with them, who vouches for them, what is noted."""
    found, public = organization_at(slug)
    return _page(found, public, NoteForm(consulate_choices(), formdata=None))


def _page(found: Organization, public: PublicOrganization, form: NoteForm) -> str:
    mine = my_consulates()
    own_ids = [item.id for item in mine]
    notes = notes_about(db.session, found.id, own_ids)
    vouches = vouches_for(db.session, found.id)
    own_partnerships = db.session.scalars(
        select(Partnership).where(
            Partnership.organization_id == found.id,
            Partnership.consulate_id.in_(own_ids),
            Partnership.state.in_(STANDING),
        )
    ).all()
    ids = {*own_ids, *(item.consulate_id for item in notes), *(item.consulate_id for item in vouches)}
    return render_template(
        "partnerships/network.html",
        record=public,
        form=form,
        notes=notes,
        vouches=vouches,
        partnerships={item.consulate_id: item for item in own_partnerships},
        own=own_ids,
        said={name: request.args[name] for name in ("at", *CARRIED) if name in request.args},
        vouched={item.consulate_id for item in vouches},
        consulates={item.id: item for item in public_consulates(db.session, list(ids))},
    )


@blueprint.post("/workspace/organizations/<slug>/notes")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def note(slug: str) -> ResponseReturnValue:
    """Write one."""
    found, public = organization_at(slug)
    form = NoteForm(consulate_choices())
    if not form.validate():
        return _page(found, public, form), 422
    consulate, _ = consulate_at(form.consulate.data, Permission.JOINT_WORK)
    write_note(
        db.session,
        consulate.id,
        found.id,
        Audience(form.audience.data),
        form.text.data,
        actor_name(),
        now(),
        form.override_reason.data,
    )
    db.session.commit()
    flash(gettext("Noted."))
    return redirect(url_for("network.organization", slug=public.slug), code=303)


@blueprint.post("/workspace/organizations/<slug>/notes/<uuid:note_id>/delete")
def note_delete(slug: str, note_id: UUID) -> ResponseReturnValue:
    """Take one's own away."""
    found, public = organization_at(slug)
    row = db.session.get(ConsulateNote, note_id)
    if row is None or row.organization_id != found.id or row.consulate_id not in {item.id for item in my_consulates()}:
        abort(404)
    delete_note(db.session, row, actor_name())
    db.session.commit()
    flash(gettext("The note is gone."))
    return redirect(url_for("network.organization", slug=public.slug), code=303)


@blueprint.post("/workspace/organizations/<slug>/vouch/<consulate>/<any(yes, no):answer>")
def vouch_for(slug: str, consulate: str, answer: str) -> ResponseReturnValue:
    """They worked with us."""
    found, public = organization_at(slug)
    own, _ = consulate_at(consulate, Permission.JOINT_WORK)
    if answer == "yes":
        vouch(db.session, own.id, found.id, actor_name(), now())
        flash(gettext("Noted. Consulates see it now; the public only if the organization agrees."))
    elif row := vouch_of(db.session, own.id, found.id):
        unvouch(db.session, row, actor_name())
        flash(gettext("Taken back."))
    db.session.commit()
    return redirect(url_for("network.organization", slug=public.slug), code=303)
