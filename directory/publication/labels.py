"""How values are called in a language: those of facets, dates, telephone numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from babel.dates import format_date, format_skeleton

from directory import phones
from directory.places.countries import country_name, subdivision_name
from directory.publication.records import PublicPhone
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.languages import language_name

Labeller = Callable[[str], str]
_STATUS = {
    "verified": {"es": "Confirmado", "en": "Confirmed", "fr": "Confirmé"},
    "due": {"es": "Por reconfirmar", "en": "Confirmation due", "fr": "À reconfirmer"},
    "stale": {"es": "Desactualizado", "en": "Out of date", "fr": "Plus à jour"},
    "unverified": {"es": "Por confirmar", "en": "Not confirmed", "fr": "Non confirmé"},
}


def facet_labels(terms: Vocabulary, language: str) -> Mapping[str, Labeller]:
    """A function from value to label for each facet."""
    return {
        "country": lambda code: country_name(code, language),
        "admin1": lambda code: subdivision_name(code, language),
        "area": lambda slug: terms.areas[slug].labels[language],
        "population": lambda slug: terms.populations[slug].labels[language],
        "language": lambda code: language_name(code, language),
        "nationality": lambda code: country_name(code, language),
        "status": lambda status: _STATUS[status][language],
    }


def date_words(text: str | date, language: str) -> str:
    """`2023` → 2023; `2023-12` → diciembre de 2023; a day → the day in words."""
    parts = str(text).split("-")
    if len(parts) == 1:
        return parts[0]
    day = date(int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) > 2 else 1)
    if len(parts) == 2:
        return str(format_skeleton("yMMMM", day, locale=language))
    return str(format_date(day, format="long", locale=language))


def phone_text(phone: PublicPhone) -> str:
    """A number as it is dialled from anywhere, else as printed."""
    if not phone.number:
        return phone.text
    extension = f" ext. {phone.extension}" if phone.extension else ""
    note = phones.words_beside(phone.number, phone.text, phone.kind)
    return f"{phones.display_phone(phone.number)}{extension}" + (f" ({note})" if note else "")
