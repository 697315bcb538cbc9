"""Asking which town is meant, where a text leads to several or to none; what was written stays if somebody says so."""

from __future__ import annotations

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import Optional

from directory.organizations.record_data import LocationData
from directory.places.countries import MEMBER_STATES, country_name
from directory.places.lookup import Town
from directory.places.names import fold
from directory.registration.places import PlaceAnswer, find_place, is_same_town, place_label
from directory.web.options import options

AS_TYPED = "as-typed:"
"""Begins the answer of who means the town as it was written; that text follows, so that it answers nothing else."""


def which_town() -> RadioField:
    """The field that holds the answer."""
    return RadioField(
        _l("Which one is it?"),
        validators=[Optional()],
        validate_choice=False,
        description=_l("So that people are not sent to the wrong town."),
    )


class TownQuestion:
    """What a country and a text mean, and what is to be asked: `problem` says why, None where nothing is."""

    def __init__(self, country: str | None, typed: str | None, known: LocationData | None = None) -> None:
        self.answer = PlaceAnswer()
        self.problem: str | None = None
        self._typed = typed or ""
        if not typed or country not in MEMBER_STATES:
            return
        kept = known if known and is_same_town(known, country, typed, None) else None
        if kept and kept.place_id:
            return  # it is where it was, whichever town of the name that is
        self.answer = find_place(country, typed)
        if self.answer.town or (kept and not self.answer.candidates):
            return
        self.problem = (
            gettext("There are several of this name. Choose one below.")
            if self.answer.candidates
            else gettext(
                "We know no town of this name in %(country)s: people who search nearby would not find it. "
                "Choose one below, or keep it as you wrote it.",
                country=country_name(country, self.language),
            )
        )

    @property
    def language(self) -> str:
        """The language of the page."""
        return str(g.lang)

    def put(self, field: RadioField) -> bool:
        """Offer the towns that may be meant; whether one of them, or the text itself, was chosen."""
        towns = (*self.answer.candidates, *self.answer.similar)
        kept = gettext("None of these: keep it as I wrote it") if towns else gettext("Keep it as I wrote it")
        named = [(town.id, place_label(town, self.language)) for town in towns]
        field.choices = options([*named, (f"{AS_TYPED}{fold(self._typed)}", kept)])
        return field.data in {choice.value for choice in field.choices}

    def chosen(self, picked: str | None) -> Town | None:
        """The town of the gazetteer that is meant, if it is one."""
        offered = (*self.answer.candidates, *self.answer.similar)
        return self.answer.town or next((town for town in offered if town.id == picked), None)
