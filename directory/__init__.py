"""The directory of civil society organizations for consular protection."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from directory.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application with everything bound to it: the only place where all features meet.

    Imports happen here, so that reading a constant of this package does not load the whole of it.
    """
    from directory import api, database, operations, proxies, web
    from directory.changes import recording
    from directory.changes.models import Entity
    from directory.consulates.save import snapshot_consulates
    from directory.extensions import compress, db, migrate
    from directory.moderation import uses
    from directory.operations import logs
    from directory.organizations.save import snapshot_organizations
    from directory.publication import cards, lines
    from directory.registration import redaction
    from directory.search import follower
    from directory.search.phrases import uses as phrase_uses
    from directory.settings import PACKAGE_ROOT, Settings, configure
    from directory.statistics import unmet

    chosen = settings or Settings.from_environ()
    app = api.make_flask(chosen)
    configure(app, chosen)
    logs.bind(app)

    # Below: the database, and the feed of what changes in it.
    db.init_app(app)
    migrate.init_app(app, db, directory=str(PACKAGE_ROOT / "migrations"))
    with app.app_context():
        database.prepare_engine(db.engine)
        recording.listen(db.session)
        redaction.listen(db.session)
    recording.register_snapshot(Entity.ORGANIZATION, snapshot_organizations)
    recording.register_snapshot(Entity.CONSULATE, snapshot_consulates)
    recording.register_redactor(Entity.ORGANIZATION, redaction.redact)

    # Between: the index that follows the feed, ready cards, counts.
    follower.bind(app)
    cards.bind(app)
    lines.bind(app)
    uses.bind(app)
    phrase_uses.bind(app)
    unmet.bind(app)

    # Above: pages, JSON, health; and who may pass.
    compress.init_app(app)
    web.bind(app)
    api.bind(app)
    operations.bind(app)
    web.guard(app)
    logs.DISCRETION.learn(app.url_map)
    proxies.believe(app, chosen.trusted_proxies, chosen.data_dir)
    return app
