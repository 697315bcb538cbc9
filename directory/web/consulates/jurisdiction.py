"""Whom a consulate serves, stated by the consulate itself."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.policy import Permission
from directory.accounts.viewer import actor_name
from directory.clock import now, today
from directory.consulates.edit import ServesNothing, Stated, state_jurisdiction
from directory.consulates.models import Consulate, JurisdictionState
from directory.consulates.overlaps import shared_out
from directory.extensions import csrf, db
from directory.places.countries import subdivision_name
from directory.publication.consulate_records import PublicConsulate, PublicJurisdictionArea
from directory.publication.consulates import consulate_name, find_consulates
from directory.web.consulates.desk import blueprint, consulate_at
from directory.web.consulates.jurisdiction_form import JurisdictionForm


@blueprint.get("/workspace/consulates/<slug>/jurisdiction")
def jurisdiction(slug: str) -> str:
    """What stands on record, to be corrected and confirmed."""
    consulate, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    return _page(record, JurisdictionForm(consulate, today(), formdata=None, **_stated(consulate, record)))


def _stated(consulate: Consulate, record: PublicConsulate) -> dict[str, object]:
    included = [area for area in record.jurisdiction if area.mode == "include"]
    is_own = consulate.jurisdiction_edited_at is not None
    return {
        "countries": [area.country for area in included if area.admin1 is None],
        "regions": [area.admin1 for area in included if area.admin1 and not (area.admin2 or area.place_id)],
        "parts": _as_lines(area for area in included if area.admin2 or area.place_id),
        "without": _as_lines(area for area in record.jurisdiction if area.mode == "exclude"),
        "source": consulate.jurisdiction_source if is_own else consulate_name(record, g.lang),
        "source_url": consulate.jurisdiction_source_url,
        "source_date": today(),
        "is_whole": is_own and consulate.jurisdiction_state == JurisdictionState.KNOWN,
    }


def _as_lines(areas: Iterable[PublicJurisdictionArea]) -> str:
    return "\n".join(
        f"{area.name}, {subdivision_name(area.admin1 or '', g.lang)} [{area.admin2 or area.place_id}]" for area in areas
    )


def _page(record: PublicConsulate, form: JurisdictionForm) -> str:
    return render_template("consulates/jurisdiction.html", record=record, form=form)


@blueprint.post("/workspace/consulates/<slug>/jurisdiction")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def jurisdiction_save(slug: str) -> ResponseReturnValue:
    """Put it in the place of what stood there."""
    consulate, record = consulate_at(slug, Permission.EDIT_CONSULATE)
    form = JurisdictionForm(consulate, today())
    if not form.validate():
        return _page(record, form), 422
    stated = Stated(form.areas, form.is_whole.data, form.source.data, form.source_url.data, form.source_date.data)
    try:
        state_jurisdiction(db.session, consulate, stated, actor_name(), now())
    except ServesNothing:
        db.session.rollback()
        form.regions.errors = [gettext("This consulate is closed on record: a closed one serves no place.")]
        return _page(record, form), 422
    db.session.commit()
    flash(gettext("Saved. The page, the search and the answers to “which consulate?” follow it from now on."))
    for name in _others(record):
        flash(gettext("%(name)s is on record for some of the same places. Agree who serves them.", name=name))
    return redirect(url_for("pages.consulate", slug=record.slug), code=303)


def _others(record: PublicConsulate) -> list[str]:
    """The sister consulates that are known to serve some of the same places now."""
    shared = shared_out(db.session, record.sending_country, record.host_country)
    mine = [part for part in shared.overlaps if record.id in part.known]
    ids = {consulate_id for part in mine for consulate_id in part.known} - {record.id}
    return [consulate_name(other, g.lang) for other in find_consulates(db.session, Consulate.id.in_(ids))]
