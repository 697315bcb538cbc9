"""The JSON side of the application: the OpenAPI document and the routes under /api and /export."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_openapi import Info, OpenAPI

from directory.accounts.viewer import ScopeNeeded, TokenNeeded
from directory.api import documents, exports, lines, referrals, suggest, views
from directory.api.hsds import views as hsds
from directory.problems import Problem, problem, validation_problem
from directory.settings import VERSION, Settings, resource_dir

OPENAPI_VERSION = "3.1.0"


def make_flask(settings: Settings) -> Flask:
    """A Flask application that also collects its OpenAPI document; its own documentation pages are off."""
    app = OpenAPI(
        "directory",
        info=Info(
            title="Directory of civil society organizations for consular protection",
            version=VERSION,
            description="Open read access without a key; referrals need the token of a consulate.",
        ),
        servers=[{"url": settings.base_url}],
        security_schemes={"consulate": {"type": "http", "scheme": "bearer"}},
        doc_ui=False,
        validation_error_status=400,
        validation_error_model=Problem,
        validation_error_callback=validation_problem,
        template_folder=str(resource_dir("templates")),
        static_folder=None,
    )
    app.openapi_version = OPENAPI_VERSION
    return app


def bind(app: Flask) -> None:
    """Register the routes, what counts the requests of case registers, and the answers to tokens that do not open."""
    if not isinstance(app, OpenAPI):
        raise TypeError("the application must come from make_flask")
    app.register_api(views.blueprint)
    app.register_api(lines.blueprint)
    app.register_api(suggest.blueprint)
    app.register_api(exports.blueprint)
    app.register_api(referrals.blueprint)
    app.register_blueprint(documents.blueprint)
    app.register_blueprint(hsds.blueprint)
    app.before_request(referrals.throttle_requests)
    app.register_error_handler(TokenNeeded, _token_needed)
    app.register_error_handler(ScopeNeeded, _scope_needed)


def _token_needed(_error: TokenNeeded) -> ResponseReturnValue:
    refused = problem(401, "This needs the token of a consulate: `Authorization: Bearer …`.")
    refused.headers["WWW-Authenticate"] = 'Bearer realm="referrals"'
    return refused


def _scope_needed(_error: ScopeNeeded) -> ResponseReturnValue:
    return problem(403, "This token does not have the scope for it.")
