"""Does a free text hold personal data of a migrant? A referral must not; this says which kinds it seems to hold.

A guard against what is written out of habit, not against somebody who wants to hide a name: see `personal_data_in`.
"""

from __future__ import annotations

import enum
import re

from phonenumbers import PhoneNumberMatcher

from directory.personal_data.normal_form import normal_form, read_together
from directory.personal_data.person_names import lists_names, names_somebody
from directory.personal_data.spelt_numbers import with_digits
from directory.personal_data.whereabouts import tells_a_handle, tells_initials_and_age, tells_where_somebody_lives


class PersonalData(enum.StrEnum):
    """What tells who somebody is, or how to reach them."""

    NAME = "name"
    """Somebody is named."""
    NAME_LIST = "name-list"
    """Two people or more are listed by name."""
    PHONE = "phone"
    """A telephone number of a member country, or what could be one."""
    EMAIL = "email"
    """An e-mail address, also one spelt out."""
    DOCUMENT = "document"
    """The number of a passport, an identity card or a case, or another long number."""
    BIRTH_DATE = "birth-date"
    """The day on which somebody was born; an age is none."""
    HANDLE = "handle"
    """What somebody is called on a social network."""
    HOME = "home"
    """A street with a number that is no office's."""


_COUNTRIES = ("BZ", "CA", "CR", "SV", "GT", "HN", "MX", "NI", "PA", "DO", "US")
_MASK = " ¦ "
"""Stands where something was taken out, so that its neighbours do not become one number."""

_PROVIDER = r"(?:gmail|hotmail|outlook|yahoo|icloud|proton(?:mail)?|live|aol|msn)"
_DOT = r"\s{0,2}(?:\.|[(\[{]?\s?\b(?:punto|dot|point)\b\s?[)\]}]?)\s{0,2}"
_EMAIL = re.compile(
    rf"(?:[^\s@(\[,;:]@|\w\s{{1,2}}@\s)\s?\w[\w.-]{{0,254}}{_DOT}\w{{2}}"
    rf"|\w\s{{0,2}}(?:[(\[{{]\s?(?:at|arroba|arobase|a|@)\s?[)\]}}]|\b(?:arroba|arobase)\b)\s{{0,2}}[\w-]{{1,63}}{_DOT}\w{{2}}"
    r"|\w\s{1,2}at\s{1,2}[\w-]{1,63}\s{1,2}dot\s{1,2}\w{2}"
    rf"|(?:\b(?:arroba|arobase)\s{{1,2}}|@\s{{0,2}}){_PROVIDER}\b"
    rf"|\b{_PROVIDER}{_DOT}com\b|\b(?:en|on|sur|by|por|par) {_PROVIDER}\b",
    re.IGNORECASE,
)

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_MONTH_NAME = (
    r"(?:ene(?:ro)?|feb(?:rero)?|mar(?:zo)?|abr(?:il)?|mayo?|jun(?:io)?|jul(?:io)?|ago(?:sto)?|sep(?:tiembre)?|setiembre"
    r"|oct(?:ubre)?|nov(?:iembre)?|dic(?:iembre)?"
    r"|jan(?:uary)?|february|march|apr(?:il)?|june|july|aug(?:ust)?|september|october|november|dec(?:ember)?"
    r"|janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre)\b\.?"
)
_DAY_IN_WORDS = (
    r"(?:primer[oa]?|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci\w{4,5}"
    r"|veint\w{1,7}|treinta(?: y uno)?|premier|deux|trois|quatre|cinq|six|sept|huit|neuf|dix(?:-\w{4})?|onze|douze"
    r"|treize|quatorze|quinze|seize|vingt(?:[ -]\w{2,4}){0,2}|trente(?: et un)?|first|second|third|\w{2,8}th"
    r"|(?:twenty|thirty)-(?:first|second|third))"
)
_NUMERIC_DATE = (
    rf"(?:{_DAY}(?P<s1>[/. -]){_MONTH}(?P=s1)(?:19|20)?\d\d|{_MONTH}(?P<s2>[/. -]){_DAY}(?P=s2)(?:19|20)?\d\d"
    rf"|{_YEAR}(?P<s3>[/.-]){_MONTH}(?P=s3){_DAY})"
)
_APART, _ENDS = r"(?<![\d+])(?<![\d+)][-/. ])", r"(?!\d|[-/.]\d)"
_CURRENCY = (
    r"(?:pesos?|d[oó]lares|dollars?|quetzales|lempiras?|c[oó]rdobas|colones|balboas|gourdes|euros?|usd|cad|mxn|gtq|hnl|nio"
    r"|crc|pab|dop|bzd|mil|km|personas|people|personnes)\b"
)
_AMOUNT = r"\d{1,3}(?:[,. ]\d{3}){1,2}(?:[.,]\d{2})?|\d{1,6}(?:[.,]\d{2})?"
_HARMLESS = re.compile(
    rf"{_APART}{_NUMERIC_DATE}{_ENDS}"
    rf"|{_APART}{_YEAR}\s?[-/]\s?{_YEAR}{_ENDS}"
    rf"|{_APART}(?:{_DAY}/{_MONTH}|{_MONTH}/{_DAY}|24/7){_ENDS}"
    r"|(?<!\d)(?:[01]?\d|2[0-4])\s?[:h]\s?[0-5]\d(?::[0-5]\d)?(?!\d)"
    r"|(?<!\d)[0-2]\d[0-5]\d\s?-\s?[0-2]\d[0-5]\d\s?(?:h|hrs|horas|hours|heures)\b"
    r"|(?<![\d-])\d{1,2}(?:[ ,/-]{1,3}\d{1,2}){0,9} (?:años|anos|years?|ans|meses|months|mois|d[ií]as|days|jours)\b"
    rf"|(?:[$₡€]|\b[QLB]/?\.?\s?(?=\d{{1,3}}[,.]\d{{3}})|\b(?:usd|cad|mxn)\s)\s?(?:{_AMOUNT}){_ENDS}"
    rf"|{_APART}(?:{_AMOUNT})\s?(?:{_CURRENCY}|[$₡€])",
    re.IGNORECASE,
)

