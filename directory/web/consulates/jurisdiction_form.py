"""The form in which a consulate states whom it serves, and how its lines become places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import g
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, DateField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from directory.consulates.edit import AreaData
from directory.consulates.models import Consulate
from directory.extensions import db
from directory.places.countries import MEMBER_STATES, country_name, subdivision_name, subdivisions_of
from directory.places.lookup import names_region
from directory.places.models import County
from directory.places.names import fold
from directory.web.options import options
from directory.web.registration.fields import CheckboxesField, asked_place, check_url, stripped, url_filter

MAX_PARTS = 200
_CODE = re.compile(r"\[([^\]]{1,80})\]\s*$")
_WORD_COUNTY = re.compile(r"\b(county|condado( de)?|comt[eé]( de)?|parish)\b", re.IGNORECASE)


class JurisdictionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """All places that a consulate serves, written anew each time."""

    countries = CheckboxesField(_l("Whole countries"), description=_l("For an embassy: where it is accredited."))
    regions = CheckboxesField(
        _l("Whole states, provinces or departments"), description=_l("Those that you serve in full.")
    )
    parts = TextAreaField(
        _l("Parts of others"),
        filters=[stripped],
        validators=[Optional(), Length(max=8000)],
        description=_l("One county or town a line, with its state: “Hidalgo County, Texas”, “Tapachula, Chiapas”."),
    )
    without = TextAreaField(
        _l("Without"),
        filters=[stripped],
        validators=[Optional(), Length(max=8000)],
        description=_l("Counties or towns that another consulate serves, one a line."),
    )
    source = StringField(
        _l("Who says so"),
        filters=[stripped],
        validators=[DataRequired(_l("Write who says so.")), Length(max=300)],
        description=_l("A decree, a circular, or the consulate itself."),
    )
    source_url = StringField(
        _l("Where it can be read"),
        filters=[url_filter],
        validators=[Optional(), Length(max=300), check_url],
        description=_l("An address on the web, if there is one."),
    )
    source_date = DateField(
        _l("Of which day"), validators=[InputRequired(_l("Write the day."))], description=_l("The day of that source.")
    )
    is_whole = BooleanField(
        _l("These are all our places, and we confirm them"),
        description=_l("Without this they stay marked as assumed."),
    )

    def __init__(self, consulate: Consulate, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._host = consulate.host_country
        self._sending = consulate.sending_country
        self._today = today
        names = {code: country_name(code, g.lang) for code in MEMBER_STATES if code != consulate.sending_country}
        self.countries.choices = options(sorted(names.items(), key=lambda item: item[1].casefold()))
        # What is on record stays a choice, also where it lies in another country or has a code of its own.
        on_record = [area.admin1 for area in consulate.jurisdiction if area.admin1]
        codes = dict.fromkeys([*subdivisions_of(self._host), *on_record])
        regions = [(code, subdivision_name(code, g.lang)) for code in codes]
        self.regions.choices = options(sorted(regions, key=lambda item: item[1].casefold()))
        self.areas: tuple[AreaData, ...] = ()
        self._parts: list[AreaData] = []
        self._without: list[AreaData] = []

    def validate_source_date(self, field: DateField) -> None:
        """A day that has come already."""
        if field.data and field.data > self._today:
            raise ValidationError(gettext("This day has not come yet."))

    def validate_parts(self, field: TextAreaField) -> None:
        """Every line names one county or town."""
        self._parts = [self._part(line, excludes=False) for line in _lines(field.data)]

    def validate_without(self, field: TextAreaField) -> None:
        """Every line names one county or town."""
        self._without = [self._part(line, excludes=True) for line in _lines(field.data)]

    def validate(self, extra_validators: Any = None) -> bool:
        """All of it; then `areas` holds the places in order."""
        self._parts, self._without = [], []
        if not super().validate(extra_validators):
            return False
        self.areas = (
            *(AreaData(code) for code in self.countries.data or ()),
            *(AreaData(code[:2], code) for code in self.regions.data or ()),
            *self._parts,
            *self._without,
        )
        if any(area.excludes for area in self.areas) and not any(not area.excludes for area in self.areas):
            self.without.errors = [gettext("Nothing can be taken out of nothing.")]
            return False
        return True

    def _part(self, line: str, *, excludes: bool) -> AreaData:
        if code := _CODE.search(line):
            return self._by_code(code[1].strip(), line, excludes=excludes)
        name, _, region = (part.strip() for part in _WORD_COUNTY.sub("", line).partition(","))
        counties = [row for row in self._counties(name) if not region or names_region(row.admin1, region)]
        if len(counties) == 1:
            return AreaData(counties[0].country, counties[0].admin1, counties[0].code, None, excludes)
        if len(counties) > 1:
            listed = "; ".join(f"{row.name}, {subdivision_name(row.admin1, g.lang)}" for row in counties[:6])
            raise ValidationError(gettext("“%(line)s”: there are several: %(places)s.", line=line, places=listed))
        try:
            place = asked_place(line)
        except ValidationError as error:
            raise ValidationError(f"“{line}”: {error}") from None
        if place.country == self._sending or not place.admin1:
            raise ValidationError(gettext("“%(line)s” is not a part of a state abroad.", line=line))
        return AreaData(place.country, place.admin1, None, place.place_id, excludes)

    def _by_code(self, code: str, line: str, *, excludes: bool) -> AreaData:
        county = db.session.get(County, code)
        if county is not None:
            return AreaData(county.country, county.admin1, county.code, None, excludes)
        place = asked_place(code)
        if not place.place_id or not place.admin1:
            raise ValidationError(gettext("“%(line)s” is not a part of a state abroad.", line=line))
        return AreaData(place.country, place.admin1, None, place.place_id, excludes)

    def _counties(self, name: str) -> Sequence[County]:
        wanted = fold(name)
        query = select(County).where(County.country == self._host)
        return [row for row in db.session.scalars(query) if fold(_WORD_COUNTY.sub("", row.name)).strip() == wanted]


def _lines(text: str | None) -> list[str]:
    lines = [line.strip().rstrip(";,.") for line in (text or "").splitlines()]
    found = [line for line in lines if line]
    if len(found) > MAX_PARTS:
        raise ValidationError(gettext("At most %(count)s lines.", count=MAX_PARTS))
    return found
