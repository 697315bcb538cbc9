"""The lexicon in the hands of moderators: look, try, add, change, disable, undo, import, export."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from directory.accounts.viewer import actor_name
from directory.clock import now, today
from directory.database import begin_write
from directory.extensions import db
from directory.search.engine.query import SearchQuery
from directory.search.execute import read_text
from directory.search.explain import label_of
from directory.search.follower import knowledge, search_index
from directory.search.phrases.edit import (
    Changed,
    Checker,
    add_phrase,
    change_phrase,
    import_rows,
    last_changes,
    set_disabled,
    undo,
)
from directory.search.phrases.effects import Effects, effects_of
from directory.search.phrases.find import AT_ONCE, PhraseFilter, all_phrases, as_csv, find_phrases
from directory.search.phrases.suggested import acceptable, settle, waiting_words
from directory.search.phrases.uses import uses_of
from directory.search.understanding.sources.phrases import BadPhrase, PhraseRow, read_file
from directory.settings import LANGUAGES
from directory.vocabulary.catalogue import vocabulary
from directory.vocabulary.models import LexiconPhrase, PhraseKind, PhraseOrigin
from directory.web.moderation.queue import blueprint
from directory.web.moderation.word_form import WordForm, fault_text

MAX_FILE, MAX_ROWS = 1_900_000, 20_000
MAX_TRIED = 2_000
MAX_ID = 2**31 - 1
MAX_PAGE = 10_000
_CHOSEN = ("q", "meaning", "who")


def meaning_text(kind: str, value: str) -> str:
    """What a phrase means, in the reader's language."""
    return label_of(kind, value, g.lang, vocabulary(db.session))


