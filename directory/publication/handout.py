"""What a handout for one person says: up to five organizations, on paper and as a text that any phone can send."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from babel.lists import format_list
from flask_babel import gettext

from directory.consulates.naming import NameOf
from directory.mail.letters import in_language
from directory.publication.hours import week
from directory.publication.labels import date_words, phone_text
from directory.publication.records import PublicHours, PublicLocation, PublicOrganization, PublicPhone
from directory.publication.sentences import MORE_SERVICES, list_labels
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.languages import language_name

MAX_ORGANIZATIONS = 5
MAX_LANGUAGES = 2
MAX_CHARACTERS = 1_000
"""Of a text, as Python counts them."""
MAX_AREAS_IN_TEXT = 4
SHORT_NAME = 40
"""Names are not cut below this many characters while anything else can still be left out."""
MAX_CONTACT = 80
"""A longer e-mail or web address is left out of a text; telephone numbers are never longer."""


@dataclass(frozen=True)
class Entry:
    """One organization of a handout and the one place of it that the handout shows."""

    record: PublicOrganization
    place: PublicLocation | None

    @property
    def phones(self) -> tuple[PublicPhone, ...]:
        """The numbers to call for the place."""
        return self.record.numbers_at(self.place)

    @property
    def pick(self) -> str:
        """The key that names it in an address."""
        return self.record.pick_at(self.place)

    @property
    def email(self) -> str | None:
        """Where to write: to the place, else to the organization."""
        return (self.place.email if self.place else None) or self.record.email

    @property
    def is_protected(self) -> bool:
        """Whether its address is told only to who calls."""
        return self.place is not None and self.place.visibility == "city_only"

    @property
    def street(self) -> str | None:
        """The address, where it is public."""
        return " ".join(self.place.address.split()) if self.place and self.place.address else None

    @property
    def areas(self) -> tuple[str, ...]:
        """The service areas known for this place, else all of the organization's."""
        return (self.place.areas if self.place else ()) or self.record.areas


def entry(record: PublicOrganization, admin1: Sequence[str] = (), country: Sequence[str] = (), mark: str = "") -> Entry:
    """The organization at the place with a mark, else its first in one of `admin1`, of `country`, else its first."""
    wanted: tuple[Callable[[PublicLocation], bool], ...] = (
        lambda place: place.mark == mark,
        lambda place: place.admin1 in admin1,
        lambda place: place.country in country,
        lambda _place: True,
    )
    found = (place for is_wanted in wanted for place in record.locations if is_wanted(place))
    return Entry(record, next(found, None))


def offer(item: Entry, language: str, terms: Vocabulary, most: int) -> str:
    """What they do, in plain words: at most `most` service areas, and that there is more; empty if unknown."""
    labels = [terms.areas[slug].labels[language] for slug in item.areas]
    if len(labels) > most:
        labels = [*labels[: most - 1], MORE_SERVICES[language]]
    return list_labels(labels, language, starts=True) if labels else ""


def spoken(item: Entry, language: str, most: int) -> str:
    """The languages that they speak, at most `most`; empty if unknown."""
    names = [language_name(code, language) for code in item.record.languages[:most]]
    return str(format_list(names, locale=language)) if names else ""


def hours(item: Entry, language: str) -> list[str]:
    """`lun.–vie. 09:00–17:00`, for each different schedule at the place; with the service's name if there are more."""
    at_place = [
        service
        for service in item.record.services
        if service.schedule and (item.place is None or not service.locations or item.place.id in service.locations)
    ]
    schedules = {_week(service.schedule, language): service for service in at_place}
    if len(schedules) < 2:
        return list(schedules)
    names = (service.name.get(language) or next(iter(service.name.values()), "") for service in schedules.values())
    return [f"{name}: {week}" for name, week in zip(names, schedules, strict=True)]


def _week(schedule: Iterable[PublicHours], language: str) -> str:
    """A week's hours in one line."""
    return "; ".join(f"{days} {times}" for days, times in week(schedule, language, "abbreviated"))


class _Detail(enum.IntEnum):
    """How much a text says about one organization: each step leaves out what the one before still had."""

    FULL = 0
    CITY = 1
    NO_AREAS = 2
    REACH = 3


@dataclass(frozen=True)
class _Lines:
    """What a text can say about one organization, each in every language of the text, each line once."""

    name: str
    reach: tuple[str, ...]
    offer: tuple[str, ...]
    address: tuple[str, ...]
    city: tuple[str, ...]
    freshness: tuple[str, ...]

    def block(self, number: int, detail: _Detail, name_length: int) -> str:
        """The lines about it."""
        lines = [f"{number}. {_shortened(self.name, name_length)}", *self.reach]
        if detail < _Detail.NO_AREAS:
            lines += self.offer
        if detail < _Detail.REACH:
            lines += (*(self.address if detail < _Detail.CITY else self.city), *self.freshness)
        return "\n".join(lines)


