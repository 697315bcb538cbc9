"""“This was not understood”: words that a search did not know, sent in on purpose and one by one."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from directory.accounts.throttle import throttle
from directory.clock import today
from directory.extensions import db
from directory.search.engine.query import MAX_QUERY_LENGTH, SearchQuery
from directory.search.execute import read_text
from directory.search.follower import search_index
from directory.search.phrases.suggested import acceptable, send_in
from directory.web.public.results import blueprint


@blueprint.get("/search/not-understood")
def not_understood() -> str:
    """The words that nothing knew, each to be ticked, none ticked."""
    text = request.args.get("q", "")[:MAX_QUERY_LENGTH]
    reading, _meaning = read_text(SearchQuery(text), search_index().current())
    return render_template("public/not_understood.html", text=text, words=acceptable(reading.free), problem=None)


@blueprint.post("/search/not-understood")
def send_words() -> ResponseReturnValue:
    """Keep what was ticked, and nothing else of the search."""
    words = acceptable(request.form.getlist("word")[:50])
    text = request.form.get("q", "")[:MAX_QUERY_LENGTH]
    if not words:
        offered = acceptable(read_text(SearchQuery(text), search_index().current())[0].free)
        problem = gettext("Tick at least one word.")
        return render_template("public/not_understood.html", text=text, words=offered, problem=problem), 422
    count = send_in(db.session, words, g.lang, today())
    db.session.commit()
    flash(ngettext("Thank you. A moderator looks at the word.", "Thank you. A moderator looks at the words.", count))
    return redirect(url_for("results.search", q=text or None), code=303)


def throttle_words() -> None:
    """Count words sent in, before anything else happens in the request."""
    if request.method == "POST" and request.endpoint == "results.send_words":
        throttle("word", request.remote_addr)
