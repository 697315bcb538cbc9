"""How the consulates of one country share a host country, and agreements by which another country assists."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.policy import Permission, Target
from directory.accounts.viewer import actor_name, require
from directory.clock import now
from directory.consulates.assistance import (
    NotYours,
    agree_to_assistance,
    agreement_with,
    agreements_of,
    end_assistance,
    propose_assistance,
)
from directory.consulates.models import AssistanceAgreement, Consulate, ConsulateStatus
from directory.consulates.overlaps import Coverage, Served, shared_out
from directory.extensions import csrf, db
from directory.places.countries import MEMBER_STATES, subdivision_name
from directory.publication.consulates import find_consulates
from directory.web.consulates.forms import AssistanceForm
from directory.web.languages import page_blueprint

blueprint: Blueprint = page_blueprint("country", __name__)
liaison: Blueprint = page_blueprint("liaison", __name__)


def own_country(code: str, permission: Permission) -> str:
    """A member country that I may act for; 404 for no member, 403 for another's."""
    if code not in MEMBER_STATES:
        abort(404)
    require(permission, Target(sending_country=code))
    return code


@blueprint.get("/workspace/countries/<code>/sharing")
def sharing(code: str) -> str:
    """Overlaps and gaps between the consulates of my country, one host country at a time."""
    own_country(code, Permission.READ_COUNTRY)
    hosts = sorted(
        set(
            db.session.scalars(
                select(Consulate.host_country).where(
                    Consulate.sending_country == code,
                    Consulate.removed_at.is_(None),
                    Consulate.status != ConsulateStatus.CLOSED,
                )
            )
        )
    )
    host = request.args.get("host") or ("US" if "US" in hosts else hosts[0] if hosts else "")
    if host and host not in hosts:
        abort(404)
    records = find_consulates(db.session, Consulate.sending_country == code, Consulate.host_country == host)
    return render_template(
        "consulates/sharing.html",
        code=code,
        hosts=hosts,
        host=host,
        shared=_by_name(shared_out(db.session, code, host)) if host else None,
        records={record.id: record for record in records},
    )


def _by_name(shared: Coverage) -> Coverage:
    """The parts in the order of their names in the reader's language."""

    def ordered(parts: tuple[Served, ...]) -> tuple[Served, ...]:
        names = {part: (subdivision_name(part.spot.admin1 or "", g.lang), part.county or "") for part in parts}
        return tuple(sorted(parts, key=lambda part: names[part]))

    return Coverage(ordered(shared.overlaps), ordered(shared.gaps), ordered(shared.unsure))


@liaison.get("/workspace/countries/<code>/assistance")
def assistance(code: str) -> str:
    """What my country agreed on with others."""
    own_country(code, Permission.ANSWER_FOR_COUNTRY)
    return _assistance_page(code, AssistanceForm(code))


def _assistance_page(code: str, form: AssistanceForm) -> str:
    return render_template(
        "consulates/assistance.html", code=code, form=form, agreements=agreements_of(db.session, [code])
    )


@liaison.post("/workspace/countries/<code>/assistance")
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def assistance_save(code: str) -> ResponseReturnValue:
    """Propose one."""
    own_country(code, Permission.ANSWER_FOR_COUNTRY)
    form = AssistanceForm(code)
    if not form.validate():
        return _assistance_page(code, form), 422
    ours_assist = form.direction.data == "ours-assist-theirs"
    agreement = AssistanceAgreement(
        sending_country=form.other.data if ours_assist else code,
        assisting_country=code if ours_assist else form.other.data,
        host_country=form.host.data,
        source_name=form.source_name.data,
        source_url=form.source_url.data,
        valid_from=form.valid_from.data,
        valid_until=form.valid_until.data,
        proposed_by_country=code,
        proposed_at=now(),
    )
    propose_assistance(db.session, agreement, actor_name())
    db.session.commit()
    flash(gettext("Noted. It counts once a liaison of the other country has agreed here."))
    return redirect(url_for("liaison.assistance", code=code), code=303)


@liaison.post("/workspace/countries/<code>/assistance/<uuid:agreement_id>/<any(agree, end):action>")
def assistance_act(code: str, agreement_id: UUID, action: str) -> ResponseReturnValue:
    """Agree, or end."""
    own_country(code, Permission.ANSWER_FOR_COUNTRY)
    agreement = agreement_with(db.session, agreement_id)
    if agreement is None or code not in (agreement.sending_country, agreement.assisting_country):
        abort(404)
    act = agree_to_assistance if action == "agree" else end_assistance
    try:
        act(db.session, agreement, [code], actor_name(), now())
    except NotYours:
        abort(409, gettext("This is not possible any more, or it waits for the other country."))
    db.session.commit()
    flash(gettext("Agreed. The answers to “which consulate?” name it from now on.") if action == "agree"
          else gettext("Ended."))  # fmt: skip
    return redirect(url_for("liaison.assistance", code=code), code=303)
