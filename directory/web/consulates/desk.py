"""The consulate of an address, for whoever may act for it."""

from __future__ import annotations

from flask import Blueprint, abort, g, request

from directory.accounts.policy import Permission, Target
from directory.accounts.viewer import require
from directory.changes.models import Entity
from directory.changes.slugs import find_by_slug
from directory.consulates.models import Consulate
from directory.database import LOCK
from directory.extensions import db
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import public_consulates
from directory.web.languages import page_blueprint

blueprint: Blueprint = page_blueprint("consulate_record", __name__)


def target_of(consulate: Consulate) -> Target:
    """What policy asks about a consulate."""
    return Target(consulate_id=consulate.id, sending_country=consulate.sending_country)


def consulate_at(slug: str, permission: Permission) -> tuple[Consulate, PublicConsulate]:
    """The consulate with this slug, locked where something is sent. 403 for whoever may not act for it."""
    found = find_by_slug(db.session, Entity.CONSULATE, slug[:120])
    if found is None:
        abort(404)
    locks = request.method == "POST"
    lock = LOCK if locks else None
    consulate = db.session.get_one(Consulate, found[0], with_for_update=lock, populate_existing=locks)
    if consulate.removed_at is not None:
        abort(410)
    require(permission, target_of(consulate))
    g.zone = consulate.timezone
    return consulate, public_consulates(db.session, [consulate.id])[0]
