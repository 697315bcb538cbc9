"""Forms of a partnership: what is proposed, how it is answered, who is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Form,
    FormField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from directory.clock import latest_day, now
from directory.extensions import db
from directory.partnerships.choices import agreement_names, channel_names
from directory.partnerships.models import Agreement, FocalPoint, Partnership, ReferralChannel, Side
from directory.partnerships.terms import Person, Terms
from directory.places.countries import MEMBER_STATES, country_name
from directory.places.models import Place, PlaceKind
from directory.vocabulary.catalogue import Vocabulary
from directory.web.options import options
from directory.web.referrals.private_text import check_no_case
from directory.web.registration.fields import IS_EMAIL, CheckboxesField, RowsField, stripped

MAX_PEOPLE = 4
MAX_DETENTION_PLACES = 60


class PersonForm(Form):  # type: ignore[misc]  # WTForms has no types
    """A focal point."""

    name = StringField(_l("Name"), filters=[stripped], validators=[Optional(), Length(max=120)],
                       description=_l("Somebody of the office, never of the people helped."))  # fmt: skip
    role = StringField(_l("Task"), filters=[stripped], validators=[Optional(), Length(max=120)],
                       description=_l("For example: protection, legal aid."))  # fmt: skip
    phone = StringField(_l("Phone"), filters=[stripped], validators=[Optional(), Length(max=40)],
                        description=_l("The one for the other side."))  # fmt: skip
    email = EmailField(_l("E-mail"), filters=[stripped], validators=[Optional(), Length(max=120), IS_EMAIL],
                       description=_l("Referrals go there."))  # fmt: skip


class PeopleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Whom the other side asks for."""

    people = RowsField(FormField(PersonForm), min_entries=2, max_entries=MAX_PEOPLE, label=_l("Focal points"),
                       description=_l("Only the two partners see them."))  # fmt: skip

    def persons(self) -> list[Person]:
        """The focal points that have a name."""
        return [
            Person(entry.form.name.data, entry.form.role.data, entry.form.phone.data, entry.form.email.data)
            for entry in self.people.entries
            if entry.form.name.data
        ]

    def validate_people(self, field: RowsField) -> None:
        """Whoever has a phone or e-mail has a name."""
        for entry in field.entries:
            if (entry.form.phone.data or entry.form.email.data) and not entry.form.name.data:
                entry.form.name.errors = [gettext("Write the name.")]
                raise ValidationError(gettext("Write the name of each focal point."))


def people_data(focal_points: Sequence[FocalPoint], side: Side) -> list[dict[str, str | None]]:
    """The focal points of one side, for a form; with room for one more."""
    known: list[dict[str, str | None]] = [
        {"name": item.name, "role": item.role, "phone": item.phone, "email": item.email}
        for item in focal_points
        if item.side == side
    ]
    return [*known, {}, {}][:MAX_PEOPLE] if len(known) < MAX_PEOPLE else known


class PartnershipForm(PeopleForm):
    """What a consulate proposes to an organization, on one page."""

    agreement = SelectField(_l("What it rests on"), description=_l("Nothing in writing is fine to begin with."))
    areas = CheckboxesField(_l("For which needs"), description=_l("None chosen: whatever they offer."))
    nationalities = SelectMultipleField(
        _l("For which nationalities"), description=_l("None chosen: nationals of the consulate.")
    )
    channel = SelectField(_l("How people are referred"), description=_l("As the organization prefers it."))
    is_for_emergencies = BooleanField(
        _l("Agreed in advance for emergencies"),
        description=_l("In an emergency nobody has to ask first: the consulate calls and the person comes."),
    )
    enters_detention = BooleanField(
        _l("They may enter places of detention"), description=_l("Then say which ones, if you know.")
    )
    detention_places = SelectMultipleField(_l("Which places of detention"), description=_l("Those in your area."))
    valid_from = DateField(_l("From"), validators=[Optional()], description=_l("Empty: at once."))
    valid_until = DateField(
        _l("Until"), validators=[Optional()], description=_l("Empty: until somebody ends it. You are reminded before.")
    )
    message = TextAreaField(
        _l("Message"),
        filters=[stripped],
        validators=[Optional(), Length(max=1000), check_no_case],
        description=_l("They read it with the proposal."),
    )
    private_note = TextAreaField(
        _l("Note of the consulate"),
        filters=[stripped],
        validators=[Optional(), Length(max=1000), check_no_case],
        description=_l("Only this consulate and its liaison read it."),
    )

    def __init__(
        self, terms: Vocabulary, offered: Sequence[str], region: tuple[str, str | None], **kwargs: Any
    ) -> None:
        """`offered` are the organization's service areas; `region` the country and subdivision of the consulate."""
        super().__init__(**kwargs)
        self.agreement.choices = options(agreement_names().items())
        self.channel.choices = options(channel_names().items())
        slugs = list(dict.fromkeys([*offered, *(self.areas.data or [])])) or list(terms.areas)
        self.areas.choices = options(
            [(slug, terms.areas[slug].labels[g.lang]) for slug in slugs if slug in terms.areas]
        )
        names = [(code, country_name(code, g.lang)) for code in MEMBER_STATES]
        self.nationalities.choices = options(sorted(names, key=lambda item: item[1].casefold()))
        self.detention_places.choices = options(_detention_places(*region, self.detention_places.data or []))

    def validate_valid_until(self, field: DateField) -> None:
        """After it begins."""
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(gettext("The last day comes after the first."))

    def terms(self) -> Terms:
        """What a valid form says."""
        return Terms(
            agreement=Agreement(self.agreement.data),
            areas=tuple(self.areas.data or ()),
            nationalities=tuple(self.nationalities.data or ()),
            channel=ReferralChannel(self.channel.data),
            enters_detention=self.enters_detention.data,
            detention_places=tuple(self.detention_places.data or ()) if self.enters_detention.data else (),
            is_for_emergencies=self.is_for_emergencies.data,
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
        )


