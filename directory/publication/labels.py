"""How the values of facets are called in a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from directory.places.countries import country_name, subdivision_name
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.languages import language_name

Labeller = Callable[[str], str]
_STATUS = {
    "verified": {"es": "Confirmado", "en": "Confirmed", "fr": "Confirmé"},
    "due": {"es": "Por reconfirmar", "en": "Confirmation due", "fr": "À reconfirmer"},
    "stale": {"es": "Desactualizado", "en": "Out of date", "fr": "Plus à jour"},
    "unverified": {"es": "Sin confirmar", "en": "Not confirmed", "fr": "Non confirmé"},
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
