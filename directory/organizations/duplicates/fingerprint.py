"""What is compared of one record, as written and made ready for comparing."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from uuid import UUID

from directory.organizations.duplicates.contacts import email_domain, email_key, website_key
from directory.organizations.duplicates.lexicon import STOP_WORDS
from directory.organizations.duplicates.names import (
    Name,
    acronyms_in,
    canonical,
    folded_words,
    initials_of,
    leading_part,
    read_name,
    readings_of,
)
from directory.organizations.duplicates.regions import CITY_REGIONS
from directory.places.names import fold

_CITY_FILLER = frozenset({"city", "de", "del", "la", "el", "los", "las", "of", "the"})
_CITY_ALIASES = {("MX", "cdmx"): "mexico", ("US", "nyc"): "new york", ("US", "washington dc"): "washington"}


class Reason(enum.StrEnum):
    """Why two records may be one. `SAME_WEBSITE` also holds for a domain behind the @ of an own address."""

    SAME_NAME = "same-name"
    SIMILAR_NAME = "similar-name"
    SAME_ACRONYM = "same-acronym"
    SAME_WEBSITE = "same-website"
    SAME_EMAIL = "same-email"
    SAME_PHONE = "same-phone"
    SAME_PLACE = "same-place"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is compared of one record: names as written, phones in E.164, places as (country, admin1, city)."""

    names: tuple[str, ...]
    acronym: str | None = None
    websites: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    places: tuple[tuple[str, str | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A record that may be the same; `score` runs from 0 to 1."""

    organization_id: UUID
    name: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """A city as far as it can be compared: its words without `Ciudad de`."""

    country: str
    admin1: str | None
    words: frozenset[str]

    def is_same(self, other: Town) -> bool:
        """Whether both are one city. A longer form (`Tenosique de Pino Suárez`) is, another subdivision is not."""
        if self.country != other.country:
            return False
        if self.admin1 and other.admin1:
            if self.admin1 != other.admin1:
                return False
            if self.admin1 in CITY_REGIONS:
                return True
        return self.words <= other.words or other.words <= self.words


@dataclass(frozen=True, slots=True)
class Profile:
    """A fingerprint made ready: everything that comparing needs, worked out once."""

    names: tuple[Name, ...]
    words: frozenset[str]
    spelled: frozenset[str]
    """The words of the names as they are written, and the acronyms, folded."""
    acronyms: frozenset[str]
    initials: frozenset[str]
    short_names: frozenset[str]
    """Names of one or two words, run together: they may be another record's acronym."""
    websites: frozenset[str]
    emails: frozenset[str]
    phones: frozenset[str]
    towns: tuple[Town, ...]
    codes: frozenset[str]
    town_words: frozenset[str]


def profile_of(fingerprint: Fingerprint) -> Profile:
    """Make a fingerprint ready for comparing."""
    read = [read_name(text) for name in fingerprint.names for text in readings_of(name)]
    given = fold(fingerprint.acronym).replace(" ", "") if fingerprint.acronym else ""
    spelled = {word for name in fingerprint.names for word in acronyms_in(name)}
    acronyms = frozenset(spelled | ({given} if len(given) > 1 else set()))
    towns = tuple(dict.fromkeys(town for place in fingerprint.places if (town := town_of(*place))))
    own_domains = map(email_domain, fingerprint.emails)
    return Profile(
        names=tuple({name.words: name for name in read}.values()),
        words=frozenset(word for name in read for word in name.words),
        spelled=(acronyms | {word for name in fingerprint.names for word in folded_words(name)}) - STOP_WORDS,
        acronyms=acronyms,
        initials=frozenset(letters for name in fingerprint.names for letters in initials_of(name)),
        short_names=frozenset(short for name in fingerprint.names for short in _short_names(name)),
        websites=frozenset(key for key in (*map(website_key, fingerprint.websites), *own_domains) if key),
        emails=frozenset(key for key in map(email_key, fingerprint.emails) if key),
        phones=frozenset(fingerprint.phones),
        towns=towns,
        codes=frozenset(code for country, admin1, _ in fingerprint.places for code in (country, admin1) if code),
        town_words=frozenset(word for town in towns for word in town.words),
    )


def town_of(country: str, admin1: str | None, city: str | None) -> Town | None:
    """The city of a place, if it names one."""
    folded = fold(city or "")
    folded = _CITY_ALIASES.get((country, folded), folded)
    words = [part for word in folded.split() for part in canonical(word)]
    kept = [word for word in words if word not in _CITY_FILLER] or words
    return Town(country, admin1, frozenset(kept)) if kept else None


def _short_names(name: str) -> set[str]:
    found = (folded_words(text) for text in (name, leading_part(name)))
    return {"".join(words) for words in found if 0 < len(words) <= 2}
