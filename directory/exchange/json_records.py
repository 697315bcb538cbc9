"""Public records as JSON-ready dictionaries, in the shape of the contract."""

from __future__ import annotations

from datetime import date
from typing import Any

from directory.places.countries import country_name, subdivision_name
from directory.publication.consulate_records import PublicConsulate, PublicJurisdictionArea
from directory.publication.consulates import consulate_name
from directory.publication.lines import PublicLine, hours_in, reach_in, whom_in
from directory.publication.records import ConsulateLink, PublicLocation, PublicOrganization, PublicService

Json = dict[str, Any]
_DERIVED = {"consulates", "vouched_by", "services", "locations", "review_interval_days", "country", "due_since"}


def organization_json(record: PublicOrganization, language: str, base_url: str) -> Json:
    """An organization; names of services and consulates in `language`."""
    return {
        **record.model_dump(mode="json", exclude=_DERIVED),
        "url": f"{base_url}/{language}/organizations/{record.slug}",
        "services": [_service(service, language) for service in record.services],
        "locations": [_location(location) for location in record.locations],
        "consulates": [_consulate_link(link, language) for link in record.consulates],
        "vouched_by": [
            {name: value for name, value in _consulate_link(link, language).items() if name not in ("why", "assumed")}
            for link in record.vouched_by
        ],
    }


def _service(service: PublicService, language: str) -> Json:
    name = service.name.get(language) or next(iter(service.name.values()), service.group)
    return {**service.model_dump(mode="json", exclude={"group"}), "name": name}


def _location(location: PublicLocation) -> Json:
    return location.model_dump(mode="json", exclude={"city_names", "admin2", "place_id"})


def _consulate_link(link: ConsulateLink, language: str) -> Json:
    return {
        "id": str(link.id),
        "slug": link.slug,
        "name": consulate_name(link, language),
        "sending_country": link.sending_country,
        "why": link.why,
        "assumed": link.assumed,
    }


def consulate_json(record: PublicConsulate, language: str, base_url: str) -> Json:
    """A consulate; its name and those of its places in `language`."""
    return {
        **record.model_dump(mode="json", exclude={"city_names", "jurisdiction", "mobile"}),
        "name": consulate_name(record, language),
        "url": f"{base_url}/{language}/consulates/{record.slug}",
        "jurisdiction": [
            {**area.model_dump(mode="json"), "name": area_name(area, language)} for area in record.jurisdiction
        ],
        "mobile": [
            {
                **event.model_dump(mode="json", exclude={"city_names"}),
                "city": event.city_names.get(language) or event.city,
            }
            for event in record.mobile
        ],
    }


def line_json(line: PublicLine, language: str, today: date) -> Json:
    """A help line; its hours, reach and public in `language`. `number` is what is dialled, or an address."""
    return {
        "id": str(line.id),
        "key": line.key,
        "kind": line.kind,
        "country": line.country,
        "sending_country": line.sending_country,
        "name": line.name,
        "channel": line.channel,
        "number": line.dial or line.text,
        "text": line.text,
        "from": list(line.reach),
        "from_where": reach_in(line, language),
        "hours": hours_in(line, language),
        "opening_hours": line.hours,
        "languages": list(line.languages),
        "for_whom": whom_in(line, language),
        "website": line.website,
        "doubtful": line.doubtful,
        "in_danger": line.in_danger,
        "shown": line.is_shown(today),
        "status": line.status,
        "verified_on": line.verified_on.isoformat() if line.verified_on else None,
        "source": line.source.model_dump(mode="json"),
        "modified_at": line.modified_at.isoformat(),
    }


def area_name(area: PublicJurisdictionArea, language: str) -> str:
    """What a jurisdiction row's place is called: county and subdivision, subdivision, or country."""
    if area.admin1 is None:
        return country_name(area.country, language)
    region = subdivision_name(area.admin1, language)
    return f"{area.name}, {region}" if area.name else region
