"""The step about the organization itself: names, sentences, addresses on the web."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length, NumberRange, Optional

from directory.organizations.record_data import RecordData
from directory.web.options import options
from directory.web.registration.base_form import SafeForm
from directory.web.registration.fields import check_url, stripped, url_filter
from directory.web_address import normal_url


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
                                   choices=options([("es", "Español"), ("en", "English"), ("fr", "Français")]),
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
