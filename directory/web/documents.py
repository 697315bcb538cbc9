"""What machines ask every site for: robots.txt, security.txt and a sitemap of the public records."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from directory.clock import now
from directory.extensions import db
from directory.publication.organizations import published_slugs
from directory.publication.validator import conditional, feed_etag
from directory.settings import LANGUAGES, Settings
from directory.web.kept import kept

SECURITY_TXT_HOLDS = timedelta(days=180)

blueprint = Blueprint("documents_web", __name__)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Pages may be read; searches and handouts need not be crawled."""
    settings: Settings = current_app.extensions["directory.settings"]
    closed = (f"Disallow: /{lang}/{page}" for page in ("search", "handout") for lang in ("es", "en", "fr"))
    lines = ("User-agent: *", *closed,
             f"Sitemap: {settings.base_url}/sitemap.xml", "")  # fmt: skip
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


@blueprint.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Whom to tell of a hole (RFC 9116); 404 where nobody was named."""
    settings: Settings = current_app.extensions["directory.settings"]
    if not settings.security_contact:
        abort(404)
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {(now() + SECURITY_TXT_HOLDS).replace(microsecond=0).isoformat()}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {settings.base_url}/.well-known/security.txt",
        "",
    )
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def sitemap() -> WerkzeugResponse:
    """The address of every organization in every language."""
    settings: Settings = current_app.extensions["directory.settings"]
    etag = feed_etag(db.session, settings.base_url)
    text = kept(etag, lambda: render_template("sitemap.xml", slugs=published_slugs(db.session)))
    response = Response(text, content_type="application/xml; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(etag)
    return conditional(response, request)
