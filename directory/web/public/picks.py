"""Which organizations somebody has put on a handout, and at which place: in the address, and nowhere else.

A key is a slug, or `slug@mark` with the mark of the location that answered the search (`PublicLocation.mark`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from directory.publication.handout import MAX_ORGANIZATIONS

PARAMETER = "pick"
_RECORD_LINK = re.compile(r'href="(/[a-z]{2}/organizations/[^"?#/]+)(\?[^"#]*)?(#[^"]*)?"')
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,119}(?:@[0-9a-f]{8})?")


@dataclass(frozen=True)
class Picks:
    """The first five of what an address names, and what was one too many."""

    keys: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def has(self, key: str) -> bool:
        """Whether the organization of a key is picked, at whichever place."""
        return slug_of(key) in map(slug_of, self.keys)

    def toggled(self, key: str) -> list[str]:
        """The keys with this one added, or without its organization where it is one of them."""
        if self.has(key):
            return [other for other in self.keys if slug_of(other) != slug_of(key)]
        return [*self.keys, key]

    @property
    def most(self) -> int:
        """How many a handout holds."""
        return MAX_ORGANIZATIONS


def read_picks(arguments: MultiDict[str, str]) -> Picks:
    """The picks of an address, each once, in their order; what cannot be a slug is no pick."""
    by_slug: dict[str, str] = {}
    for key in arguments.getlist(PARAMETER):
        if _KEY.fullmatch(key):
            by_slug.setdefault(slug_of(key), key)
    keys = tuple(by_slug.values())
    return Picks(keys[:MAX_ORGANIZATIONS], keys[MAX_ORGANIZATIONS:])


def with_picks(markup: Markup, picks: Picks) -> Markup:
    """A piece of a card whose links to records carry the choice along: opening one drops nothing."""
    if not picks.keys:
        return markup
    more = "&amp;".join(f"{PARAMETER}={quote(key)}" for key in picks.keys)
    return Markup(_RECORD_LINK.sub(lambda link: _with(link, more), markup))  # noqa: S704  # it was escaped before


def _with(link: re.Match[str], more: str) -> str:
    path, query, anchor = link.group(1), link.group(2), link.group(3) or ""
    return f'href="{path}{query}&amp;{more}{anchor}"' if query else f'href="{path}?{more}{anchor}"'


def slug_of(key: str) -> str:
    """The slug of a key."""
    return key.partition("@")[0]


def mark_of(key: str) -> str:
    """The mark of its place; empty where it names none."""
    return key.partition("@")[2]
