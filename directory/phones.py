"""Telephone numbers as people print them: split, parsed to E.164 where possible, else kept as text."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

_SEPARATORS = re.compile(r"\s*(?:[/;,|]|\bor\b|\bo\b|\bou\b)\s*(?=[+(\d]|toll|ext)", re.IGNORECASE)
_OLD_TRUNK = {"MX": re.compile(r"^(?:01|044|045)[\s\-.(]+")}
_EXTENSION = re.compile(r"[\s,(]*(?:ext|x|extension)\.?\s*(\d{1,7})\)?\s*$", re.IGNORECASE)
MAX_TEXT = 80


@dataclass(frozen=True)
class ParsedPhone:
    """One number: E.164 or None, the text as printed, and the extension."""

    number: str | None
    text: str
    extension: str | None = None


def parse_phones(printed: str, country: str) -> list[ParsedPhone]:
    """The numbers in one printed cell, read as numbers of `country` (alpha-2); duplicates once."""
    found: dict[tuple[str | None, str | None] | str, ParsedPhone] = {}
    for piece in _SEPARATORS.split(printed.strip()):
        text = piece.strip(" .;,/")
        if text:
            phone = _parse(text[:MAX_TEXT], country)
            found.setdefault((phone.number, phone.extension) if phone.number else text, phone)
    return list(found.values())


def _parse(text: str, country: str) -> ParsedPhone:
    bare, extension = text, None
    if match := _EXTENSION.search(text):
        bare, extension = text[: match.start()], match.group(1)
    if country in _OLD_TRUNK:
        bare = _OLD_TRUNK[country].sub("", bare)
    try:
        number = phonenumbers.parse(bare, country)
    except phonenumbers.NumberParseException:
        return ParsedPhone(None, text)
    if not phonenumbers.is_valid_number(number):
        return ParsedPhone(None, text)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ParsedPhone(e164, text, extension or number.extension or None)


def display_phone(number: str) -> str:
    """An E.164 number as people of its country write it, with the country code."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
