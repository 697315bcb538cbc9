"""schema.org data of an organization's page, for search engines and assistants."""

from __future__ import annotations

from typing import Any

from directory.publication.records import PublicLocation, PublicOrganization


def structured_data(record: PublicOrganization, url: str) -> dict[str, Any]:
    """An NGO in JSON-LD; only what the page shows too."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NGO",
        "@id": url,
        "url": record.website or url,
        "name": record.name,
        "alternateName": [name for name in (record.acronym, *record.alternate_names) if name] or None,
        "email": record.email,
        "telephone": _first_number(record),
        "knowsLanguage": list(record.languages) or None,
        "location": [_place(location) for location in record.locations] or None,
        "dateModified": record.modified_at.date().isoformat(),
    }
    return {key: value for key, value in data.items() if value is not None}


def _first_number(record: PublicOrganization) -> str | None:
    return next((phone.number for phone in record.numbers), None)


def _place(location: PublicLocation) -> dict[str, Any]:
    address = {
        "@type": "PostalAddress",
        "streetAddress": location.address,
        "postalCode": location.postal_code,
        "addressLocality": location.city,
        "addressRegion": location.admin1,
        "addressCountry": location.country,
    }
    place: dict[str, Any] = {
        "@type": "Place",
        "address": {key: value for key, value in address.items() if value is not None},
    }
    if location.precision == "exact":
        place["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": location.latitude,
            "longitude": location.longitude,
        }
    return place
