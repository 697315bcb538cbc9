"""How the values of a record are called in a language: for diffs, letters and summaries of errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import get_locale, gettext

from directory.extensions import db
from directory.organizations.differences import Path
from directory.organizations.record_data import ShelterData
from directory.places.countries import country_name, region_name, subdivision_name
from directory.vocabulary.catalogue import vocabulary
from directory.vocabulary.languages import language_name


def field_name(path: Path) -> str:
    """The label of a value: `Phones`, or `Legal help: documents to bring`."""
    names = _names()
    label = names.get(path[-1], path[-1])
    if path[0] == "services":
        group = vocabulary(db.session).groups.get(path[1])
        lang = _language()
        return f"{group.labels[lang] if group else path[1]}: {label}"
    if path[0] == "locations":
        return str(gettext("Place: %(field)s", field=label))
    return label


def _language() -> str:
    return str(get_locale())[:2]


def _names() -> dict[str, str]:
    return {
        "name": gettext("Name"),
        "acronym": gettext("Acronym"),
        "alternate_names": gettext("Other names"),
        "country": gettext("Country"),
        "website": gettext("Website"),
        "urls": gettext("Pages in social networks"),
        "email": gettext("E-mail"),
        "is_email_private": gettext("The e-mail is for the directory alone"),
        "year_founded": gettext("Year founded"),
        "legal_status": gettext("Legal form"),
        "summary": gettext("In one or two sentences"),
        "description": gettext("Description"),
        "phones": gettext("Phones"),
        "populations": gettext("For whom"),
        "languages": gettext("Languages"),
        "areas": gettext("What help"),
        "access": gettext("How one gets there"),
        "is_emergency": gettext("In emergencies, day and night"),
        "nationalities": gettext("Nationalities"),
        "coverage": gettext("Where it is offered"),
        "schedule": gettext("Weekly hours"),
        "shelter": gettext("Beds"),
        "eligibility": gettext("Who can come"),
        "documents_required": gettext("Documents to bring"),
        "cost": gettext("Cost"),
        "position": gettext("Order"),
        "admin1": gettext("State or province"),
        "city": gettext("City or town"),
        "place_id": gettext("Place in the gazetteer"),
        "address": gettext("Street and number"),
        "postal_code": gettext("Postal code"),
        "latitude": gettext("Latitude"),
        "longitude": gettext("Longitude"),
        "visibility": gettext("Who may see the address"),
    }


def access_names() -> dict[str, str]:
    """How a person gets to a service."""
    return {
        "walk_in": gettext("Walk in"),
        "call_first": gettext("Call first"),
        "appointment": gettext("By appointment"),
        "referral": gettext("By referral"),
    }


def visibility_names() -> dict[str, str]:
    """How much of an address the public may see."""
    return {
        "public": gettext("The address is public"),
        "city_only": gettext("Protected: only the city is shown"),
        "hidden": gettext("Hidden: not even the city is shown"),
    }


def day_names() -> dict[int, str]:
    """The days of the week from 1."""
    return {
        1: gettext("Monday"),
        2: gettext("Tuesday"),
        3: gettext("Wednesday"),
        4: gettext("Thursday"),
        5: gettext("Friday"),
        6: gettext("Saturday"),
        7: gettext("Sunday"),
    }


def sheltered_names() -> dict[str, str]:
    """Whom a shelter takes in."""
    return {
        "women": gettext("Women"),
        "families": gettext("Families"),
        "men": gettext("Men"),
        "boys-over-12": gettext("Boys over 12"),
        "children-alone": gettext("Children who travel alone"),
    }


def shelter_lines(shelter: ShelterData) -> list[tuple[str, str]]:
    """What a shelter says of its beds, each with its label; what it did not say is left out."""
    names = sheltered_names()
    hours = " – ".join(filter(None, (shelter.enters_from, shelter.enters_until)))
    pets = {True: gettext("Yes"), False: gettext("No"), None: ""}[shelter.takes_pets]
    lines = [
        (gettext("Beds"), str(shelter.places or "")),
        (gettext("Who can stay"), ", ".join(names[item] for item in shelter.who if item in names)),
        (gettext("Nights at most"), str(shelter.nights or "")),
        (gettext("Hours of entry"), hours),
        (gettext("Pets"), pets),
    ]
    return [(label, value) for label, value in lines if value]


def value_text(path: Path, value: Any, language: str) -> str:
    """A value as a person reads it; `—` where there is none."""
    if value in (None, "", [], {}, ()):
        return "—"
    teller = _TELLERS.get(path[-1])
    if teller:
        return teller(value, language)
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, dict):
        return " · ".join(f"{language_name(code, language)}: {text}" for code, text in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _phones(value: Any, _language: str) -> str:
    kinds = {"whatsapp": " (WhatsApp)", "fax": " (fax)", "emergency": " (24 h)"}
    return ", ".join(
        (item["number"] or item["text"])
        + (f" ext. {item['extension']}" if item["extension"] else "")
        + kinds.get(item["kind"], "")
        for item in value
    )


def _areas(value: Any, language: str) -> str:
    terms = vocabulary(db.session).areas
    return ", ".join(terms[slug].labels[language] if slug in terms else slug for slug in value)


def _populations(value: Any, language: str) -> str:
    terms = vocabulary(db.session).populations
    return ", ".join(terms[slug].labels[language] if slug in terms else slug for slug in value)


def _schedule(value: Any, _language: str) -> str:
    days = day_names()
    return ", ".join(f"{days[item['weekday']]} {item['opens_at']}–{item['closes_at']}" for item in value)


def _shelter(value: Any, _language: str) -> str:
    return ", ".join(f"{label}: {text}" for label, text in shelter_lines(ShelterData.model_validate(value)))


def _coverage(value: Any, language: str) -> str:
    return ", ".join(region_name(code, language) for code in value)


_TELLERS: dict[str, Callable[[Any, str], str]] = {
    "phones": _phones,
    "areas": _areas,
    "populations": _populations,
    "schedule": _schedule,
    "shelter": _shelter,
    "coverage": _coverage,
    "languages": lambda value, language: ", ".join(language_name(code, language) for code in value),
    "nationalities": lambda value, language: ", ".join(country_name(code, language) for code in value),
    "country": lambda value, language: country_name(value, language),
    "admin1": lambda value, language: subdivision_name(value, language),
    "access": lambda value, _language: access_names().get(value, value),
    "visibility": lambda value, _language: visibility_names().get(value, value),
}
