"""Help lines in the hands of moderators: look, call and confirm, change, add, take off."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from directory.accounts.viewer import actor_name
from directory.clock import now, today
from directory.extensions import csrf, db
from directory.lines.models import HelpLine
from directory.lines.save import Changed, add_line, confirm_line, set_removed, state_line
from directory.places.countries import MEMBER_STATES
from directory.publication.lines import PublicLine, current_lines, look_again
from directory.web.moderation.line_form import LineForm
from directory.web.moderation.queue import blueprint, my_countries


def _is_mine(country: str | None) -> bool:
    countries = my_countries()
    return countries is None or country in countries


@blueprint.get("/moderation/lines")
def lines() -> str:
    """The lines by country: those that wait longest for a call first."""
    code = request.args.get("country", "")
    if code and code not in MEMBER_STATES:
        abort(404)
    known = [line for line in current_lines(db.session, today()) if _is_mine(line.country or line.sending_country)]
    counts = {state: sum(line.country == state or line.sending_country == state for line in known)
              for state in MEMBER_STATES}  # fmt: skip
    shown = [line for line in known if code in ("", line.country, line.sending_country)]
    return render_template(
        "moderation/lines.html",
        lines=sorted(shown, key=_waits),
        removed=[row for row in _removed() if code in ("", row.country, row.sending_country)],
        code=code,
        counts=counts,
        day=today(),
    )


def _removed() -> list[HelpLine]:
    """My lines that were taken off."""
    rows = db.session.scalars(select(HelpLine).where(HelpLine.removed_at.is_not(None)).order_by(HelpLine.name))
    return [row for row in rows if _is_mine(row.country or row.sending_country)]


def _waits(line: PublicLine) -> tuple[bool, str, str]:
    """Confirmed ones last; of the rest what was said longest ago first, and what has no date before all."""
    return line.status == "verified", line.said_on or "", line.name


@blueprint.route("/moderation/lines/new", methods=("GET", "POST"))
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def new_line() -> ResponseReturnValue:
    """A line that is missing."""
    form = LineForm()
    if request.method == "GET":
        form.whose.data = request.args.get("country") or min(my_countries() or {"US"})
        return _page(form, None)
    if not form.validate() or form.line_data is None or not _may_save(form):
        return _page(form, None), 422
    add_line(db.session, form.line_data, actor_name(), now())
    return _saved(form.whose.data, gettext("“%(name)s” is on the pages now.", name=form.line_data.name))


def _may_save(form: LineForm) -> bool:
    if _is_mine(form.whose.data):
        return True
    form.whose.errors = [gettext("You do not moderate this country.")]
    return False


@blueprint.route("/moderation/lines/<uuid:line_id>", methods=("GET", "POST"))
@csrf.exempt  # type: ignore[untyped-decorator]  # the form checks its own token: a stale one loses nothing
def line(line_id: UUID) -> ResponseReturnValue:
    """One line: change it, confirm it after a call, take it off."""
    found = _line_at(line_id)
    form = LineForm(found)
    if request.method == "GET":
        form.show(found)
        return _page(form, found)
    if not form.validate() or form.line_data is None or not _may_save(form):
        return _page(form, found), 422
    try:
        state_line(db.session, found, form.based_on(), form.line_data, actor_name(), now())
    except Changed:
        db.session.rollback()
        return _page(form, _line_at(line_id), has_changed=True), 409
    return _saved(form.whose.data, gettext("Saved: “%(name)s”.", name=form.line_data.name))


@blueprint.post("/moderation/lines/<uuid:line_id>/<any(confirm, remove, restore):deed>")
def act_on_line(line_id: UUID, deed: str) -> ResponseReturnValue:
    """It answered as it is written here; or nobody should call it any more; or they should again."""
    found = _line_at(line_id)
    version = request.form.get("version", type=int) or 0
    try:
        if deed == "confirm":
            confirm_line(db.session, found, version, actor_name(), today(), now())
        else:
            set_removed(db.session, found, version, actor_name(), now(), off=deed == "remove")
    except Changed:
        abort(409, gettext("Somebody changed this line meanwhile. Look at it again."))
    done = {
        "confirm": gettext("Confirmed today: “%(name)s”.", name=found.name),
        "remove": gettext("Taken off: “%(name)s”.", name=found.name),
        "restore": gettext("Shown again: “%(name)s”.", name=found.name),
    }[deed]
    return _saved(found.country or found.sending_country or "", done)


def _line_at(line_id: UUID) -> HelpLine:
    """The line, locked where something is sent; 404 where there is none, 403 where it is another's country."""
    locks = {"key_share": True} if request.method == "POST" else None
    found = db.session.get(HelpLine, line_id, with_for_update=locks, populate_existing=locks is not None)
    if found is None:
        abort(404)
    if not _is_mine(found.country or found.sending_country):
        abort(403)
    return found


def _page(form: LineForm, found: HelpLine | None, *, has_changed: bool = False) -> str:
    return render_template("moderation/line.html", form=form, line=found, has_changed=has_changed)


def _saved(country: str, message: str) -> ResponseReturnValue:
    db.session.commit()
    look_again()
    flash(message)
    return redirect(
        url_for("moderation.lines", lang=g.lang, country=country if country in MEMBER_STATES else None), 303
    )
