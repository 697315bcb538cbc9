"""Referrals from a country's case register: created, read and closed with a consulate's token.

No field here is for a person. The register keeps its own opaque id, and the free text is checked like an officer's.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from flask import Response, g, json, request
from flask_openapi import APIBlueprint, Tag
from sqlalchemy import select

from directory.accounts.throttle import throttle
from directory.accounts.viewer import actor_name, viewer
from directory.api.referral_models import (
    IdempotencyHeader,
    OutcomeIn,
    ReferralIn,
    ReferralList,
    ReferralOut,
    ReferralPath,
)
from directory.api.responses import base_url, documented
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import now, today
from directory.consulates.models import Consulate
from directory.database import LOCK
from directory.exchange.json_records import Json
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.personal_data.free_text import HoldsPersonalData
from directory.places.asked import SeveralPlaces, UnknownPlace, read_place
from directory.problems import problem
from directory.publication.find import Found, find_record
from directory.referrals import refer, send
from directory.referrals.models import Referral, ReferralRequest, Sentence
from directory.referrals.remind import write_referral
from directory.vocabulary.catalogue import vocabulary
from directory.vocabulary.languages import is_language

blueprint = APIBlueprint(
    "referral_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="referrals", description="Needs the token of a consulate.")],
    abp_security=[{"consulate": []}],
)
csrf.exempt(blueprint)
MAX_LISTED = 100


@blueprint.after_request
def no_store(response: Response) -> Response:
    """Nothing of it belongs into a cache, and no other site may read it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers.pop("Access-Control-Allow-Origin", None)
    return response


