"""What a signed-in officer sees of a search besides: partners of the own consulates, and where to refer somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import g, url_for
from flask_babel import gettext

from directory.accounts.policy import Permission, allows
from directory.accounts.viewer import viewer
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import now
from directory.extensions import db
from directory.partnerships.own import consulates_of, partners_of
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import consulate_name
from directory.search.engine.query import SearchQuery
from directory.search.explain import shown
from directory.search.understanding.reading import Reading
from directory.web.display import is_signed_in
from directory.web.public.picks import mark_of, slug_of


@dataclass(frozen=True)
class Overlay:
    """What a signed-in officer sees besides: partners of the own consulates, and where to refer somebody."""

    partners: frozenset[UUID] = frozenset()
    consulate_slug: str | None = None
    """The officer's consulate, where there is just one."""
    is_officer: bool = False
    said: Mapping[str, Any] = field(default_factory=dict)
    """What the search says of the person, as the form of a referral takes it."""

    def refer_url(self, pick: str) -> str | None:
        """Where to refer somebody to an organization, at the place of its key (`slug@mark`); None for who cannot."""
        if not self.is_officer:
            return None
        slug, at = slug_of(pick), mark_of(pick) or None
        if self.consulate_slug is None:
            return url_for("network.organization", slug=slug, at=at, **self.said)
        return url_for("joint.refer_page", slug=self.consulate_slug, organization=slug, at=at, **self.said)


def overlay_of_viewer() -> Overlay:
    """Asks nothing of the database for anybody who is not signed in."""
    if not is_signed_in() or not allows(viewer(), Permission.JOINT_WORK):
        return Overlay()
    mine = consulates_of(db.session, viewer())
    ids = [item.id for item in mine]
    slugs = current_slugs(db.session, Entity.CONSULATE, ids)
    partners = frozenset(partners_of(db.session, ids, now()))
    return Overlay(partners, slugs[ids[0]] if len(ids) == 1 else None, is_officer=True)


def said_of_the_person(query: SearchQuery, reading: Reading) -> dict[str, str]:
    """Need, situation, nationality, language and place of a search, one of each; a chosen filter before a word."""
    read = {
        kind: next((concept.value for concept in shown(reading) if concept.kind == kind), None)
        for kind in ("area", "population", "nationality", "language")
    }
    place = next((item.value for item in reading.places if item.role == "at" and item.name and not item.codes), None)
    found = {
        "need": next(iter(query.area), read["area"]),
        "population": next(iter(query.population), read["population"]),
        "nationality": next(iter(query.nationality), read["nationality"]),
        "spoken": next(iter(query.language), read["language"]),
        "place": query.near.asked if query.near else place,
    }
    return {name: value for name, value in found.items() if value}


def partner_names(
    query: SearchQuery, overlay: Overlay, consulates: Mapping[str, PublicConsulate]
) -> dict[UUID, list[str]]:
    """What the badges say: whose partner an organization is, of the chosen consulates and of one's own."""
    found: dict[UUID, list[str]] = {organization_id: [gettext("Our partner")] for organization_id in overlay.partners}
    for item in query.consulate:
        if item.slug not in consulates:
            continue
        name = gettext("Partner: %(name)s", name=consulate_name(consulates[item.slug], g.lang))
        for organization_id in item.partners:
            if organization_id not in overlay.partners or item.slug != overlay.consulate_slug:
                found.setdefault(organization_id, []).append(name)
    return found
