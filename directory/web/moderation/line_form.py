"""The form for a help line."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from directory.exchange.checks import is_vague_date
from directory.lines.dialling import CannotBeDialled, Dialled, Undialled, read_number
from directory.lines.hours import BadHours, is_zone, read_hours
from directory.lines.models import OF_A_SENDING_COUNTRY, HelpLine, LineChannel, LineKind
from directory.lines.save import LineData
from directory.places.countries import MEMBER_STATES, country_name, is_country, is_subdivision
from directory.settings import LANGUAGES
from directory.vocabulary.languages import is_language
from directory.web.display import current_language
from directory.web.lines import kind_text
from directory.web.options import options
from directory.web.registration.base_form import SafeForm
from directory.web.registration.fields import check_url, stripped, url_filter

_REFUSED = {
    Undialled.NOT_A_NUMBER: _("No telephone can dial this."),
    Undialled.NOT_FROM_THERE: _("It does not answer from there: a short or free number works in its own country only."),
    Undialled.NEEDS_A_PLACE: _("It is a short or free number: say from where it can be dialled."),
    Undialled.NOT_AN_ADDRESS: _("This is not an e-mail address."),
}


class LineForm(SafeForm):
    """One line. `line_data` holds what it says, once it is valid."""

    name = StringField(_("Who answers"), filters=[stripped],
                       validators=[DataRequired(_("Write a name.")), Length(max=160)],
                       description=_("The name people know: “Línea de la Vida”."))  # fmt: skip
    kind = SelectField(_("Kind"), description=_("Protection and appointments are a sending country’s own lines."))
    whose = SelectField(_("Country"), description=_("Whose public it serves, or whose nationals abroad."))
    channel = SelectField(_("How it is reached"), description=_("A call, WhatsApp, a text message or e-mail."))
    text = StringField(_("Number"), filters=[stripped],
                       validators=[DataRequired(_("Write the number.")), Length(max=80)],
                       description=_("As it is dialled: 911, *212, 079, option 1, +52 …"))  # fmt: skip
    reach = StringField(_("From where"), filters=[stripped], validators=[Optional(), Length(max=200)],
                        description=_("ISO codes of countries or states, with spaces: US CA, CA-QC."))  # fmt: skip
    hours = StringField(_("Hours"), filters=[stripped], validators=[Optional(), Length(max=120)],
                        description=_("24/7, or as in Mo-Fr 08:00-16:00; several with a semicolon."))  # fmt: skip
    hours_zone = StringField(_("Time zone of the hours"), filters=[stripped], validators=[Optional(), Length(max=40)],
                             description=_("Only where it is not the caller’s own: America/New_York."))  # fmt: skip
    languages = StringField(_("Languages"), filters=[stripped], validators=[Optional(), Length(max=120)],
                            description=_("ISO codes, separated by spaces: es en."))  # fmt: skip
    for_whom_es = StringField(_("For whom, in Spanish"), filters=[stripped], validators=[Optional(), Length(max=300)],
                              description=_("One sentence."))  # fmt: skip
    for_whom_en = StringField(_("For whom, in English"), filters=[stripped], validators=[Optional(), Length(max=300)],
                              description=_("One sentence."))  # fmt: skip
    for_whom_fr = StringField(_("For whom, in French"), filters=[stripped], validators=[Optional(), Length(max=300)],
                              description=_("One sentence."))  # fmt: skip
    website = StringField(_("Website"), filters=[url_filter], validators=[Optional(), Length(max=300), check_url],
                          description=_("Its own page."))  # fmt: skip
    is_in_danger = BooleanField(
        _("For danger"), description=_("One of the numbers that somebody in danger dials first.")
    )
    is_doubtful = BooleanField(_("Doubtful"), description=_("It is left out until somebody has called."))
    note = TextAreaField(_("Note"), filters=[stripped], validators=[Optional(), Length(max=1000)],
                         description=_("For colleagues; nobody else sees it."))  # fmt: skip
    source_name = StringField(_("Source"), filters=[stripped],
                              validators=[DataRequired(_("Write who says so.")), Length(max=300)],
                              description=_("Who says so: an authority’s page, a newspaper, a call."))  # fmt: skip
    source_url = StringField(_("Address of the source"), filters=[url_filter],
                             validators=[Optional(), Length(max=300), check_url], description="https://…")  # fmt: skip
    source_date = StringField(_("Date of the source"), filters=[stripped],
                              validators=[Optional()],
                              description=_("A year, a month or a day: 2026, 2026-11, 2026-11-30."))  # fmt: skip

    def __init__(self, line: HelpLine | None = None) -> None:
        super().__init__()
        self.line_data: LineData | None = None
        self.kind.choices = options([(kind.value, kind_text(kind)) for kind in LineKind])
        self.channel.choices = options([(channel.value, channel_text(channel)) for channel in LineChannel])
        codes = {*MEMBER_STATES, *(code for code in (line and (line.country or line.sending_country),) if code)}
        names = [(code, country_name(code, current_language())) for code in codes]
        self.whose.choices = options(sorted(names, key=lambda item: item[1].casefold()))

    def show(self, line: HelpLine) -> None:
        """Fill it with what stands in the table."""
        for name in ("name", "text", "hours", "hours_zone", "website", "is_in_danger", "is_doubtful", "note",
                     "source_name", "source_url", "source_date"):  # fmt: skip
            getattr(self, name).data = getattr(line, name)
        self.kind.data, self.channel.data = line.kind.value, line.channel.value
        self.whose.data = line.country or line.sending_country
        self.reach.data, self.languages.data = " ".join(line.reach), " ".join(line.languages)
        for code in LANGUAGES:
            self[f"for_whom_{code}"].data = line.for_whom.get(code)
        self.version.data = str(line.version)

    def validate_reach(self, field: Field) -> None:
        """Countries and subdivisions that exist."""
        unknown = [code for code in (field.data or "").split() if not (is_country(code) or is_subdivision(code))]
        if unknown:
            raise ValidationError(gettext("No country or state has the code %(code)s.", code=", ".join(unknown)))

    def validate_languages(self, field: Field) -> None:
        """Languages that exist."""
        unknown = [code for code in (field.data or "").split() if not is_language(code)]
        if unknown:
            raise ValidationError(gettext("No language has the code %(code)s.", code=", ".join(unknown)))

    def validate_hours(self, field: Field) -> None:
        """The small part of opening hours that lines need."""
        try:
            read_hours(field.data)
        except BadHours as error:
            raise ValidationError(gettext("Hours are written 24/7 or as in Mo-Fr 08:00-16:00.")) from error

    def validate_hours_zone(self, field: Field) -> None:
        """A zone that exists."""
        if not is_zone(field.data):
            raise ValidationError(gettext("There is no such time zone."))

    def validate_source_date(self, field: Field) -> None:
        """As precise as it is known."""
        if not is_vague_date(field.data):
            raise ValidationError(gettext("Write a year, a month or a day: 2026, 2026-11, 2026-11-30."))

    def validate(self, extra_validators: object = None) -> bool:
        """All of it; then `line_data` holds the answer."""
        if not super().validate(extra_validators):
            return False
        kind, channel = LineKind(self.kind.data), LineChannel(self.channel.data)
        country = None if kind in OF_A_SENDING_COUNTRY else self.whose.data
        reach = tuple(dict.fromkeys((self.reach.data or "").split()))
        try:
            dialled = read_number(self.text.data, channel, country, reach)
        except CannotBeDialled as error:
            self.text.errors = [str(_REFUSED[error.reason])]
            return False
        self.line_data = self._data(kind, channel, country, reach, dialled)
        return True

    def _data(
        self, kind: LineKind, channel: LineChannel, country: str | None, reach: tuple[str, ...], dialled: Dialled
    ) -> LineData:
        return LineData(
            kind=kind,
            country=country,
            sending_country=None if country else self.whose.data,
            name=self.name.data,
            channel=channel,
            text=self.text.data,
            number=dialled.number,
            dial=dialled.dial,
            reach=reach,
            hours=self.hours.data or None,
            hours_zone=self.hours_zone.data or None,
            languages=tuple(dict.fromkeys((self.languages.data or "").split())),
            for_whom={code: text for code in LANGUAGES if (text := self[f"for_whom_{code}"].data)},
            website=self.website.data or None,
            note=self.note.data or None,
            is_doubtful=self.is_doubtful.data,
            is_in_danger=self.is_in_danger.data,
            source_name=self.source_name.data,
            source_url=self.source_url.data or None,
            source_date=self.source_date.data or None,
        )


def channel_text(channel: LineChannel) -> str:
    """How a line is reached, in the page's language."""
    names: dict[LineChannel, str] = {
        LineChannel.VOICE: gettext("Call"),
        LineChannel.WHATSAPP: "WhatsApp",
        LineChannel.TEXT: gettext("Text message"),
        LineChannel.EMAIL: gettext("E-mail"),
    }
    return names[channel]
