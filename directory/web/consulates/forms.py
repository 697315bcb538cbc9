"""Forms about a consulate: how it is reached, where it comes to, keys for its case register, agreements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    Form,
    FormField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from directory.accounts.models import TokenScope
from directory.consulates.edit import Contacts, PhoneLine
from directory.consulates.models import ConsulatePhoneKind
from directory.places.asked import AskedPlace
from directory.places.countries import MEMBER_STATES, country_name
from directory.registration.risks import is_harmless
from directory.web.options import options
from directory.web.registration.fields import (
    IS_EMAIL,
    CheckboxesField,
    RowsField,
    asked_place,
    check_url,
    read_phones,
    stripped,
    url_filter,
)

MAX_DAYS_AHEAD = 400


def check_harmless(_form: Form, field: Field) -> None:
    """A text that everyone reads at once holds no numbers, addresses or accounts."""
    if not is_harmless(field.data):
        raise ValidationError(
            gettext("No phones, addresses on the web or accounts here: they have fields of their own.")
        )


class PhoneLineForm(Form):  # type: ignore[misc]
    """One number."""

    number = StringField(
        _l("Number"), filters=[stripped], validators=[Optional(), Length(max=80)],
        description=_l("With its area code; an extension may follow."),
    )  # fmt: skip
    kind = SelectField(
        _l("For what"),
        default=ConsulatePhoneKind.MAIN.value,
        description=_l("The protection number is shown first."),
    )
    is_around_the_clock = BooleanField(_l("Day and night"), description=_l("Somebody answers at every hour."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = options(
            [
                (ConsulatePhoneKind.PROTECTION.value, gettext("Protection and emergencies")),
                (ConsulatePhoneKind.MAIN.value, gettext("Everything else")),
            ]
        )


class ContactsForm(FlaskForm):  # type: ignore[misc]
    """How a consulate is reached."""

    phones = RowsField(FormField(PhoneLineForm), min_entries=4, max_entries=8, label=_l("Phones"),
                       description=_l("Leave empty what you do not need."))  # fmt: skip
    email = EmailField(
        _l("E-mail"),
        filters=[stripped],
        validators=[Optional(), Length(max=120), IS_EMAIL],
        description=_l("One that somebody reads every day."),
    )
    website = StringField(
        _l("Website"),
        filters=[url_filter],
        validators=[Optional(), Length(max=300), check_url],
        description=_l("The consulate’s own page."),
    )
    address = StringField(_l("Address"), filters=[stripped], validators=[Optional(), Length(max=300)],
                          description=_l("Street and number."))  # fmt: skip
    postal_code = StringField(_l("Postal code"), filters=[stripped], validators=[Optional(), Length(max=16)],
                              description=_l("As it stands on a letter."))  # fmt: skip

    def __init__(self, country: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._country = country
        self.contacts: Contacts | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """All of it; then `contacts` holds the answer."""
        is_valid = bool(super().validate(extra_validators))
        lines = []
        for entry in self.phones.entries:
            if not entry.form.number.data:
                continue
            kind = ConsulatePhoneKind(entry.form.kind.data)
            try:
                phones = read_phones(entry.form.number.data, self._country)
            except ValidationError as error:
                entry.form.number.errors = [str(error)]
                is_valid = False
                continue
            lines += [
                PhoneLine(phone.number, phone.text, phone.extension, kind, entry.form.is_around_the_clock.data)
                for phone in phones
            ]
        if is_valid:
            self.contacts = Contacts(
                tuple(lines), self.email.data, self.website.data, self.address.data, self.postal_code.data
            )
        return is_valid


class MobileForm(FlaskForm):  # type: ignore[misc]
    """A consulate comes to a town."""

    place = StringField(
        _l("Town"),
        filters=[stripped],
        validators=[DataRequired(_l("Write the town.")), Length(max=120)],
        description=_l("With its state: “Harlingen, Texas”."),
    )
    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("Write the day."))],
                          description=_l("From today on."))  # fmt: skip
    ends_on = DateField(_l("Last day"), validators=[Optional()], description=_l("Empty: one day only."))
    hours = StringField(_l("Hours"), filters=[stripped], validators=[Optional(), Length(max=120), check_harmless],
                        description=_l("“9:00 to 14:00, by appointment”."))  # fmt: skip
    venue = StringField(
        _l("Where in town"),
        filters=[stripped],
        validators=[Optional(), Length(max=200), check_harmless],
        description=_l("Building and street."),
    )
    url = StringField(
        _l("Announcement"),
        filters=[url_filter],
        validators=[Optional(), Length(max=300), check_url],
        description=_l("Its address on the web."),
    )

    def __init__(self, host_country: str, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._host = host_country
        self._today = today
        self.found: AskedPlace | None = None

    def validate_place(self, field: StringField) -> None:
        """A town abroad."""
        self.found = asked_place(field.data)
        if not self.found.place_id:
            raise ValidationError(gettext("Write a town, not a state or a country."))

    def validate_starts_on(self, field: DateField) -> None:
        """From today on, and not for ever ahead."""
        if field.data and not 0 <= (field.data - self._today).days <= MAX_DAYS_AHEAD:
            raise ValidationError(gettext("Choose a day from today on, within a year."))

    def validate_ends_on(self, field: DateField) -> None:
        """Not before it begins, and not for months."""
        begins = self.starts_on.data
        if field.data and begins and not begins <= field.data <= begins + timedelta(days=31):
            raise ValidationError(gettext("The last day comes after the first, within a month."))


class TokenForm(FlaskForm):  # type: ignore[misc]
    """A key for a case register."""

    label = StringField(
        _l("For which system"),
        filters=[stripped],
        validators=[DataRequired(_l("Write a name.")), Length(max=80)],
        description=_l("So that you know later which key to take away."),
    )
    scopes = CheckboxesField(_l("What it may do"), validators=[InputRequired(_l("Choose at least one."))],
                             description=_l("Only for referrals of this consulate."))  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scopes.choices = options(
            [
                (TokenScope.CREATE_REFERRALS.value, gettext("Send referrals")),
                (TokenScope.READ_REFERRALS.value, gettext("Read where they stand")),
                (TokenScope.CLOSE_REFERRALS.value, gettext("Close them with their outcome")),
            ]
        )


class AssistanceForm(FlaskForm):  # type: ignore[misc]
    """Consulates of one country assist nationals of another."""

    direction = RadioField(
        _l("Who assists whom"),
        validators=[InputRequired(_l("Choose one."))],
        description=_l("It counts once a liaison of the other country has agreed here."),
    )
    other = SelectField(_l("The other country"), description=_l("A member country."))
    host = SelectField(_l("Where"), description=_l("The country in which both have nationals."))
    source_name = StringField(
        _l("By which agreement"),
        filters=[stripped],
        validators=[DataRequired(_l("Write the name of the agreement.")), Length(max=300)],
        description=_l("Its name and date."),
    )
    source_url = StringField(_l("Where it can be read"), filters=[url_filter],
                             validators=[Optional(), Length(max=300), check_url],
                             description=_l("An address on the web, if there is one."))  # fmt: skip
    valid_from = DateField(_l("From"), validators=[InputRequired(_l("Write the day."))],
                           description=_l("The first day."))  # fmt: skip
    valid_until = DateField(_l("Until"), validators=[Optional()], description=_l("Empty: until somebody ends it."))

    def __init__(self, own: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._own = own
        name = country_name(own, g.lang)
        self.direction.choices = options(
            [
                ("theirs-assist-ours", gettext("Their consulates assist our nationals (%(country)s)", country=name)),
                ("ours-assist-theirs", gettext("Our consulates (%(country)s) assist their nationals", country=name)),
            ]
        )
        others = [(code, country_name(code, g.lang)) for code in MEMBER_STATES if code != own]
        self.other.choices = options(sorted(others, key=lambda item: item[1].casefold()))
        self.host.choices = self.other.choices

    def validate_host(self, field: SelectField) -> None:
        """A third country."""
        if field.data == self.other.data:
            raise ValidationError(gettext("Choose a third country."))

    def validate_valid_until(self, field: DateField) -> None:
        """After it begins."""
        if field.data and self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(gettext("The last day comes after the first."))
