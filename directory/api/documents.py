"""The OpenAPI document and a page that a person can read; neither loads anything from elsewhere."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, json, render_template, request
from flask_openapi import OpenAPI
from werkzeug.wrappers import Response as WerkzeugResponse

from directory.publication.validator import conditional

blueprint = Blueprint("documents", __name__)


def document() -> dict[str, object]:
    """The OpenAPI 3.1 document of this application."""
    if not isinstance(current_app._get_current_object(), OpenAPI):  # type: ignore[attr-defined]
        raise TypeError("the application has no OpenAPI document")
    spec: dict[str, object] = current_app.api_doc  # type: ignore[attr-defined]
    return spec


@blueprint.get("/openapi.json")
def openapi() -> WerkzeugResponse:
    """The document, open to all."""
    response = Response(json.dumps(document()), content_type="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Language"] = "en"
    response.add_etag()
    return conditional(response, request)


@blueprint.get("/docs")
def docs() -> str:
    """The same, as a page."""
    return render_template("api/docs.html", spec=document())
