"""Help lines on pages: the quiet strip, what kinds are called, and which pages must be left at one key."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask_babel import gettext

from directory.clock import today
from directory.extensions import db
from directory.lines.models import LineChannel, LineKind
from directory.publication.lines import (
    AGED_AFTER_DAYS,
    QUICK_EXIT_AREAS,
    PublicLine,
    current_lines,
    hours_in,
    is_older,
    kinds_for,
    lines_about,
    lines_in_danger,
    lines_of_sending,
    reach_in,
    whom_in,
)

MOST_TOPICS = 3


@dataclass(frozen=True)
class Strip:
    """The lines of one country that fit a page: what somebody in danger dials, and what the page is about."""

    country: str
    in_danger: tuple[PublicLine, ...]
    topics: tuple[PublicLine, ...]


def bind(app: Flask) -> None:
    """Give templates the lines."""
    app.jinja_env.globals |= {
        "strip_of": strip_of,
        "danger_in": danger_in,
        "lines_by_kind": lines_by_kind,
        "lines_left_out": lines_left_out,
        "sending_lines": sending_lines,
        "topic_lines": topic_lines,
        "kind_text": kind_text,
        "line_href": line_href,
        "is_aged": is_aged,
        "needs_exit": needs_exit,
        "urgent_areas": urgent_areas,
    }


def names(language: str) -> dict[str, Any]:
    """What depends on the language of the page."""
    return {
        "line_hours": partial(hours_in, language=language),
        "line_reach": partial(reach_in, language=language),
        "line_whom": partial(whom_in, language=language),
    }


def _known() -> tuple[date, tuple[PublicLine, ...]]:
    """The lines in public sight, and the day as of which."""
    day = today()
    return day, current_lines(db.session, day)


def strip_of(
    country: str | None, areas: Iterable[str] = (), populations: Iterable[str] = (), admin1s: Collection[str] = ()
) -> Strip | None:
    """The strip of a page that is about a country; None where no line of it is on record."""
    if not country:
        return None
    day, lines = _known()
    in_danger = lines_in_danger(lines, day, country)
    about = lines_about(lines, day, country, kinds_for(areas, populations), admin1s)
    topics = [line for line in about if line not in in_danger]
    if not in_danger and not topics:
        return None
    return Strip(country, tuple(in_danger), tuple(topics[:MOST_TOPICS]))


def danger_in(countries: Iterable[str]) -> dict[str, list[PublicLine]]:
    """What somebody in danger dials, for each country of which it is known."""
    day, lines = _known()
    return {country: found for country in countries if (found := lines_in_danger(lines, day, country))}


def topic_lines(areas: Iterable[str]) -> dict[str, list[PublicLine]]:
    """The lines of every country that fit some needs, by country."""
    day, lines = _known()
    kinds = kinds_for(areas)
    found: dict[str, list[PublicLine]] = {}
    for line in lines:
        if line.country and line.kind in kinds and line.is_shown(day):
            found.setdefault(line.country, []).append(line)
    return found


def lines_by_kind(country: str) -> dict[str, list[PublicLine]]:
    """A country's own lines that are shown by default, by kind."""
    day, lines = _known()
    found: dict[str, list[PublicLine]] = {}
    for line in lines:
        if line.country == country and line.is_shown(day):
            found.setdefault(line.kind, []).append(line)
    return found


def lines_left_out(country: str) -> list[PublicLine]:
    """A country's own lines that are old or doubtful: told as such, for whoever has nothing else."""
    day, lines = _known()
    return [line for line in lines if line.country == country and not line.is_shown(day)]


def sending_lines(sending: str, host: str | None = None) -> list[PublicLine]:
    """A sending country's lines for its nationals in a host country, the best first."""
    day, lines = _known()
    return lines_of_sending(lines, day, sending, host)


def kind_text(kind: str) -> str:
    """Who answers, in the page's language."""
    names: dict[LineKind, str] = {
        LineKind.EMERGENCY: gettext("Emergencies"),
        LineKind.POLICE: gettext("Police"),
        LineKind.AMBULANCE: gettext("Ambulance"),
        LineKind.VIOLENCE: gettext("Violence"),
        LineKind.CHILDREN: gettext("Children and adolescents"),
        LineKind.TRAFFICKING: gettext("Trafficking in persons"),
        LineKind.CRISIS: gettext("Emotional crisis"),
        LineKind.DETENTION: gettext("Detention"),
        LineKind.MIGRATION: gettext("Migration and asylum"),
        LineKind.OMBUDSMAN: gettext("Human rights"),
        LineKind.INFORMATION: gettext("Information"),
        LineKind.PROTECTION: gettext("Consular protection"),
        LineKind.CONSULAR: gettext("Appointments and papers"),
    }
    return names[LineKind(kind)]


def line_href(line: PublicLine) -> str:
    """What a tap on the number does."""
    if line.channel == LineChannel.EMAIL or line.dial is None:
        return f"mailto:{quote(line.text, safe='@')}"
    if line.channel == LineChannel.WHATSAPP and line.number:
        return f"https://wa.me/{line.number[1:]}"
    scheme = "sms" if line.channel == LineChannel.TEXT else "tel"
    return f"{scheme}:{line.dial.replace('#', '%23')}"


def is_aged(said_on: str | None) -> bool:
    """Whether a date lies so far back that whoever reads it should confirm first."""
    return is_older(said_on, today(), AGED_AFTER_DAYS)


def urgent_areas(areas: Iterable[str]) -> list[str]:
    """Of an organization's needs those whose lines stand on its page: where danger is near."""
    return [slug for slug in areas if slug in QUICK_EXIT_AREAS or slug == "child-protection"]


def needs_exit(areas: Iterable[str]) -> bool:
    """Whether a page about these needs must be left at one key."""
    return not QUICK_EXIT_AREAS.isdisjoint(areas)
