"""Every sense of every run of words: what may be meant, and what it costs to believe it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from directory.search.engine.analysis import STOP_WORDS
from directory.search.understanding import cues
from directory.search.understanding.forms import EXACT, SOUND
from directory.search.understanding.gazetteer import DETENTION, Gazetteer
from directory.search.understanding.lexicon import Found, Sense
from directory.search.understanding.sources.phrases import common_spellings, common_words
from directory.search.understanding.tokens import Token

SMALL_TOWN = 15_000
"""A town of fewer people whose name is a plain word needs a cue or its region beside it."""
FAMOUS = 100_000
HAMLET = 1_000
COST_PHRASE, COST_STEM, COST_TYPO, COST_SOUND = 0.30, 0.08, 0.40, 0.25
COST_PLACE, COST_ALTERNATE, COST_PLAIN = 0.35, 0.10, 0.45
COST_NAME = 0.25
COST_UNREAD, COST_LITTLE = 1.0, 0.08


Present = Mapping[str, Sequence[tuple[int, int]]]
"""What is meant anywhere in a text without company (`area:shelter`, `kind:place`), and by which tokens."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of tokens (`start` to before `end`) with one kind of meaning: senses, or places, or organizations."""

    start: int
    end: int
    cost: float
    how: str
    senses: tuple[Sense, ...] = ()
    places: tuple[int, ...] = ()
    own_names: frozenset[int] = frozenset()
    documents: frozenset[int] = frozenset()
    """Organizations of this name, by their number in the index."""
    rows: tuple[int, ...] = ()
    """The rows of the lexicon that say so."""


@dataclass(frozen=True)
class Text:
    """The tokens of a text with what is known of all of them."""

    tokens: tuple[Token, ...]
    words: tuple[str, ...]
    cues: frozenset[str]
    corrected: frozenset[int] = frozenset()
    """Positions of words that were replaced by what is more likely meant."""

    @classmethod
    def of(cls, tokens: Sequence[Token], words: Sequence[str] | None = None, corrected: Iterable[int] = ()) -> Text:
        """A text of these tokens, or with other words in their places."""
        own = tuple(words if words is not None else (token.word for token in tokens))
        return cls(tuple(tokens), own, cues.cues_of(own), frozenset(corrected))

    @property
    def is_french(self) -> bool:
        """Whether it holds words that only French has."""
        return len(cues.words_of(cues.FRENCH).intersection(self.words)) > 1

    @property
    def raws(self) -> tuple[str, ...]:
        """The words as they were typed."""
        return tuple(token.raw for token in self.tokens)


def concept_candidates(found: Iterable[Found], text: Text, present: Present) -> list[Candidate]:
    """Needs, people, languages, nationalities; what `needs` company in the text and lacks it is left out."""
    candidates = []
    for item in found:
        senses = tuple(sense for sense in item.senses if sense.kind != "place")
        if not senses:
            continue
        kept = _with_company(senses, item, text, present)
        if kept:
            cost = COST_PHRASE + _form_cost(item, text) + 0.2 * (1 - max(sense.weight for sense in kept))
            how = _how(item, text)
            candidates.append(Candidate(item.start, item.end, cost, how, kept, rows=_rows(item, kept)))
    return candidates


def _rows(item: Found, kept: Iterable[Sense]) -> tuple[int, ...]:
    """The rows behind the senses that stand; a label has none."""
    meant = {(sense.kind, sense.value) for sense in kept}
    pairs = zip(item.senses, item.rows, strict=True)
    return tuple(dict.fromkeys(row for sense, row in pairs if row and (sense.kind, sense.value) in meant))


def _with_company(senses: tuple[Sense, ...], item: Found, text: Text, present: Present) -> tuple[Sense, ...]:
    """The senses that stand: those whose company is there win over those that need none; alone, all do, said less."""
    fits = [sense for sense in senses if sense.needs and has_company(sense, item.start, item.end, text, present)]
    free = [sense for sense in senses if not sense.needs]
    if fits:
        kinds = {sense.kind for sense in fits}
        return (*fits, *(sense for sense in free if sense.kind not in kinds))
    if item.end - item.start == len([word for word in text.words if word not in STOP_WORDS]):
        return (*free, *(replace(sense, weight=0.6 * sense.weight, needs=()) for sense in senses if sense.needs))
    return tuple(free)


