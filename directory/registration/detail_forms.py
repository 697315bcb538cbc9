"""The short steps that make a record better: services, people, places. Each reads and writes a RecordData."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Length, Optional

from directory.organizations.models import PhoneKind, Visibility
from directory.organizations.record_data import (
    HoursData,
    LocationData,
    PhoneData,
    RecordData,
    ServiceData,
    new_location_id,
)
from directory.organizations.services import Access
from directory.organizations.wording import access_names, day_names, visibility_names
from directory.places.countries import MEMBER_STATES, country_name
from directory.registration.fields import CheckboxesField, read_phone, stripped
from directory.registration.forms import SafeForm, settle_areas
from directory.registration.places import city_label, find_place, is_same_town
from directory.vocabulary.catalogue import Vocabulary
from directory.vocabulary.languages import language_name

LANGUAGES_OFFERED = (
    "es", "en", "fr", "ht", "pt", "mam", "quc", "kek", "kjb", "cak", "nah", "yua", "mix", "zap", "tzo", "tzh", "cab",
    "miq", "qu", "ru", "zh", "ar", "hi", "uk", "so", "sw", "ln", "ase", "mfs",
)  # fmt: skip
"""Languages of people on the move in the region, sign languages too; others are kept where a record has them."""
NATIONALITIES_OFFERED = (
    *MEMBER_STATES,
    "HT",
    "CU",
    "VE",
    "CO",
    "EC",
    "PE",
    "BR",
    "CN",
    "IN",
    "CM",
    "AO",
    "CD",
    "AF",
    "UA",
)
MAX_PLACES = 40


class DayForm(Form):  # type: ignore[misc]  # WTForms has no types
    """Hours of one weekday."""

    opens_at = TimeField(_l("from"), validators=[Optional()], description=_l("Opens at"))
    closes_at = TimeField(_l("to"), validators=[Optional()], description=_l("Closes at"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Both or neither, and not the same. (A blank field ends its own checks early.)"""
        is_valid = bool(super().validate(extra_validators))
        problem = None
        if bool(self.opens_at.data) != bool(self.closes_at.data):
            problem = gettext("Write both hours, or none.")
        elif self.opens_at.data and self.opens_at.data == self.closes_at.data:
            problem = gettext("The two hours are the same.")
        if problem:
            self.closes_at.errors = [*self.closes_at.errors, problem]
        return is_valid and not problem


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
    hours = FieldList(
        FormField(DayForm),
        label=_l("Weekly hours"),
        min_entries=7,
        max_entries=7,
        description=_l("Only the days on which you are there; local time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access.choices = list(access_names().items())
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
        part.cost.data = _own(service.cost, language)
        part.documents.data = _own(service.documents_required, language)
        part.eligibility.data = _own(service.eligibility, language)
        from datetime import time

        for hours in service.schedule:
            day = part.hours[hours.weekday - 1].form
            day.opens_at.data, day.closes_at.data = (
                time.fromisoformat(hours.opens_at),
                time.fromisoformat(hours.closes_at),
            )


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
        HoursData(
            weekday=weekday,
            opens_at=f"{day.form.opens_at.data:%H:%M}",
            closes_at=f"{day.form.closes_at.data:%H:%M}",
        )
        for weekday, day in enumerate(part.hours, 1)
        if day.form.opens_at.data and day.form.closes_at.data
    )
    return service.model_copy(
        update={
            "access": Access(part.access.data) if part.access.data in set(Access) else None,
            "is_emergency": bool(part.is_emergency.data),
            "cost": _put(service.cost, part.cost.data, language),
            "documents_required": _put(service.documents_required, part.documents.data, language),
            "eligibility": _put(service.eligibility, part.eligibility.data, language),
            "schedule": hours,
        }
    )


class PeopleForm(SafeForm):
    """Whom the organization serves, and in which languages."""

    populations = CheckboxesField(_l("For whom"), description=_l("None chosen: for anyone."))
    languages = CheckboxesField(
        _l("Languages in which people are helped"), description=_l("Those that somebody of yours speaks.")
    )
    nationalities = CheckboxesField(
        _l("Only for these nationalities"), description=_l("None chosen: for all. Most organizations leave this empty.")
    )

    def __init__(self, data: RecordData, terms: Vocabulary, language: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = tuple(code for code in data.languages if code not in LANGUAGES_OFFERED)
        named = {code for service in data.services.values() for code in service.nationalities}
        self.populations.choices = [(term.slug, term.labels[language]) for term in terms.populations.values()]
        self.languages.choices = [(code, language_name(code, language)) for code in (*LANGUAGES_OFFERED, *known)]
        self.nationalities.choices = sorted(
            ((code, country_name(code, language)) for code in {*NATIONALITIES_OFFERED, *named}),
            key=lambda item: item[1],
        )


def fill_people(form: PeopleForm, data: RecordData) -> None:
    """Show what is known."""
    form.populations.data = list(data.populations)
    form.languages.data = list(data.languages)
    form.nationalities.data = sorted({code for item in data.services.values() for code in item.nationalities})


def read_people(form: PeopleForm, base: RecordData) -> RecordData:
    """`base` with what the form says, for the organization and each of its services."""
    populations, languages = tuple(sorted(form.populations.data or ())), tuple(sorted(form.languages.data or ()))
    nationalities = tuple(sorted(form.nationalities.data or ()))
    services = {
        group: service.model_copy(
            update={"populations": populations, "languages": languages, "nationalities": nationalities}
        )
        for group, service in base.services.items()
    }
    return base.model_copy(update={"populations": populations, "languages": languages, "services": services})


class PlaceForm(Form):  # type: ignore[misc]
    """One place of an organization. Blank ones are left out; a tick removes one."""

    key = HiddenField()
    name = StringField(_l("Name of the place"), filters=[stripped], validators=[Optional(), Length(max=160)],
                       description=_l("If it has one of its own: North House, downtown office."))  # fmt: skip
    country = SelectField(_l("Country"), validators=[Optional()], validate_choice=False,
                          description=_l("Where this place is."))  # fmt: skip
    city = StringField(
        _l("City or town"), filters=[stripped], validators=[Optional(), Length(max=120)],
        description=_l("With the state, if there are several of that name: Guadalupe, Zacatecas."))  # fmt: skip
    address = StringField(_l("Street and number"), filters=[stripped], validators=[Optional(), Length(max=300)],
                          description=_l("If the address is protected, only moderators see this."))  # fmt: skip
    postal_code = StringField(_l("Postal code"), filters=[stripped], validators=[Optional(), Length(max=16)],
                              description=_l("As it stands on letters."))  # fmt: skip
    visibility = SelectField(
        _l("Who may see the address?"), validators=[Optional()], validate_choice=False,
        description=_l("Shelters for women, children or persecuted people should be protected."))  # fmt: skip
    phone = TelField(_l("Phone of this place"), filters=[stripped], validators=[Optional(), Length(max=60)],
                     description=_l("With the area code."))  # fmt: skip
    areas = CheckboxesField(_l("Help offered here"), validate_choice=False,
                            description=_l("What one finds at this place."))  # fmt: skip
    remove = BooleanField(_l("Take this place off the record"), description=_l("The other places stay."))

    def validate_phone(self, field: TelField) -> None:
        """A number of the place's country."""
        if field.data:
            read_phone(field.data, self.country.data or "", PhoneKind.VOICE)

    def validate(self, extra_validators: Any = None) -> bool:
        """A place that says anything says its town, one that is unambiguous. (A blank field ends its own checks.)"""
        is_valid = bool(super().validate(extra_validators))
        problem = None
        if self.city.data and self.country.data not in MEMBER_STATES:
            self.country.errors = [*self.country.errors, gettext("Choose a country.")]
            is_valid = False
        if not self.city.data:
            if self.address.data or self.phone.data or self.name.data:
                problem = gettext("Write the city or town.")
        elif self.country.data in MEMBER_STATES and find_place(self.country.data, self.city.data).candidates:
            problem = gettext("There are several of this name. Add the state: Guadalupe, Zacatecas.")
        if problem:
            self.city.errors = [*self.city.errors, problem]
        return is_valid and not problem


class PlacesForm(SafeForm):
    """All places, and a blank one for another."""

    places = FieldList(
        FormField(PlaceForm),
        label=_l("Places"),
        min_entries=1,
        max_entries=MAX_PLACES,
        description=_l("Every office or house; the last one here is blank, for another."),
    )

    def prepare(self, data: RecordData, terms: Vocabulary, language: str) -> None:
        """Give every part its choices."""
        names = visibility_names()
        countries = sorted(((code, country_name(code, language)) for code in MEMBER_STATES), key=lambda item: item[1])
        for entry in self.places:
            entry.form.country.choices = countries
            entry.form.visibility.choices = list(names.items())
            entry.form.areas.choices = [(slug, terms.areas[slug].labels[language]) for slug in data.areas]


def fill_places(form: PlacesForm, data: RecordData, language: str) -> None:
    """Show the known places and a blank one."""
    while form.places.entries:
        form.places.pop_entry()
    for key, place in sorted(data.locations.items(), key=lambda item: item[1].position):
        phone = next(iter(place.phones), None)
        form.places.append_entry(
            {
                "key": key, "name": place.name, "country": place.country, "address": place.address,
                "city": city_label(place, language), "postal_code": place.postal_code,
                "visibility": place.visibility.value,
                "phone": (phone.number or phone.text) if phone else None, "areas": list(place.areas),
            }
        )  # fmt: skip
    if len(form.places) < MAX_PLACES:
        form.places.append_entry({"country": data.country, "visibility": Visibility.PUBLIC.value})


def read_places(form: PlacesForm, base: RecordData) -> RecordData:
    """`base` with what the form says."""
    locations: dict[str, LocationData] = {}
    for entry in form.places:
        part = entry.form
        if part.remove.data or not part.city.data:
            continue
        key = part.key.data if part.key.data in base.locations else new_location_id()
        known = base.locations.get(key) or LocationData(country=part.country.data)
        locations[key] = _read_place(part, known, len(locations))
    return settle_areas(base.model_copy(update={"locations": locations or base.locations}))


def _read_place(part: PlaceForm, known: LocationData, position: int) -> LocationData:
    town = find_place(part.country.data, part.city.data).town
    moved: dict[str, Any] = {}
    if not is_same_town(known, part.country.data, part.city.data, town):
        moved = {"city": town.name if town else part.city.data, "admin1": town.admin1 if town else None,
                 "place_id": town.id if town else None, "latitude": None, "longitude": None}  # fmt: skip
    return known.model_copy(
        update={
            **moved,
            "position": position,
            "name": part.name.data,
            "country": part.country.data,
            "address": part.address.data,
            "postal_code": part.postal_code.data,
            "visibility": Visibility(part.visibility.data)
            if part.visibility.data in set(Visibility)
            else known.visibility,
            "phones": _read_phones(part, known),
            "areas": tuple(sorted(part.areas.data or ())),
        }
    )


def _read_phones(part: PlaceForm, known: LocationData) -> tuple[PhoneData, ...]:
    typed, first = part.phone.data, next(iter(known.phones), None)
    if not typed:
        return known.phones[1:]
    if first and typed in (first.number, first.text):
        return known.phones
    return (read_phone(typed, part.country.data, PhoneKind.VOICE), *known.phones[1:])
