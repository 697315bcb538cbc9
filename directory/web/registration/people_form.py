"""The step about people: whom the organization serves, and in which languages."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from directory.organizations.record_data import (
    RecordData,
)
from directory.places.countries import MEMBER_STATES, country_name
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.languages import language_name
from directory.web.options import options
from directory.web.registration.base_form import SafeForm
from directory.web.registration.fields import CheckboxesField

LANGUAGES_OFFERED = (
    "es", "en", "fr", "ht", "pt", "mam", "quc", "kek", "kjb", "cak", "jac", "ixl", "tzj", "nhn", "yua", "mix", "zap",
    "tzo", "tzh", "cab", "miq", "qu", "ru", "zh", "ar", "hi", "uk", "so", "sw", "ln", "ase", "mfs",
)  # fmt: skip
"""Languages of people on the move in the region, sign languages too; others are kept where a record has them."""
NATIONALITIES_OFFERED = (
    *MEMBER_STATES,
    "HT",
    "CU",
    "VE",
    "CO",
    "EC",
    "PE",
    "BR",
    "CN",
    "IN",
    "CM",
    "AO",
    "CD",
    "AF",
    "UA",
)


class PeopleForm(SafeForm):
    """Whom the organization serves, and in which languages."""

    populations = CheckboxesField(_l("For whom"), description=_l("None chosen: for anyone."))
    languages = CheckboxesField(
        _l("Languages in which people are helped"), description=_l("Those that somebody of yours speaks.")
    )
    nationalities = CheckboxesField(
        _l("Only for these nationalities"), description=_l("None chosen: for all. Most organizations leave this empty.")
    )

    def __init__(self, data: RecordData, terms: Vocabulary, language: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = tuple(code for code in data.languages if code not in LANGUAGES_OFFERED)
        named = {code for service in data.services.values() for code in service.nationalities}
        self.populations.choices = options([(term.slug, term.labels[language]) for term in terms.populations.values()])
        self.languages.choices = options(
            [(code, language_name(code, language)) for code in (*LANGUAGES_OFFERED, *known)]
        )
        self.nationalities.choices = options(
            sorted(
                ((code, country_name(code, language)) for code in {*NATIONALITIES_OFFERED, *named}),
                key=lambda item: item[1],
            )
        )


def fill_people(form: PeopleForm, data: RecordData) -> None:
    """Show what is known."""
    form.populations.data = list(data.populations)
    form.languages.data = list(data.languages)
    form.nationalities.data = sorted({code for item in data.services.values() for code in item.nationalities})


def read_people(form: PeopleForm, base: RecordData) -> RecordData:
    """`base` with what the form says, for the organization and each of its services."""
    populations, languages = tuple(sorted(form.populations.data or ())), tuple(sorted(form.languages.data or ()))
    nationalities = tuple(sorted(form.nationalities.data or ()))
    services = {
        group: service.model_copy(
            update={"populations": populations, "languages": languages, "nationalities": nationalities}
        )
        for group, service in base.services.items()
    }
    return base.model_copy(update={"populations": populations, "languages": languages, "services": services})
