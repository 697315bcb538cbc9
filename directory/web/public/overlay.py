"""What a signed-in officer sees of a search besides: partners of the own consulates, and where to refer somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import g, url_for
from flask_babel import gettext

from directory.accounts.policy import Permission, allows
from directory.accounts.viewer import viewer
from directory.changes.models import Entity
from directory.changes.slugs import current_slugs
from directory.clock import today
from directory.extensions import db
from directory.partnerships.own import consulates_of, partners_of
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import consulate_name
from directory.search.engine.query import SearchQuery
from directory.web.display import is_signed_in


@dataclass(frozen=True)
class Overlay:
    """What a signed-in officer sees besides: partners of the own consulates, and where to refer somebody."""

    partners: frozenset[UUID] = frozenset()
    consulate_slug: str | None = None
    """The officer's consulate, where there is just one."""
    is_officer: bool = False

    def refer_url(self, slug: str, areas: tuple[str, ...]) -> str | None:
        """Where to refer somebody to an organization; None for whoever cannot."""
        if not self.is_officer:
            return None
        if self.consulate_slug is None:
            return url_for("network.organization", slug=slug)
        need = areas[0] if len(areas) == 1 else None
        return url_for("joint.refer_page", slug=self.consulate_slug, organization=slug, need=need)


def overlay_of_viewer() -> Overlay:
    """Asks nothing of the database for anybody who is not signed in."""
    if not is_signed_in() or not allows(viewer(), Permission.JOINT_WORK):
        return Overlay()
    mine = consulates_of(db.session, viewer())
    ids = [item.id for item in mine]
    slugs = current_slugs(db.session, Entity.CONSULATE, ids)
    partners = frozenset(partners_of(db.session, ids, today()))
    return Overlay(partners, slugs[ids[0]] if len(ids) == 1 else None, is_officer=True)


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
