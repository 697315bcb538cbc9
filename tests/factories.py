"""Obviously fictional records for tests, through the real import format."""

from __future__ import annotations

import csv
from pathlib import Path

from directory.database import begin_write
from directory.exchange.load import import_consulates, import_lines, import_organizations
from directory.extensions import db

_ORGANIZATION = {
    "organization_key": "casa-ejemplo",
    "name": "Casa Ejemplo",
    "country": "MX",
    "service_areas": "shelter|food|legal-aid",
    "populations": "families",
    "languages": "es",
    "source_name": "A fictional list",
    "source_date": "2026-01",
    "location_key": "casa-ejemplo/tijuana",
    "location_country": "MX",
    "location_admin1": "MX-BCN",
    "location_city": "Tijuana",
    "location_service_areas": "shelter|food",
}
_CONSULATE = {
    "consulate_key": "hn-ejemplo",
    "sending_country": "HN",
    "host_country": "US",
    "kind": "consulate",
    "status": "open",
    "city": "McAllen",
    "admin1": "US-TX",
    "source_name": "A fictional list",
}


_LINE = {
    "line_key": "us-ejemplo",
    "kind": "violence",
    "country": "US",
    "name": "Línea Ejemplo",
    "number": "1-800-799-7233",
    "from": "US",
    "hours": "24/7",
    "languages": "es|en",
    "for_whom_es": "Mujeres ficticias",
    "source_name": "A fictional list",
    "source_url": "https://example.org/lines",
    "source_date": "2026-01",
}


def line_row(**cells: str) -> dict[str, str]:
    """The cells of one row of a file of help lines."""
    return _LINE | cells


def add_lines(folder: Path, *rows: dict[str, str]) -> None:
    """Load help lines into the running application."""
    import_lines(db.session, write_csv(folder / "lines.csv", *rows))


def organization_row(**cells: str) -> dict[str, str]:
    """The cells of one row of an organizations file."""
    return _ORGANIZATION | cells


def consulate_row(**cells: str) -> dict[str, str]:
    """The cells of one row of a consulates file."""
    return _CONSULATE | cells


def write_csv(path: Path, *rows: dict[str, str]) -> Path:
    """A CSV file with these rows."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def add_organizations(folder: Path, *rows: dict[str, str]) -> None:
    """Load organizations into the running application."""
    import_organizations(db.session, write_csv(folder / "organizations.csv", *rows))


def add_consulates(folder: Path, *rows: dict[str, str]) -> None:
    """Load consulates into the running application."""
    import_consulates(db.session, write_csv(folder / "consulates.csv", *rows))


def start_writing() -> None:
    """End what the test has read so far and open a write transaction."""
    db.session.rollback()
    begin_write(db.session)
