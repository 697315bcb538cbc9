"""What a consulate is called in each language."""

from __future__ import annotations

from collections.abc import Callable

from directory.consulates.models import Consulate
from directory.database import AnySession
from directory.places.countries import country_forms
from directory.places.lookup import town_names

NameOf = Callable[[str], str]
"""Given a language, what something is called in it."""
_NAMES = {
    "es": {
        "embassy": "Embajada {of}",
        "consulate-general": "Consulado General {of}",
        "consulate": "Consulado {of}",
        "consular-agency": "Agencia Consular {of}",
        "honorary-consulate": "Consulado Honorario {of}",
    },
    "en": {
        "embassy": "Embassy {of}",
        "consulate-general": "Consulate General {of}",
        "consulate": "Consulate {of}",
        "consular-agency": "Consular Agency {of}",
        "honorary-consulate": "Honorary Consulate {of}",
    },
    "fr": {
        "embassy": "Ambassade {of}",
        "consulate-general": "Consulat général {of}",
        "consulate": "Consulat {of}",
        "consular-agency": "Agence consulaire {of}",
        "honorary-consulate": "Consulat honoraire {of}",
    },
}
_IN_CITY = {"es": "{name} en {city}", "en": "{name} in {city}", "fr": "{name} à {city}"}


def office_name(kind: str, sending_country: str, city: str | None, language: str) -> str:
    """`Consulado de Honduras en McAllen`."""
    name = _NAMES[language][kind].format(of=country_forms(sending_country).of[language])
    return _IN_CITY[language].format(name=name, city=city) if city else name


def names_of(session: AnySession, consulate: Consulate) -> NameOf:
    """The names of one consulate (one query)."""
    towns = town_names(session, [consulate.place_id]).get(consulate.place_id, {}) if consulate.place_id else {}

    def name(language: str) -> str:
        return office_name(
            consulate.kind.value, consulate.sending_country, towns.get(language) or consulate.city, language
        )

    return name
