"""JSON responses with a validator, so that clients can ask again cheaply."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import json, request
from werkzeug.wrappers import Response

from directory.extensions import db
from directory.publication.validator import feed_etag

Responses = dict[str | int | HTTPStatus, Any]
"""What an operation can answer, by status, as flask-openapi takes it."""


def request_etag(*parts: object) -> str:
    """The entity tag of this address as of now."""
    return feed_etag(db.session, request.full_path, *parts)


def json_response(body: dict[str, Any], language: str, etag: str) -> Response:
    """A response that anyone may read from anywhere; 304 where the client has it already."""
    response = Response(json.dumps(body), content_type="application/json")
    return open_to_all(response, language, etag)


def open_to_all(response: Response, language: str, etag: str) -> Response:
    """Add what open read endpoints send: CORS, language, validator."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(etag)
    return response.make_conditional(request)
