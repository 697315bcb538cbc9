"""Everything public, streamed: JSON, NDJSON, CSV and GeoJSON. Every record carries its source and licence."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import chain

from directory.changes.models import Entity
from directory.database import AnySession
from directory.exchange.consulates_csv import COLUMNS as CONSULATE_COLUMNS
from directory.exchange.json_records import Json, consulate_json, line_json, organization_json
from directory.exchange.lines_csv import COLUMNS as LINE_COLUMNS
from directory.exchange.lines_csv import EXPORT_ONLY as LINE_EXPORT_ONLY
from directory.exchange.organizations_csv import COLUMNS as ORGANIZATION_COLUMNS
from directory.exchange.table import EXPORT_ONLY
from directory.publication.consulate_records import PublicConsulate
from directory.publication.consulates import find_consulates
from directory.publication.lines import PublicLine
from directory.publication.organizations import all_organizations
from directory.publication.records import PublicLocation, PublicOrganization, PublicPhone
from directory.publication.versions import revised_after
from directory.settings import LANGUAGES
from directory.spreadsheet import written


class Format(enum.StrEnum):
    """The formats of an export."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    GEOJSON = "geojson"


MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.NDJSON: "application/x-ndjson",
    Format.CSV: "text/csv",
    Format.GEOJSON: "application/geo+json",
}


def export_organizations(
    session: AnySession, form: Format, base_url: str, now: datetime, modified_after: datetime | None = None
) -> Iterator[str]:
    """All organizations, or those that changed after an instant, as pieces of text."""
    records = all_organizations(session, now, modified_after)
    if form == Format.CSV:
        columns = (*ORGANIZATION_COLUMNS, *EXPORT_ONLY)
        return _csv(columns, (row for record in records for row in _organization_rows(record, base_url)))
    if form == Format.GEOJSON:
        return _collection(feature for record in records for feature in _features(record, base_url))
    return _wrapped(form, (organization_json(record, LANGUAGES[0], base_url) for record in records))


def export_consulates(
    session: AnySession, form: Format, base_url: str, modified_after: datetime | None = None
) -> Iterator[str]:
    """All consulates, or those that changed after an instant, as pieces of text."""
    changed = None if modified_after is None else revised_after(session, Entity.CONSULATE, modified_after)
    records = [] if changed == set() else find_consulates(session)
    records = [record for record in records if changed is None or record.id in changed]
    if form == Format.CSV:
        columns = (*CONSULATE_COLUMNS, *EXPORT_ONLY)
        return _csv(columns, (_consulate_row(record, base_url) for record in records))
    bodies = (consulate_json(record, LANGUAGES[0], base_url) for record in records)
    if form == Format.GEOJSON:
        return _collection(_feature(body, body["longitude"], body["latitude"]) for body in bodies)
    return _wrapped(form, bodies)


def export_lines(lines: Iterable[PublicLine], form: Format, today: date) -> Iterator[str]:
    """Help lines as JSON, NDJSON or CSV."""
    if form == Format.CSV:
        return _csv((*LINE_COLUMNS, *LINE_EXPORT_ONLY), (_line_row(line) for line in lines))
    return _wrapped(form, (line_json(line, LANGUAGES[0], today) for line in lines))


def _line_row(line: PublicLine) -> Json:
    return {
        **line.model_dump(include={"kind", "country", "sending_country", "name", "channel", "hours", "hours_zone"}),
        **line.model_dump(include={"website", "id", "dial", "status", "verified_on", "modified_at"}, mode="json"),
        "line_key": line.key,
        "number": line.text,
        "from": "|".join(line.reach),
        "languages": "|".join(line.languages),
        **{f"for_whom_{code}": text for code, text in line.for_whom.items()},
        "doubtful": "1" if line.doubtful else "",
        "in_danger": "1" if line.in_danger else "",
        "source_name": line.source.name,
        "source_url": line.source.url,
        "source_date": line.source.date,
    }


def _wrapped(form: Format, bodies: Iterator[Json]) -> Iterator[str]:
    if form == Format.NDJSON:
        return (json.dumps(body, ensure_ascii=False) + "\n" for body in bodies)
    return _joined("[\n", bodies, "\n]\n")


def _collection(features: Iterator[Json]) -> Iterator[str]:
    return _joined('{"type": "FeatureCollection", "features": [\n', features, "\n]}\n")


def _joined(start: str, bodies: Iterator[Json], end: str) -> Iterator[str]:
    yield start
    separator = ""
    for body in bodies:
        yield separator + json.dumps(body, ensure_ascii=False)
        separator = ",\n"
    yield end


def _features(record: PublicOrganization, base_url: str) -> Iterator[Json]:
    body = organization_json(record, LANGUAGES[0], base_url)
    plain = {key: value for key, value in body.items() if key not in ("services", "locations", "consulates")}
    for location, place in zip(record.locations, body["locations"], strict=True):
        properties = {**plain, "location": place, "areas": list(location.areas or record.areas)}
        yield _feature(properties, location.longitude, location.latitude)


