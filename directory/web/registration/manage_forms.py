"""The fields of an organization's own page, each saved by itself: its numbers, its hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, FormField, HiddenField, TelField, TimeField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from directory.organizations.models import PhoneKind
from directory.organizations.record_data import HoursData, LocationData, PhoneData, RecordData
from directory.organizations.wording import day_names
from directory.web.options import options
from directory.web.registration.fields import CheckboxesField, RowsField, read_phone, stripped

MAX_NUMBERS = 12


class NumberRow(Form):  # type: ignore[misc]  # WTForms has no types
    """One number: as it was when the page was opened, and as it is to be. Empty takes it off."""

    known = HiddenField()
    number = TelField(_l("Number"), filters=[stripped], validators=[Optional(), Length(max=60)],
                      description=_l("With the area code."))  # fmt: skip


class NumbersForm(FlaskForm):  # type: ignore[misc]
    """Every number of an organization and its places, and an empty row for another."""

    rows = RowsField(FormField(NumberRow), label=_l("Numbers"), min_entries=1, max_entries=MAX_NUMBERS,
                     description=_l("Empty a field to take its number off."))  # fmt: skip

    def __init__(self, data: RecordData, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "phone", **kwargs})
        self._data = data
        if not self.is_submitted():
            while self.rows.entries:
                self.rows.pop_entry()
            for phone in data.all_phones()[: MAX_NUMBERS - 1]:
                shown = phone.number or phone.text
                self.rows.append_entry({"known": shown, "number": shown})
            self.rows.append_entry({"known": "", "number": ""})
        for row in self.rows:
            place = next((place for place in data.locations.values() if _find(place.phones, row.known.data)), None)
            row.label.text = (place.city or place.name or gettext("Number")) if place else gettext("Number")

    def validate_rows(self, field: RowsField) -> None:
        """Each can be dialled from where its place is."""
        for row in field:
            if not row.number.data or row.number.data == row.known.data:
                continue
            try:
                read_phone(row.number.data, self._country_of(row.known.data), PhoneKind.VOICE)
            except ValidationError as error:
                row.number.errors = [str(error)]
        if any(row.number.errors for row in field):
            raise ValidationError(gettext("Look at the marked number."))

    def _country_of(self, known: str) -> str:
        places = self._data.locations.values()
        return next((place.country for place in places if _find(place.phones, known)), self._data.country)

    def read(self) -> RecordData:
        """The record with these numbers. What another tab took off meanwhile stays off."""
        data = self._data
        for row in self.rows:
            known, typed = row.known.data or "", row.number.data or ""
            if known == typed:
                continue
            new = read_phone(typed, self._country_of(known), PhoneKind.VOICE) if typed else None
            data = _with_number(data, known, new) if known else _with_another(data, new)
        return data


def _find(phones: tuple[PhoneData, ...], known: str | None) -> PhoneData | None:
    return next((phone for phone in phones if known and known in (phone.number, phone.text)), None)


def _replaced(phones: tuple[PhoneData, ...], known: str, new: PhoneData | None) -> tuple[PhoneData, ...]:
    def each() -> Iterator[PhoneData]:
        for phone in phones:
            if known not in (phone.number, phone.text):
                yield phone
            elif new is not None:
                yield new.model_copy(update={"kind": phone.kind})

    return tuple(each())


def _with_number(data: RecordData, known: str, new: PhoneData | None) -> RecordData:
    places = {
        key: place.model_copy(update={"phones": _replaced(place.phones, known, new)})
        for key, place in data.locations.items()
    }
    return data.model_copy(update={"phones": _replaced(data.phones, known, new), "locations": places})


def _with_another(data: RecordData, new: PhoneData | None) -> RecordData:
    """One more: of the only place where there is one, else of the organization."""
    if new is None:
        return data
    if len(data.locations) == 1 and not data.phones:
        key, place = next(iter(data.locations.items()))
        return data.model_copy(update={"locations": {key: _added(place, new)}})
    return data.model_copy(update={"phones": (*data.phones, new)})


def _added(place: LocationData, new: PhoneData) -> LocationData:
    return place.model_copy(update={"phones": (*place.phones, new)})


class HoursForm(FlaskForm):  # type: ignore[misc]
    """The hours of everything that an organization offers: some days, from when to when."""

    days = CheckboxesField(_l("Days"), description=_l("On which somebody is there."))
    opens_at = TimeField(_l("from"), validators=[InputRequired(_l("Write both hours."))], description=_l("Opens at"))
    closes_at = TimeField(_l("to"), validators=[InputRequired(_l("Write both hours."))], description=_l("Closes at"))

    def __init__(self, data: RecordData, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "hours", **kwargs})
        self._data = data
        self.days.choices = options([(str(number), name) for number, name in day_names().items()])
        hours = plain_hours(data)
        if not self.is_submitted() and hours:
            self.days.data = [str(item.weekday) for item in hours]
            self.opens_at.data, self.closes_at.data = (
                time.fromisoformat(hours[0].opens_at),
                time.fromisoformat(hours[0].closes_at),
            )

    def validate_days(self, field: CheckboxesField) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError(gettext("Choose at least one day."))

    def validate_closes_at(self, field: TimeField) -> None:
        """Another hour than the first; before it means after midnight."""
        if field.data and field.data == self.opens_at.data:
            raise ValidationError(gettext("The two hours are the same."))

    def read(self) -> RecordData:
        """The record with these hours for each kind of help."""
        opens_at, closes_at = f"{self.opens_at.data:%H:%M}", f"{self.closes_at.data:%H:%M}"
        hours = tuple(
            HoursData(weekday=int(day), opens_at=opens_at, closes_at=closes_at) for day in sorted(self.days.data)
        )
        services = {key: service.model_copy(update={"schedule": hours}) for key, service in self._data.services.items()}
        return self._data.model_copy(update={"services": services})


def plain_hours(data: RecordData) -> tuple[HoursData, ...] | None:
    """The hours that all services share, from one hour to one other on each day, or none at all; None: less plain."""
    schedules = {service.schedule for service in data.services.values()}
    if len(schedules) != 1:
        return None
    hours = schedules.pop()
    spans = {(item.opens_at, item.closes_at) for item in hours}
    is_plain = len(spans) <= 1 and len({item.weekday for item in hours}) == len(hours)
    return hours if is_plain else None