def _detention_places(country: str, admin1: str | None, chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Places of detention of the consulate's subdivision, and those chosen before."""
    known = [item for item in chosen if "\0" not in item][:MAX_DETENTION_PLACES]
    query = select(Place.id, Place.name, Place.city).where(Place.kind == PlaceKind.DETENTION, Place.country == country)
    if admin1:
        query = query.where((Place.admin1 == admin1) | Place.id.in_(known))
    rows = db.session.execute(query.order_by(func.lower(Place.name), Place.id).limit(400)).all()
    return [(row.id, f"{row.name} ({row.city})" if row.city else row.name) for row in rows]


def form_data(partnership: Partnership) -> dict[str, object]:
    """A partnership as it stands, for the form."""
    return {
        "agreement": partnership.agreement.value,
        "areas": partnership.areas,
        "nationalities": partnership.nationalities,
        "channel": partnership.channel.value,
        "is_for_emergencies": partnership.is_for_emergencies,
        "enters_detention": partnership.enters_detention,
        "detention_places": partnership.detention_places,
        "valid_from": partnership.valid_from,
        "valid_until": partnership.valid_until,
        "message": partnership.message,
        "private_note": partnership.private_note,
        "people": people_data(partnership.focal_points, Side.CONSULATE),
    }


class OrganizationProposalForm(PeopleForm):
    """What an organization proposes to a consulate: little; the consulate fills in the rest with it."""

    consulate = SelectField(_l("To which consulate"), description=_l("Those whose area you are in stand first."))
    areas = CheckboxesField(_l("For which needs"), description=_l("None chosen: whatever you offer."))
    channel = SelectField(_l("How people should be referred to you"), description=_l("Consulates follow it."))
    is_for_emergencies = BooleanField(
        _l("Agreed in advance for emergencies"),
        description=_l("In an emergency nobody has to ask first: the consulate calls and the person comes."),
    )
    is_public = BooleanField(
        _l("Everyone may know, once they accept"), description=_l("Without this only you and the consulate know.")
    )
    message = TextAreaField(_l("Message"), filters=[stripped], validators=[Optional(), Length(max=1000), check_no_case],
                            description=_l("The officers read it."))  # fmt: skip

    def __init__(self, consulates: list[tuple[str, str]], areas: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.consulate.choices = options(consulates)
        self.areas.choices = options(areas)
        self.channel.choices = options(channel_names().items())


class AcceptForm(PeopleForm):
    """An organization accepts."""

    is_public = BooleanField(
        _l("Everyone may know that we work together"),
        description=_l("It then stands on your page and on that of the consulate. You can change it at any time."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "accept", **kwargs})


class OfficerAnswerForm(FlaskForm):  # type: ignore[misc]
    """What somebody of the organization said on the phone, noted by an officer."""

    on = DateField(_l("On which day"), validators=[InputRequired(_l("Write the day."))],
                   description=_l("The day of the call or visit."))  # fmt: skip
    note = StringField(
        _l("Who said so"),
        filters=[stripped],
        validators=[DataRequired(_l("Write their task.")), Length(max=120), check_no_case],
        description=_l("Their task in the organization, such as “coordinator”."),
    )

    def __init__(self, today: date, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "call", **kwargs})
        self._today = today
        if not self.is_submitted():
            self.on.data = today

    def validate_on(self, field: DateField) -> None:
        """A day that has come already."""
        if field.data and field.data > max(self._today, latest_day(now())):
            raise ValidationError(gettext("This day has not come yet."))


class WhyForm(FlaskForm):  # type: ignore[misc]
    """A word to the other side."""

    note = StringField(_l("Why"), filters=[stripped], validators=[Optional(), Length(max=300), check_no_case],
                       description=_l("The other side reads it."))  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "why", **kwargs})
