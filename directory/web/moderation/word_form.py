"""The form for a phrase of the lexicon and what it means."""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from directory.extensions import db
from directory.places.countries import country_name
from directory.search.phrases.find import values_of
from directory.search.understanding.forms import ANY
from directory.search.understanding.sources.phrases import MAX_LENGTHS, BadPhrase, Fault, PhraseRow, parse_row
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.languages import language_name
from directory.vocabulary.models import LexiconPhrase, PhraseKind
from directory.web.options import options
from directory.web.registration.base_form import SafeForm

_FAULTS = {
    Fault.COLUMNS: _("The row does not have the nine columns of the file."),
    Fault.EMPTY: _("Nothing is left of the phrase without signs."),
    Fault.LONG: _("It is too long: a phrase has one to six words."),
    Fault.STOP_WORD: _("A word like “the” or “de” says nothing alone. Give it company."),
    Fault.LANGUAGE: _("The language is es, en, fr, or mul for all."),
    Fault.KIND: _("The kind is area, population, language, nationality or place."),
    Fault.VALUE: _("Nothing has this value, or nothing has it any more."),
    Fault.WEIGHT: _("The weight lies above 0 and is at most 1."),
    Fault.NEEDS: _("What must be near is neither a cue nor a meaning."),
    Fault.IMPLIES: _("What it suggests besides is no meaning."),
    Fault.TWICE: _("This phrase has this meaning already."),
    Fault.LINK: _("A source begins with https://."),
}
_FIELD_OF = {
    Fault.EMPTY: "phrase", Fault.LONG: "phrase", Fault.STOP_WORD: "phrase", Fault.TWICE: "phrase",
    Fault.LANGUAGE: "language", Fault.KIND: "meaning", Fault.VALUE: "meaning", Fault.WEIGHT: "weight",
    Fault.NEEDS: "needs", Fault.IMPLIES: "implies", Fault.LINK: "source_url",
}  # fmt: skip


def fault_text(fault: Fault) -> str:
    """Why a row cannot be used, in the reader's language."""
    return str(_FAULTS[fault])


class WordForm(SafeForm):
    """One phrase. `looked` names what its effects were shown for: only that can be saved."""

    phrase = StringField(_("Phrase, as people type it"), [DataRequired(), Length(max=MAX_LENGTHS["phrase"])])
    language = SelectField(_("Language"))
    meaning = SelectField(_("Meaning"))
    place = StringField(
        _("Place"),
        [Length(max=MAX_LENGTHS["value"])],
        description=_("Only for a place: its id, codes joined by +, or latitude, longitude and kilometres."),
    )
    weight = StringField(
        _("How surely it means this"), description=_("1: always. 0.5: perhaps. What is less sure gives way.")
    )
    needs = StringField(
        _("Only with company"),
        description=_("Cues or meanings of which one must be near, like asks or area:shelter, separated by |."),
    )
    implies = StringField(
        _("What it suggests besides"), description=_("Meanings like population:detained, separated by |.")
    )
    note = StringField(_("Note"), description=_("Why, for colleagues."))
    source_url = StringField(_("Source"), description=_("Where people say so: https://…"))
    looked = HiddenField()

    def __init__(self, terms: Vocabulary) -> None:
        super().__init__()
        self.language.choices = options([("es", "español"), ("en", "English"), ("fr", "français"), (ANY, _("all"))])
        self.meaning.choices = options(_meanings(terms))

    def show(self, phrase: LexiconPhrase) -> None:
        """Fill it with what stands in the table."""
        for name in ("phrase", "language", "needs", "implies", "note", "source_url"):
            getattr(self, name).data = getattr(phrase, name)
        is_place = phrase.kind == PhraseKind.PLACE
        self.meaning.data = f"{phrase.kind.value}:{'' if is_place else phrase.value}"
        self.place.data = phrase.value if is_place else ""
        self.weight.data = f"{phrase.weight:g}"
        self.version.data = str(phrase.version)

    def row(self) -> PhraseRow | None:
        """The phrase that is meant; None, with the error beside its field, where it cannot be one."""
        kind, _sign, value = (self.meaning.data or "").partition(":")
        plain = ("phrase", "language", "weight", "needs", "implies", "note", "source_url")
        cells = {name: str(getattr(self, name).data or "") for name in plain}
        cells["weight"] = cells["weight"].replace(",", ".")
        cells |= {"kind": kind, "value": (self.place.data or "") if kind == PhraseKind.PLACE else value}
        try:
            return parse_row(cells)
        except BadPhrase as error:
            self.refuse(error)
            return None

    def refuse(self, error: BadPhrase) -> None:
        """Say beside a field what is wrong with it."""
        name = _FIELD_OF.get(error.fault, "phrase")
        name = "place" if name == "meaning" and self.meaning.data == "place:" else name
        field = self[name]
        field.errors = (*field.errors, fault_text(error.fault))


def _meanings(terms: Vocabulary) -> list[tuple[str, str, str]]:
    """Every meaning with its label, and the heading of its kind."""
    own = g.lang
    languages = ((code, language_name(code, own)) for code in values_of(db.session, PhraseKind.LANGUAGE))
    countries = ((code, country_name(code, own)) for code in values_of(db.session, PhraseKind.NATIONALITY))
    groups = (
        (_("Kinds of help"), "area", ((slug, term.labels[own]) for slug, term in terms.areas.items())),
        (_("Who is helped"), "population", ((slug, term.labels[own]) for slug, term in terms.populations.items())),
        (_("Languages"), "language", sorted(languages, key=lambda item: item[1])),
        (_("Nationalities"), "nationality", sorted(countries, key=lambda item: item[1])),
        (_("Places"), "place", [("", _("A place, named below"))]),
    )
    return [(f"{kind}:{value}", str(label), str(title)) for title, kind, values in groups for value, label in values]
