"""One screen: name, place, what help, one way to contact, protected or public, consent."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from directory.organizations.areas import regroup, settle_areas
from directory.organizations.models import PhoneKind, Visibility
from directory.organizations.record_data import LocationData, PhoneData, RecordData, new_location_id
from directory.organizations.wording import visibility_names
from directory.phones import MAX_TEXT
from directory.places.countries import MEMBER_STATES, country_name
from directory.places.lookup import Town
from directory.registration.places import city_label, is_same_town
from directory.registration.risks import is_harmless
from directory.vocabulary.catalogue import Vocabulary
from directory.web.options import options
from directory.web.registration.base_form import SafeForm
from directory.web.registration.fields import (
    IS_EMAIL,
    CheckboxesField,
    check_fill_time,
    check_trap,
    opened_now,
    read_phones,
    stripped,
)
from directory.web.registration.town_choice import TownQuestion, which_town

MIN_NAME = 3
BIG_NEEDS = ("shelter", "food", "legal-aid", "health-care", "mental-health", "information-orientation")
"""What most organizations offer one of: asked first; everything else stands below by group."""


class EssentialsForm(SafeForm):
    """One screen: name, place, what help, one way to contact, protected or public, consent."""

    name = StringField(
        _l("Name of the organization"),
        filters=[stripped],
        validators=[DataRequired(_l("Write the name.")), Length(max=200)],
        description=_l("As people know it and as it stands on your door."),
    )
    country = SelectField(
        _l("Country"),
        validators=[InputRequired(_l("Choose a country."))],
        description=_l("Where your main office is. Other places come later."),
    )
    city = StringField(
        _l("City or town"),
        filters=[stripped],
        validators=[DataRequired(_l("Write the city or town.")), Length(max=120)],
        description=_l(
            "Where people come to. With the state, if there are several of that name: Guadalupe, Zacatecas."
        ),
    )
    place = which_town()
    areas = CheckboxesField(
        _l("What help do you offer?"),
        validators=[InputRequired(_l("Choose at least one kind of help."))],
        description=_l("Everything that you do. You can say more about each later."),
    )
    email = EmailField(
        _l("E-mail"),
        filters=[stripped],
        validators=[Optional(), Length(max=120), IS_EMAIL],
        description=_l("We send a link to it, so that you can go on later."),
    )
    phone = TelField(
        _l("Phone or WhatsApp"),
        filters=[stripped],
        validators=[Optional(), Length(max=MAX_TEXT)],
        description=_l("With the area code. Without an e-mail, somebody calls you to confirm."),
    )
    email_visibility = RadioField(
        _l("Who may see the e-mail?"),
        validators=[Optional()],
        validate_choice=False,
        description=_l("Without a choice: everyone; only the directory where the address is protected."),
    )
    has_whatsapp = BooleanField(_l("This number has WhatsApp"), description=_l("Then the page offers to write there."))
    visibility = RadioField(
        _l("Who may see the address?"),
        choices=[],
        validators=[InputRequired(_l("Choose who may see the address."))],
        description=_l("Shelters for women, children or persecuted people should be protected."),
    )
    address = StringField(
        _l("Street and number"),
        filters=[stripped],
        validators=[Optional(), Length(max=300)],
        description=_l("If the address is protected, only moderators see this."),
    )
    consent = BooleanField(
        _l("I speak for this organization, and it agrees to be published here."),
        validators=[InputRequired(_l("Without this consent nothing can be published."))],
        description=_l(
            "Public are: the name, the town, the help, the phone, and the street and e-mail as you chose above. "
            "You can change or remove the record at any time. "
            "Nobody in this directory may charge for a place or a form."
        ),
    )
    company = StringField(_l("Company"), validators=[check_trap])
    opened = HiddenField(validators=[check_fill_time])

    def __init__(
        self,
        terms: Vocabulary,
        language: str,
        *,
        offers_hidden: bool = False,
        known: LocationData | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.country.choices = options([("", gettext("Choose …")), *_countries(language)])
        self.areas.choices = options([(term.slug, term.labels[language]) for term in terms.areas.values()])
        names = visibility_names()
        offered = (Visibility.PUBLIC, Visibility.CITY_ONLY, *((Visibility.HIDDEN,) if offers_hidden else ()))
        self.visibility.choices = options([(value.value, names[value]) for value in offered])
        self.email_visibility.choices = options(
            [("public", gettext("Everyone")), ("private", gettext("Only the directory"))]
        )
        self.place.choices = []
        self._known = known
        self._town = TownQuestion(None, None)
        self.language = language
        if not self.is_submitted():
            self.opened.data = opened_now()
            self.country.data = self.country.data or _country_of_browser()

    def validate_name(self, field: StringField) -> None:
        """A name has letters."""
        if len(re.findall(r"\w", field.data or "")) < MIN_NAME:
            raise ValidationError(gettext("Write the whole name."))
        if not is_harmless(field.data):
            raise ValidationError(
                gettext("A name has no addresses and no numbers to call; they have their own fields.")
            )

    def validate_phone(self, field: TelField) -> None:
        """A number of the chosen country, or one with its country code."""
        if field.data:
            read_phones(field.data, self.country.data or "")

    def validate(self, extra_validators: Any = None) -> bool:
        """One way to contact is enough, none is too little. (A blank field ends its own checks early.)"""
        is_valid = bool(super().validate(extra_validators))
        if not self.email.data and not self.phone.data:
            self.email.errors = [*self.email.errors, gettext("Give an e-mail or a phone: one of them is enough.")]
            return False
        return is_valid

    def validate_city(self, field: StringField) -> None:
        """Look the town up; where several have the name or none has, ask which one."""
        self._town = TownQuestion(self.country.data, field.data, self._known)
        if self._town.problem and not self._town.put(self.place):
            raise ValidationError(self._town.problem)

    def is_email_private(self, base: RecordData) -> bool:
        """What was chosen; without a choice what it was, and private where the address becomes protected now."""
        if self.email_visibility.data in ("public", "private"):
            return bool(self.email_visibility.data == "private")
        first = base.first_location
        was_public = first is None or first[1].visibility == Visibility.PUBLIC
        is_protected = self.visibility.data not in (None, "", Visibility.PUBLIC.value)
        return base.is_email_private or (was_public and is_protected)

    def chosen_town(self) -> Town | None:
        """The town of the gazetteer that is meant, if it is one."""
        return self._town.chosen(self.place.data)


def _country_of_browser() -> str | None:
    """The member country that the browser's languages name: `es-MX`."""
    for tag, _ in request.accept_languages:
        region = tag.replace("_", "-").rpartition("-")[2].upper()
        if "-" in tag and region in MEMBER_STATES:
            return region
    return None