@blueprint.get("/moderation/words")
def words() -> str:
    """The phrases by meaning, what came in, what was changed lately."""
    arguments = request.args
    kind, _sign, value = arguments.get("meaning", "").partition(":")
    wanted = PhraseFilter(
        text=arguments.get("q", "")[:200],
        kind=PhraseKind(kind) if kind in set(PhraseKind) else None,
        value=value or None,
        origin=PhraseOrigin.NETWORK if arguments.get("who") == "network" else None,
        is_disabled=True if arguments.get("who") == "disabled" else None,
    )
    page = min(max(arguments.get("page", 1, type=int), 1), MAX_PAGE)
    chosen: dict[str, Any] = {name: arguments[name] for name in _CHOSEN if arguments.get(name)}
    total, phrases = find_phrases(db.session, wanted, page)
    return render_template(
        "moderation/lexicon.html",
        total=total,
        phrases=phrases,
        uses=uses_of(db.session, [phrase.id for phrase in phrases]),
        page=page,
        last_page=-(-total // AT_ONCE),
        address=lambda page: url_for("moderation.words", lang=g.lang, page=page, **chosen),
        chosen=arguments,
        waiting=waiting_words(db.session),
        changes=last_changes(db.session, 10),
        meaning_text=meaning_text,
    )


@blueprint.route("/moderation/words/new", methods=("GET", "POST"))
def new_word() -> ResponseReturnValue:
    """A phrase that is missing: first what it would do, then it is saved."""
    form = WordForm(vocabulary(db.session))
    if request.method == "GET":
        form.phrase.data = request.args.get("phrase", "")[:120]
        form.language.data = request.args.get("language", g.lang)
        form.weight.data = "1"
        return _page(form, None)
    row = _checked(form)
    if row is None:
        return _page(form, None), 422
    if not _was_shown(form, row, is_disabled=False):
        return _page(form, None, _shown(form, row, None, is_disabled=False))
    try:
        phrase = add_phrase(db.session, row, actor_name(), now())
    except BadPhrase as error:
        db.session.rollback()
        form.refuse(error)
        return _page(form, None), 422
    return _saved(gettext("“%(phrase)s” is understood from now on.", phrase=phrase.phrase))


@blueprint.route(f"/moderation/words/<int(max={MAX_ID}):phrase_id>", methods=("GET", "POST"))
def word(phrase_id: int) -> ResponseReturnValue:
    """One phrase: change it, disable it, after what that would do."""
    phrase = db.session.get(LexiconPhrase, phrase_id) or abort(404)
    form = WordForm(vocabulary(db.session))
    if request.method == "GET":
        form.show(phrase)
        return _page(form, phrase)
    action = request.form.get("action", "save")
    is_disabled = action == "disable" or (action == "save" and phrase.is_disabled)
    row = _checked(form)
    if row is None:
        return _page(form, phrase), 422
    if not _was_shown(form, row, is_disabled=is_disabled):
        effects = _shown(form, row, phrase_id, is_disabled=is_disabled)
        return _page(form, db.session.get(LexiconPhrase, phrase_id) or abort(404), effects, action=action)
    try:
        if action in ("disable", "enable"):
            set_disabled(db.session, phrase_id, form.based_on(), actor_name(), now(), is_disabled=is_disabled)
        else:
            change_phrase(db.session, phrase_id, form.based_on(), row, actor_name(), now())
    except BadPhrase as error:
        db.session.rollback()
        form.refuse(error)
        return _page(form, phrase), 422
    except Changed:
        db.session.rollback()
        return _page(form, db.session.get(LexiconPhrase, phrase_id) or abort(404), has_changed=True), 409
    return _saved(gettext("Saved: “%(phrase)s”.", phrase=row.phrase))


def _checked(form: WordForm) -> PhraseRow | None:
    """What the form says, where it can be a phrase and all that it names exists."""
    if not form.validate():
        return None
    row = form.row()
    if row is None:
        return None
    try:
        Checker(db.session, vocabulary(db.session)).check(row)
    except BadPhrase as error:
        form.refuse(error)
        return None
    return row


def _digest(row: PhraseRow, *, is_disabled: bool) -> str:
    return hashlib.sha256(repr((astuple(row), is_disabled)).encode()).hexdigest()[:16]


def _was_shown(form: WordForm, row: PhraseRow, *, is_disabled: bool) -> bool:
    """Whether the effects of exactly this were on the page: nobody saves what they have not seen."""
    return bool(form.looked.data == _digest(row, is_disabled=is_disabled))


def _shown(form: WordForm, row: PhraseRow, phrase_id: int | None, *, is_disabled: bool) -> Effects:
    form.looked.data = _digest(row, is_disabled=is_disabled)
    # Nothing is written here, and it takes a second: others may write meanwhile.
    db.session.rollback()
    return effects_of(row, phrase_id, g.lang, now(), is_disabled=is_disabled)


def _page(
    form: WordForm,
    phrase: LexiconPhrase | None,
    effects: Effects | None = None,
    action: str = "save",
    *,
    has_changed: bool = False,
) -> str:
    uses = uses_of(db.session, [phrase.id]).get(phrase.id, (0, 0)) if phrase else (0, 0)
    return render_template(
        "moderation/phrase.html", form=form, phrase=phrase, effects=effects, action=action, uses=uses,
        has_changed=has_changed, meaning_text=meaning_text,
    )  # fmt: skip


def _saved(message: str) -> ResponseReturnValue:
    db.session.commit()
    # Here at once; the other processes see it within a second.
    knowledge().refresh(db.session, vocabulary(db.session))
    flash(message)
    return redirect(url_for("moderation.words"), code=303)


@blueprint.post(f"/moderation/words/undo/<int(max={MAX_ID}):entry_id>")
def undo_words(entry_id: int) -> ResponseReturnValue:
    """Take a change back."""
    try:
        undo(db.session, entry_id, actor_name(), now())
    except Changed:
        db.session.rollback()
        flash(gettext("It was changed again since, and cannot be taken back as a whole."))
        return redirect(url_for("moderation.words"), code=303)
    return _saved(gettext("Taken back."))


@blueprint.get("/moderation/words/try")
def try_words() -> str:
    """What a text would be read as, and why."""
    text = request.args.get("q", "").strip()[:MAX_TRIED]
    reading = read_text(SearchQuery(text), search_index().current())[0] if text else None
    return render_template("moderation/try_words.html", text=text, reading=reading, meaning_text=meaning_text)


@blueprint.get("/moderation/words.csv")
def words_csv() -> Response:
    """Every phrase that holds, as a file that an import takes back."""
    return Response(
        stream_with_context(as_csv(all_phrases(db.session))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="words-{today()}.csv"', "Cache-Control": "no-store"},
    )


@blueprint.post("/moderation/words/import")
def import_words() -> ResponseReturnValue:
    """Take a file of phrases in: all of it, or nothing, with the line and the reason."""
    upload = request.files.get("file")
    raw = upload.read(MAX_FILE + 1) if upload else b""
    try:
        count = _taken_in(raw)
    except BadPhrase as error:
        db.session.rollback()
        where = gettext("Line %(line)s: ", line=error.line) if error.line else ""
        flash(f"{where}{fault_text(error.fault)} {gettext('Nothing was taken over.')}")
        return redirect(url_for("moderation.words"), code=303)
    if count is None:
        db.session.rollback()
        flash(gettext("The file is too large: at most %(count)s lines. Nothing was taken over.", count=MAX_ROWS))
        return redirect(url_for("moderation.words"), code=303)
    return _saved(ngettext("One phrase was taken over.", "%(count)s phrases were taken over.", count, count=count))


def _taken_in(raw: bytes) -> int | None:
    """How many phrases of a file were new or different; None for a file that is too large. Raises BadPhrase."""
    if len(raw) > MAX_FILE:
        return None
    rows = list(read_file(raw))
    if len(rows) > MAX_ROWS:
        return None
    db.session.rollback()
    checker = Checker(db.session, vocabulary(db.session))
    for line, row in rows:
        try:
            checker.check(row)
        except BadPhrase as error:
            raise BadPhrase(error.fault, error.text, line) from error
    db.session.rollback()
    begin_write(db.session)
    return import_rows(db.session, rows, actor_name(), now())


@blueprint.post("/moderation/words/settle")
def settle_word() -> ResponseReturnValue:
    """Somebody looked at a word that came in."""
    word, language = acceptable([request.form.get("word", "")]), request.form.get("language", "")
    if not word or language not in LANGUAGES or not settle(db.session, word[0], language, actor_name(), now()):
        abort(404)
    db.session.commit()
    return redirect(url_for("moderation.words", _anchor="waiting"), code=303)