_SHORTEST_PHONE = 7
_BETWEEN_DIGITS = r"(?:[ .·•*_~()/\[\]-]{1,4})?"
_PHONE_WORD = re.compile(
    r"\b(?:tel[eé]fonos?|t[eé]l[eé]phones?|tels?|cel(?:ular)?|m[oó]vil|mobile|phone|whats ?app|wa|fax|call|text"
    r"|llam\w{1,4}|marcar?|appel\w{1,3}|contact\w{0,3})\b[^\w+]{0,3}"
    r"(?:(?:al?|to|at|au|is|es|est|le|el|su|n[uú]mero|num(?:ber|[ée]ro)?|no|n)\b[^\w+]{0,3}){0,3}"
    rf"\+?\(?\d(?:{_BETWEEN_DIGITS}\d){{5,14}}(?!\d)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    rf"(?<!\d)\d(?:{_BETWEEN_DIGITS}\d){{6,}}|(?<!\d)\d{{3}},\s?\d{{3}},\s?\d{{4}}(?!\d)|(?<!\d)\d{{4}},\s?\d{{4}}(?!\d)"
)

_LONG_NUMBER = re.compile(r"\d{6}")
_DOCUMENT_WORD = re.compile(
    r"\b(?:pasaporte|passports?|passeports?|dni|dui|dpi|cui|curp|rfc|ine|nss|ssn|sin|nit|rtn|a[ -]?(?:number|#)"
    r"|alien(?: number)?|c[eé]dula|identidad|expediente|folio|exp|case(?: (?:number|file))?|file(?: number)?|dossier"
    r"|carte d'identit[ée]|visa)"
    r"\b[^\w]{0,4}(?:(?:is|es|est|n[uú]m(?:ero)?|num(?:ber|[ée]ro)|no|nr|n|de identidad)\b[^\w]{0,3}){0,3}"
    r"(?-i:[A-Z]{1,3}[ -])?(?:[a-z/.-]{0,6}\d){4}[\w/.-]{0,30}",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"(?<![\w+-])(?:"
    r"A[ #.-]{0,3}\d{2,3}[ -]?\d{3}[ -]?\d{3}|a[#-]?\d{8,9}"  # the alien number of the United States
    r"|[A-Z]{1,3}[ -]?\d{6,9}|[A-Za-zÑñ&]{1,6}-?\d{6,}\w{0,12}"  # passports, CURP, RFC, voter's card
    r"|[A-Za-zÑñ&]{4}[ -]\d{6}[ -]?\w{3,8}"  # CURP and RFC with spaces
    r"|\d{4}[ -]\d{4}[ -]\d{5}"  # Honduras
    r"|\d{4}[ -]\d{5}[ -]\d{4}"  # Guatemala
    r"|\d{8}[ -]\d"  # El Salvador
    r"|\d{3}[ -]?\d{6}[ -]?\d{4}[A-Za-z]"  # Nicaragua
    r"|[1-9]-\d{3,4}-\d{4}"  # Costa Rica
    r"|(?:\d{1,2}|E|N|PE|PI|\d{1,2}AV)-\d{2,4}-\d{3,6}|E-\d-\d{3,6}"  # Panama
    r"|\d{3}[ -]\d{7}[ -]\d"  # Dominican Republic
    r"|\d{3}[ -]\d{2}[ -]\d{4}"  # social security: United States, Belize
    r"|\d{3}[ -]\d{3}[ -]\d{3}"  # social insurance: Canada
    r"|\d{13,}"
    r")(?![\w]|[ -]?\d)"
)

