"""A handout's page of paper: what it says about each organization, and in which size all of it fits on A5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from directory.publication.handout import Entry, address, freshness_words, hours, offer, spoken
from directory.publication.labels import phone_text
from directory.publication.records import PublicPhone
from directory.vocabulary.catalogue import Vocabulary
from directory.web.display import domain

MOST_AREAS = 5
MOST_LANGUAGES = 4
MOST_PHONES = 2
WIDTH_MM = 132.0
LIST_MM = 150.0
"""What A5 leaves for the organizations between the lines at the head and at the foot, with room to be wrong."""
_MM_PER_POINT = 25.4 / 72
_CHARACTER = 0.56
"""Mean width of a character, as a part of the size of the type, on the wide side."""


@dataclass(frozen=True)
class PaperEntry:
    """One organization on paper, in one language."""

    slug: str
    name: str
    phones: tuple[PublicPhone, ...]
    reach: str
    """Where to write, for who has no phone on record."""
    offer: str
    address: str
    hours: tuple[str, ...]
    spoken: str
    freshness: str


@dataclass(frozen=True)
class Size:
    """Type in points and lengths in millimetres, as static/css/handout.css has them."""

    name: float
    phone: float
    body: float
    small: float
    pad: float
    code: float

    def height_mm(self, item: PaperEntry) -> float:
        """About how high an organization becomes."""
        width = WIDTH_MM - self.code - 4

        def lines(text: str, points: float, leading: float = 1.3) -> float:
            per_line = width / (points * _CHARACTER * _MM_PER_POINT)
            return ceil(len(text) / per_line) * points * leading * _MM_PER_POINT

        reach = item.reach or ("" if item.phones else "?" * 45)
        numbers = "    ".join(phone_text(phone) for phone in item.phones)
        words = (
            lines(item.name, self.name)
            + lines(numbers, self.phone)
            + sum(lines(text, self.body) for text in (reach, item.offer, item.address))
            + sum(
                lines(text, self.small)
                for text in (" · ".join(item.hours), f"{item.freshness} {item.spoken}" + " " * 14)
            )
        )
        return max(words, self.code) + 2 * self.pad


SIZES = {
    "large": Size(name=15, phone=20, body=12, small=10, pad=5, code=26),
    "medium": Size(name=12.5, phone=16, body=10.5, small=9, pad=3, code=22),
    "small": Size(name=11, phone=14, body=9, small=8, pad=1.5, code=19),
}


def paper_entry(item: Entry, language: str, terms: Vocabulary) -> PaperEntry:
    """What paper says about an organization. Whether it is full today is not printed: that lapses."""
    website = item.record.website
    return PaperEntry(
        slug=item.record.slug,
        name=item.record.name,
        phones=item.phones[:MOST_PHONES],
        reach="" if item.phones else item.email or (domain(website) if website else ""),
        offer=offer(item, language, terms, MOST_AREAS),
        address=address(item, language),
        hours=tuple(hours(item, language)),
        spoken=spoken(item, language, MOST_LANGUAGES),
        freshness=freshness_words(item.record, language),
    )


def size_for(said: Sequence[PaperEntry], taken_mm: float = 0.0) -> str:
    """The largest size in which all fits on one page, of which `taken_mm` is not for the list.

    `tight`, which cuts lines short, where none does.
    """
    for name, size in SIZES.items():
        if sum(size.height_mm(item) for item in said) <= LIST_MM - taken_mm:
            return name
    return "tight"
