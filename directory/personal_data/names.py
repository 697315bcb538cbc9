"""What kinds of personal data are called, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext

from directory.personal_data.free_text import PersonalData


def personal_data_names() -> dict[str, str]:
    """What a text seems to hold."""
    return {
        PersonalData.NAME: gettext("a person’s name"),
        PersonalData.NAME_LIST: gettext("a list of names"),
        PersonalData.PHONE: gettext("a phone number"),
        PersonalData.EMAIL: gettext("an e-mail address"),
        PersonalData.DOCUMENT: gettext("a document number"),
        PersonalData.BIRTH_DATE: gettext("a date of birth"),
        PersonalData.HANDLE: gettext("a name on a social network"),
        PersonalData.HOME: gettext("a home address"),
    }
