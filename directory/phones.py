"""Telephone numbers as people print them: found in text, parsed to E.164 where possible, else kept as text.

The numbers are found by libphonenumber (`phonenumbers`); before it looks, what it does not know is written as it
expects it: numbers spelt in letters, Mexican prefixes of before 2019, extensions by other names. What stands around a
number is kept as its note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberMatch, PhoneNumberMatcher

from directory.text import clean

MAX_TEXT = 80
MAX_PRINTED = 1_000
"""Signs of a text that are read: no cell with numbers is longer."""
_BLANKS = re.compile(r"[ \t]{2,}|(?<=\n)\s+|\s+(?=\n)")
_TRIES = 1_000
"""Runs of digits that are tried in one text."""
_SEPARATOR = re.compile(r"\s*(?:[/;,|&\n]|\b(?:or|and|o|u|y|e|ou|et)\b)\s*", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_EDGES = " \n\t.;,/|&:-–—"
_TEN_DIGITS = r"(?=[\s\-.(]*(?:\d[\s\-.()]*){10}(?!\d))"
_MEXICAN_PREFIX = re.compile(rf"(?:(?<=\+52)[\s\-.(]*(?:1|01|044|045)|(?<![\d+])52[\s\-.]?1)[\s\-.)]*{_TEN_DIGITS}")
_OLD_TRUNK = re.compile(rf"(?<![\d+])(?:01|044|045)[\s\-.]*{_TEN_DIGITS}")
_WITHOUT_PLUS = re.compile(r"(?<![\d+(\-])(?:\((50[2-7])\)|(50[2-7]))(?=[\s\-.]+\d{4}[\s\-]?\d{4}(?!\d))")
"""A code of Central America before eight digits: no part of a local number."""
_TIME = re.compile(
    r"(?<!\d)(?:24\s?/\s?7|[0-2]?\d[:h][0-5]\d|\d{1,2}\s?(?:[ap]\.?m\b\.?|h(?:rs?|oras?|ours?|eures?)?\b))(?!\d)",
    re.IGNORECASE,
)
_HOURS = re.compile(r"(?<![\d.\-–])\d{1,2}\s?[\-–]\s?\d{1,2}(?![\d.\-–])")
_IN_LETTERS = re.compile(
    r"(?<![\w+])(?:\+?1[\s\-.]?)?\(?8(?:00|33|44|55|66|77|88)\)?[\s\-.]+(?=[\dA-Z\s\-.]*[A-Z]{3})"
    r"[\dA-Z]+(?:-[\dA-Z]+)*(?:\s(?=[\dA-Z]*\d)[\dA-Z]+)*\b"
)
_WORDS_OF_EXTENSION = r"ext(?:ensi[oó]n|ension|n)?|extn|poste|local|anexo|interno|int|x|#"
_EXTENSION = re.compile(rf"\s*[,;(]?\s*(?:{_WORDS_OF_EXTENSION})[\s.:#]*(\d{{1,7}})(?!\d|\s?[hd])\)?", re.IGNORECASE)
_JOINED_BY = r"\s?(?:[/,&]|\b(?:or|and|o|u|y|ou|et)\b)\s?"
_ENDS = r"(?=\s?(?:$|[/;,|&()\n]|\b(?:or|and|o|u|y|ou|et)\b))"
_LAST_DIGITS = re.compile(rf"\s?/\s?(\d{{2,4}}){_ENDS}", re.IGNORECASE)
_WITHOUT_AREA = re.compile(rf"{_JOINED_BY}(\d{{3,4}}[\s-]?\d{{4}}){_ENDS}", re.IGNORECASE)
_MORE_EXTENSIONS = re.compile(rf"{_JOINED_BY}(\d{{1,7}}){_ENDS}", re.IGNORECASE)
_SHORT = re.compile(r"\*?\d(?:[\s-]?\d){1,5}")
_MOST_IN_ONE = 10
_CODES = ("52", "501", "502", "503", "504", "505", "506", "507")
"""Country codes of members that people write without `+`; `1` is too often the prefix of something else."""
_SHORT_NUMBERS_OF = ("US", "MX", "GT", "CR", "DO", "SV")
"""Whose short numbers (911, 211, 066) are never the last digits of another number."""
_LEAST_DIGITS = 6
_VOICE = re.compile(r"\b(?:t[eé]l|tel[eé]fono|t[eé]l[eé]phone|phone|voice|voz|voix)\b", re.IGNORECASE)
_OTHER_CHANNELS = (("fax", re.compile(r"\bfax\b|\btélécopieur\b", re.IGNORECASE)),
                   ("whatsapp", re.compile(r"\bwhats?\s?app?\b|\bwasap\b", re.IGNORECASE)))  # fmt: skip


@dataclass(frozen=True)
class ParsedPhone:
    """One number: E.164 or None, the text as printed with the words around it, the extension, and those words."""

    number: str | None
    text: str
    extension: str | None = None
    note: str | None = None

    @property
    def channel(self) -> str:
        """`voice`, or what the note says: `fax`, `whatsapp`."""
        note = self.note or ""
        named = (name for name, words in _OTHER_CHANNELS if words.search(note) and not _VOICE.search(note))
        return next(named, "voice")


@dataclass(frozen=True)
class _Found:
    """A number with its place in the printed text."""

    number: str
    extension: str | None
    start: int
    end: int
    written: str | None = None
    """What to show, where it was printed in short."""


@dataclass(frozen=True)
class _Plain:
    """A text to be searched, and where in the printed one each of its signs stands."""

    text: str
    at: tuple[int, ...]

    @classmethod
    def of(cls, printed: str) -> _Plain:
        return cls(printed, tuple(range(len(printed) + 1)))

    def replaced(self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> _Plain:
        """With each match replaced; signs of a replacement stand where the matched ones did, as far as they go."""
        text, done = "", 0
        at: tuple[int, ...] = ()
        for match in pattern.finditer(self.text):
            written = new(match)
            text += self.text[done : match.start()] + written
            last = max(match.end() - 1, match.start())
            at += self.at[done : match.start()]
            at += tuple(self.at[min(match.start() + offset, last)] for offset in range(len(written)))
            done = match.end()
        return _Plain(text + self.text[done:], (*at, *self.at[done:]))


def parse_phones(printed: str, country: str) -> list[ParsedPhone]:
    """The numbers in a printed text, read as numbers of `country` (alpha-2); duplicates once.

    A text without one stays as it is, if it says anything.
    """
    text = _BLANKS.sub(" ", clean(printed[:MAX_PRINTED])).strip(_EDGES.replace("-", ""))
    if not text:
        return []
    plain = _as_expected(text, country)
    found = list(_found(plain, country)) or list(_found(plain.replaced(_HOURS, _hidden), country))
    phones = _with_notes(text, found) if found else _without_number(text)
    unique: dict[tuple[str, str | None], ParsedPhone] = {}
    for phone in phones:
        unique.setdefault((phone.number or phone.text, phone.extension), phone)
    return list(unique.values())


def _found(plain: _Plain, country: str) -> Iterator[_Found]:
    for match in PhoneNumberMatcher(plain.text, country, phonenumbers.Leniency.VALID, _TRIES):
        end = match.end
        extension = match.number.extension
        if extension is None and (said := _EXTENSION.match(plain.text, end)):
            extension, end = said[1], said.end()
        yield _Found(_e164(match.number), extension, plain.at[match.start], plain.at[end])
        yield from _more(plain, match, extension, end, country)


def _as_expected(text: str, country: str) -> _Plain:
    plain = _Plain.of(text).replaced(_TIME, _hidden).replaced(_IN_LETTERS, _in_digits)
    plain = plain.replaced(_WITHOUT_PLUS, lambda match: f"+{match[1] or match[2]}")
    if country == "MX":
        plain = plain.replaced(_OLD_TRUNK, lambda _: "+52 ")
    return plain.replaced(_MEXICAN_PREFIX, lambda match: "+52 " if match[0].startswith("52") else " ")


def _hidden(match: re.Match[str]) -> str:
    return "·" * len(match[0])


def _in_digits(match: re.Match[str]) -> str:
    """A number spelt in letters, in digits: as many as are dialled."""
    digits = phonenumbers.convert_alpha_characters_in_number(match[0])
    wanted = 11 if re.sub(r"\D", "", digits).startswith("1") else 10
    return "".join(
        char if not char.isdigit() or sum(map(str.isdigit, digits[:at])) < wanted else ""
        for at, char in enumerate(digits)
    ).rstrip(" -.")


def _more(plain: _Plain, match: PhoneNumberMatch, extension: str | None, end: int, country: str) -> Iterator[_Found]:
    """What follows a number in short: further extensions, or the last digits of the next line: `802-2543/2371`."""
    number = match.number
    national = phonenumbers.national_significant_number(number)
    area = _IN_BRACKETS.search(match.raw_string)
    for _ in range(_MOST_IN_ONE):
        if extension is not None:
            said = _MORE_EXTENSIONS.match(plain.text, end)
            if said is None or len(said[1]) > max(len(extension), 4):
                return
            shown = f"{display_phone(_e164(number))} ext. {said[1]}"
            yield _Found(_e164(number), said[1], plain.at[said.start(1)], plain.at[said.end(1)], shown)
        else:
            said = _LAST_DIGITS.match(plain.text, end) or (_WITHOUT_AREA.match(plain.text, end) if area else None)
            line = _line_beside(national, number.country_code, said[1], country) if said else None
            if said is None or line is None:
                return
            shown = display_phone(_e164(line))
            yield _Found(_e164(line), None, plain.at[said.start(1)], plain.at[said.end(1)], shown)
        end = said.end()


def _line_beside(national: str, code: int | None, written: str, country: str) -> PhoneNumber | None:
    """The number that has other last digits; None where they are a number of their own."""
    digits = re.sub(r"\D", "", written)
    is_short = len(digits) == 3 and any(short_code(digits, member) for member in _SHORT_NUMBERS_OF)
    if len(digits) >= len(national) or is_short or valid_number(written, country):
        return None
    return valid_number(f"+{code}{national[: -len(digits)]}{digits}")


def valid_number(text: str, country: str | None = None) -> PhoneNumber | None:
    """A text that is a number and nothing else, as `country` (alpha-2) dials it; None if no plan of numbers has it."""
    number = _parsed(text, country)
    return number if number and phonenumbers.is_valid_number(number) else None


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _with_notes(text: str, found: list[_Found]) -> Iterator[ParsedPhone]:
    """Each number with the words that belong to it: those before it up to what parts it from the one before."""
    lead = text[: found[0].start]
    for at, phone in enumerate(found):
        following = text[phone.end : found[at + 1].start] if at + 1 < len(found) else text[phone.end :]
        trail, next_lead = _shared(following) if at + 1 < len(found) else (following, "")
        before, lead = _without_rest(lead)
        after, trail = _without_rest(trail)
        yield from before
        written = phone.written or text[phone.start : phone.end]
        note = " ".join(part for part in map(_stripped, (lead, trail)) if part) or None
        yield ParsedPhone(phone.number, _printed(lead, written, trail), phone.extension, note)
        yield from after
        lead = next_lead


def _without_number(text: str) -> list[ParsedPhone]:
    """What stands where no number was found: as numbers abroad that lack their `+`, else as it is."""
    rest, note = _without_rest(text)
    return rest if rest and not _stripped(note) else [ParsedPhone(None, " ".join(text.split())[:MAX_TEXT])]


def _without_rest(words: str) -> tuple[list[ParsedPhone], str]:
    """What looks like a number and is none here, each by itself; and the words that are left."""
    rest, left = [], []
    for piece in _SEPARATOR.split(words):
        digits = re.sub(r"\D", "", _HOURS.sub("", _TIME.sub("", piece)))
        if len(digits) < _LEAST_DIGITS or (any(map(str.isalpha, piece)) and not digits.startswith(_CODES)):
            left.append(piece)
            continue
        abroad = valid_number(f"+{digits}") if digits.startswith(_CODES) else None
        rest.append(ParsedPhone(_e164(abroad) if abroad else None, piece.strip(_EDGES)[:MAX_TEXT]))
    return (rest, " ".join(left)) if rest else ([], words)


def _shared(between: str) -> tuple[str, str]:
    """What stands between two numbers, as what belongs to the first and to the second."""
    hidden = _IN_BRACKETS.sub(lambda match: "·" * len(match[0]), between)
    if parted := list(_SEPARATOR.finditer(hidden)):
        return between[: parted[0].start()], between[parted[0].end() :]
    bracket = _IN_BRACKETS.match(between.lstrip())
    cut = len(between) - len(between.lstrip()) + bracket.end() if bracket else 0
    return between[:cut], between[cut:]


def _stripped(text: str) -> str:
    bare = " ".join(text.split()).strip(_EDGES)
    return bare[1:-1].strip() if bare.startswith("(") and bare.endswith(")") and bare.count("(") == 1 else bare


def _printed(lead: str, written: str, trail: str) -> str:
    whole = " ".join(f"{lead}{written}{trail}".split()).strip(_EDGES)
    if len(whole) <= MAX_TEXT:
        return whole
    return " ".join(f"{written} {trail}".split())[:MAX_TEXT].strip(_EDGES)


@lru_cache(maxsize=4_096)
def phone_note(number: str, text: str) -> str | None:
    """The words that stand around a number in its printed text: `for headquarters`, `español`."""
    if not any(char.isalpha() for char in text):
        return None
    country = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    return next((phone.note for phone in parse_phones(text, country or "") if phone.number == number), None)


def words_beside(number: str | None, text: str, kind: str) -> str | None:
    """The note of a number, unless it says no more than its kind does: `WhatsApp`."""
    note = phone_note(number, text) if number else None
    return note if note and note.casefold() != kind else None


def short_code(text: str, country: str) -> str | None:
    """What a telephone in `country` dials for a short number (`2-1-1`, `*611`); None if nobody answers it there."""
    if not _SHORT.fullmatch(text):
        return None
    digits = re.sub(r"[^\d*]", "", text)
    number = _parsed(digits.lstrip("*"), country)
    return digits if number and phonenumbers.is_valid_short_number_for_region(number, country) else None


def display_phone(number: str) -> str:
    """An E.164 number as people of its country write it, with the country code."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
