"""Are the catalogues complete? `python -m tests.catalogues` says; `--update` reads the strings into them."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "directory" / "translations"
LANGUAGES = ("es", "fr")
"""English is the language of the sources; every string there is its own translation."""
_KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
_METHODS = {"directory": [("**.py", "python")], "templates": [("**.html", "jinja2")]}


def extracted() -> Catalog:
    """Every string of code and templates."""
    catalog = Catalog(project="cso-directory", charset="utf-8")
    for folder, methods in _METHODS.items():
        options = {"**.html": {"trimmed": "true", "encoding": "utf-8"}}
        for _, _, message, comments, context in extract_from_dir(ROOT / folder, methods, options, _KEYWORDS):
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is on disk."""
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def problems() -> list[str]:
    """Every string that lacks a translation, is fuzzy, is no longer used, or loses a placeholder."""
    wanted = {message.id for message in extracted() if message.id}
    found = []
    for language in LANGUAGES:
        known = catalogue(language)
        for message in known:
            if message.id and message.id not in wanted:
                found.append(f"{language}: no longer used: {message.id!r}")
            if message.id and message.fuzzy:
                found.append(f"{language}: fuzzy: {message.id!r}")
            found += [f"{language}: {error}: {message.id!r}" for error in message.check(known) if message.id]
        for message_id in wanted:
            translated = known.get(message_id)
            texts = translated.string if translated else ""
            if not texts or (isinstance(texts, tuple) and not all(texts)):
                found.append(f"{language}: not translated: {message_id!r}")
    return sorted(found)


def update() -> None:
    """Add new strings and drop unused ones; nothing is translated by guess."""
    template = extracted()
    for language in LANGUAGES:
        known = catalogue(language)
        known.update(template, no_fuzzy_matching=True)
        known.obsolete.clear()
        with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("wb") as file:
            write_po(file, known, width=110, no_location=True, sort_output=True, ignore_obsolete=True)


if __name__ == "__main__":
    if "--update" in sys.argv:
        update()
    found = problems()
    for line in found:
        sys.stderr.write(f"{line}\n")
    sys.exit(1 if found else 0)
