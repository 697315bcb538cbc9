"""Consulates from CSV: one row a consulate. The columns are documented in docs/data.md.

A `jurisdiction` cell holds places separated by bars: `US-TX`, a country `MX`, a county `US-TX/48215`, a town
of the gazetteer `MX-CHP@g3516266`; `-` before a place takes it out, `~` says that a source names only a part of it.
Phones, address, e-mail and jurisdiction may each name a source of their own; else the record's source says them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from directory.consulates.models import (
    AreaMode,
    Consulate,
    ConsulateKind,
    ConsulatePhone,
    ConsulatePhoneKind,
    ConsulateStatus,
    JurisdictionArea,
    JurisdictionState,
)
from directory.exchange.checks import RowChecker
from directory.exchange.table import EXPORT_ONLY, BrokenFile, Problem, Row, read_table
from directory.exchange.words import CONSULATE_KINDS, CONSULATE_STATUSES, JURISDICTION_STATES
from directory.identifiers import record_uuid, seed_uuid
from directory.phones import parse_phones
from directory.places.countries import is_country, is_subdivision
from directory.places.lookup import Town, TownIndex

_SOURCES = tuple(
    f"{group}_source_{part}"
    for group in ("phones", "protection_phones", "address", "email", "jurisdiction")
    for part in ("name", "url", "date")
)
COLUMNS = (
    "consulate_key", "sending_country", "host_country", "kind", "status", "city", "admin1", "address",
    "postal_code", "latitude", "longitude", "phones", "protection_phones", "email", "website", "jurisdiction",
    "jurisdiction_state", "jurisdiction_note", "note",
    *_SOURCES,
    "source_name", "source_url", "source_date", "source_licence",
)  # fmt: skip
REQUIRED = ("consulate_key", "sending_country", "host_country", "kind", "status", "source_name")
_DERIVED = {"assumed", "unknown"}
"""States that an export names and an import works out again."""


def read_consulates(path: Path, towns: TownIndex, counties: set[str], places: set[str]) -> list[Consulate]:
    """The consulates of a file as transient objects with their ids.

    Raises BrokenFile with every problem of the whole file.
    """
    problems: list[Problem] = []
    seen: set[str] = set()
    consulates = []
    for row in read_table(path, REQUIRED, COLUMNS + EXPORT_ONLY):
        check = RowChecker(row, problems)
        if row["consulate_key"] in seen:
            check.fail("consulate_key", "stands twice")
        seen.add(row["consulate_key"])
        consulates.append(_consulate(check, towns, counties, places))
    if problems:
        raise BrokenFile(problems)
    return consulates


def _consulate(check: RowChecker, towns: TownIndex, counties: set[str], places: set[str]) -> Consulate:
    row = check.row
    key = check.required("consulate_key", 120)
    host = check.country("host_country")
    if row["sending_country"] == host:
        check.fail("host_country", "is the sending country itself")
    city = check.optional("city", 120)
    admin1 = check.admin1("admin1", host)
    town, point = check.town_and_point(host, admin1, city, towns)
    kind = check.one_of("kind", CONSULATE_KINDS)
    status = check.one_of("status", CONSULATE_STATUSES)
    admin1 = admin1 or (town.admin1 if town else None)
    state, areas = _jurisdiction(check, kind, status, host, admin1, counties, places)
    return Consulate(
        id=record_uuid("consulate", key),
        source_key=key,
        source_digest=_digest(row),
        sending_country=check.country("sending_country"),
        host_country=host,
        kind=kind,
        status=status,
        city=city,
        admin1=admin1,
        admin2=town.admin2 if town else None,
        place_id=town.id if town else None,
        address=check.optional("address", 300),
        postal_code=check.postal_code("postal_code", host),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        timezone=town.timezone if town else None,
        email=check.email("email"),
        website=check.web_address("website"),
        jurisdiction_state=state,
        jurisdiction_note=check.optional("jurisdiction_note", 1000),
        note=check.optional("note", 1000),
        removed_at=None,
        source_name=check.required("source_name", 300),
        source_url=check.web_address("source_url"),
        source_date=check.vague_date("source_date"),
        source_licence=check.optional("source_licence", 160),
        jurisdiction=[
            JurisdictionArea(id=seed_uuid(f"jurisdiction/{key}/{place}"), position=place, **area)
            for place, area in enumerate(areas)
        ],
        phones=_phones(check, key, host, town),
        **_own_source(check, "address"),
        **_own_source(check, "email"),
        **_own_source(check, "jurisdiction"),
    )


def _own_source(check: RowChecker, group: str) -> dict[str, str | None]:
    """The columns of who says the address, the e-mail or the jurisdiction; None where the record's source does."""
    name, url, said_on = _source(check, group)
    return {f"{group}_source": name, f"{group}_source_url": url, f"{group}_source_date": said_on}


