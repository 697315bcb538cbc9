"""Help lines from CSV: one row a number. The columns are documented in docs/data.md."""

from __future__ import annotations

import uuid
from pathlib import Path

from directory.exchange.checks import RowChecker
from directory.exchange.table import BrokenFile, Problem, read_table
from directory.exchange.words import FLAGS, LINE_CHANNELS, LINE_KINDS
from directory.identifiers import record_uuid
from directory.lines.dialling import CannotBeDialled, Dialled, Undialled, read_number
from directory.lines.hours import BadHours, is_zone, read_hours
from directory.lines.models import MAX_CODES, OF_A_SENDING_COUNTRY, LineChannel, LineKind
from directory.lines.save import LineData
from directory.places.countries import is_country, is_subdivision
from directory.settings import LANGUAGES

COLUMNS = (
    "line_key", "kind", "country", "sending_country", "name", "channel", "number", "from", "hours", "hours_zone",
    "languages", "for_whom_es", "for_whom_en", "for_whom_fr", "website", "note", "doubtful", "in_danger",
    "source_name", "source_url", "source_date",
)  # fmt: skip
REQUIRED = ("line_key", "kind", "name", "number", "source_name")
EXPORT_ONLY = ("id", "dial", "status", "verified_on", "modified_at")
"""Columns that an export adds; an import accepts them and works them out anew."""
_SAID = {
    Undialled.NOT_A_NUMBER: "is no number that a telephone dials",
    Undialled.NOT_FROM_THERE: "does not answer from there: a short or free number works in its own country only",
    Undialled.NEEDS_A_PLACE: "is a short or free number: say in `from` where it can be dialled",
    Undialled.NOT_AN_ADDRESS: "is not an e-mail address",
}


def read_lines(path: Path) -> list[tuple[uuid.UUID, str, LineData]]:
    """The lines of a file with their ids and keys. Raises BrokenFile with every problem of the whole file."""
    problems: list[Problem] = []
    seen: set[str] = set()
    found = []
    for row in read_table(path, REQUIRED, COLUMNS + EXPORT_ONLY):
        check = RowChecker(row, problems)
        key = check.required("line_key", 120)
        if key in seen:
            check.fail("line_key", "stands twice")
        seen.add(key)
        before = len(problems)
        data = _line(check)
        if len(problems) == before:
            found.append((record_uuid("line", key), key, data))
    if problems:
        raise BrokenFile(problems)
    return found


def _line(check: RowChecker) -> LineData:
    row = check.row
    kind = _kind(check)
    country, sending = row["country"] or None, row["sending_country"] or None
    for column, code in (("country", country), ("sending_country", sending)):
        if code and not is_country(code):
            check.fail(column, f"{code!r} is not an ISO 3166-1 alpha-2 country code")
    if (country is None) == (sending is None):
        check.fail("country", "give either the country or the sending country")
    elif (kind in OF_A_SENDING_COUNTRY) != (sending is not None):
        check.fail("kind", "protection and consular lines are a sending country's, and only they")
    channel = _channel(check)
    check.optional("from", MAX_CODES)
    reach = check.several("from", _is_region, "an ISO 3166 country or subdivision")
    is_known = all(map(_is_region, reach))
    dialled = _dialled(check, channel, country, reach) if is_known else Dialled(None, None)
    return LineData(
        kind=kind,
        country=country,
        sending_country=sending,
        name=check.required("name", 160),
        channel=channel,
        text=check.required("number", 80),
        number=dialled.number,
        dial=dialled.dial,
        reach=tuple(reach),
        hours=_hours(check),
        hours_zone=_zone(check),
        languages=tuple(check.languages("languages")),
        for_whom={code: text for code in LANGUAGES if (text := check.optional(f"for_whom_{code}", 300))},
        website=check.web_address("website"),
        note=check.optional("note", 1000),
        is_doubtful=check.one_of("doubtful", FLAGS) == "1",
        is_in_danger=check.one_of("in_danger", FLAGS) == "1",
        source_name=check.required("source_name", 300),
        source_url=check.web_address("source_url"),
        source_date=check.vague_date("source_date"),
    )


def _is_region(code: str) -> bool:
    return is_country(code) or is_subdivision(code)


def _kind(check: RowChecker) -> LineKind:
    value = check.one_of("kind", LINE_KINDS)
    return LineKind(value) if value in set(LineKind) else LineKind.INFORMATION  # the problem is noted


def _channel(check: RowChecker) -> LineChannel:
    value = check.one_of("channel", LINE_CHANNELS, LineChannel.VOICE.value)
    return LineChannel(value) if value in set(LineChannel) else LineChannel.VOICE  # the problem is noted


def _dialled(check: RowChecker, channel: LineChannel, country: str | None, reach: list[str]) -> Dialled:
    printed = check.row["number"]
    try:
        return read_number(printed, channel, country, reach)
    except CannotBeDialled as error:
        if printed:  # an empty one is noted already
            check.fail("number", f"{printed!r} {_SAID[error.reason]}")
        return Dialled(None, None)


def _hours(check: RowChecker) -> str | None:
    hours = check.optional("hours", 120)
    try:
        if hours:
            read_hours(hours)
    except BadHours as error:
        check.fail("hours", f"{str(error)!r} is not `24/7` or as in `Mo-Fr 08:00-16:00`")
    return hours


def _zone(check: RowChecker) -> str | None:
    zone = check.optional("hours_zone", 40)
    if zone and not is_zone(zone):
        check.fail("hours_zone", f"{zone!r} is not an IANA time zone")
    return zone
