"""The step about places: every office or house, and a blank one for another."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TelField,
)
from wtforms.validators import Length, Optional

from directory.organizations.areas import settle_areas
from directory.organizations.models import Visibility
from directory.organizations.record_data import (
    LocationData,
    PhoneData,
    RecordData,
    new_location_id,
)
from directory.organizations.wording import visibility_names
from directory.phones import MAX_TEXT
from directory.places.countries import MEMBER_STATES, country_name
from directory.registration.places import city_label, is_same_town
from directory.vocabulary.catalogue import Vocabulary
from directory.web.options import options
from directory.web.registration.base_form import SafeForm
from directory.web.registration.fields import CheckboxesField, RowsField, read_phones, stripped
from directory.web.registration.town_choice import TownQuestion, which_town

MAX_PLACES = 40


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
    place = which_town()
    address = StringField(_l("Street and number"), filters=[stripped], validators=[Optional(), Length(max=300)],
                          description=_l("If the address is protected, only moderators see this."))  # fmt: skip
    postal_code = StringField(_l("Postal code"), filters=[stripped], validators=[Optional(), Length(max=16)],
                              description=_l("As it stands on letters."))  # fmt: skip
    visibility = SelectField(
        _l("Who may see the address?"), validators=[Optional()], validate_choice=False,
        description=_l("Shelters for women, children or persecuted people should be protected."))  # fmt: skip
    phone = TelField(_l("Phone of this place"), filters=[stripped], validators=[Optional(), Length(max=MAX_TEXT)],
                     description=_l("With the area code."))  # fmt: skip
    areas = CheckboxesField(_l("Help offered here"), validate_choice=False,
                            description=_l("What one finds at this place."))  # fmt: skip
    remove = BooleanField(_l("Take this place off the record"), description=_l("The other places stay."))

    known: LocationData | None = None
    """The place on record that this part is about."""
    town = TownQuestion(None, None)

    def validate_phone(self, field: TelField) -> None:
        """A number of the place's country."""
        if field.data:
            read_phones(field.data, self.country.data or "")

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
        elif not self.remove.data:
            self.town = TownQuestion(self.country.data, self.city.data, self.known)
            problem = None if not self.town.problem or self.town.put(self.place) else self.town.problem
        if problem:
            self.city.errors = [*self.city.errors, problem]
        return is_valid and not problem


class PlacesForm(SafeForm):
    """All places, and a blank one for another."""

    places = RowsField(
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
            entry.form.known = data.locations.get(entry.form.key.data or "")
            if entry.form.place.choices is None:
                entry.form.place.choices = []
            entry.form.country.choices = options(countries)
            entry.form.visibility.choices = options(names.items())
            entry.form.areas.choices = options([(slug, terms.areas[slug].labels[language]) for slug in data.areas])


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
                "phone": phone.shown if phone else None, "areas": list(place.areas),
            }
        )  # fmt: skip
    if len(form.places) < MAX_PLACES:
        form.places.append_entry({"country": data.country, "visibility": _inherited(data).value})


def _inherited(data: RecordData) -> Visibility:
    """How much of a further place may be seen, unless somebody says otherwise: as of the most protected one."""
    known = {place.visibility for place in data.locations.values()}
    return Visibility.CITY_ONLY if known - {Visibility.PUBLIC} else Visibility.PUBLIC


def read_places(form: PlacesForm, base: RecordData) -> RecordData:
    """`base` with what the form says."""
    locations: dict[str, LocationData] = {}
    for entry in form.places:
        part = entry.form
        if part.remove.data or not part.city.data:
            continue
        key = part.key.data if part.key.data in base.locations else new_location_id()
        known = base.locations.get(key) or LocationData(country=part.country.data, visibility=_inherited(base))
        locations[key] = _read_place(part, known, len(locations))
    return settle_areas(base.model_copy(update={"locations": locations or base.locations}))


def _read_place(part: PlaceForm, known: LocationData, position: int) -> LocationData:
    town = part.town.chosen(part.place.data)
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
    if first and typed in (first.shown, first.number, first.text):
        return known.phones
    return (*read_phones(typed, part.country.data), *known.phones[1:])
