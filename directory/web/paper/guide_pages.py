"""The pages of the pocket guide: to print, as PDF, and how far the PDF is."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response

from directory.changes.models import Entity
from directory.clock import today
from directory.extensions import db
from directory.mail.letters import absolute
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import public_consulates
from directory.publication.validator import feed_etag, held
from directory.vocabulary.catalogue import vocabulary
from directory.web.display import current_language, is_signed_in, small_qr
from directory.web.kept import kept
from directory.web.languages import page_blueprint
from directory.web.paper.guide import guide_of
from directory.web.paper.guide_jobs import State, guide_file, has_pdf, is_pdf_installed, start
from directory.web.paper.guide_short import nearest_by_need
from directory.web.public.lookup import find_or_abort

blueprint = page_blueprint("guide", __name__)


def _consulate(slug: str, endpoint: str) -> PublicConsulate | Response:
    found = find_or_abort(Entity.CONSULATE, slug, endpoint)
    if not isinstance(found, UUID):
        return found
    return next(iter(public_consulates(db.session, [found])), None) or abort(410)


def _for_pdf(slug: str, endpoint: str) -> PublicConsulate | Response:
    """The same for pages about the PDF, which say so where there can be none."""
    found = _consulate(slug, endpoint)
    if not has_pdf():
        abort(404, gettext("This installation makes no PDF files. The guide's page can be printed and holds the same."))
    return found


@blueprint.get("/consulates/<slug>/guide")
def page(slug: str) -> ResponseReturnValue:
    """The guide as a page to print: four pages of the nearest by need, or with `all` everything."""
    consulate = _consulate(slug, "guide.page")
    if isinstance(consulate, Response):
        return consulate
    language = current_language()
    etag = feed_etag(db.session, request.full_path, language, is_signed_in())
    if (has := held(etag, request.if_none_match)) and "_flashes" not in session:
        return Response(status=304, headers={"ETag": f'"{has}"'})
    is_for_all = not is_signed_in() and "_flashes" not in session
    text = kept(etag, lambda: _page(consulate, language)) if is_for_all else _page(consulate, language)
    response = make_response(text)
    response.set_etag(etag)
    return response


def _page(consulate: PublicConsulate, language: str) -> str:
    guide = guide_of(consulate, language)
    is_whole = bool(request.args.get("all"))
    return render_template(
        "paper/guide.html",
        guide=guide,
        nearest=None if is_whole else nearest_by_need(guide, vocabulary(db.session)),
        address=absolute(url_for("pages.consulate", slug=consulate.slug)),
        code=small_qr,
        has_pdf=is_pdf_installed(),
    )


@blueprint.get("/consulates/<slug>/guide.pdf")
def pdf(slug: str) -> ResponseReturnValue:
    """The guide as PDF where it is ready, else how far it is."""
    consulate = _for_pdf(slug, "guide.pdf")
    if isinstance(consulate, Response):
        return consulate
    language = current_language()
    file = guide_file(consulate, language)
    if file.state() != State.READY:
        return redirect(url_for("guide.progress", slug=consulate.slug), code=302)
    name = f"guide-{consulate.slug}-{language}-{today()}.pdf"
    return send_file(file.pdf, mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)


@blueprint.get("/consulates/<slug>/guide/progress")
def progress(slug: str) -> ResponseReturnValue:
    """How far the PDF is; the page asks again by itself while it is being made."""
    consulate = _for_pdf(slug, "guide.progress")
    if isinstance(consulate, Response):
        return consulate
    file = guide_file(consulate, current_language())
    # In this order: what is finished between both questions is shown as almost done, and as done two seconds later.
    done, total = file.progress()
    return render_template(
        "paper/guide_progress.html", consulate=consulate, state=file.state().value, done=done, total=total
    )


@blueprint.post("/consulates/<slug>/guide/make")
def make(slug: str) -> ResponseReturnValue:
    """Begin to make the PDF, for who is signed in."""
    consulate = _for_pdf(slug, "guide.progress")
    if isinstance(consulate, Response):
        return consulate
    language = current_language()
    if not start(guide_file(consulate, language), consulate, language):
        flash(gettext("Another guide is being made. Press again in a few seconds."))
    return redirect(url_for("guide.progress", slug=consulate.slug), code=303)