_BIRTH_WORD = re.compile(
    r"\b(?:nacid[oa]s?|naci[oó]|nacieron|fecha de nac(?:imiento)?\b\.?|nacimiento|f\. ?nac|f\. ?n\.|born"
    r"|birth ?da(?:te|y)|date of birth|d\.? ?o\.? ?b\b\.?|cumplea[ñn]os|cumple a[ñn]os"
    r"|(?:est )?n[ée]e?s? (?:le|à|en)|naissance|ddn)",
    re.IGNORECASE,
)
_NEWBORN_BEFORE = re.compile(r"(?:reci[ée]n|new|nouveaux?|nouvelle)[ -]$", re.IGNORECASE)
_BIRTH_DATE = re.compile(
    rf"(?<!\d)(?:{_NUMERIC_DATE}(?!\d)|{_DAY}(?:st|nd|rd|th|er|º|°)?[\s-](?:de\s|of\s)?{_MONTH_NAME})"
    rf"|\b{_MONTH_NAME}[\s-]{_DAY}(?:st|nd|rd|th)?(?!\d)"
    rf"|\b{_DAY_IN_WORDS}\s(?:de\s|of\s)?{_MONTH_NAME}"
    rf"|(?<!\d){_DAY}[-./ ](?:X|IX|IV|V?I{{1,3}}|XI{{1,2}}|V)[-./ ](?:19|20)?\d\d",
    re.IGNORECASE,
)
_OTHER_EVENT = re.compile(
    r"[.;]|\b(?:lleg|sal[ei]|arriv|leav|left|need|necesit|cita|appoint|audienc|hearing|rendez|desde|since|depuis|hasta|until"
    r"|viaj|travel|entr|cruz|cross|part|besoin|deport|detuv|detain)",
    re.IGNORECASE,
)
_DATE_OF_BIRTH_AFTER = re.compile(
    r"[\s,(:-]{0,4}(?:(?:es|is|est) (?:su|the|his|her|their|sa|la) )?"
    r"(?:fecha de nac|d\.?o\.?b\b|date of birth|birth ?date|date de naissance)",
    re.IGNORECASE,
)
_NEAR_BIRTH = 45


