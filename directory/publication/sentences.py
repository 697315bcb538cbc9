"""A sentence about an organization, made from the facts, in the reader's language, where nobody wrote one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from babel.lists import format_list

from directory.publication.records import PublicLocation, PublicOrganization
from directory.vocabulary.catalogue import Vocabulary

MAX_NAMED = 4
_OFFER = {"es": "{offer} en {place}.", "en": "{offer} in {place}.", "fr": "{offer} à {place}."}
_NO_OFFER = {
    "es": "Organización de la sociedad civil en {place}.",
    "en": "Civil society organization in {place}.",
    "fr": "Organisme de la société civile à {place}.",
}
MORE_SERVICES = {"es": "otros servicios", "en": "other services", "fr": "d’autres services"}
_AND = {"es": "y", "en": "and", "fr": "et"}
_SOUNDS_I = re.compile(r"h?[ií](?![aeou])", re.IGNORECASE)
_FOR = {"es": "Para {whom}.", "en": "For {whom}.", "fr": "Pour {whom}."}


def summary_in(
    record: PublicOrganization, language: str, terms: Vocabulary, location: PublicLocation | None = None
) -> str:
    """What somebody wrote in `language`, else a sentence from the facts."""
    return record.summary.get(language) or fact_sentence(record, language, terms, location)


def fact_sentence(
    record: PublicOrganization, language: str, terms: Vocabulary, location: PublicLocation | None = None
) -> str:
    """`Albergue y alimentación en Tijuana (Baja California). Para familias y mujeres.`"""
    offer = [terms.areas[slug].labels[language] for slug in record.areas]
    if len(offer) > MAX_NAMED:
        offer = [*offer[: MAX_NAMED - 1], MORE_SERVICES[language]]
    whom = [terms.populations[slug].labels[language] for slug in record.populations]
    chosen = location or record.location(None)
    place = _place(chosen, language) if chosen else record.name
    pattern = _OFFER if offer else _NO_OFFER
    sentence = pattern[language].format(offer=list_labels(offer, language, starts=True), place=place)
    if whom:
        sentence += " " + _FOR[language].format(whom=list_labels(whom[:MAX_NAMED], language, starts=False))
    return sentence


def _place(location: PublicLocation, language: str) -> str:
    city, _, region = location.place_in(language).partition(", ")
    return f"{city} ({region})" if region else city


def _and_before(label: str, language: str) -> str:
    """*Y* becomes *e* before the sound of an i: `e información`, but `y hielo`."""
    return "e" if language == "es" and _SOUNDS_I.match(label) else _AND[language]


def list_labels(labels: Iterable[str], language: str, *, starts: bool) -> str:
    """Labels as a list in a sentence: lower case but for acronyms, the first capitalised where it starts.

    Semicolons part them where a label is a list itself: `salud mental y apoyo psicosocial; albergue; y transporte`.
    """
    lowered = [label if label[1:2].isupper() else label[0].lower() + label[1:] for label in labels]
    if len(lowered) > 1 and any(f" {_AND[language]} " in label or "," in label for label in lowered):
        between = "\u202f; " if language == "fr" else "; "
        text = between.join([*lowered[:-1], f"{_and_before(lowered[-1], language)} {lowered[-1]}"])
    else:
        text = format_list(lowered, locale=language)
        if len(lowered) > 1 and language == "es":
            text = text.removesuffix(f"y {lowered[-1]}") + f"{_and_before(lowered[-1], language)} {lowered[-1]}"
    return text[:1].upper() + text[1:] if starts else text
