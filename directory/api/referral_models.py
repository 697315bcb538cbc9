"""What the interface of case registers takes and gives."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from directory.api.requests import Country
from directory.personal_data.free_text import PersonalData, personal_data_in
from directory.referrals.models import AgeGroup, Outcome, Sentence, Urgency
from directory.referrals.send import MAX_TEXT
from directory.text import clean

LEAST_DIGITS = 4
"""Digits of an opaque id: a name has none."""
_SEPARATORS = re.compile(r"[._:-]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_DOCUMENT = re.compile(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d|[A-Za-z]{1,3}[-.:_]?\d{6,9}[A-Za-z]?")
"""CURP, and letters before or behind a number as passports and A-numbers have them."""
_TELLING = frozenset(PersonalData) - {PersonalData.PHONE, PersonalData.DOCUMENT}


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


CleanText = Annotated[str, AfterValidator(clean)]
OpaqueId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{8,64}$"), AfterValidator(_opaque)]


class ReferralIn(BaseModel):
    """A referral as a case register sends it. What is not named here is refused, so that no name slips through."""

    model_config = ConfigDict(extra="forbid")

    external_id: OpaqueId = Field(description="The register's own opaque id: no name, document number or phone.")
    organization: str = Field(min_length=1, max_length=120, description="Id or slug of the organization.")
    location: UUID | None = Field(None, description="Id of the organization's location that is asked; none: any.")
    need: str = Field(max_length=60, description="Slug of a service area.")
    population: str | None = Field(None, max_length=60, description="Slug of a population.")
    nationality: Country | None = Field(None, description="ISO 3166-1 alpha-2.")
    age_group: AgeGroup
    place: CleanText | None = Field(None, max_length=120, description="A town: a gazetteer id, or `McAllen, Texas`.")
    urgency: Urgency
    spoken_language: str | None = Field(None, max_length=3, description="ISO 639-1, else 639-3.")
    message: CleanText | None = Field(None, max_length=MAX_TEXT, description="No names, phones, e-mails, documents.")
    sentences: list[Sentence] = Field(
        default_factory=list,
        max_length=len(Sentence),
        description="Fixed sentences: each side reads them in its own language.",
    )
    override_reason: CleanText | None = Field(
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
    location: str | None = Field(description="Id of the location that was asked.")
    need: str
    population: str | None
    nationality: str | None
    age_group: str
    urgency: str
    sentences: list[str]
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
