"""Mobile consulates: where the consulate comes to, and when."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name
from directory.clock import now, today_in
from directory.consulates.edit import cancel_mobile, plan_mobile
from directory.consulates.models import MobileConsulate
from directory.extensions import csrf, db
from directory.publication.consulate_records import PublicConsulate
from directory.web.consulates.desk import blueprint, consulate_at
from directory.web.consulates.forms import MobileForm


@blueprint.get("/workspace/consulates/<slug>/mobile")
def mobile(slug: str) -> str:
    """What is announced, and a form for the next one."""
    consulate, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    return _page(record, MobileForm(consulate.host_country, today_in(consulate.timezone)))


def _page(record: PublicConsulate, form: MobileForm) -> str:
    return render_template("consulates/mobile.html", record=record, form=form)


@blueprint.post("/workspace/consulates/<slug>/mobile")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def mobile_save(slug: str) -> ResponseReturnValue:
    """Announce it."""
    consulate, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    form = MobileForm(consulate.host_country, today_in(consulate.timezone))
    if not form.validate() or form.found is None or form.found.place_id is None:
        return _page(record, form), 422
    event = MobileConsulate(
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data or form.starts_on.data,
        place_id=form.found.place_id,
        venue=form.venue.data,
        hours=form.hours.data,
        url=form.url.data,
        created_at=now(),
    )
    plan_mobile(db.session, consulate, event, actor_name())
    db.session.commit()
    flash(gettext("Announced. It stands on your page and in the answers for that town until it is over."))
    return redirect(url_for("consulate_record.mobile", slug=record.slug), code=303)


@blueprint.post("/workspace/consulates/<slug>/mobile/<uuid:event_id>/cancel")
def mobile_cancel(slug: str, event_id: UUID) -> ResponseReturnValue:
    """It does not come."""
    consulate, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    event = db.session.get(MobileConsulate, event_id)
    if event is None or event.consulate_id != consulate.id:
        abort(404)
    cancel_mobile(db.session, consulate, event, actor_name(), now())
    db.session.commit()
    flash(gettext("Cancelled."))
    return redirect(url_for("consulate_record.mobile", slug=record.slug), code=303)
