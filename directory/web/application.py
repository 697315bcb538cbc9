"""The page side of the application: languages, headers, assets, errors, and every page."""

from __future__ import annotations

import logging
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, abort, g, has_request_context, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from directory.extensions import babel
from directory.problems import problem
from directory.search.marks import IndexMissing
from directory.settings import LANGUAGES, Settings
from directory.web import assets, display, headers, turns
from directory.web.accounts.security import throttle_sign_in
from directory.web.form_data import CleanRequest
from directory.web.public.unknown_words import throttle_words
from directory.web.registration.essentials_page import no_store, throttle_registration
from directory.web.registration.records import throttle_reports
from directory.web.routes import BLUEPRINTS

_log = logging.getLogger(__name__)
_JSON_PREFIXES = ("/api/", "/export/", "/hsds/", "/healthz", "/readyz", "/openapi.json")
_PRIVATE = "/workspace/"
"""What consulates see stays in no cache of a shared office PC."""


def bind(app: Flask) -> None:
    """Register languages, checks, headers, error pages, template names, pages, and what counts tries to send forms."""
    settings: Settings = app.extensions["directory.settings"]
    app.request_class = CleanRequest
    babel.init_app(app, locale_selector=request_language)
    assets.bind(app, settings.data_dir)
    headers.bind(app)
    display.bind(app)
    app.before_request(_refuse_unreadable)
    turns.bind(app)
    app.after_request(_secure)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IndexMissing, _index_missing)
    app.register_error_handler(OperationalError, _database_down)
    app.register_error_handler(Exception, _unexpected)
    app.add_url_rule("/", "root", _root)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for count_tries in (throttle_sign_in, throttle_registration, throttle_reports, throttle_words):
        app.before_request(count_tries)
    app.after_request(no_store)


def request_language() -> str:
    """The language of the address, else the best of what the browser asks for, else Spanish."""
    if not has_request_context():
        return LANGUAGES[0]  # commands and threads say which language they write in
    in_address = request.path.split("/", 2)[1] if request.path.count("/") else ""
    if in_address in LANGUAGES:
        return in_address
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _root() -> ResponseReturnValue:
    response = redirect(url_for("pages.home", lang=request_language()), code=302)
    response.headers["Vary"] = "Accept-Language"
    return response


def _refuse_unreadable() -> None:
    """Refuse addresses that are not UTF-8 or hold a NUL, which no database takes, and forms that are none."""
    raw = unquote_to_bytes(request.environ.get("QUERY_STRING", "")) + request.environ.get("PATH_INFO", "").encode(
        "latin-1", "replace"
    )
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        abort(400, gettext("The address holds characters that are not valid UTF-8."))
    if b"\0" in raw:
        abort(400, gettext("The address holds a character that cannot be used."))
    if request.is_json and not _wants_json():
        abort(415)  # no page is sent as JSON, and whatever reads forms would try to make one of it


def _secure(response: Response) -> Response:
    if request.method == "POST":
        # What was typed stands beside a form's token: compressed together, their length would tell (BREACH).
        response.headers.setdefault("Content-Encoding", "identity")
    if _PRIVATE in request.path:
        response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-cache")
        response.headers.setdefault("Content-Language", str(get_locale()))
    return response


def _wants_json() -> bool:
    return request.path.startswith(_JSON_PREFIXES)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    # What the error says to clients: `Retry-After`, `Allow`, `Content-Range`.
    said = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    if _wants_json():
        return problem(status, error.description or error.name, said)
    if isinstance(error, CSRFError):
        return _page(
            400, gettext("This page had been open for very long. Go back, load it anew and send it again.")
        ), 400
    told = error.description if status == 400 or error.description != type(error).description else None
    return _page(status, told), status, said


def _index_missing(_error: IndexMissing) -> ResponseReturnValue:
    if _wants_json():
        return problem(503, "The search index is being built. Try again in a few seconds.")
    return (
        _page(503, gettext("The search index is being built. Try again in a few seconds.")),
        503,
        {"Retry-After": "5"},
    )


def _database_down(error: OperationalError) -> ResponseReturnValue:
    _log.error("the database did not answer: %s", type(error.orig).__name__)
    if _wants_json():
        return problem(503, "The database does not answer. Try again shortly.")
    return _page(503, None), 503, {"Retry-After": "10"}


def _unexpected(error: Exception) -> ResponseReturnValue:
    _log.error("unexpected error on %s", request.endpoint, exc_info=error)
    if _wants_json():
        return problem(500, "Something went wrong on our side. Nothing was lost.")
    return _page(500, None), 500


def _page(status: int, reason: str | None) -> str:
    g.lang = request_language()
    g.is_error = True
    return render_template("error.html", status=status, reason=reason, typed=_typed() if status == 503 else None)


def _typed() -> list[tuple[str, str]] | None:
    """What was sent and not taken, to be sent again as it is; None where it is no form, or a secret is in it."""
    if request.method != "POST" or request.blueprint == "security":
        return None
    try:
        return list(request.form.items(multi=True))
    except HTTPException:  # too large, or not to be read: it would be refused again
        return None
