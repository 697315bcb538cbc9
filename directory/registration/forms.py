"""The forms of a record: what is needed, and the steps that make it better. Each reads and writes a RecordData."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from directory.organizations.models import PhoneKind, Visibility
from directory.organizations.record_data import LocationData, PhoneData, RecordData, ServiceData, new_location_id
from directory.organizations.wording import visibility_names
from directory.places.countries import MEMBER_STATES, country_name
from directory.places.lookup import Town
from directory.registration.fields import (
    IS_EMAIL,
    CheckboxesField,
    check_fill_time,
    check_trap,
    check_url,
    opened_now,
    read_phone,
    stripped,
    url_filter,
)
from directory.registration.places import PlaceAnswer, city_label, find_place, is_same_town, place_label
from directory.registration.risks import is_harmless
from directory.vocabulary.catalogue import Vocabulary

MIN_NAME = 3
OTHER_PLACE = "as-typed"


class SafeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form that checks its own token: a stale one is an error beside what was typed, not the loss of it."""

    version = HiddenField()

    def based_on(self) -> int:
        """The version that this tab shows."""
        return int(self.version.data) if (self.version.data or "").isdecimal() else 1


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
    place = RadioField(
        _l("Which one is it?"),
        validators=[Optional()],
        validate_choice=False,
        description=_l("So that people are not sent to the wrong town."),
    )
    areas = CheckboxesField(
        _l("What help do you offer?"),
        validators=[InputRequired(_l("Choose at least one kind of help."))],
        description=_l("Everything that you do. You can say more about each later."),
    )
    email = EmailField(
        _l("E-mail"),
        filters=[stripped],
        validators=[Optional(), Length(max=120), IS_EMAIL],
        description=_l("We send a link to it, so that you can go on later. It is published, so that people can write."),
    )
    phone = TelField(
        _l("Phone or WhatsApp"),
        filters=[stripped],
        validators=[Optional(), Length(max=60)],
        description=_l("With the area code. Without an e-mail, somebody calls you to confirm."),
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
            "You can change or remove the record at any time. "
            "Nobody in this directory may charge for a place or a form."
        ),
    )
    company = StringField(_l("Company"), validators=[check_trap])
    opened = HiddenField(validators=[check_fill_time])

    def __init__(self, terms: Vocabulary, language: str, *, offers_hidden: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.country.choices = [("", gettext("Choose …")), *_countries(language)]
        self.areas.choices = [(term.slug, term.labels[language]) for term in terms.areas.values()]
        names = visibility_names()
        offered = (Visibility.PUBLIC, Visibility.CITY_ONLY, *((Visibility.HIDDEN,) if offers_hidden else ()))
        self.visibility.choices = [(value.value, names[value]) for value in offered]
        self.place.choices = []
        self.towns = PlaceAnswer()
        self.language = language
        if not self.is_submitted():
            self.opened.data = opened_now()

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
            read_phone(field.data, self.country.data or "", PhoneKind.VOICE)

    def validate(self, extra_validators: Any = None) -> bool:
        """One way to contact is enough, none is too little. (A blank field ends its own checks early.)"""
        is_valid = bool(super().validate(extra_validators))
        if not self.email.data and not self.phone.data:
            self.email.errors = [*self.email.errors, gettext("Give an e-mail or a phone: one of them is enough.")]
            return False
        return is_valid

    def validate_city(self, field: StringField) -> None:
        """Look the town up; where several have the name, ask which one."""
        if not field.data or self.country.data not in MEMBER_STATES:
            return
        self.towns = find_place(self.country.data, field.data)
        if not self.towns.candidates:
            return
        self.place.choices = [
            *((town.id, place_label(town, self.language)) for town in self.towns.candidates),
            (OTHER_PLACE, gettext("None of these: keep it as I wrote it")),
        ]
        if self.place.data not in {value for value, _ in self.place.choices}:
            self.place.errors = [gettext("There are several of this name.")]
            raise ValidationError(gettext("There are several of this name. Choose one below."))

    def chosen_town(self) -> Town | None:
        """The town of the gazetteer that is meant, if it is one."""
        if self.towns.town:
            return self.towns.town
        return next((town for town in self.towns.candidates if town.id == self.place.data), None)


def _countries(language: str) -> list[tuple[str, str]]:
    return sorted(((code, country_name(code, language)) for code in MEMBER_STATES), key=lambda item: item[1])


def fill_essentials(form: EssentialsForm, data: RecordData) -> None:
    """Show what is known."""
    form.name.data = data.name or None
    form.country.data = data.country or None
    form.areas.data = list(data.areas)
    form.email.data = data.email
    phone = next(iter(data.all_phones()), None)
    if phone:
        form.phone.data = phone.number or phone.text
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
        if first and typed in (first.number, first.text):
            kept_kind = kind if PhoneKind.WHATSAPP in (kind, first.kind) else first.kind
            new = (first.model_copy(update={"kind": kept_kind}),)
        else:
            try:
                new = (read_phone(typed, record.country, kind),)
            except ValidationError:
                new = (PhoneData(number=None, text=typed[:80], kind=kind),)
    if record.phones or not any(place.phones for place in record.locations.values()):
        return record.model_copy(update={"phones": new + record.phones[1:]})
    place = record.locations.get(key)
    if place is None:
        return record.model_copy(update={"phones": new})
    changed = place.model_copy(update={"phones": new + place.phones[1:]})
    return record.model_copy(update={"locations": {**record.locations, key: changed}})


def regroup(services: dict[str, ServiceData], areas: tuple[str, ...], terms: Vocabulary) -> dict[str, ServiceData]:
    """One service for each group that any area belongs to; what is known of a group is kept."""
    found: dict[str, ServiceData] = {}
    for group in terms.groups:
        own = tuple(sorted(slug for slug in areas if slug in terms.areas and terms.areas[slug].group == group))
        if own:
            found[group] = (services.get(group) or ServiceData(areas=())).model_copy(update={"areas": own})
    return found


def settle_areas(record: RecordData) -> RecordData:
    """Areas that no place offers yet belong to the first place; places forget areas that are offered no more."""
    offered = set(record.areas)
    placed = {slug for place in record.locations.values() for slug in place.areas}
    first = record.first_location
    locations = {}
    for key, place in record.locations.items():
        here = set(place.areas) & offered
        if first and key == first[0]:
            here |= offered - placed
        locations[key] = place.model_copy(update={"areas": tuple(sorted(here))})
    return record.model_copy(update={"locations": locations})


class AboutForm(SafeForm):
    """What the organization is."""

    acronym = StringField(_l("Acronym"), filters=[stripped], validators=[Optional(), Length(max=30)],
                          description=_l("If people call you by it."))  # fmt: skip
    other_names = TextAreaField(_l("Other names"), filters=[stripped], validators=[Optional(), Length(max=1000)],
                                description=_l("One a line: former names, the name in another language."))  # fmt: skip
    summary = TextAreaField(
        _l("In one or two sentences"), filters=[stripped], validators=[Optional(), Length(max=600)],
        description=_l("What you do, for whom, where. In the language you like; say which below."))  # fmt: skip
    summary_language = SelectField(_l("Language of these sentences"),
                                   choices=[("es", "Español"), ("en", "English"), ("fr", "Français")],
                                   description=_l("Readers of other languages see which one it is."))  # fmt: skip
    website = StringField(_l("Website"), filters=[url_filter], validators=[Optional(), check_url],
                          description=_l("For example www.example.org."))  # fmt: skip
    urls = TextAreaField(_l("Pages in social networks"), filters=[stripped], validators=[Optional(), Length(max=1500)],
                         description=_l("One address a line: Facebook, Instagram …"))  # fmt: skip
    year_founded = IntegerField(_l("Year founded"), validators=[
        Optional(), NumberRange(1500, 2200, _l("Write a year, such as 1998."))],
        description=_l("Four digits."))  # fmt: skip
    legal_status = StringField(_l("Legal form"), filters=[stripped], validators=[Optional(), Length(max=120)],
                               description=_l("For example A.C., 501(c)(3), asociación de hecho."))  # fmt: skip

    def validate_urls(self, field: TextAreaField) -> None:
        """Every line is an address."""
        for line in lines_of(field.data):
            if url_filter(line) and not _is_url(line):
                raise ValidationError(gettext("“%(line)s” is not an address on the web.", line=line[:60]))


def _is_url(line: str) -> bool:
    from directory.registration.fields import normal_url

    try:
        return normal_url(line) is not None
    except ValueError:
        return False


def lines_of(text: str | None) -> list[str]:
    """The lines of a text that hold something, each once."""
    return list(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def fill_about(form: AboutForm, data: RecordData, language: str) -> None:
    """Show what is known."""
    form.acronym.data = data.acronym
    form.other_names.data = "\n".join(data.alternate_names)
    own = language if language in data.summary or not data.summary else next(iter(data.summary))
    form.summary_language.data = own
    form.summary.data = data.summary.get(own)
    form.website.data = data.website
    form.urls.data = "\n".join(data.urls)
    form.year_founded.data = data.year_founded
    form.legal_status.data = data.legal_status


def read_about(form: AboutForm, base: RecordData) -> RecordData:
    """`base` with what the form says."""
    summary = {code: text for code, text in base.summary.items() if code != form.summary_language.data}
    if form.summary.data:
        summary[form.summary_language.data] = form.summary.data
    return base.model_copy(
        update={
            "acronym": form.acronym.data,
            "alternate_names": tuple(line[:200] for line in lines_of(form.other_names.data)),
            "summary": summary,
            "website": form.website.data,
            "urls": tuple(url for line in lines_of(form.urls.data) if (url := url_filter(line))),
            "year_founded": form.year_founded.data,
            "legal_status": form.legal_status.data,
        }
    )
