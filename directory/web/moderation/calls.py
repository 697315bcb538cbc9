"""My next ten calls, the first verification of a country, and how fresh each country is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory.accounts.policy import Permission, Target
from directory.accounts.viewer import actor_name, require, viewer
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import now, today
from directory.extensions import db
from directory.mail.letters import absolute, in_language
from directory.moderation.calls import (
    CallOutcome,
    NotYours,
    close_call,
    my_list,
    note_call,
    number_to_write_to,
    numbers_of,
    take_list,
)
from directory.moderation.first_verification import (
    BadCell,
    ListRow,
    apply_results,
    as_csv,
    read_results,
    unverified,
)
from directory.moderation.models import ConfirmationRequest
from directory.moderation.remind import question_link
from directory.moderation.standing import freshness_by_country, standings
from directory.organizations.models import Organization, Phone, VerificationMethod
from directory.places.countries import MEMBER_STATES
from directory.publication.organizations import public_organizations
from directory.publication.records import PublicOrganization
from directory.registration.reach import address_of, language_of
from directory.vocabulary.catalogue import vocabulary
from directory.web.moderation.queue import blueprint, my_countries
from directory.web.registration.fields import stripped
from directory.web.registration.records import record_at, target_of

MAX_FILE = 1_000_000


@dataclass(frozen=True)
class Call:
    """One call: the public record, and the numbers to try."""

    record: PublicOrganization
    phones: list[Phone]


@blueprint.get("/moderation/calls")
def calls() -> str:
    """What I have in hand, with a short script."""
    ids = my_list(db.session, viewer().user_id or abort(403), now())
    records = {record.id: record for record in public_organizations(db.session, ids, now())}
    found = [Call(records[key], numbers_of(db.session, key)) for key in ids if key in records]
    return render_template("moderation/calls.html", calls=found, key_for=request.args.get("key"))


@blueprint.post("/moderation/calls")
def take() -> ResponseReturnValue:
    """Give me ten."""
    take_list(db.session, viewer().user_id or abort(403), now(), my_countries())
    db.session.commit()
    return redirect(url_for("moderation.calls"), code=303)


@blueprint.post(
    "/moderation/calls/<uuid:organization_id>/"
    "<any(confirmed, 'no-answer', 'wrong-number', closed, 'not-found'):outcome>"
)
def close(organization_id: UUID, outcome: str) -> ResponseReturnValue:
    """One tap: what came of it."""
    organization = db.session.get(Organization, organization_id) or abort(404)
    note = (stripped(request.form.get("note")) or "")[:500] or None
    try:
        close_call(
            db.session, organization, CallOutcome(outcome), viewer().user_id or abort(403), actor_name(), now(), note
        )
    except NotYours:
        db.session.rollback()
        flash(gettext("The time for this call was up. Take a new list; what you found out you can note there."))
        return redirect(url_for("moderation.calls"), code=303)
    has_no_mail = outcome == CallOutcome.CONFIRMED and address_of(db.session, organization_id) is None
    db.session.commit()
    flash(gettext("Noted: %(name)s.", name=organization.name))
    slugs = current_slugs(db.session, Entity.ORGANIZATION, [organization_id]) if has_no_mail else {}
    return redirect(url_for("moderation.calls", key=slugs.get(organization_id)), code=303)


@blueprint.post("/moderation/organizations/<slug>/ask")
def ask_by_whatsapp(slug: str) -> ResponseReturnValue:
    """Open WhatsApp with the question and a fresh link in it."""
    organization, record = record_at(slug)
    require(Permission.MODERATE, target_of(record))
    number = number_to_write_to(db.session, organization.id)
    if number is None:
        abort(409)
    language = language_of(db.session, organization.id, organization.country)
    token = question_link(db.session, organization.id, None, now())
    with in_language(language):
        text = gettext(
            "Hello, this is the consular support directory. "
            "Is our record of %(name)s still right? Please look: %(link)s",
            name=organization.name,
            link=absolute(f"/{language}/still-right/{token}"),
        )
    db.session.add(ConfirmationRequest(organization_id=organization.id, channel="whatsapp", sent_at=now()))
    db.session.commit()
    return render_template("moderation/whatsapp.html", link=f"https://wa.me/{number[1:]}?text={quote(text)}", text=text,
                           record=record)  # fmt: skip


@blueprint.get("/moderation/freshness")
def freshness() -> str:
    """How fresh each country is."""
    table = freshness_by_country(standings(db.session, today(), my_countries()))
    return render_template("moderation/freshness.html", table=table)


def _chosen_list() -> tuple[str, str | None]:
    """The country and need of a call list."""
    sent = request.form if request.method == "POST" else request.args
    country, area = sent.get("country", ""), sent.get("area") or None
    if country not in MEMBER_STATES or (area and area not in vocabulary(db.session).areas):
        abort(400, gettext("Choose a country and a kind of help."))
    require(Permission.MODERATE, Target(countries=frozenset({country})))
    return country, area


@blueprint.get("/moderation/first-verification")
def first_verification() -> str:
    """The unconfirmed records of a country and a need."""
    if "country" not in request.args:
        return _list_page(None)
    country, area = _chosen_list()
    rows = unverified(db.session, country, area, today())
    return _list_page(rows, country, area)


def _list_page(
    rows: list[ListRow] | None, country: str | None = None, area: str | None = None, problems: Sequence[BadCell] = ()
) -> str:
    return render_template(
        "moderation/first_verification.html", rows=rows, country_code=country, area=area, problems=problems
    )


@blueprint.get("/moderation/first-verification.csv")
def first_verification_csv() -> Response:
    """The same as a file, with blank columns for the results."""
    country, area = _chosen_list()
    text = as_csv(unverified(db.session, country, area, today()))
    name = f"calls-{country}-{area or 'all'}-{today()}.csv"
    return Response(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@blueprint.post("/moderation/first-verification")
def bring_results() -> ResponseReturnValue:
    """Take the results of a file in: all of it, or nothing and what is wrong with it."""
    upload = request.files.get("file")
    raw = upload.read(MAX_FILE + 1) if upload else b""
    results, problems = read_results(db.session, raw, today())
    countries = my_countries()
    for result in results:
        organization = db.session.get_one(Organization, result.organization_id)
        if countries is not None and organization.country not in countries:
            abort(403)
    if problems or not results or len(raw) > MAX_FILE:
        db.session.rollback()
        if not problems:
            flash(gettext("The file holds no results."))
        return _list_page(None, problems=problems), 422
    confirmed = apply_results(db.session, results, viewer().user_id, actor_name(), now())
    db.session.commit()
    flash(gettext("%(count)s results noted, %(confirmed)s records confirmed.", count=len(results), confirmed=confirmed))
    return redirect(url_for("moderation.first_verification"), code=303)


@blueprint.post("/moderation/first-verification/<slug>")
def bring_one(slug: str) -> ResponseReturnValue:
    """One result, by a tap."""
    organization, record = record_at(slug)
    require(Permission.MODERATE, target_of(record))
    outcome = request.form.get("outcome", "")
    if outcome not in set(CallOutcome):
        abort(400)
    note_call(db.session, organization, CallOutcome(outcome), viewer().user_id, actor_name(), now(),
              (stripped(request.form.get("note")) or "")[:500] or None, VerificationMethod.CALL)  # fmt: skip
    db.session.commit()
    flash(gettext("Noted: %(name)s.", name=organization.name))
    country = request.form.get("country") or record.country
    area = request.form.get("area") or None
    return redirect(url_for("moderation.first_verification", country=country, area=area, lang=g.lang), code=303)
