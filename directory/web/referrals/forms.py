"""Forms of a referral: sent in a minute, answered with a tap. No field here is for a person's name or number.

Several stand on one page, so that each has a prefix of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from directory.partnerships.models import Audience
from directory.places.countries import MEMBER_STATES, country_name
from directory.referrals.choices import age_names, decline_names, outcome_names, sentence_texts, urgency_names
from directory.referrals.models import AgeGroup, DeclineReason, Outcome, Sentence, Urgency
from directory.referrals.send import Need, concerns_asylum
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.languages import language_name
from directory.web.options import options
from directory.web.referrals.private_text import PrivateTextForm, private_text
from directory.web.registration.fields import CheckboxesField, asked_place, stripped

SPOKEN = (
    "es", "en", "fr", "ht", "pt", "mam", "quc", "kek", "cak", "kjb", "ixl", "tzh", "tzo", "zap",
    "miq", "cab", "zh", "ar", "ru", "wo",
)  # fmt: skip
"""Languages that people on the move in the region speak, the frequent ones first."""


class ReferralForm(PrivateTextForm):
    """Need, population, nationality, age, place, urgency, language, a message; and that the person agreed."""

    need = SelectField(_l("What is needed"), validators=[InputRequired(_l("Choose one."))],
                       description=_l("What they offer stands first."))  # fmt: skip
    urgency = RadioField(_l("By when you need an answer"), validators=[InputRequired(_l("Choose one."))],
                         description=_l("They are reminded, and then you are told to call."))  # fmt: skip
    age_group = RadioField(_l("Age"), validators=[InputRequired(_l("Choose one."))],
                            description=_l("Of the person, or that it is a family."))  # fmt: skip
    population = SelectField(
        _l("Situation"), validators=[Optional()], description=_l("The one that matters most here.")
    )
    nationality = SelectField(_l("Nationality"), validators=[Optional()], description=_l("Of the person."))
    spoken = SelectField(
        _l("Language"), validators=[Optional()], description=_l("The one that the person speaks best.")
    )
    place = StringField(_l("Where the person is"), filters=[stripped], validators=[Optional(), Length(max=120)],
                        description=_l("Only the town: “McAllen, Texas”. Never an address."))  # fmt: skip
    sentences = CheckboxesField(_l("Ready sentences"), description=_l("They read them in their own language."))
    message = private_text(
        _l("Message"),
        _l("What they must know to say yes or no. No names, phones, e-mails or document numbers: those on the phone."),
    )
    is_consented = BooleanField(
        _l("The person was informed and agreed"),
        description=_l("What is sent, to whom, and that they can say no without losing anything."),
    )
    is_at_own_request = BooleanField(
        _l("The person asks for it"),
        description=_l(
            "For asylum: a consulate never sends its own national to ask for protection unless the person wants it."
        ),
    )

    is_another = BooleanField(_l("It is another person"), description=_l("Then it is sent as a referral of its own."))

    def __init__(self, terms: Vocabulary, offered: Sequence[str], sending_country: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._sending = sending_country
        slugs = dict.fromkeys([*offered, *terms.areas])
        self.need.choices = options([(slug, terms.areas[slug].labels[g.lang]) for slug in slugs if slug in terms.areas])
        self.urgency.choices = options(urgency_names().items())
        self.age_group.choices = options(age_names().items())
        self.sentences.choices = options(sentence_texts().items())
        populations = [(slug, term.labels[g.lang]) for slug, term in terms.populations.items()]
        self.population.choices = options([("", gettext("None of these")), *populations])
        members = sorted(
            ((code, country_name(code, g.lang)) for code in MEMBER_STATES), key=lambda item: item[1].casefold()
        )
        self.nationality.choices = options([("", gettext("Another one, or not known")), *members])
        self.spoken.choices = options(
            [
                ("", gettext("Not known")),
                *((code, language_name(code, g.lang).capitalize()) for code in SPOKEN),
            ]
        )
        self.place_id: str | None = None
        if not self.is_submitted():
            self.nationality.data = self.nationality.data or sending_country
            self.urgency.data = self.urgency.data or Urgency.TODAY.value

    def validate_place(self, field: StringField) -> None:
        """A place of the gazetteer."""
        if not field.data:
            return
        self.place_id = asked_place(field.data).place_id
        if self.place_id is None:
            raise ValidationError(gettext("Write a town, not a state or a country."))

    def validate_message(self, field: TextAreaField) -> None:
        """Nobody is named or numbered."""
        self.check_private(field)

    def validate_is_consented(self, field: BooleanField) -> None:
        """Without consent nothing is sent."""
        if not field.data:
            raise ValidationError(gettext("Ask the person first. Without their consent nothing can be sent."))

    def validate_is_at_own_request(self, field: BooleanField) -> None:
        """For asylum of one's own nationals."""
        if not field.data and concerns_asylum(self.to_need(), self._sending):
            raise ValidationError(gettext("This concerns asylum. Confirm that it is at the person’s own request."))

    def to_need(self) -> Need:
        """What the form says."""
        return Need(
            area=self.need.data or "",
            age_group=AgeGroup(self.age_group.data) if self.age_group.data in set(AgeGroup) else AgeGroup.UNKNOWN,
            urgency=Urgency(self.urgency.data) if self.urgency.data in set(Urgency) else Urgency.WEEK,
            population=self.population.data or None,
            nationality=self.nationality.data or None,
            place_id=self.place_id,
            spoken=self.spoken.data or None,
            sentences=tuple(item for item in Sentence if item in (self.sentences.data or ())),
            message=self.message.data,
            is_consented=bool(self.is_consented.data),
            is_at_own_request=bool(self.is_at_own_request.data),
        )


