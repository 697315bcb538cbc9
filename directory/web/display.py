"""What templates say: labels in the page's language, dates in words, phones, links between languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import segno
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask, current_app, g, get_flashed_messages, request, session, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup

from directory.accounts.viewer import may, viewer
from directory.clock import now
from directory.exchange.json_records import area_name
from directory.extensions import db
from directory.places.countries import MEMBER_STATES, country_forms, country_name, subdivision_name
from directory.publication.consulates import consulate_name
from directory.publication.hours import week
from directory.publication.labels import date_words, facet_labels, phone_text
from directory.publication.sentences import fact_sentence, summary_in
from directory.registration.submissions import request_number
from directory.settings import LANGUAGES, Settings
from directory.vocabulary.catalogue import vocabulary
from directory.vocabulary.languages import language_name
from directory.web import lines
from directory.web.form_errors import told_errors

LANGUAGE_NAMES = {"es": "Español", "en": "English", "fr": "Français"}


def current_language() -> str:
    """The language of the page that is being made."""
    return str(get_locale().language)


def bind(app: Flask) -> None:
    """Give templates their names and filters."""
    settings: Settings = app.extensions["directory.settings"]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "vague_date": vague_date,
        "weekday_date": weekday_date,
        "country_label": country_name,
        "number": number,
        "decimal": decimal,
        "kilometres": kilometres,
        "moment": moment,
        "listed": listed,
        "phone_text": phone_text,
        "domain": domain,
        "breakable": breakable,
        "request_number": request_number,
    }
    app.jinja_env.globals |= {
        "may": may,
        "week": week,
        "told_errors": told_errors,
        "is_signed_in": is_signed_in,
        "flashes": flashes,
        "LANGUAGES": LANGUAGES,
        "LANGUAGE_NAMES": LANGUAGE_NAMES,
        "MEMBER_STATES": MEMBER_STATES,
        "base_url": settings.base_url,
        "contact_email": settings.contact_email,
        "icon": icon,
        "reasons_text": reasons_text,
        "qr": qr,
        "in_language": in_language,
        "area_name": area_name,
        "consulate_name": consulate_name,
    }
    lines.bind(app)
    app.context_processor(names)


def names() -> dict[str, Any]:
    """Names that depend on the language of the page."""
    lang = current_language()
    terms = vocabulary(db.session)
    return {
        "lang": lang,
        "terms": terms,
        "label": facet_labels(terms, lang),
        "country": partial(country_name, language=lang),
        "admin1": partial(subdivision_name, language=lang),
        "language": partial(language_name, language=lang),
        "forms": country_forms,
        "summary": partial(summary_in, language=lang, terms=terms),
        "sentence": partial(fact_sentence, language=lang, terms=terms),
        "by_label": by_label,
        **lines.names(lang),
    }


def by_label(codes: Iterable[str], labels: Any) -> list[tuple[str, str]]:
    """Codes with their labels, sorted by label as a reader would."""
    return sorted(((code, labels(code)) for code in codes), key=lambda item: item[1].casefold())


def vague_date(text: str | date | None) -> str:
    """`2023` → 2023; `2023-12` → diciembre de 2023; a day → the day in words; nothing → nothing."""
    return "" if text is None else date_words(text, current_language())


def weekday_date(day: date) -> str:
    """`viernes 27 de noviembre`."""
    return str(format_skeleton("MMMMEEEEd", day, locale=current_language()))


def reasons_text(reasons: Iterable[str]) -> str:
    """Why two records may be the same: `same website, similar name`."""
    names = {
        "same-name": gettext("same name"),
        "similar-name": gettext("similar name"),
        "same-acronym": gettext("same acronym"),
        "same-website": gettext("same website"),
        "same-email": gettext("same e-mail"),
        "same-phone": gettext("same phone"),
        "same-place": gettext("same place"),
    }
    return ", ".join(names[str(reason)] for reason in reasons if str(reason) in names)


def number(value: int) -> str:
    """A whole number with the separators of the language; in Spanish a narrow space, which every country reads."""
    return _number(value, current_language())


@lru_cache(maxsize=4096)
def _number(value: int, language: str) -> str:
    text = str(format_decimal(value, locale=language))
    return text.replace(".", "\u202f") if language == "es" else text


def decimal(value: float) -> str:
    """A number with at most one decimal, as the language writes it."""
    return str(format_decimal(round(value, 1), locale=current_language()))


def kilometres(distance: float) -> str:
    """A distance as a reader needs it: `0,4`, `12`, `1 250`."""
    return decimal(distance) if distance < 10 else number(round(distance))


def moment(instant: datetime) -> str:
    """`hoy, 14:05`, or the day in words with the time: by the clock of the consulate, where its zone is known."""
    zone: str | None = g.get("zone")
    local = instant.astimezone(ZoneInfo(zone) if zone else UTC)
    clock = f"{local:%H:%M}" if zone else f"{local:%H:%M} UTC"
    if local.date() == now().astimezone(local.tzinfo).date():
        return str(gettext("today, %(clock)s", clock=clock))
    return str(gettext("%(day)s, %(clock)s", day=vague_date(local.date()), clock=clock))


def listed(items: Iterable[str]) -> str:
    """`a, b y c`."""
    return str(format_list(list(items), locale=current_language()))


def domain(address: str) -> str:
    """A web address without its protocol and final slash."""
    return address.split("://", 1)[-1].removeprefix("www.").rstrip("/")


def breakable(text: str) -> Markup:
    """An address that may be broken behind its signs, and nowhere inside its words."""
    return Markup("<wbr>").join(part for part in re.split(r"(?<=[./@_-])", text) if part)  # join escapes the parts


def is_signed_in() -> bool:
    """Whether somebody is signed in; asks nothing of the database where the browser brought no session."""
    return "_user_id" in session and viewer().user_id is not None


def flashes() -> list[str]:
    """Messages of the last request; error pages show none, so that none is lost on them."""
    return [] if g.get("is_error") else [str(text) for text in get_flashed_messages()]


def icon(name: str) -> Markup:
    """An outlined icon that says nothing to a screen reader: the words beside it do."""
    href = static_file(f"icons.svg#{name}")
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>').format(href)


def static_file(name: str) -> str:
    """The address of a static file; of the nameless one: what all of them begin with."""
    return str(current_app.jinja_env.globals["static"](name))  # type: ignore[operator]


@lru_cache(maxsize=512)
def qr(address: str) -> Markup:
    """A QR code of an address, as SVG."""
    return Markup(segno.make(address, error="m").svg_inline(scale=4, border=2, svgclass="qr", omitsize=True))  # noqa: S704


@lru_cache(maxsize=4096)
def small_qr(address: str) -> Markup:
    """A QR code as SVG for pages that hold hundreds; it says nothing to a screen reader: the address beside it does."""
    drawn = quick_qr(address).svg_inline(border=2, svgclass="guide-qr", lineclass=None, omitsize=True)
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704


def quick_qr(address: str) -> segno.QRCode:
    """A QR code with a given mask: trying all eight of them takes three times as long."""
    return segno.make(address, error="m", mask=3, boost_error=False)


def in_language(language: str) -> str:
    """The address of this page in another language."""
    if g.get("is_error"):
        return url_for("pages.home", lang=language)
    path = request.full_path.rstrip("?")
    return f"/{language}{path[3:]}" if path[1:3] in LANGUAGES else url_for("pages.home", lang=language)
