"""Does a text name somebody? Told by how a name is introduced, how it is built, and how names are listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from directory.personal_data.capitals import PARTICLES, WORD, Run, Word, names_in, runs_of, words_of
from directory.personal_data.given_names import (
    GIVEN_NAMES,
    LEADING_WORDS,
    OTHER_WORDS,
    PLACES,
    SURNAMES,
    TRAILING_WORDS,
)
from directory.places.names import fold

_INTRODUCTION = re.compile(
    r"\b(?:se llaman?|me llamo|llamad[oa]s?|(?:de|su) nombres?(?: es)?|al? nombre de"
    r"|(?:nombres?|apellidos?)(?: completos?)?(?: es|\s?:)"
    r"|(?:my|his|her|their|whose) names? (?:is|are)|named|goes by|(?:full |first |last |sur)?names?\s?:"
    r"|s'appelle(?:nt)?|m'appelle|(?:pr[ée])?nomm[ée]e?s?|(?:nom|pr[ée]nom)s?(?: complet)?\s?:"
    r"|(?:son|du) nom (?:est|de))"
    r"\s{0,3}:?[\s\"'«“]{1,4}",
    re.IGNORECASE,
)
_CALLED = re.compile(r"\b(?:called|appel[ée]e?s?)[\s\"'«“]{1,4}", re.IGNORECASE)
"""Also what one does to an office, so that only a known name tells."""
_TITLE = re.compile(
    r"(?<![\w.])(?:(?i:sra?s?|sres|srta|señor(?:a|es|as|ita)?|don|doña|mrs?|miss|mme|mlle|monsieur|madame|mademoiselle)"
    r"\.?|Ms\.?|MM?\.)\s{1,3}"
)
_INSTITUTION_BEFORE = re.compile(
    r"\b(?:shelter|albergue|refugio|refuge|casa|centro|cent(?:er|re)|church|iglesia|hospital|organi[sz]ation|town|city"
    r"|organizaci[oó]n|asociaci[oó]n|ciudad|pueblo|foyer|ville|lugar|place|maison|hogar|programa?)\s+$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\s|[(;,])\d{1,2}\s?[.)-]\s{0,3}$")
_LIST_SIGN = re.compile(r"[,;\n•·▪●◦‣|/+&*]|\d\s?[.)]|(?:^|\s)-\s")
_AND = frozenset({"y", "e", "and", "et"})
_KINSHIP_AND_AGES = """
con with avec de su sus his her a an anos years year old ans yo meses months mois edad age aged madre padre hijo hija
mother father son daughter mere pere fils fille esposo esposa hermano hermana brother sister
"""
_BETWEEN_NAMES = _AND | frozenset(_KINSHIP_AND_AGES.split())
_NO_NAME = LEADING_WORDS | TRAILING_WORDS | OTHER_WORDS
_LONGEST_GAP = 40
_LONGEST_NAME = 5
_LONGEST_ACRONYM = 4


def names_somebody(text: str) -> bool:
    """Whether a text, normalised, names a person: introduced, with a title, or by given name and surname."""
    words = words_of(text)
    runs = runs_of(text, words)
    return (
        _introduces(text)
        or any(_holds_full_name(run) for run in runs)
        or _holds_known_pair(text, words)
        or any(second[0].is_given for _, second in _inverted(text, runs))
    )


def lists_names(text: str) -> bool:
    """Whether a text, normalised, lists two people or more.

    Names of places are listed in the same way: one of the items must hold a known given name, or the items are numbered
    or put the surname first.
    """
    runs = runs_of(text, words_of(text))
    numbered = [run for run in runs if _NUMBERED.search(text[max(0, run[0].start - 8) : run[0].start])]
    shaped = sum(_is_shaped_as_name(run) for run in numbered)
    if shaped >= 2 and 2 * shaped >= len(numbered):
        return True
    inverted = [pair for pair in _inverted(text, runs) if len(pair[0]) > 1 or pair[1][0].is_given]
    halves = {second[0].start for _, second in inverted if all(word.is_given for word in names_in(second))}
    whole = [run for run in runs if run[0].start not in halves]
    return len(inverted) >= 2 or any(_is_list_of_people(chain) for chain in _chains(text, whole))


def _introduces(text: str) -> bool:
    return (
        any(_may_be_name(word) for word in _words_after(_INTRODUCTION, text))
        or any(fold(word) in GIVEN_NAMES for word in _words_after(_CALLED, text))
        or any(
            _may_be_name(word) and (not word.isupper() or fold(word) in GIVEN_NAMES | SURNAMES)
            for word in _words_after(_TITLE, text)
        )
    )


def _words_after(introduction: re.Pattern[str], text: str) -> Iterator[str]:
    """What is introduced, unless it is an institution: `a shelter named Esperanza`."""
    for match in introduction.finditer(text):
        word = WORD.match(text, match.end())
        if word and not _INSTITUTION_BEFORE.search(text[max(0, match.start() - 20) : match.start()]):
            yield word[0]


def _may_be_name(word: str) -> bool:
    folded = fold(word)
    if folded in GIVEN_NAMES:
        return True
    is_acronym = word.isupper() and len(word) <= _LONGEST_ACRONYM
    return word[0].isupper() and len(word) > 1 and not is_acronym and folded not in _NO_NAME


def _holds_full_name(run: Run) -> bool:
    """Whether a known given name with a surname after it is in a run that is no place's or organization's."""
    names = names_in(run)
    shouts = all(word.text.isupper() for word in names)
    trailing = max((at for at, word in enumerate(names) if word.folded in TRAILING_WORDS), default=-1)
    is_led = False
    for at, (word, following) in enumerate(pairwise(names)):
        if (
            word.is_given
            and not is_led
            and trailing < at
            and following.folded not in _NO_NAME - SURNAMES
            and f"{word.folded} {following.folded}" not in PLACES
            and (not shouts or len(names) <= _LONGEST_NAME + 1 or following.folded in SURNAMES)
        ):
            return True
        is_led = word.folded in LEADING_WORDS or (is_led and not shouts)
    return False


def _holds_known_pair(text: str, words: list[Word]) -> bool:
    """Whether a known given name stands before a known surname, in whatever case."""
    bare: list[Word] = []
    for word in words:
        if word.folded in PARTICLES and bare and bare[-1].end + 10 > word.start:
            continue
        if len(bare) >= 1 and word.folded in SURNAMES and bare[-1].is_given and _is_near(text, bare[-1], word):
            is_led = len(bare) > 1 and bare[-2].folded in LEADING_WORDS and _is_near(text, bare[-2], bare[-1])
            in_place = f"{bare[-1].folded} {word.folded}" in PLACES
            if not is_led and not in_place and not (bare[-1].is_capitalised and word.is_capitalised):
                return True
        if bare and bare[-1].folded in SURNAMES and word.is_given and _is_turned_round(text, bare, word):
            return True
        bare = [*bare[-1:], word]
    return False


def _is_turned_round(text: str, before: list[Word], given: Word) -> bool:
    """Whether a surname and a given name, both without capitals, are a person: `perez, juan`."""
    surname = before[-1]
    is_led = len(before) > 1 and before[0].folded in LEADING_WORDS
    gap = text[surname.end : given.start]
    return gap in {" ", ", ", ","} and not (surname.is_capitalised or given.is_capitalised or is_led)


def _is_near(text: str, first: Word, second: Word) -> bool:
    """Whether only spaces and particles are between two words."""
    gap = text[first.end : min(second.start, first.end + 12)]
    return all(part in PARTICLES for part in fold(gap).split()) and not set(gap) & set(",;.:\n()/")


def _inverted(text: str, runs: list[Run]) -> Iterator[tuple[Run, Run]]:
    """Pairs such as `FICTICIO PRUEBA, Juan`: a surname, a comma, a given name."""
    for first, second in pairwise(runs):
        gap = text[first[-1].end : min(second[0].start, first[-1].end + 4)]
        if gap.rstrip() != "," or len(names_in(first)) > 3 or any(word.folded in _NO_NAME - SURNAMES for word in first):
            continue
        if not _may_be_name(second[0].text) or second[0].text.isupper() or len(second) > 3:
            continue
        shouts = all(word.text.isupper() for word in first) and (
            len(first) > 1 or len(first[0].text) > _LONGEST_ACRONYM
        )
        if (shouts or first[-1].folded in SURNAMES) and (shouts or second[0].is_given) and not first[0].is_given:
            yield first, second


def _is_shaped_as_name(run: Run) -> bool:
    names = names_in(run)
    if not 2 <= len(names) <= _LONGEST_NAME or f"{names[0].folded} {names[1].folded}" in PLACES:
        return False
    return not any(word.folded in _NO_NAME and word.folded not in GIVEN_NAMES | SURNAMES for word in names) and (
        names[0].folded not in LEADING_WORDS
    )


def _chains(text: str, runs: list[Run]) -> Iterator[list[Run]]:
    """Runs that a comma, a line, a bullet or an `and` puts beside each other, ages and kinship between them or not."""
    chain: list[Run] = []
    for run in runs:
        if chain and not _is_listed_after(text[chain[-1][-1].end : run[0].start]):
            yield chain
            chain = []
        chain.append(run)
    if chain:
        yield chain


def _is_listed_after(gap: str) -> bool:
    if len(gap) > _LONGEST_GAP:
        return False
    between = {fold(match[0]) for match in WORD.finditer(gap)}
    return between <= _BETWEEN_NAMES and bool(between & _AND or _LIST_SIGN.search(gap))


def _is_list_of_people(chain: list[Run]) -> bool:
    people = [run for run in chain if _is_shaped_as_name(run)]
    if len(people) >= 2 and 2 * len(people) >= len(chain):
        return any(word.is_given for run in people for word in names_in(run)[:2])
    alone = [run for run in chain if len(run) == 1 and run[0].is_given and run[0].folded not in OTHER_WORDS]
    return len(alone) >= 2 and not any(word.folded in LEADING_WORDS for run in chain for word in run)