def _countries(language: str) -> list[tuple[str, str]]:
    return sorted(((code, country_name(code, language)) for code in MEMBER_STATES), key=lambda item: item[1])


def fill_essentials(form: EssentialsForm, data: RecordData) -> None:
    """Show what is known."""
    form.name.data = data.name or None
    form.country.data = data.country or None
    form.areas.data = list(data.areas)
    form.email.data = data.email
    if data.is_email_private:
        form.email_visibility.data = "private"
    phone = next(iter(data.all_phones()), None)
    if phone:
        form.phone.data = phone.shown
        form.has_whatsapp.data = phone.kind == PhoneKind.WHATSAPP
    first = data.first_location
    if first:
        _, place = first
        form.city.data = city_label(place, form.language)
        form.visibility.data = place.visibility.value
        form.address.data = place.address


def read_essentials(form: EssentialsForm, base: RecordData, terms: Vocabulary) -> RecordData:
    """`base` with what the form says; fields that are not valid yet are kept as typed where they can be."""
    country = form.country.data or base.country
    first = base.first_location
    key, place = first or (new_location_id(), LocationData(country=country or "MX"))
    town = form.chosen_town()
    is_same_place = is_same_town(place, country, form.city.data, town)
    moved = {} if is_same_place else {
        "city": town.name if town else form.city.data,
        "admin1": town.admin1 if town else None,
        "place_id": town.id if town else None,
        "latitude": None,
        "longitude": None,
    }  # fmt: skip
    areas = tuple(form.areas.data or ())
    place = place.model_copy(
        update={
            "country": country or place.country,
            **moved,
            "visibility": Visibility(form.visibility.data) if form.visibility.data else place.visibility,
            "address": form.address.data,
        }
    )
    record = base.model_copy(
        update={
            "name": form.name.data or "",
            "country": country,
            "email": form.email.data,
            "is_email_private": form.is_email_private(base),
            "services": regroup(base.services, areas, terms),
            "locations": {**base.locations, key: place} if (form.city.data or first) else base.locations,
        }
    )
    return _with_phone(settle_areas(record), form, key)


def _with_phone(record: RecordData, form: EssentialsForm, key: str) -> RecordData:
    """The first number of the record replaced by the form's; the others stay."""
    typed = form.phone.data
    kind = PhoneKind.WHATSAPP if form.has_whatsapp.data else PhoneKind.VOICE
    first = next(iter(record.all_phones()), None)
    new: tuple[PhoneData, ...] = ()
    if typed:
        if first and typed in (first.shown, first.number, first.text):
            kept_kind = kind if PhoneKind.WHATSAPP in (kind, first.kind) else first.kind
            new = (first.model_copy(update={"kind": kept_kind}),)
        else:
            try:
                new = read_phones(typed, record.country, kind)
            except ValidationError:
                new = (PhoneData(number=None, text=typed[:80], kind=kind),)
    if record.phones or not any(place.phones for place in record.locations.values()):
        return record.model_copy(update={"phones": new + record.phones[1:]})
    place = record.locations.get(key)
    if place is None:
        return record.model_copy(update={"phones": new})
    changed = place.model_copy(update={"phones": new + place.phones[1:]})
    return record.model_copy(update={"locations": {**record.locations, key: changed}})