def personal_data_in(text: str | None) -> tuple[PersonalData, ...]:
    """The kinds of personal data that a text seems to hold, in the order of the enum; empty for none.

    Widths, scripts of digits, invisible characters and the separators of numbers make no difference. A number that
    could be a phone and a document is both; people who are listed are also named. Takes time linear in the text.

    Read twice: as it stands, and with letters that stand apart joined and numbers in words as digits. Not found: a lone
    given name and a name unknown to the lexicon, if nothing introduces them; what `docs/security.md` names.
    """
    if not text:
        return ()
    plain = normal_form(text)
    together = read_together(plain)
    readings = dict.fromkeys((plain, together))
    numbers = dict.fromkeys(with_digits(reading) for reading in readings)
    found = {
        PersonalData.NAME: any(map(names_somebody, readings)) or tells_initials_and_age(plain),
        PersonalData.NAME_LIST: any(map(lists_names, readings)),
        PersonalData.EMAIL: any(map(_EMAIL.search, readings)),
        PersonalData.BIRTH_DATE: any(map(_holds_birth_date, readings)),
        PersonalData.HANDLE: tells_a_handle(plain),
        PersonalData.HOME: tells_where_somebody_lives(plain),
    }
    of_numbers = [_phone_and_document(reading) for reading in numbers]
    found[PersonalData.PHONE] = any(is_phone for is_phone, _ in of_numbers)
    found[PersonalData.DOCUMENT] = any(is_document for _, is_document in of_numbers)
    return tuple(kind for kind in PersonalData if found[kind])


def _phone_and_document(text: str) -> tuple[bool, bool]:
    """Whether a text holds a phone, and whether a document; what is surely the one is not asked for the other."""
    text = _HARMLESS.sub(_MASK, text)
    text, introduced = _PHONE_WORD.subn(_MASK, text)
    text, by_word = _DOCUMENT_WORD.subn(_MASK, text)
    text, by_form = _DOCUMENT.subn(_MASK, text)
    has_phone = bool(introduced or _PHONE.search(text)) or _matches_phone(text)
    without_codes = re.sub(r"\+\d+", _MASK, text)
    return has_phone, bool(by_word or by_form or _LONG_NUMBER.search(without_codes))


def _matches_phone(text: str) -> bool:
    may = sum(char.isdigit() for char in text) >= _SHORTEST_PHONE
    return may and any(PhoneNumberMatcher(text, country).has_next() for country in _COUNTRIES)


def _holds_birth_date(text: str) -> bool:
    for word in _BIRTH_WORD.finditer(text):
        if _NEWBORN_BEFORE.search(text[max(0, word.start() - 12) : word.start()]):
            continue
        near = text[word.end() : word.end() + _NEAR_BIRTH]
        date = _BIRTH_DATE.search(near)
        if date and not _OTHER_EVENT.search(near[: date.start()]):
            return True
    return any(_DATE_OF_BIRTH_AFTER.match(text, date.end()) for date in _BIRTH_DATE.finditer(text))


class HoldsPersonalData(ValueError):
    """A free text names or numbers somebody; `kinds` says what it seems to hold."""

    def __init__(self, kinds: tuple[PersonalData, ...]) -> None:
        super().__init__(", ".join(kinds))
        self.kinds = kinds


def check_text(text: str | None, override_reason: str | None = None) -> tuple[PersonalData, ...]:
    """What a text seems to hold although somebody says, with a reason, that it does not. Raises HoldsPersonalData.

    The reason itself must pass: it is kept.
    """
    kinds = personal_data_in(text)
    if kinds and (not override_reason or personal_data_in(override_reason)):
        raise HoldsPersonalData(kinds)
    return kinds
