"""“Which consulate of Honduras covers Harlingen, Texas?”, answered for anyone."""

from __future__ import annotations

from flask import abort, render_template, request
from flask_babel import gettext

from directory.extensions import db
from directory.places.asked import AskedPlace, SeveralPlaces, UnknownPlace, read_place
from directory.places.countries import MEMBER_STATES
from directory.publication.covering import Answers, answers_for
from directory.web.display import current_language
from directory.web.languages import page_blueprint

blueprint = page_blueprint("finder", __name__)
MAX_OTHERS = 6


@blueprint.get("/consulates/find")
def find() -> tuple[str, int]:
    """A country and a place in; the consulates that one can turn to out, each labelled for what it is.

    Of several places of a name the largest is taken and the others are offered: most who type it mean that one. `words`
    is what was typed before one of them was chosen, so that it stays in the field.
    """
    sending, typed = request.args.get("sending", ""), request.args.get("place", "").strip()
    if sending and sending not in MEMBER_STATES:
        abort(400, gettext("This directory has the eleven member countries; choose one of them."))
    place: AskedPlace | None = None
    others: tuple[AskedPlace, ...] = ()
    is_unknown = False
    if typed:
        try:
            place = read_place(db.session, typed)
        except UnknownPlace:
            is_unknown = True
        except SeveralPlaces as error:
            place = next((item for item in error.candidates if item.place_id), error.candidates[0])
            others = tuple(item for item in error.candidates if item is not place)
    found: Answers | None = None
    if place and sending and place.country != sending:
        found = answers_for(db.session, sending, place)
    page = render_template(
        "consulates/find.html",
        sending=sending,
        typed=typed,
        place=place,
        words=_words(request.args.get("words", "").strip()[:120], typed, place),
        others=others[:MAX_OTHERS],
        is_unknown=is_unknown,
        found=found,
    )
    return page, 404 if is_unknown else 200


def _words(words: str, typed: str, place: AskedPlace | None) -> str:
    """What stands in the field: what was typed first, never the code of a place."""
    if words:
        return words
    return place.label(current_language()) if place and typed == place.code else typed
