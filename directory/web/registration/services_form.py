"""The step about services: how one gets there, cost, documents, hours, one part for each kind of help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    FormField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Length, NumberRange, Optional

from directory.organizations.record_data import (
    HoursData,
    RecordData,
    ServiceData,
    ShelterData,
    Sheltered,
)
from directory.organizations.services import Access
from directory.organizations.wording import access_names, day_names, sheltered_names
from directory.vocabulary.catalogue import Vocabulary
from directory.web.options import options
from directory.web.registration.base_form import SafeForm
from directory.web.registration.fields import CheckboxesField, RowsField, stripped

SPANS = 2
"""Of a day, that the form shows."""


class DayForm(Form):  # type: ignore[misc]  # WTForms has no types
    """Hours of one weekday: one span or two."""

    opens_at = TimeField(_l("from"), validators=[Optional()], description=_l("Opens at"))
    closes_at = TimeField(_l("to"), validators=[Optional()], description=_l("Closes at"))
    opens_again_at = TimeField(_l("again from"), validators=[Optional()], description=_l("Opens again at"))
    closes_again_at = TimeField(_l("to"), validators=[Optional()], description=_l("Closes at"))

    @property
    def spans(self) -> list[tuple[TimeField, TimeField]]:
        """Opening and closing, the first span first."""
        return [(self.opens_at, self.closes_at), (self.opens_again_at, self.closes_again_at)]

    def fill(self, spans: Iterable[HoursData]) -> None:
        """Show the hours on record."""
        for (opens_at, closes_at), hours in zip(self.spans, spans, strict=False):
            opens_at.data, closes_at.data = map(time.fromisoformat, (hours.opens_at, hours.closes_at))

    def read(self, weekday: int) -> Iterator[HoursData]:
        """The hours as they were written."""
        for opens_at, closes_at in self.spans:
            if opens_at.data and closes_at.data:
                yield HoursData(weekday=weekday, opens_at=f"{opens_at.data:%H:%M}", closes_at=f"{closes_at.data:%H:%M}")

    def _is_in_order(self) -> bool:
        """Whether the second span follows the first and does not reach into it past midnight."""
        opens_at, closes_at = self.opens_at.data, self.closes_at.data
        again, ends = self.opens_again_at.data, self.closes_again_at.data
        if closes_at is None or closes_at <= opens_at or again < closes_at:
            return False
        return bool(ends > again or ends <= opens_at)

    def validate(self, extra_validators: Any = None) -> bool:
        """Both or neither of a span, not the same but for day and night, and the second after the first."""
        is_valid = bool(super().validate(extra_validators))
        for opens_at, closes_at in self.spans:
            if problem := _span_problem(opens_at.data, closes_at.data):
                closes_at.errors = [*closes_at.errors, problem]
                is_valid = False
        if is_valid and self.opens_again_at.data is not None and not self._is_in_order():
            self.opens_again_at.errors = [gettext("The second span begins after the first has ended.")]
            is_valid = False
        return is_valid


def _with_further(hours: Iterable[HoursData], known: Iterable[HoursData]) -> Iterator[HoursData]:
    """Hours of a day as they were written, with what is known beyond the two spans that the form shows."""
    written = list(hours)
    yield from written
    if len(written) == SPANS:
        yield from list(known)[SPANS:]


def _span_problem(opens_at: time | None, closes_at: time | None) -> str | None:
    if (opens_at is None) != (closes_at is None):
        return str(gettext("Write both hours, or none."))
    if opens_at is not None and opens_at == closes_at and opens_at != time():
        return str(gettext("The two hours are the same. From 00:00 to 00:00 means day and night."))
    return None


class ShelterForm(Form):  # type: ignore[misc]
    """A shelter's sheet: how many beds, for whom, for how long, when one can come in."""

    places = IntegerField(_l("Beds"), validators=[Optional(), NumberRange(1, 5000)], description=_l("In all."))
    who = CheckboxesField(_l("Who can stay"), description=_l("Nothing chosen: not said."))
    nights = IntegerField(_l("Nights at most"), validators=[Optional(), NumberRange(1, 3650)],
                          description=_l("How long one person may stay."))  # fmt: skip
    enters_from = TimeField(_l("One can come in from"), validators=[Optional()], description=_l("Local time."))
    enters_until = TimeField(_l("until"), validators=[Optional()], description=_l("Local time."))
    pets = RadioField(_l("Pets"), validators=[Optional()], validate_choice=False, description=_l("Dogs and cats."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who.choices = options(sheltered_names().items())
        self.pets.choices = options([("yes", gettext("Yes")), ("no", gettext("No")), ("", gettext("Not said"))])

    def fill(self, data: ShelterData) -> None:
        """Show what is known."""
        self.places.data, self.nights.data, self.who.data = data.places, data.nights, [item.value for item in data.who]
        self.enters_from.data = time.fromisoformat(data.enters_from) if data.enters_from else None
        self.enters_until.data = time.fromisoformat(data.enters_until) if data.enters_until else None
        self.pets.data = {True: "yes", False: "no", None: ""}[data.takes_pets]

    def read(self) -> ShelterData:
        """What was said."""
        return ShelterData(
            places=self.places.data,
            who=tuple(item for item in Sheltered if item in (self.who.data or ())),
            nights=self.nights.data,
            enters_from=f"{self.enters_from.data:%H:%M}" if self.enters_from.data else None,
            enters_until=f"{self.enters_until.data:%H:%M}" if self.enters_until.data else None,
            takes_pets={"yes": True, "no": False}.get(self.pets.data or ""),
        )


class ServiceForm(Form):  # type: ignore[misc]
    """What is to be known of one kind of help."""

    access = RadioField(
        _l("How does one get there?"),
        validators=[Optional()],
        validate_choice=False,
        description=_l("So that nobody comes in vain."),
    )
    is_emergency = BooleanField(
        _l("In emergencies, day and night"), description=_l("Somebody answers at any hour, on every day.")
    )
    cost = StringField(_l("Cost"), filters=[stripped], validators=[Optional(), Length(max=200)],
                       description=_l("Free, or how much and for what."))  # fmt: skip
    documents = TextAreaField(_l("Documents to bring"), filters=[stripped], validators=[Optional(), Length(max=400)],
                              description=_l("None, or which."))  # fmt: skip
    eligibility = TextAreaField(_l("Who can come"), filters=[stripped], validators=[Optional(), Length(max=400)],
                                description=_l("Conditions, if there are any."))  # fmt: skip
    hours = RowsField(
        FormField(DayForm),
        label=_l("Weekly hours"),
        min_entries=7,
        max_entries=7,
        description=_l("Only the days on which you are there; local time. From 00:00 to 00:00 is day and night."),
    )

    shelter = FormField(ShelterForm, label=_l("Beds"), separator="_")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access.choices = options(access_names().items())
        for day, entry in zip(day_names().values(), self.hours, strict=False):
            entry.label.text = day


def services_form(data: RecordData, terms: Vocabulary, language: str) -> SafeForm:
    """A form with one part for each group of service areas that the record has."""
    fields = {
        group: FormField(ServiceForm, label=terms.groups[group].labels[language], separator="_")
        for group in data.services
    }
    made: SafeForm = type("ServicesForm", (SafeForm,), fields)()
    return made


def fill_services(form: SafeForm, data: RecordData, language: str) -> None:
    """Show what is known."""
    for group, service in data.services.items():
        part = form[group].form
        part.access.data = service.access.value if service.access else None
        part.is_emergency.data = service.is_emergency
        part.shelter.form.fill(service.shelter or ShelterData())
        part.cost.data = _own(service.cost, language)
        part.documents.data = _own(service.documents_required, language)
        part.eligibility.data = _own(service.eligibility, language)
        for weekday, day in enumerate(part.hours, 1):
            day.form.fill(hours for hours in service.schedule if hours.weekday == weekday)


def _own(texts: dict[str, str], language: str) -> str | None:
    """The text in the language of the page, else whatever there is."""
    return texts.get(language) or next(iter(texts.values()), None)


def _put(texts: dict[str, str], text: str | None, language: str) -> dict[str, str]:
    """`texts` with what was typed: an unchanged text in another language stays in that language."""
    if text == _own(texts, language):
        return texts
    others = {code: known for code, known in texts.items() if code != language}
    return {**others, language: text} if text else others


def read_services(form: SafeForm, base: RecordData, language: str) -> RecordData:
    """`base` with what the form says."""
    services = {group: _read_service(form[group].form, service, language) for group, service in base.services.items()}
    return base.model_copy(update={"services": services})


def _read_service(part: ServiceForm, service: ServiceData, language: str) -> ServiceData:
    hours = tuple(
        span
        for weekday, day in enumerate(part.hours, 1)
        for span in _with_further(
            day.form.read(weekday), [item for item in service.schedule if item.weekday == weekday]
        )
    )
    return service.model_copy(
        update={
            "access": Access(part.access.data) if part.access.data in set(Access) else None,
            "is_emergency": bool(part.is_emergency.data),
            "cost": _put(service.cost, part.cost.data, language),
            "documents_required": _put(service.documents_required, part.documents.data, language),
            "eligibility": _put(service.eligibility, part.eligibility.data, language),
            "schedule": hours,
            "shelter": _read_shelter(part.shelter.form, service),
        }
    )


SHELTER = "shelter"
"""The service area whose sheet is asked for."""


def _read_shelter(form: ShelterForm, service: ServiceData) -> ShelterData | None:
    """What the sheet says; of a service that gives no shelter, what was known before."""
    if SHELTER not in service.areas:
        return service.shelter
    said = form.read()
    return None if said.is_empty else said
