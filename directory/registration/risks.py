"""Why a person should look twice at a submission: what swindlers change, and what they write."""

from __future__ import annotations

import enum
import re
from typing import Any

from phonenumbers import PhoneNumberMatcher

from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.database import AnySession
from directory.organizations.differences import Difference, Path
from directory.organizations.duplicates.fingerprint import Match
from directory.organizations.duplicates.index import current_duplicates
from directory.organizations.record_data import CONTACT_FIELDS, RecordData
from directory.personal_data.normal_form import normal_form, read_together
from directory.personal_data.spelt_numbers import with_digits
from directory.registration.models import Submission, SubmissionKind
from directory.registration.proof import is_top_level
from directory.registration.protection import opens, strings
from directory.registration.twins import fingerprint_of, waiting_twins

MAX_LINKS = 3


class Risk(enum.StrEnum):
    """What may be wrong."""

    CONTACT = "contact"
    """A phone, e-mail or address on the web changes: the swindler's door."""
    MONEY = "money"
    """A text that speaks of accounts, transfers or prices paid beforehand."""
    LINKS = "links"
    """Many addresses in texts."""
    DUPLICATE = "duplicate"
    """Probably on record already."""
    PROTECTION = "protection"
    """A protected address or a private e-mail becomes public."""
    DROPPED = "dropped"
    """A decision about it could not be carried out."""


_MONEY = re.compile(
    r"\b(clabe|iban|swift|bic|routing number|account number|n[uú]mero de cuenta|num[eé]ro de compte|cuenta bancaria"
    r"|compte bancaire|bank account|western ?union|moneygram|paypal|zelle|cash ?app|venmo|oxxo|bitcoin|crypto\w*"
    r"|dep[oó]sit\w*|transferenc\w*|virement\w*|wire transfer|anticipo|pago previo|paiement pr[eé]alable"
    r"|prepa(?:y|id|go)\w*)\b",
    re.IGNORECASE,
)
_CURRENCY = r"(?:[$₡€]|(?:pesos?|d[oó]lares|dollars?|quetzales|lempiras?|usd|mxn|cad)\b)"
_AMOUNT = rf"(?:[$₡€]\s?\d|(?<![\d.,])\d[\d.,]*\s?{_CURRENCY})"
_PAID = (
    r"(?:cuota|pag[oau]\w*|cobra\w*|honorarios?|inscripci[oó]n|tarifa|fees?|pay\w*|charges?|frais|pai\w+|pay[eé]\w*"
    r"|cotisation|tarif)"
)
_PRICE = re.compile(rf"\b{_PAID}\b[^.;\n]{{0,40}}{_AMOUNT}|{_AMOUNT}[^.;\n]{{0,25}}\b{_PAID}\b", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\d[ -]?){15,22}(?!\d)")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_CONTACT = re.compile(
    r"@[\w.-]+|https?://|\bwww\.|[\w)\]]\s?[(\[]?\b(?:arroba|arobase)\b|\w[(\[]at[)\]]|\w\s?[(\[](?:dot|punto|point)[)\]]"
    r"|\w\s?\.\s?(?:com|org|net|info|xyz|shop)\b|\w (?:punto|dot|point) (?:com|org|net|mx|gt|hn|sv|us|ca|info)\b",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?<![\w.@-])(?:[a-z0-9-]{1,63}\.)+([a-z]{2,24})(?:(/)|(?![\w-]))", re.IGNORECASE)
_ALSO_WORDS = frozenset(
    {"la", "si", "no", "de", "es", "al", "me", "se", "su", "as", "at", "be", "in", "is", "it", "so", "us"}
)
"""Domains of countries that are also words: `ayuda.la familia` is no site."""
_DIAL_FROM = ("MX", "US")
"""Countries as whose numbers the digits of a text are read; a number with its country code is found anyway."""


def texts_of(data: RecordData) -> list[str]:
    """Everything that somebody wrote in words."""
    texts = [*data.summary.values(), *data.description.values(), data.name, *data.alternate_names]
    for service in data.services.values():
        for field in (service.name, service.description, service.eligibility, service.documents_required, service.cost):
            texts += field.values()
    return texts


def speaks_of_money(text: str) -> bool:
    """Whether a text could lead somebody to pay, or to pay into an account."""
    plain = normal_form(text)
    return any(rule.search(plain) for rule in (_MONEY, _PRICE, _LONG_NUMBER))


def holds_contact(text: str) -> bool:
    """Whether a text tells how to reach somebody: a number, also in words, an address, a site."""
    plain = normal_form(text)
    readings = dict.fromkeys(with_digits(reading) for reading in (plain, read_together(plain)))
    return any(
        _CONTACT.search(reading)
        or any(map(_is_host, _HOST.finditer(reading)))
        or any(PhoneNumberMatcher(reading, country).has_next() for country in _DIAL_FROM)
        for reading in readings
    )


def _is_host(found: re.Match[str]) -> bool:
    """Whether what stands before and after a dot is a site, not the end of a sentence without a space after it."""
    domain, has_path = found[1], bool(found[2])
    return is_top_level(domain.lower()) and (has_path or (domain.islower() and domain not in _ALSO_WORDS))


def is_harmless(text: str | None) -> bool:
    """Whether a free text may be public without anybody having looked at it."""
    return not text or not (speaks_of_money(text) or holds_contact(text))


def count_links(data: RecordData) -> int:
    """How many addresses on the web the texts hold."""
    return sum(len(_LINK.findall(text)) for text in texts_of(data))


def is_risky(difference: Difference) -> bool:
    """Whether a change must be confirmed through the old channel or by a moderator before it goes live."""
    if _is_contact(difference.path):
        return bool(difference.after or difference.before)
    if difference.path[-1] == "visibility":
        return opens(difference.before, difference.after)
    if difference.path[-1] == "is_email_private":
        return bool(difference.before) and not difference.after
    known = set(strings(difference.before))
    return any(text not in known and not is_harmless(text) for text in strings(difference.after))


def _is_contact(path: Path) -> bool:
    return path[-1] in CONTACT_FIELDS


def risks_of(session: AnySession, submission: Submission, data: RecordData) -> dict[str, Any]:
    """The risks of a submission as it is handed in, each with what was seen."""
    found: dict[str, Any] = {}
    if any(speaks_of_money(text) for text in texts_of(data)):
        found[Risk.MONEY.value] = True
    if count_links(data) > MAX_LINKS:
        found[Risk.LINKS.value] = count_links(data)
    if submission.kind == SubmissionKind.NEW:
        own = fingerprint_of(data)
        matches = current_duplicates(session).find(own)
        slugs = current_slugs(session, Entity.ORGANIZATION, [match.organization_id for match in matches])
        alike = [
            {"id": str(match.organization_id), "slug": slugs.get(match.organization_id), **_told(match)}
            for match in matches
        ]
        twins = waiting_twins(session, own, submission.id)
        alike += [{"submission": str(match.organization_id), **_told(match)} for match in twins]
        if alike:
            found[Risk.DUPLICATE.value] = alike
    return found


def _told(match: Match) -> dict[str, Any]:
    """What a submission keeps of a record or registration that it may be the same as."""
    reasons = [reason.value for reason in match.reasons]
    return {"name": match.name, "score": round(match.score, 3), "reasons": reasons}