def _feature(properties: Json, longitude: float | None, latitude: float | None) -> Json:
    """GeoJSON (RFC 7946): longitude first; a place without a point has a null geometry."""
    point = None if longitude is None else {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def _csv(columns: tuple[str, ...], rows: Iterator[Json]) -> Iterator[str]:
    return written(chain([columns], ([row.get(column) for column in columns] for row in rows)))


def _phones(phones: Iterable[PublicPhone]) -> Json:
    """Numbers as their source prints them, which an import reads again, and as far as they parse in E.164."""
    known = list(phones)
    return {
        "phones": " ; ".join(phone.text for phone in known),
        "phones_e164": " ; ".join(phone.number for phone in known if phone.number),
    }


def _organization_rows(record: PublicOrganization, base_url: str) -> Iterator[Json]:
    common = {
        "organization_key": record.id,
        "name": record.name,
        "acronym": record.acronym,
        "alternate_names": "|".join(record.alternate_names),
        "country": record.country,
        "website": record.website,
        "email": record.email,
        "year_founded": record.year_founded,
        "legal_status": record.legal_status,
        "accreditations": "|".join(
            f"{item.by};{item.on};{item.url or ''}".rstrip(";") for item in record.accreditations
        ),
        "service_areas": "|".join(record.areas),
        "populations": "|".join(record.populations),
        "languages": "|".join(record.languages),
        "nationalities": "|".join(record.nationalities),
        **{f"summary_{language}": record.summary.get(language) for language in LANGUAGES},
        "availability": _lasting_availability(record),
        "source_name": record.source.name,
        "source_url": record.source.url,
        "source_date": record.source.date,
        "source_licence": record.source.licence,
        "id": record.id,
        "slug": record.slug,
        "url": f"{base_url}/{LANGUAGES[0]}/organizations/{record.slug}",
        "status": record.status,
        "verified_on": record.verified_on,
        "revision": record.revision,
        "modified_at": record.modified_at.isoformat(),
    }
    for location in record.locations:
        yield {**common, **_location_cells(location)}


def _lasting_availability(record: PublicOrganization) -> str | None:
    """What all its services say for good; of a word for today a file would make a lasting one."""
    said = {(service.availability.state, service.availability.until) for service in record.services}
    state, until = said.pop() if len(said) == 1 else ("unknown", None)
    return state if until is None and state != "unknown" else None


def _location_cells(location: PublicLocation) -> Json:
    return {
        "location_key": location.id,
        "location_name": location.name,
        "location_country": location.country,
        "location_admin1": location.admin1,
        "location_city": location.city,
        "address": location.address,
        "postal_code": location.postal_code,
        "latitude": location.latitude,
        "longitude": location.longitude,
        "precision": location.precision,
        "visibility": location.visibility,
        **_phones(location.phones),
        "location_email": location.email,
        "location_service_areas": "|".join(location.areas),
        "location_source_name": location.source.name,
        "location_source_url": location.source.url,
        "location_source_date": location.source.date,
        "location_source_licence": location.source.licence,
    }


def _own_sources(record: PublicConsulate) -> Json:
    """Who says phones, address, e-mail and jurisdiction, where it is not the record's own source."""
    by_kind = {phone.kind == "protection": phone.source for phone in reversed(record.phones)}
    sources = {
        "phones": by_kind.get(False),
        "protection_phones": by_kind.get(True),
        "address": record.address_source,
        "email": record.email_source,
        "jurisdiction": record.jurisdiction_source,
    }
    return {
        f"{group}_source_{part}": getattr(source, part)
        for group, source in sources.items()
        if source and source != record.source
        for part in ("name", "url", "date")
    }


def _consulate_row(record: PublicConsulate, base_url: str) -> Json:
    return {
        "consulate_key": record.id,
        **_phones(phone for phone in record.phones if phone.kind != "protection"),
        "protection_phones": _phones(phone for phone in record.phones if phone.kind == "protection")["phones"],
        "jurisdiction": "|".join(
            ("-" if area.mode == "exclude" else "~" if area.assumed else "")
            + (area.admin1 or area.country)
            + (f"/{area.admin2}" if area.admin2 else "")
            + (f"@{area.place_id}" if area.place_id else "")
            for area in record.jurisdiction
        ),
        **_own_sources(record),
        "source_name": record.source.name,
        "source_url": record.source.url,
        "source_date": record.source.date,
        "source_licence": record.source.licence,
        "url": f"{base_url}/{LANGUAGES[0]}/consulates/{record.slug}",
        "modified_at": record.modified_at.isoformat(),
        **{
            name: getattr(record, name)
            for name in (
                "id", "slug", "sending_country", "host_country", "kind", "status", "city", "admin1", "address",
                "postal_code", "latitude", "longitude", "precision", "email", "website", "jurisdiction_state",
                "jurisdiction_note", "note", "revision",
            )
        },
    }  # fmt: skip
