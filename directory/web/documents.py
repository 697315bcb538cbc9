"""What machines ask every site for: robots.txt and a sitemap of the public records."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template

from directory.changes.feed import feed_position
from directory.extensions import db
from directory.publication.organizations import published_slugs
from directory.settings import Settings

blueprint = Blueprint("documents_web", __name__)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Pages may be read; searches and handouts need not be crawled."""
    settings: Settings = current_app.extensions["directory.settings"]
    closed = (f"Disallow: /{lang}/{page}" for page in ("search", "handout") for lang in ("es", "en", "fr"))
    lines = ("User-agent: *", *closed,
             f"Sitemap: {settings.base_url}/sitemap.xml", "")  # fmt: skip
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The address of every organization in every language."""
    text = render_template("sitemap.xml", slugs=published_slugs(db.session))
    response = Response(text, content_type="application/xml; charset=utf-8")
    response.set_etag(str(feed_position(db.session).seq))
    return response
