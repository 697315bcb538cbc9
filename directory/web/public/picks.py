"""Which organizations somebody has put on a handout: slugs in the address, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from directory.publication.handout import MAX_ORGANIZATIONS

PARAMETER = "pick"
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")


@dataclass(frozen=True)
class Picks:
    """The first five of what an address names, and what was one too many."""

    slugs: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    def toggled(self, slug: str) -> list[str]:
        """The slugs with this one added, or without it where it is one of them."""
        if slug in self.slugs:
            return [other for other in self.slugs if other != slug]
        return [*self.slugs, slug]

    @property
    def most(self) -> int:
        """How many a handout holds."""
        return MAX_ORGANIZATIONS


def read_picks(arguments: MultiDict[str, str]) -> Picks:
    """The picks of an address, each once, in their order; what cannot be a slug is no pick."""
    slugs = tuple(dict.fromkeys(slug for slug in arguments.getlist(PARAMETER) if _KEY.fullmatch(slug)))
    return Picks(slugs[:MAX_ORGANIZATIONS], slugs[MAX_ORGANIZATIONS:])