def has_company(sense: Sense, start: int, end: int, text: Text, present: Present) -> bool:
    """Whether one of the alternatives that a sense needs is there: a cue, a kind, or a meaning elsewhere."""
    return any(
        is_placed(start, end, text)
        if need == cues.AT
        else need in text.cues
        or need.removeprefix("cue:") in text.cues
        or any(end <= first or last <= start for first, last in present.get(need, ()))
        for need in sense.needs
    )


def is_placed(start: int, end: int, text: Text) -> bool:
    """Whether a preposition of place stands before, or a comma, or all of the text is this."""
    return (
        cues.cue_before(text.words, start, text.raws) == cues.AT
        or text.tokens[start].after_comma
        or (end < len(text.tokens) and text.tokens[end].after_comma)
        or end - start == len(text.words)
    )


def place_candidates(
    found: Iterable[Found],
    text: Text,
    gazetteer: Gazetteer,
    meanings: Collection[str],
    present: Present,
    regions_after: Collection[int],
) -> list[Candidate]:
    """Places of the gazetteer and of the lexicon. `regions_after`: tokens that begin a region's name."""
    candidates = []
    for item in found:
        lexical = [
            sense
            for sense in item.senses
            if sense.kind == "place" and (not sense.needs or has_company(sense, item.start, item.end, text, present))
        ]
        if lexical:
            cost = COST_PLACE - 0.02 + _form_cost(item, text)
            how = _how(item, text)
            candidates.append(Candidate(item.start, item.end, cost, how, tuple(lexical), rows=_rows(item, lexical)))
        if not len(item.places) or item.form not in (EXACT, SOUND) or _is_only_a_short_form(item, gazetteer):
            continue
        cost = COST_PLACE + _form_cost(item, text)
        people = gazetteer.people[item.places]
        has_region = bool(gazetteer.is_region[item.places].any())
        most = int(people.max(initial=0))
        stands = is_placed(item.start, item.end, text) or item.end in regions_after
        if most < SMALL_TOWN and not has_region and _is_a_thing(item.start, item.end, text):
            continue
        if not stands and _is_plain(item, text, meanings, most, has_region):
            if most < FAMOUS:
                continue
            cost += COST_PLAIN
        if not item.place_is_own.any():
            cost += COST_ALTERNATE
        numbers = tuple(item.places.tolist())
        own = frozenset(item.places[item.place_is_own].tolist())
        candidates.append(Candidate(item.start, item.end, cost, _how(item, text), (), numbers, own))
    return candidates


def _is_only_a_short_form(item: Found, gazetteer: Gazetteer) -> bool:
    """Whether what has a meaning of its own is a place only as what people call a place of detention for short."""
    means = any(sense.kind != "place" for sense in item.senses)
    return means and not item.place_is_own.any() and bool((gazetteer.kind[item.places] == DETENTION).all())


def _is_a_thing(start: int, end: int, text: Text) -> bool:
    """*In the airport*: a common word behind an article, or one in small letters, is no name."""
    if end - start > 1 or not start or text.words[start - 1] not in cues.words_of(cues.ARTICLE):
        return False
    return text.words[start] in common_words() or text.tokens[start].raw.islower()


def _is_plain(item: Found, text: Text, meanings: Collection[str], people: int, has_region: bool) -> bool:
    """Whether the name of a place is also said without meaning a place."""
    words = text.words[item.start : item.end]
    if has_region:
        # *Cayo* is a district, *se cayó* is no place.
        return len(words) == 1 and text.tokens[item.start].raw in common_spellings() and not item.senses
    if len(words) == 1:
        word = words[0]
        if word in STOP_WORDS or word in meanings or any(char.isdigit() for char in word) or len(word) < 3:
            return True
        limit = SMALL_TOWN if item.place_is_own.any() else FAMOUS
        return people < limit and (word in common_words() or word in cues.all_words())
    if item.senses and any(sense.kind != "place" for sense in item.senses):
        return people < FAMOUS
    return people < HAMLET and all(word in STOP_WORDS or word in common_words() for word in words)


def _form_cost(item: Found, text: Text) -> float:
    cost = 0.0 if item.form == EXACT else COST_SOUND if item.form == SOUND else COST_STEM
    return cost + (COST_TYPO if any(item.start <= at < item.end for at in text.corrected) else 0.0)


def _how(item: Found, text: Text) -> str:
    if item.form == SOUND or any(item.start <= at < item.end for at in text.corrected):
        return "typo"
    return "exact" if item.form == EXACT else "stem"


def unread_cost(word: str) -> float:
    """What it costs to leave a word unread: little where it says little."""
    if word in STOP_WORDS or word in cues.words_of(cues.LITTLE) or len(word) < 2:
        return COST_LITTLE
    return COST_UNREAD
