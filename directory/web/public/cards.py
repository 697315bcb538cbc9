"""Result cards of pages: the parts that everybody sees, ready as HTML; the template puts what is a viewer's between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import current_app
from markupsafe import Markup

from directory.extensions import db
from directory.publication.cards import Card, Edition, cards_of
from directory.publication.records import PublicOrganization
from directory.search.engine.query import Hit, SearchResult
from directory.search.follower import is_in_step
from directory.web.display import current_language, names
from directory.web.public.picks import Picks, with_picks

FORM = "html"


@dataclass(frozen=True, slots=True)
class PageCard:
    """An organization in a list, as the macro `card_frame` takes it."""

    id: UUID
    slug: str
    name: str
    pick: str
    """Its key for a handout, with the place that is shown."""
    what: Markup
    status: str
    """Its freshness, which a page may say once for all."""
    badges: Markup
    fresh: Markup
    call: Markup
    distance_km: float | None


def page_cards(result: SearchResult, picks: Picks) -> list[PageCard]:
    """The cards of what a search found, in the page's language; their links carry what was picked."""
    edition = Edition(FORM, current_language(), result.at, result.epoch)
    cards = cards_of(db.session, result.hits, edition, _Maker().make, in_step=is_in_step())
    return [_page_card(hit, card, picks) for hit, card in cards]


def _page_card(hit: Hit, card: Card, picks: Picks) -> PageCard:
    slug, name, pick, status, *parts = card
    what, badges, fresh, call = map(Markup, parts)  # what our own templates have escaped
    what, call = with_picks(what, picks), with_picks(call, picks)
    return PageCard(hit.organization_id, slug, name, pick, what, status, badges, fresh, call, hit.distance_km)


class _Maker:
    """Renders cards with the names that depend on the language alone: neither session nor request are in reach."""

    @cached_property
    def macros(self) -> Any:
        """The macros of cards."""
        return current_app.jinja_env.get_template("macros.html").make_module(names())

    def make(self, record: PublicOrganization, location_id: UUID | None) -> Card:
        """The parts of one card."""
        return (
            record.slug,
            record.name,
            record.pick_at(record.location(location_id)),
            record.status,
            str(self.macros.card_what(record, location_id)),
            str(self.macros.card_badges(record)),
            str(self.macros.card_fresh(record)),
            str(self.macros.card_call(record, location_id)),
        )
