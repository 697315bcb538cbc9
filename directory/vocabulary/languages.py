"""Languages that people speak: codes (ISO 639-1, else 639-3) and labels in three languages."""

from __future__ import annotations

import csv
import gettext
import hashlib
from functools import cache
from pathlib import Path

import pycountry
from babel import Locale

from directory.settings import resource_dir


def is_language(code: str) -> bool:
    """Whether `code` is an ISO 639-1 code, or an ISO 639-3 code of a language that has no 639-1 code."""
    if not code.isascii() or not code.islower():
        return False
    if len(code) == 2:
        return pycountry.languages.get(alpha_2=code) is not None
    language = pycountry.languages.get(alpha_3=code)
    return language is not None and not hasattr(language, "alpha_2")


@cache
def names_digest() -> str:
    """Another one whenever a release brings other names of languages: what was made of them is made anew."""
    return hashlib.sha256(_names_file().read_bytes()).hexdigest()


def _names_file() -> Path:
    return resource_dir("seed_data") / "languages.csv"


@cache
def _own_names() -> dict[str, dict[str, str]]:
    """Names as the people of the region say them, by code and language, where CLDR or pycountry have none or others."""
    with _names_file().open(encoding="utf-8", newline="") as file:
        return {row.pop("code"): row for row in csv.DictReader(file)}


@cache
def language_name(code: str, language: str) -> str:
    """The label of a language in `language`: ours, then CLDR's, then pycountry's; the code where all are silent."""
    if own := _own_names().get(code, {}).get(language):
        return own
    label = Locale.parse(language).languages.get(code)
    if label:
        return str(label)
    known = pycountry.languages.get(alpha_2=code) if len(code) == 2 else pycountry.languages.get(alpha_3=code)
    if known is None:
        return code
    return _catalogue(language).gettext(known.name)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("iso639-3", pycountry.LOCALES_DIR, languages=[language], fallback=True)
