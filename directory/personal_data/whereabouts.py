"""Where somebody lives, what they are called on a network, and initials with an age: people found without a name."""

from __future__ import annotations

import re

_STREET = (
    r"(?:calles?|avenida|av|ave|avda|calz|calzada|blvd|boulevard|bulevar|privada|priv|cerrada|callej[oó]n|andador"
    r"|carretera|pasaje|prolongaci[oó]n|camino|residencial|fraccionamiento)"
)
_SPANISH_STREET = re.compile(
    rf"\b{_STREET}\b\.?[^.;\n]{{0,40}}?(?:\bn[uú]m(?:ero)?\.?|\bno\.|#|\bcasa\b|,)?\s?\b\d{{1,5}}(?!\d|\s?(?:km|pesos|h\b|:))"
    r"|\b\d{1,2}a?\.? (?:avenida|calle)[^.;\n]{0,12}\d{1,3}-\d{1,3}",
    re.IGNORECASE,
)
_ENGLISH_STREET = re.compile(
    r"\b\d{1,5} (?:[NSEW]\.? |North |South |East |West )?(?:[A-Z0-9][\w']* ){1,3}"
    r"(?:St|Street|Ave|Avenue|Rd|Road|Blvd|Boulevard|Dr|Drive|Ln|Lane|Way|Ct|Court|Pl|Place|Hwy|Highway)\b"
)
_FRENCH_STREET = re.compile(
    r"\b\d{1,5}(?: bis| ter)?,? (?:rue|avenue|av\.|boulevard|boul\.|chemin|impasse|place|all[ée]e|ruelle)\s"
    r"(?:de |du |des |la |le |les |d'|l')*[A-ZÉ]",
)
_PUBLIC_PLACE = re.compile(
    r"\b(?:consulado|oficinas?|albergue|refugio|hospital|corte|juzgado|tribunal|cl[ií]nica|terminal|estaci[oó]n|iglesia"
    r"|parroquia|comedor|centro|escuela|instituto|fiscal[ií]a|garita|aeropuerto|consulate|office|shelter|court(?:house)?"
    r"|clinic|station|church|airport|school|center|consulat|bureau|refuge|h[oô]pital|clinique|gare|[ée]glise|[ée]cole)\b",
    re.IGNORECASE,
)
_AT_HOME = re.compile(
    r"\b(?:viv[eo]n?|vivimos|domicilio|su casa|casa de su|renta[n]?|se hosped\w+|reside[n]?|direcci[oó]n|lives?|living"
    r"|stays?|home|address|apt|rents?|habite[nt]*|demeure|r[ée]side|loge[nt]*|vit|domicile|adresse|app)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[;\n!?]|(?<!\b[A-Za-z])(?<!\b(?:av|no|st))\.\s")
_HANDLE = re.compile(
    r"(?<![\w.@+-])@[a-z0-9_](?:[\w.]{2,29})(?![\w@])(?!\.\w)"
    r"|(?<![\w@./:-])[a-z]{2,}\d*(?:[_][a-z0-9]{1,20}){1,4}(?![\w@/])"
    r"|(?<![\w@./:-])[a-z]{2,}\.[a-z]{2,}_\d{1,4}(?![\w@/])",
    re.IGNORECASE,
)
_INITIALS = r"(?<![\w.])(?:[A-ZÁÉÍÓÚÑ]\. ?){2,4}"
_NO_AGE = r"(?! (?:de (?:experiencia|servicio|trabajo|lucha)|of (?:work|service)|d'exp))"
_AGE = rf"\d{{1,2}}(?:\s?(?:años|years?|ans|yo|y/o)\b{_NO_AGE}|(?=\s?[,)]))"
_INITIALS_AND_AGE = re.compile(rf"{_INITIALS}[\s,(]{{0,3}}(?:(?:de|of|age|aged|edad)\s){{0,2}}{_AGE}")
_INITIALS_AGE_LATER = re.compile(rf"{_INITIALS}[\s,(]{{0,3}}age \d{{1,2}}\b")


def tells_where_somebody_lives(plain: str) -> bool:
    """Whether a text holds a street with a number, unless the sentence speaks of an office and of nobody's home."""
    for rule in (_SPANISH_STREET, _ENGLISH_STREET, _FRENCH_STREET):
        for match in rule.finditer(plain):
            sentence = _sentence_around(plain, match.start(), match.end())
            if _AT_HOME.search(sentence) or not _PUBLIC_PLACE.search(sentence):
                return True
    return False


def tells_a_handle(plain: str) -> bool:
    """Whether a text holds what somebody is called on a social network."""
    return bool(_HANDLE.search(plain))


def tells_initials_and_age(plain: str) -> bool:
    """Whether a text holds initials with an age: enough for who knows the family."""
    return bool(_INITIALS_AND_AGE.search(plain) or _INITIALS_AGE_LATER.search(plain))


def _sentence_around(text: str, start: int, end: int) -> str:
    before = [match.end() for match in _SENTENCE_END.finditer(text, max(0, start - 120), start)]
    after = _SENTENCE_END.search(text, end, min(len(text), end + 120))
    return text[(before or [max(0, start - 120)])[-1] : after.start() if after else end + 120]