def countries_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The countries of the places that a handout shows, each once."""
    return tuple(dict.fromkeys(item.place.country if item.place else item.record.country for item in entries))


def handout_text(
    entries: Sequence[Entry],
    languages: Sequence[str],
    on: date,
    terms: Vocabulary,
    danger: Sequence[str] = (),
    consulate: NameOf | None = None,
) -> str:
    """A text of at most MAX_CHARACTERS about up to five organizations, in one or two languages.

    `consulate`: from which it comes, with its number, in a language; it always stays.

    `danger`: the numbers that somebody in danger dials there, which always stay too.

    What does not fit is left out from the last organization upwards: first addresses, then service areas; then
    names are shortened; only then city and freshness go. Telephone numbers, the day on which the directory was
    asked and the line about money always stay whole.
    """
    if len(entries) > MAX_ORGANIZATIONS or not 1 <= len(languages) <= MAX_LANGUAGES:
        raise ValueError("a handout holds at most five organizations in one or two languages")
    lines = [_lines(item, languages, terms) for item in entries]
    greeting = _said(languages, lambda _language: gettext("Who can help you. Call before you go."))
    sender = _said(languages, consulate) if consulate else ()
    closing = _said(
        languages,
        lambda language: gettext("Checked in the directory on %(day)s.", day=date_words(on, language)),
        lambda _language: gettext("They never charge. If somebody asks for money in their name, do not pay."),
        lambda _language: gettext("In danger: %(numbers)s.", numbers=", ".join(danger)) if danger else None,
    )

    def text(details: Sequence[_Detail], name_length: int, *, greets: bool = True) -> str:
        blocks = [item.block(i, details[i - 1], name_length) for i, item in enumerate(lines, 1)]
        head = (*(greeting if greets else ()), *sender)
        return "\n\n".join(["\n".join(head)] * bool(head) + blocks + ["\n".join(closing)])

    return next(candidate for candidate in _ladder(lines, text) if len(candidate) <= MAX_CHARACTERS)


def _ladder(lines: Sequence[_Lines], text: Callable[..., str]) -> Iterable[str]:
    """Texts from the fullest to the barest, which always fits: see the limits of names and numbers."""
    longest = max((len(item.name) for item in lines), default=1)
    details = [_Detail.FULL] * len(lines)
    yield text(details, longest)
    for step in (_Detail.CITY, _Detail.NO_AREAS):
        for position in reversed(range(len(lines))):
            details[position] = step
            yield text(details, longest)
    for length in range(longest - 1, SHORT_NAME - 1, -1):
        yield text(details, length)
    for position in reversed(range(len(lines))):
        details[position] = _Detail.REACH
        yield text(details, min(longest, SHORT_NAME))
    for length in range(min(longest, SHORT_NAME), 0, -1):
        yield text(details, length, greets=False)


def _said(languages: Iterable[str], *sentences: Callable[[str], str | None]) -> tuple[str, ...]:
    """Sentences in each language, one line a language; a line that is the same in both is said once."""
    lines: dict[str, None] = {}
    for language in languages:
        with in_language(language):
            said = [text for sentence in sentences if (text := sentence(language))]
        lines[" ".join(said)] = None
    return tuple(line for line in lines if line)


def _lines(item: Entry, languages: Sequence[str], terms: Vocabulary) -> _Lines:
    return _Lines(
        name=" ".join(item.record.name.split()),
        reach=_reach(item, languages),
        offer=_said(languages, lambda language: offer(item, language, terms, MAX_AREAS_IN_TEXT)),
        address=_said(languages, lambda language: address(item, language)),
        city=_said(languages, lambda language: item.place.place_in(language) if item.place else None),
        freshness=_said(languages, lambda language: freshness_words(item.record, language)),
    )


def _reach(item: Entry, languages: Sequence[str]) -> tuple[str, ...]:
    """The first number, else an address that is short enough, else whom to ask."""
    if item.phones:
        return (" ".join(phone_text(item.phones[0]).split()),)
    for contact in (item.email, item.record.website):
        if contact and len(contact) <= MAX_CONTACT:
            return (contact,)
    return _said(languages, lambda _language: gettext("No phone on record: ask your consulate."))


def address(item: Entry, language: str) -> str:
    """Where they are, as far as everybody may know: street and town, or why the street is not said."""
    if item.place is None:
        return ""
    town = item.place.place_in(language)
    if item.is_protected:
        with in_language(language):
            told = (
                gettext("they tell you the address on the phone")
                if item.phones
                else gettext("they tell you the address when you contact them")
            )
        return f"{town}: {told}"
    if not item.street:
        return town
    names = (item.place.city, item.place.city_in(language))
    has_town = any(name and name.casefold() in item.street.casefold() for name in names)
    return item.street if has_town else f"{item.street}, {town}"


def freshness_words(record: PublicOrganization, language: str) -> str:
    """How sure the record is, with its date."""
    with in_language(language):
        if record.verified_on is None:
            if record.source.date:
                return str(gettext("Not confirmed · source of %(day)s", day=date_words(record.source.date, language)))
            return str(gettext("Not confirmed · source without date"))
        day = date_words(record.verified_on, language)
        if record.status == "verified":
            return str(gettext("Confirmed on %(day)s", day=day))
        if record.status == "due":
            return str(gettext("Confirmation due · last on %(day)s", day=day))
        return str(gettext("Out of date · last confirmed on %(day)s", day=day))


def _shortened(text: str, most: int) -> str:
    """At most `most` characters, the last of them an ellipsis where something was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
