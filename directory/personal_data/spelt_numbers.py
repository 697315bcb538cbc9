"""Numbers spelt in words, as digits: how telephones are read out in Spanish, English and French."""

from __future__ import annotations

import re

from directory.places.names import fold

_UNITS = {
    "0": "cero zero oh zéro",
    "1": "uno una un one une",
    "2": "dos two deux",
    "3": "tres three trois",
    "4": "cuatro four quatre",
    "5": "cinco five cinq",
    "6": "seis six",
    "7": "siete seven sept",
    "8": "ocho eight huit",
    "9": "nueve nine neuf",
}
_TEENS = {
    "10": "diez ten dix", "11": "once eleven onze", "12": "doce twelve douze", "13": "trece thirteen treize",
    "14": "catorce fourteen quatorze", "15": "quince fifteen quinze", "16": "dieciseis sixteen seize",
    "17": "diecisiete seventeen", "18": "dieciocho eighteen", "19": "diecinueve nineteen",
    "21": "veintiuno veintiun", "22": "veintidos", "23": "veintitres", "24": "veinticuatro", "25": "veinticinco",
    "26": "veintiseis", "27": "veintisiete", "28": "veintiocho", "29": "veintinueve",
}  # fmt: skip
_TENS = {
    "20": "veinte twenty vingt", "30": "treinta thirty trente", "40": "cuarenta forty quarante",
    "50": "cincuenta fifty cinquante", "60": "sesenta sixty soixante", "70": "setenta seventy septante",
    "80": "ochenta eighty", "90": "noventa ninety nonante",
}  # fmt: skip
_DIGITS = {
    fold(word): digits for table in (_UNITS, _TEENS, _TENS) for digits, words in table.items() for word in words.split()
}
_IS_TENS = {fold(word) for words in _TENS.values() for word in words.split()}
_AND = frozenset({"y", "et", "and"})
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = re.compile(r"[\s,.;:()/-]{0,4}")
_LEAST_WORDS, _LEAST_DIGITS = 3, 7


def with_digits(text: str) -> str:
    """A text whose runs of number words (seven digits or more, three of them words) are written as one number.

    Shorter runs stay as they are: people count children and hours in words. Takes time linear in the text.
    """
    pieces, kept = [], 0
    for start, end, digits in _runs(text):
        pieces += [text[kept:start], digits]
        kept = end
    return "".join([*pieces, text[kept:]])


def _runs(text: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    run: list[tuple[re.Match[str], str]] = []
    for token in [*_TOKEN.finditer(text), None]:
        digits = _digits_of(token[0]) if token else None
        joins = (
            bool(run) and token is not None and _BETWEEN.fullmatch(text, run[-1][0].end(), token.start()) is not None
        )
        if token is not None and digits is not None and (joins or (not run and digits)):
            run.append((token, digits))
            continue
        found += _long_enough(run)
        run = [(token, digits)] if token is not None and digits else []
    return found


def _digits_of(word: str) -> str | None:
    """The digits of a word, "" for an `and` between two of them, None for any other word."""
    if word.isdigit():
        return word
    folded = fold(word)
    return "" if folded in _AND else _DIGITS.get(folded)


def _long_enough(run: list[tuple[re.Match[str], str]]) -> list[tuple[int, int, str]]:
    while run and not run[-1][1]:
        run = run[:-1]
    words = sum(1 for token, digits in run if digits and not token[0].isdigit())
    digits = _read(run)
    if words < _LEAST_WORDS or len(digits) < _LEAST_DIGITS:
        return []
    return [(run[0][0].start(), run[-1][0].end(), digits)]


def _read(run: list[tuple[re.Match[str], str]]) -> str:
    """`treinta y dos` is 32; `quatre-vingt-dix` is read as its parts, which are as many digits or more."""
    digits = ""
    is_open = False
    for token, value in run:
        if not value:
            continue
        if is_open and len(value) == 1 and value != "0":
            digits = digits[:-1] + value
        else:
            digits += value
        is_open = fold(token[0]) in _IS_TENS
    return digits
