"""The fields of an organization's own page, each saved by itself: its numbers, its hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, FormField, HiddenField, TelField, TimeField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from directory.organizations.models import PhoneKind
from directory.organizations.record_data import HoursData, PhoneData, RecordData
from directory.organizations.wording import day_names
from directory.phones import MAX_TEXT
from directory.web.options import options
from directory.web.registration.fields import CheckboxesField, RowsField, read_phones, stripped

MAX_NUMBERS = 12


class NumberRow(Form):  # type: ignore[misc]  # WTForms has no types
    """One number: which it was when the page was opened, and as it is to be. Empty takes it off."""

    known = HiddenField()
    number = TelField(_l("Number"), filters=[stripped], validators=[Optional(), Length(max=MAX_TEXT)],
                      description=_l("With the area code."))  # fmt: skip


@dataclass(frozen=True)
class _Known:
    """A number on record: at which place (None: the organization's own), in which row of it."""

    phone: PhoneData
    place: str | None
    country: str
    label: str

    @property
    def key(self) -> str:
        """What tells it from every other number of the record."""
        return "|".join((self.place or "", self.phone.number or self.phone.text, self.phone.extension or ""))

    @property
    def shown(self) -> str:
        """As somebody would type it."""
        return self.phone.shown


def _numbers_of(data: RecordData) -> list[_Known]:
    own = [_Known(phone, None, data.country, "") for phone in data.phones]
    return own + [
        _Known(phone, key, place.country, place.city or place.name or "")
        for key, place in data.locations.items()
        for phone in place.phones
    ]


class NumbersForm(FlaskForm):  # type: ignore[misc]
    """Every number of an organization and its places, and an empty row for another."""

    rows = RowsField(FormField(NumberRow), label=_l("Numbers"), min_entries=1, max_entries=MAX_NUMBERS,
                     description=_l("Empty a field to take its number off."))  # fmt: skip

    def __init__(self, data: RecordData, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "phone", **kwargs})
        self._data = data
        self._known = {item.key: item for item in _numbers_of(data)}
        if not self.is_submitted():
            while self.rows.entries:
                self.rows.pop_entry()
            for item in list(self._known.values())[: MAX_NUMBERS - 1]:
                self.rows.append_entry({"known": item.key, "number": item.shown})
            self.rows.append_entry({"known": "", "number": ""})
        for row in self.rows:
            known = self._known.get(row.known.data or "")
            row.label.text = (known.label if known else "") or gettext("Number")

    def _changed(self) -> Iterator[tuple[Any, _Known | None, str]]:
        """The rows that say something else than the record; one whose number is gone meanwhile says nothing."""
        for row in self.rows:
            known, typed = self._known.get(row.known.data or ""), row.number.data or ""
            if (row.known.data and known is None) or typed == (known.shown if known else ""):
                continue
            yield row, known, typed

    def validate_rows(self, _field: RowsField) -> None:
        """Each can be dialled from where its place is."""
        is_wrong = False
        for row, known, typed in self._changed():
            try:
                if typed:
                    read_phones(typed, known.country if known else self._data.country)
            except ValidationError as error:
                row.number.errors, is_wrong = [str(error)], True
        if is_wrong:
            raise ValidationError(gettext("Look at the marked number."))

    def read(self) -> RecordData:
        """The record with these numbers. What another tab took off meanwhile stays off."""
        data = self._data
        for _, known, typed in self._changed():
            country = known.country if known else data.country
            new = read_phones(typed, country, known.phone.kind if known else PhoneKind.VOICE) if typed else ()
            data = _with_number(data, known, new) if known else _with_more(data, new)
        return data


def _replaced(phones: tuple[PhoneData, ...], old: PhoneData, new: tuple[PhoneData, ...]) -> tuple[PhoneData, ...]:
    return tuple(item for phone in phones for item in (new if phone == old else (phone,)))


def _with_number(data: RecordData, known: _Known, new: tuple[PhoneData, ...]) -> RecordData:
    if known.place is None:
        return data.model_copy(update={"phones": _replaced(data.phones, known.phone, new)})
    place = data.locations[known.place]
    changed = place.model_copy(update={"phones": _replaced(place.phones, known.phone, new)})
    return data.model_copy(update={"locations": {**data.locations, known.place: changed}})


def _with_more(data: RecordData, new: tuple[PhoneData, ...]) -> RecordData:
    """Further numbers: of the only place where there is one, else of the organization."""
    if len(data.locations) == 1 and not data.phones:
        key, place = next(iter(data.locations.items()))
        added = place.model_copy(update={"phones": (*place.phones, *new)})
        return data.model_copy(update={"locations": {key: added}})
    return data.model_copy(update={"phones": (*data.phones, *new)})


class HoursForm(FlaskForm):  # type: ignore[misc]
    """The hours of everything that an organization offers: some days, from when to when."""

    known = HiddenField()
    """The hours as the page showed them: what changed meanwhile is not written over."""
    days = CheckboxesField(_l("Days"), description=_l("On which somebody is there."))
    opens_at = TimeField(_l("from"), validators=[InputRequired(_l("Write both hours."))], description=_l("Opens at"))
    closes_at = TimeField(_l("to"), validators=[InputRequired(_l("Write both hours."))], description=_l("Closes at"))

    def __init__(self, data: RecordData, **kwargs: Any) -> None:
        super().__init__(**{"prefix": "hours", **kwargs})
        self._data = data
        self.days.choices = options([(str(number), name) for number, name in day_names().items()])
        hours = plain_hours(data)
        self._now = repr([(item.weekday, item.opens_at, item.closes_at) for item in hours]) if hours is not None else ""
        if not self.is_submitted():
            self.known.data = self._now
        if not self.is_submitted() and hours:
            self.days.data = [str(item.weekday) for item in hours]
            self.opens_at.data, self.closes_at.data = (
                time.fromisoformat(hours[0].opens_at),
                time.fromisoformat(hours[0].closes_at),
            )

    def validate_days(self, field: CheckboxesField) -> None:
        """At least one, and over the hours that the page showed."""
        if self.known.data != self._now or not self._now:
            self.known.data = self._now
            raise ValidationError(gettext("Somebody changed the hours meanwhile. Look at them again, then save."))
        if not field.data:
            raise ValidationError(gettext("Choose at least one day."))

    def validate_closes_at(self, field: TimeField) -> None:
        """Another hour than the first; before it means after midnight."""
        if field.data is not None and field.data == self.opens_at.data != time():
            raise ValidationError(gettext("The two hours are the same. From 00:00 to 00:00 means day and night."))

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
