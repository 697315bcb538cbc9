"""Errors of the JSON interface: RFC 9457 problem details."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, json
from pydantic import BaseModel, ValidationError
from werkzeug.http import HTTP_STATUS_CODES


class Problem(BaseModel):
    """Problem details (RFC 9457), sent as application/problem+json."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


COME_BACK_S = 5
"""What a client is told that met something that is being made, busy or away."""


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A problem+json response. A 503 says when to come back."""
    body = Problem(title=HTTP_STATUS_CODES.get(status, "Error"), status=status, detail=detail)
    response = Response(json.dumps(body.model_dump()), status=status, content_type="application/problem+json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    if status == 503:
        response.headers["Retry-After"] = str(COME_BACK_S)
    response.headers.update(headers or {})
    return response


def validation_problem(error: ValidationError) -> Response:
    """Every parameter that cannot be used, and why."""
    reasons = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
    return problem(400, "; ".join(reasons))
