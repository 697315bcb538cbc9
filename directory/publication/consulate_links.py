"""Which consulates stand on the record of an organization, and why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask import current_app
from sqlalchemy import select

from directory.changes.feed import FeedPosition, feed_position
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.consulates.jurisdiction import JurisdictionMap, Spot
from directory.consulates.models import (
    Consulate,
)
from directory.database import AnySession
from directory.organizations.models import Location, Visibility
from directory.publication.consulates import Why, local_rank
from directory.publication.records import ConsulateLink
from directory.publication.towns import Towns

_EXTENSION = "directory.consulate_links"


class ConsulateLinks:
    """Finds the consulates whose jurisdiction covers an organization's places (four queries for any number)."""

    def __init__(self, links: dict[uuid.UUID, ConsulateLink], jurisdictions: JurisdictionMap) -> None:
        self._links = links
        self.jurisdictions = jurisdictions

    @classmethod
    def current(cls, session: AnySession) -> ConsulateLinks:
        """All consulates as of now: read once a process for every position of the feed."""
        position = feed_position(session)
        known: tuple[FeedPosition, ConsulateLinks] | None = current_app.extensions.get(_EXTENSION)
        if known is None or known[0] != position:
            known = current_app.extensions[_EXTENSION] = (position, cls.load(session))
        return known[1]

    @classmethod
    def load(cls, session: AnySession) -> ConsulateLinks:
        """Read all consulates that have a jurisdiction."""
        jurisdictions = JurisdictionMap.load(session)
        rows = session.execute(
            select(
                Consulate.id,
                Consulate.sending_country,
                Consulate.kind,
                Consulate.city,
                Consulate.place_id,
                Consulate.status,
            ).where(Consulate.removed_at.is_(None))
        ).all()
        slugs = current_slugs(session, Entity.CONSULATE, [row.id for row in rows])
        towns = Towns.load(session, (row.place_id for row in rows))
        links = {
            row.id: ConsulateLink(
                id=row.id,
                slug=slugs[row.id],
                sending_country=row.sending_country,
                kind=row.kind.value,
                city=row.city,
                city_names=town.names if (town := towns.get(row.place_id)) else {},
                status=row.status.value,
                why="jurisdiction",
                assumed=False,
            )
            for row in rows
        }
        return cls(links, jurisdictions)

    def covering(self, locations: Iterable[Location]) -> tuple[ConsulateLink, ...]:
        """The consulates for these places, by sending country, the most local first.

        A protected place counts by its city and a hidden one not at all.
        """
        spots = [
            Spot(row.country, row.admin1, row.admin2, row.place_id)
            for row in locations
            if row.visibility != Visibility.HIDDEN
        ]
        found = [
            self._links[consulate_id].model_copy(update={"assumed": is_assumed})
            for consulate_id, is_assumed in self.jurisdictions.covering(spots).items()
        ]
        return tuple(sorted(found, key=_link_order))

    def linked(self, consulate_ids: Iterable[uuid.UUID], why: Why) -> tuple[ConsulateLink, ...]:
        """These consulates, linked for another reason than their area."""
        found = [self._links[item].model_copy(update={"why": why}) for item in consulate_ids if item in self._links]
        return tuple(sorted(found, key=_link_order))


def _link_order(link: ConsulateLink) -> tuple[str, bool, int, str]:
    return link.sending_country, link.assumed, local_rank(link.kind), link.slug
