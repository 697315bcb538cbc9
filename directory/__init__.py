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
    from directory import settings as settings_module
    from directory.accounts import security, sessions
    from directory.accounts import views as account_views
    from directory.accounts.viewer import check_gate
    from directory.api import application as api_application
    from directory.api import referrals as referral_api
    from directory.changes.models import Entity
    from directory.changes.recording import listen, register_snapshot
    from directory.consulates import views as consulate_views
    from directory.consulates.save import snapshot_consulates
    from directory.consulates.views import country as country_views
    from directory.database import begin_write, prepare_engine
    from directory.extensions import babel, compress, csrf, db, migrate
    from directory.moderation import uses
    from directory.moderation import views as moderation_views
    from directory.operations import views as operations_views
    from directory.organizations.save import snapshot_organizations
    from directory.partnerships import views as joint_views
    from directory.publication import cards
    from directory.registration import views as registration_views
    from directory.registration.views import links as link_views
    from directory.registration.views import records as record_views
    from directory.registration.views import workspace
    from directory.search import follower
    from directory.web import application as web_application
    from directory.web import guide_pages, handout
    from directory.web.application import refuse_nul

    chosen = settings or settings_module.Settings.from_environ()
    app = api_application.make_flask(chosen)
    app.config.from_mapping(settings_module.flask_config(chosen))
    app.extensions["directory.settings"] = chosen
    settings_module.behind_proxies(app, chosen)

    db.init_app(app)
    migrate.init_app(app, db, directory=str(settings_module.PACKAGE_ROOT / "migrations"))
    compress.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        listen(db.session)
    register_snapshot(Entity.ORGANIZATION, snapshot_organizations)
    register_snapshot(Entity.CONSULATE, snapshot_consulates)

    def open_write_transaction() -> None:
        from flask import request

        if request.method in ("GET", "HEAD", "OPTIONS") or request.routing_exception is not None:
            return
        # The whole request is read first: who sends slowly must not hold the only writer's lock of SQLite.
        refuse_nul(request.get_data(parse_form_data=True))
        if request.endpoint != "security.login":  # checking a password takes long; it writes at the very end
            begin_write(db.session)

    web_application.bind(app, babel)
    # In this order: count tries in transactions of their own, begin to write, ask who may, check tokens.
    for count in (
        security.throttle_sign_in,
        registration_views.throttle_registration,
        record_views.throttle_reports,
        referral_api.throttle_requests,
    ):
        app.before_request(count)
    app.before_request(open_write_transaction)
    security.bind(app)
    app.before_request(sessions.check_session)
    app.before_request(check_gate)
    csrf.init_app(app)
    sessions.bind(app)
    uses.bind(app)
    app.after_request(registration_views.no_store)

    api_application.bind(app)
    for blueprint in (
        operations_views.blueprint,
        account_views.account,
        account_views.people,
        registration_views.blueprint,
        link_views.blueprint,
        record_views.public,
        record_views.editing,
        workspace.blueprint,
        moderation_views.blueprint,
        consulate_views.blueprint,
        consulate_views.finder,
        country_views.blueprint,
        country_views.liaison,
        joint_views.desk,
        joint_views.joint,
        joint_views.network,
        joint_views.region,
        joint_views.answers,
        joint_views.organization_side,
        joint_views.joint_links,
        handout.blueprint,
        guide_pages.blueprint,
    ):
        app.register_blueprint(blueprint)
    follower.bind(app)
    cards.bind(app)
    return app