def _source(check: RowChecker, group: str) -> tuple[str | None, str | None, str | None]:
    name = check.optional(f"{group}_source_name", 300)
    url, said_on = check.web_address(f"{group}_source_url"), check.vague_date(f"{group}_source_date")
    if name is None and (url or said_on):
        check.fail(f"{group}_source_name", "must be filled where its address or date is given")
    return name, url, said_on


def _digest(row: Row) -> str:
    """What tells whether a row says something new; a source that is not given is nothing new."""
    said = [(name, value) for name, value in sorted(row.cells.items()) if value or name not in _SOURCES]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _phones(check: RowChecker, key: str, host: str, town: Town | None) -> list[ConsulatePhone]:
    country = town.country if town else host
    columns = [(ConsulatePhoneKind.PROTECTION, "protection_phones"), (ConsulatePhoneKind.MAIN, "phones")]
    parsed = [
        (kind, phone, source)
        for kind, column in columns
        for source in [_source(check, column)]
        for phone in parse_phones(check.row[column], country)
    ]
    return [
        ConsulatePhone(
            id=seed_uuid(f"consulate-phone/{key}/{position}"),
            number=phone.number,
            text=phone.text,
            extension=phone.extension,
            kind=kind,
            source_name=name,
            source_url=url,
            source_date=said_on,
            position=position,
        )
        for position, (kind, phone, (name, url, said_on)) in enumerate(parsed)
    ]


def _jurisdiction(
    check: RowChecker,
    kind: str,
    status: str,
    host: str,
    admin1: str | None,
    counties: set[str],
    places: set[str],
) -> tuple[JurisdictionState, list[dict[str, object]]]:
    """The state and rows of a jurisdiction.

    Where a source is silent or names only a part, a consulate (not an embassy) is assumed to serve the
    subdivision of its seat. A closed one serves nothing.
    """
    if check.row["jurisdiction_state"] in _DERIVED:
        stated, tokens = "", []
    else:
        stated, tokens = check.one_of("jurisdiction_state", JURISDICTION_STATES, ""), check.row.list("jurisdiction")
    areas = [area for token in tokens if (area := _area(check, token, counties, places))]
    if bool(areas) != bool(stated):
        check.fail("jurisdiction_state", "must be given with a jurisdiction, and only then")
    if status == ConsulateStatus.CLOSED:
        if areas:
            check.fail("jurisdiction", "a closed consulate serves no place")
        return JurisdictionState.UNKNOWN, []
    if stated == "known":
        return JurisdictionState.KNOWN, areas
    is_named = any(area["admin1"] == admin1 and not (area["admin2"] or area["place_id"]) for area in areas)
    if admin1 and kind != ConsulateKind.EMBASSY and not is_named:
        areas.append(
            {
                "country": host,
                "admin1": admin1,
                "admin2": None,
                "place_id": None,
                "mode": AreaMode.INCLUDE,
                "is_assumed": True,
            }
        )
    if stated == "partial":
        return JurisdictionState.PARTIAL, areas
    return (JurisdictionState.ASSUMED if areas else JurisdictionState.UNKNOWN), areas


def _area(check: RowChecker, token: str, counties: set[str], places: set[str]) -> dict[str, object] | None:
    excludes, is_part = token.startswith("-"), token.startswith("~")
    region, _, place_id = token.lstrip("-~").partition("@")
    code, _, county = region.partition("/")
    country = code[:2]
    is_known = is_country(code) or (is_subdivision(code) and is_country(country))
    if not is_known or (county and county not in counties):
        check.fail("jurisdiction", f"{token!r} is not a country, a subdivision or a county")
        return None
    if place_id and (place_id not in places or not code[2:]):
        check.fail("jurisdiction", f"{token!r} is not a town of the gazetteer")
        return None
    return {
        "country": country,
        "admin1": code if len(code) > 2 else None,
        "admin2": county or None,
        "place_id": place_id or None,
        "mode": AreaMode.EXCLUDE if excludes else AreaMode.INCLUDE,
        "is_assumed": is_part,
    }
