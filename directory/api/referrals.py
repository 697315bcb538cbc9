"""Referrals from a country's case register: created, read and closed with a consulate's token.

No field here is for a person. The register keeps its own opaque id, and the free text is checked like an officer's.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Response, g, json, request
from flask_openapi import APIBlueprint, Tag
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import select

from directory.accounts.throttle import throttle
from directory.accounts.viewer import actor_name, viewer
from directory.api.requests import Country
from directory.api.responses import base_url, documented
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import now, today
from directory.consulates.models import Consulate
from directory.database import LOCK
from directory.exchange.json_records import Json
from directory.extensions import csrf, db
from directory.organizations.models import Organization
from directory.personal_data.free_text import HoldsPersonalData, PersonalData, personal_data_in
from directory.places.asked import SeveralPlaces, UnknownPlace, read_place
from directory.problems import problem
from directory.publication.find import Found, find_record
from directory.referrals import refer
from directory.referrals.models import AgeGroup, Outcome, Referral, ReferralRequest, Urgency
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
LEAST_DIGITS = 4
"""Digits of an opaque id: a name has none."""
_SEPARATORS = re.compile(r"[._:-]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_DOCUMENT = re.compile(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d|[A-Za-z]{1,3}[-.:_]?\d{6,9}[A-Za-z]?")
"""CURP, and letters before or behind a number as passports and A-numbers have them."""
_TELLING = frozenset({PersonalData.NAME, PersonalData.NAME_LIST, PersonalData.EMAIL, PersonalData.BIRTH_DATE})


def _opaque(text: str) -> str:
    """An id that says nothing about anybody: letters and digits that only the register understands."""
    if _UUID.fullmatch(text):
        return text
    has_letters = any(char.isalpha() for char in text)
    digits = sum(char.isdigit() for char in text)
    kinds = set(personal_data_in(_SEPARATORS.sub(" ", text))) & _TELLING
    if not has_letters or digits < LEAST_DIGITS or kinds or _DOCUMENT.fullmatch(text):
        raise ValueError(
            f"must hold letters, at least {LEAST_DIGITS} digits, and nothing that looks like a document or a name: "
            "use an id that only your register understands"
        )
    return text


OpaqueId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{8,64}$"), AfterValidator(_opaque)]


class ReferralIn(BaseModel):
    """A referral as a case register sends it. What is not named here is refused, so that no name slips through."""

    model_config = ConfigDict(extra="forbid")

    external_id: OpaqueId = Field(description="The register's own opaque id: no name, document number or phone.")
    organization: str = Field(min_length=1, max_length=120, description="Id or slug of the organization.")
    need: str = Field(max_length=60, description="Slug of a service area.")
    population: str | None = Field(None, max_length=60, description="Slug of a population.")
    nationality: Country | None = Field(None, description="ISO 3166-1 alpha-2.")
    age_group: AgeGroup
    place: str | None = Field(None, max_length=120, description="A town: a gazetteer id, or `McAllen, Texas`.")
    urgency: Urgency
    spoken_language: str | None = Field(None, max_length=3, description="ISO 639-1, else 639-3.")
    message: str | None = Field(None, max_length=refer.MAX_TEXT, description="No names, phones, e-mails, documents.")
    override_reason: str | None = Field(
        None, min_length=8, max_length=200, description="Why a text that was refused holds nobody's data; audited."
    )
    person_informed_and_agreed: Literal[True] = Field(description="Without consent nothing is sent.")
    at_own_request: bool = Field(False, description="For asylum of one's own national: the person asks for it.")
    language: Literal["es", "en", "fr"] = "es"


class OutcomeIn(BaseModel):
    """What became of a referral."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome


class ReferralOut(BaseModel):
    """Where a referral stands."""

    reference: str
    external_id: str | None
    organization: dict[str, str]
    state: Literal["sent", "asked", "accepted", "declined", "withdrawn", "closed"]
    need: str
    population: str | None
    nationality: str | None
    age_group: str
    urgency: str
    sent_at: str
    answered_at: str | None
    decline_reason: str | None
    outcome: str | None
    closed_at: str | None
    written_to: int | None = Field(None, description="Letters that went out; 0: call them, they have no e-mail.")


class ReferralList(BaseModel):
    """The newest referrals of the token's consulate."""

    results: list[ReferralOut]


class ReferralPath(BaseModel):
    """A reference, or the register's own id with `external:` before it."""

    key: str = Field(min_length=8, max_length=80)


class IdempotencyHeader(BaseModel):
    """So that a request that is sent twice acts once."""

    model_config = ConfigDict(extra="ignore")

    idempotency_key: str = Field(alias="Idempotency-Key", pattern=r"^[A-Za-z0-9._:-]{8,64}$")


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
    try:
        referral = refer.send_referral(
            db.session,
            consulate,
            organization,
            need,
            language=body.language,
            actor=actor_name(),
            now=now(),
            override_reason=body.override_reason,
            external_id=body.external_id,
        )
    except HoldsPersonalData as error:
        return problem(422, f"message seems to hold: {error}. Take it out, or give an override_reason that holds none.")
    except refer.NotAtOwnRequest:
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


def _need(body: ReferralIn) -> refer.Need:
    """What the body asks for. Raises ValueError with what is wrong."""
    terms = vocabulary(db.session)
    if body.need not in terms.areas:
        raise ValueError(f"need: {body.need!r} is not a service area")
    if body.population is not None and body.population not in terms.populations:
        raise ValueError(f"population: {body.population!r} is not a population")
    if body.spoken_language is not None and not is_language(body.spoken_language):
        raise ValueError(f"spoken_language: {body.spoken_language!r} is not an ISO 639 code")
    return refer.Need(
        area=body.need,
        age_group=body.age_group,
        urgency=body.urgency,
        population=body.population,
        nationality=body.nationality,
        place_id=_place(body.place),
        spoken=body.spoken_language,
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
        "need": referral.need,
        "population": referral.population,
        "nationality": referral.nationality,
        "age_group": referral.age_group.value,
        "urgency": referral.urgency.value,
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
