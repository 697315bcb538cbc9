"""Short forms about one record: availability, report, claim."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from directory.clock import latest_day, now
from directory.organizations.availability import MAX_DAYS
from directory.organizations.record_data import PhoneData
from directory.registration.models import ReportKind
from directory.registration.risks import is_harmless
from directory.web.options import options
from directory.web.registration.fields import IS_EMAIL, CheckboxesField, check_trap, read_phones, stripped

FOREVER = "open-ended"
NOT_SAID = "unknown"


def state_names() -> dict[str, str]:
    """What a service can say of itself."""
    return {
        "open": gettext("We can take someone"),
        "limited": gettext("Few places"),
        "full": gettext("Full"),
        "closed": gettext("Closed"),
        NOT_SAID: gettext("Say nothing"),
    }


class AvailabilityForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """State and last day: two taps, where the buttons are the days."""

    services = CheckboxesField(_l("Which help"), description=_l("All of it, unless you take something out."))
    state = RadioField(
        _l("Can you take someone now?"),
        validators=[InputRequired(_l("Choose one."))],
        description=_l("Consulates and people see it at once."),
    )
    until = StringField(_l("Until when"), description=_l("After that day it lapses by itself."))
    other_day = DateField(_l("Another day"), validators=[Optional()], description=_l("At most three months ahead."))
    note = StringField(
        _l("Note"),
        filters=[stripped],
        validators=[Optional(), Length(max=300)],
        description=_l("Everyone can read it: “families only”, “knock at the side door”."),
    )

    def __init__(self, services: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.services.choices = options(services)
        self.state.choices = options(state_names().items())
        self._today = today
        if not self.is_submitted():
            self.services.data = [value for value, _ in services]

    def last_day(self) -> date | None:
        """The chosen last day; None: until somebody says otherwise."""
        if self.other_day.data:
            return self.other_day.data  # type: ignore[no-any-return]
        if self.until.data in (None, "", FOREVER):
            return None
        return date.fromisoformat(self.until.data)

    def validate_until(self, _field: StringField) -> None:
        """A day of the next months, or none."""
        try:
            day = self.last_day()
        except ValueError:
            raise ValidationError(gettext("This is not a day.")) from None
        if day is not None and not 0 <= (day - self._today).days <= MAX_DAYS:
            raise ValidationError(gettext("Choose a day of the next three months."))

    def validate_note(self, field: StringField) -> None:
        """Everyone reads it at once: no numbers, addresses or accounts."""
        if not is_harmless(field.data):
            raise ValidationError(
                gettext("No phones, addresses on the web or accounts here: they stand on the record.")
            )

    def validate_services(self, field: CheckboxesField) -> None:
        """At least one kind of help."""
        if not field.data:
            raise ValidationError(gettext("Choose at least one kind of help."))


def report_names() -> dict[str, str]:
    """What somebody may have found."""
    return {
        ReportKind.REACHED: gettext("I reached them: it works"),
        ReportKind.NO_ANSWER: gettext("Nobody answers"),
        ReportKind.WRONG_NUMBER: gettext("The number is wrong"),
        ReportKind.CLOSED: gettext("They are closed or have moved"),
        ReportKind.ASKS_FOR_MONEY: gettext("Somebody asks for money in their name"),
        ReportKind.OTHER: gettext("Something else"),
    }


class NumberForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The number of an organization that nobody can reach. `phones` holds it, once it is valid."""

    number = StringField(
        _l("Number"),
        filters=[stripped],
        validators=[DataRequired(_l("Write the number.")), Length(max=80)],
        description=_l("With its area code."),
    )
    company = StringField(_l("Company"), validators=[check_trap], description=_l("Leave this empty."))

    def __init__(self, country: str) -> None:
        super().__init__()
        self._country = country
        self.phones: tuple[PhoneData, ...] = ()

    def validate_number(self, field: StringField) -> None:
        """One that can be dialled."""
        self.phones = read_phones(field.data, self._country)


class ReportForm(FlaskForm):  # type: ignore[misc]
    """What was found, and as much more as somebody likes to say."""

    kind = RadioField(
        _l("What did you find?"),
        validators=[InputRequired(_l("Choose one."))],
        description=_l("You need not say who you are."),
    )
    note = TextAreaField(
        _l("More about it"),
        filters=[stripped],
        validators=[Optional(), Length(max=1000)],
        description=_l("Only moderators read it. Write no names and no numbers of people in need."),
    )
    company = StringField(_l("Company"), validators=[check_trap])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = options([(kind.value, text) for kind, text in report_names().items()])  # type: ignore[attr-defined]


class ClaimForm(FlaskForm):  # type: ignore[misc]
    """Who says that the organization is theirs."""

    email = EmailField(
        _l("Your e-mail"),
        filters=[stripped],
        validators=[DataRequired(_l("Write your e-mail.")), Length(max=120), IS_EMAIL],
        description=_l("Best one at the organization’s own domain: then a link is enough. Any other waits for a call."),
    )
    note = TextAreaField(
        _l("What should we know?"),
        filters=[stripped],
        validators=[Optional(), Length(max=1000)],
        description=_l("For example whom to ask for when we call the number on record."),
    )
    company = StringField(_l("Company"), validators=[check_trap])


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """How somebody confirmed that a registration is theirs."""

    method = RadioField(
        _l("How did you confirm it?"),
        validators=[InputRequired(_l("Choose one."))],
        description=_l("Somebody of the organization must have said that it is right."),
    )
    on = DateField(
        _l("On which day"),
        validators=[InputRequired(_l("Write the day."))],
        description=_l("The day of the call or visit."),
    )
    note = StringField(_l("Note"), filters=[stripped], validators=[Optional(), Length(max=300)],
                       description=_l("Only moderators read it."))  # fmt: skip

    def __init__(self, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.method.choices = options(
            [
                ("call", gettext("By a call")),
                ("whatsapp", gettext("By WhatsApp")),
                ("visit", gettext("By a visit")),
            ]
        )
        self._today = today
        if not self.is_submitted():
            self.on.data = today

    def validate_on(self, field: DateField) -> None:
        """A day that has come already."""
        if field.data and field.data > max(self._today, latest_day(now())):
            raise ValidationError(gettext("This day has not come yet."))
