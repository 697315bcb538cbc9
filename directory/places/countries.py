"""Countries and subdivisions: codes, labels in three languages, and how a language speaks of a country."""

from __future__ import annotations

import csv
import gettext
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pycountry
from babel import Locale

from directory.settings import LANGUAGES, resource_dir

MEMBER_STATES = ("BZ", "CA", "CR", "DO", "SV", "GT", "HN", "MX", "NI", "PA", "US")
"""The eleven countries of the Regional Conference on Migration."""


@dataclass(frozen=True)
class CountryForms:
    """A country in a sentence, by language: `del` or `of` it, `in` it, and the demonyms of its people."""

    of: dict[str, str]
    within: dict[str, str]
    demonyms: dict[str, tuple[str, ...]]


def is_country(code: str) -> bool:
    """Whether `code` is an ISO 3166-1 alpha-2 code."""
    return len(code) == 2 and code.isupper() and pycountry.countries.get(alpha_2=code) is not None


def is_subdivision(code: str) -> bool:
    """Whether `code` is an ISO 3166-2 code."""
    return pycountry.subdivisions.get(code=code) is not None


@cache
def country_name(code: str, language: str) -> str:
    """The country's name in a language; the code itself where none is known."""
    return str(Locale.parse(language).territories.get(code, code))


@cache
def subdivision_name(code: str, language: str) -> str:
    """The subdivision's name in a language: ours, then pycountry's; the code where unknown."""
    if own := _own_names().get((code, language)):
        return own
    subdivision = pycountry.subdivisions.get(code=code)
    if subdivision is None:
        return code
    return _subdivision_catalogue(language).gettext(subdivision.name)


def region_name(code: str, language: str) -> str:
    """The name of a country or of a subdivision in a language, whichever the code is."""
    return country_name(code, language) if len(code) == 2 else subdivision_name(code, language)


@cache
def names_digest() -> str:
    """Another one whenever a release brings other names of regions: what was made of them is made anew."""
    return hashlib.sha256(_names_file().read_bytes()).hexdigest()


def _names_file() -> Path:
    return resource_dir("seed_data") / "places" / "subdivisions.csv"


@cache
def _own_names() -> dict[tuple[str, str], str]:
    """Names as people write them, by code and language, where pycountry has others."""
    with _names_file().open(encoding="utf-8", newline="") as file:
        return {(row["code"], row["language"]): row["name"] for row in csv.DictReader(file)}


@cache
def subdivisions_of(country: str) -> tuple[str, ...]:
    """The codes of a country's finest subdivisions by code; of the outlying areas of the US only Puerto Rico."""
    known = list(pycountry.subdivisions.get(country_code=country) or ())
    parents = {item.parent_code for item in known}
    return tuple(
        sorted(
            item.code
            for item in known
            if item.code not in parents and (item.type != "Outlying area" or item.code == "US-PR")
        )
    )


@cache
def _subdivision_catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-2", pycountry.LOCALES_DIR, languages=[language], fallback=True)


@cache
def country_forms(code: str) -> CountryForms:
    """How each language speaks of a country; the bare name with a plain preposition where not written down."""
    row = _forms_table().get(code)
    if row is not None:
        return row
    names = {language: country_name(code, language) for language in LANGUAGES}
    return CountryForms(
        of={"es": f"de {names['es']}", "en": f"of {names['en']}", "fr": f"de {names['fr']}"},
        within={"es": f"en {names['es']}", "en": f"in {names['en']}", "fr": f"en {names['fr']}"},
        demonyms=dict.fromkeys(LANGUAGES, ()),
    )


def countries_with_demonyms() -> tuple[str, ...]:
    """The codes of the countries whose people have written-down names."""
    return tuple(_forms_table())


@cache
def _forms_table() -> dict[str, CountryForms]:
    with (resource_dir("seed_data") / "places" / "countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: _forms(row) for row in csv.DictReader(file)}


def _forms(row: dict[str, str]) -> CountryForms:
    return CountryForms(
        of={language: row[f"of_{language}"] for language in LANGUAGES},
        within={language: row[f"in_{language}"] for language in LANGUAGES},
        demonyms={language: tuple(row[f"demonyms_{language}"].split("|")) for language in LANGUAGES},
    )
