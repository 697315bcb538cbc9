"""Errors of the JSON interface: RFC 9457 problem details."""

from __future__ import annotations

from flask import Response, json
from pydantic import BaseModel, ValidationError
from werkzeug.http import HTTP_STATUS_CODES


class Problem(BaseModel):
    """Problem details (RFC 9457), sent as application/problem+json."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problem(status: int, detail: str) -> Response:
    """A problem+json response."""
    body = Problem(title=HTTP_STATUS_CODES.get(status, "Error"), status=status, detail=detail)
    response = Response(json.dumps(body.model_dump()), status=status, content_type="application/problem+json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def validation_problem(error: ValidationError) -> Response:
    """Every parameter that cannot be used, and why."""
    reasons = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
    return problem(400, "; ".join(reasons))
