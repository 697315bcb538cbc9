"""JSON responses with a validator, so that clients can ask again cheaply."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import current_app, g, json, request
from werkzeug.wrappers import Response

from directory.extensions import db
from directory.problems import Problem
from directory.publication.validator import conditional, feed_etag
from directory.settings import Settings

Responses = dict[str | int | HTTPStatus, Any]
"""What an operation can answer, by status, as flask-openapi takes it."""
_PROBLEM = {"application/problem+json": {"schema": Problem.model_json_schema()}}
_MEANINGS = {
    301: "The record has another slug now",
    304: "Not modified",
    400: "A parameter cannot be used",
    401: "No token, or one that is not in force",
    403: "The token does not have the scope",
    404: "No such record",
    409: "It conflicts with what is on record",
    410: "The record was removed",
    422: "A rule forbids it",
    429: "Too many requests",
    503: "The index is being built",
}


OWN_VALIDATOR = frozenset({"api.search"})
"""Routes that make their entity tags themselves, without SQL."""


def request_etag(*parts: object) -> str:
    """The entity tag of this address as of now."""
    return feed_etag(db.session, request.full_path, *parts)


def note_validator() -> None:
    """Before anything is read: an answer may be newer than its entity tag, never older."""
    if request.endpoint not in OWN_VALIDATOR:
        g.entity_tag = request_etag()


def base_url() -> str:
    """How the world reaches this installation."""
    settings: Settings = current_app.extensions["directory.settings"]
    return settings.base_url


def documented(*statuses: int) -> Responses:
    """What the OpenAPI document says of the answers that are not a record."""
    return {
        status: {"description": _MEANINGS[status], "content": _PROBLEM if status >= 400 else {}} for status in statuses
    }


def json_response(body: dict[str, Any], language: str) -> Response:
    """A response that anyone may read from anywhere; 304 where the client has it already."""
    return open_to_all(Response(json.dumps(body), content_type="application/json"), language, g.entity_tag)


def not_modified(language: str, etag: str) -> Response:
    """The client has it already: said before anything is made."""
    return open_to_all(Response(status=304), language, etag)


def open_to_all(response: Response, language: str, etag: str) -> Response:
    """Add what open read endpoints send: CORS, language, validator."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(etag)
    return conditional(response, request)