class DeclineForm(PrivateTextForm):
    """An organization cannot."""

    reason = RadioField(_l("Why not?"), validators=[InputRequired(_l("Choose one."))],
                        description=_l("The consulate looks for somebody else at once."))  # fmt: skip
    note = private_text(_l("More about it"), _l("Only the consulate reads it. No names and no numbers of people."))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "decline", **kwargs})
        self.reason.choices = options(decline_names().items())

    def validate_note(self, field: TextAreaField) -> None:
        """Nobody is named or numbered."""
        self.check_private(field)

    def to_reason(self) -> DeclineReason:
        """The chosen one."""
        return DeclineReason(self.reason.data)


class MessageForm(PrivateTextForm):
    """A question or an answer."""

    text = private_text(
        _l("Message"),
        _l("No names, phones, e-mails or document numbers of people: say them on the phone, with the reference."),
        required=_l("Write something."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "message", **kwargs})

    def validate_text(self, field: TextAreaField) -> None:
        """Nobody is named or numbered."""
        self.check_private(field)


class OutcomeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What became of it."""

    outcome = RadioField(_l("What became of it?"), validators=[InputRequired(_l("Choose one."))],
                         description=_l("Then it is closed. After some months only counts are left."))  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "outcome", **kwargs})
        self.outcome.choices = options(outcome_names().items())

    def to_outcome(self) -> Outcome:
        """The chosen one."""
        return Outcome(self.outcome.data)


class NoteForm(PrivateTextForm):
    """A note about an organization, for one's own consulate or for all of the network."""

    consulate = SelectField(_l("For which consulate you write"), description=_l("Its name stands with the note."))
    audience = RadioField(_l("Who reads it"), validators=[InputRequired(_l("Choose one."))],
                          description=_l("Never the public, and never the organization."))  # fmt: skip
    text = private_text(
        _l("Note"),
        _l("How they work, whom to call, what to mind. Nothing about people who were helped."),
        required=_l("Write something."),
    )

    def __init__(self, consulates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.consulate.choices = options(consulates)
        self.audience.choices = options(
            [
                (Audience.CONSULATE.value, gettext("Only my consulate and its liaison")),
                (Audience.NETWORK.value, gettext("The consulates of all member countries")),
            ]
        )

    def validate_text(self, field: TextAreaField) -> None:
        """Nobody is named or numbered."""
        self.check_private(field)