@blueprint.post(
    "/referrals",
    summary="Send a referral",
    responses={201: ReferralOut, **documented(400, 401, 403, 404, 409, 422, 429)},
)
def create(header: IdempotencyHeader, body: ReferralIn) -> Response:
    """Send it. The same key with the same body answers as before; with another body it is refused."""
    consulate_id = _consulate_id()
    # One request of a consulate at a time: of two with the same key one must see what the other did.
    consulate = db.session.get_one(Consulate, consulate_id, with_for_update=LOCK, populate_existing=True)
    digest = hashlib.sha256(json.dumps(body.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
    known = db.session.get(ReferralRequest, (consulate_id, header.idempotency_key))
    if known:
        if known.digest != digest:
            return problem(409, "This Idempotency-Key was used for another request.")
        return _answer(db.session.get_one(Referral, known.referral_id), 201, known.written_to)
    if db.session.scalar(
        select(Referral.id).where(Referral.consulate_id == consulate_id, Referral.external_id == body.external_id)
    ):
        return problem(409, "This external_id was sent already, under another Idempotency-Key.")
    found = find_record(db.session, Entity.ORGANIZATION, body.organization)
    if not isinstance(found, Found):
        return problem(404, "There is no organization with this id or slug.")
    try:
        need = _need(body)
    except ValueError as error:
        return problem(422, str(error))
    organization = db.session.get_one(Organization, found.record_id)
    if body.location is not None and body.location not in {place.id for place in organization.locations}:
        return problem(422, "location: the organization has no location with this id")
    try:
        referral = send.send_referral(
            db.session,
            consulate,
            organization,
            need,
            language=body.language,
            actor=actor_name(),
            now=now(),
            override_reason=body.override_reason,
            external_id=body.external_id,
            location_id=body.location,
        )
    except HoldsPersonalData as error:
        return problem(422, f"message seems to hold: {error}. Take it out, or give an override_reason that holds none.")
    except send.NotAtOwnRequest:
        return problem(422, "This concerns asylum of a national of the consulate: at_own_request must be true.")
    except refer.NotPossible:
        return problem(409, "The organization cannot be asked now.")
    written = write_referral(db.session, referral, consulate, organization, now())
    db.session.add(
        ReferralRequest(
            consulate_id=consulate_id,
            key=header.idempotency_key,
            digest=digest,
            referral_id=referral.id,
            at=now(),
            written_to=written,
        )
    )
    g.api_token.used_on = today()
    answer = _answer(referral, 201, written)
    db.session.commit()
    return answer


def _need(body: ReferralIn) -> send.Need:
    """What the body asks for. Raises ValueError with what is wrong."""
    terms = vocabulary(db.session)
    if body.need not in terms.areas:
        raise ValueError(f"need: {body.need!r} is not a service area")
    if body.population is not None and body.population not in terms.populations:
        raise ValueError(f"population: {body.population!r} is not a population")
    if body.spoken_language is not None and not is_language(body.spoken_language):
        raise ValueError(f"spoken_language: {body.spoken_language!r} is not an ISO 639 code")
    return send.Need(
        area=body.need,
        age_group=body.age_group,
        urgency=body.urgency,
        population=body.population,
        nationality=body.nationality,
        place_id=_place(body.place),
        spoken=body.spoken_language,
        sentences=tuple(item for item in Sentence if item in body.sentences),
        message=(body.message or "").strip() or None,
        is_consented=body.person_informed_and_agreed,
        is_at_own_request=body.at_own_request,
    )


def _place(typed: str | None) -> str | None:
    if not typed:
        return None
    try:
        place_id = read_place(db.session, typed).place_id
    except UnknownPlace:
        raise ValueError("place: no such place in the gazetteer") from None
    except SeveralPlaces as error:
        listed = "; ".join(f"{place.code} ({place.label('en')})" for place in error.candidates)
        raise ValueError(f"place: one of several, name one by its id: {listed}") from None
    if place_id is None:
        raise ValueError("place: name a town, not a state or a country")
    return place_id


@blueprint.get("/referrals", summary="The newest referrals", responses={200: ReferralList, **documented(401, 403)})
def listed() -> Response:
    """Those of the token's consulate, the newest first; at most 100."""
    query = select(Referral).where(Referral.consulate_id == _consulate_id()).order_by(Referral.sent_at.desc())
    found = db.session.scalars(query.limit(MAX_LISTED)).all()
    slugs = current_slugs(db.session, Entity.ORGANIZATION, [item.organization_id for item in found])
    return _json({"results": [_body(item, slugs.get(item.organization_id, "")) for item in found]}, 200)


@blueprint.get(
    "/referrals/<key>", summary="Where a referral stands", responses={200: ReferralOut, **documented(401, 403, 404)}
)
def read(path: ReferralPath) -> Response:
    """One of the token's consulate; of any other it says that there is none."""
    referral = _find(path.key)
    return _answer(referral, 200) if referral else problem(404, "There is no such referral of this consulate.")


@blueprint.post(
    "/referrals/<key>/close",
    summary="Say what became of it",
    responses={200: ReferralOut, **documented(400, 401, 403, 404, 409)},
)
def close(path: ReferralPath, body: OutcomeIn) -> Response:
    """Close an accepted referral; closing it again with the same outcome changes nothing."""
    referral = _find(path.key, lock=True)
    if referral is None:
        return problem(404, "There is no such referral of this consulate.")
    if referral.outcome == body.outcome:
        return _answer(referral, 200)
    try:
        refer.close(db.session, referral, body.outcome, actor_name(), now())
    except refer.NotPossible:
        return problem(409, f"A referral that is {referral.state.value} cannot be closed with this outcome.")
    g.api_token.used_on = today()
    answer = _answer(referral, 200)
    db.session.commit()
    return answer


def _consulate_id() -> UUID:
    token = viewer().token
    if token is None:
        raise LookupError("the gate let a request through that has no token")
    return token.consulate_id


def _find(key: str, *, lock: bool = False) -> Referral | None:
    query = select(Referral).where(Referral.consulate_id == _consulate_id())
    kind, _, external_id = key.partition(":")
    if kind == "external":
        query = query.where(Referral.external_id == external_id)
    else:
        query = query.where(Referral.reference == key.upper())
    return db.session.scalar(query.with_for_update() if lock else query)


def _answer(referral: Referral, status: int, written: int | None = None) -> Response:
    slug = current_slugs(db.session, Entity.ORGANIZATION, [referral.organization_id]).get(referral.organization_id, "")
    body = _body(referral, slug)
    if written is not None:
        body["written_to"] = written
    return _json(body, status)


def _json(body: Json, status: int) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


def _body(referral: Referral, slug: str) -> Json:
    def instant(value: Any) -> str | None:
        return value.isoformat() if value else None

    return {
        "reference": referral.reference,
        "external_id": referral.external_id,
        "organization": {
            "id": str(referral.organization_id),
            "slug": slug,
            "url": f"{base_url()}/es/organizations/{slug}",
        },
        "state": referral.state.value,
        "location": str(referral.location_id) if referral.location_id else None,
        "need": referral.need,
        "population": referral.population,
        "nationality": referral.nationality,
        "age_group": referral.age_group.value,
        "urgency": referral.urgency.value,
        "sentences": referral.sentences,
        "sent_at": referral.sent_at.isoformat(),
        "answered_at": instant(referral.answered_at),
        "decline_reason": referral.decline_reason.value if referral.decline_reason else None,
        "outcome": referral.outcome.value if referral.outcome else None,
        "closed_at": instant(referral.closed_at),
        "written_to": None,
    }


def throttle_requests() -> None:
    """Count a register's requests before they are read: a loop gone wild must not fill an organization's mailbox."""
    if request.blueprint == "referral_api" and request.method == "POST":
        token = hashlib.sha256(request.headers.get("Authorization", "").encode()).hexdigest()[:16]
        throttle("referral", request.remote_addr, token)
