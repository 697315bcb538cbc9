"""Everything public as one package: the tables of HSDS 3.1 with their descriptor, a zip.

Cells are as they are: what keeps a spreadsheet from running a formula would break `+52…` for every other program.
"""

from __future__ import annotations

import csv
import json
import re
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from directory.changes.feed import feed_position
from directory.clock import rfc3339
from directory.database import AnySession
from directory.exchange.hsds.lists import Maker
from directory.exchange.hsds.mapping import Mapping31
from directory.exchange.hsds.models import HsdsModel
from directory.exchange.hsds.package_texts import TITLE, citation, readme
from directory.exchange.hsds.tables import TABLES, Table
from directory.exchange.hsds.taxonomies import Terms, taxonomies
from directory.publication.organizations import published_ids
from directory.vocabulary.catalogue import vocabulary

MEDIA_TYPE = "application/zip"
_ELSEWHERE = frozenset({"organization", "taxonomy_term", "taxonomy_detail"})
"""Fields of objects that are rows of their own elsewhere in the package."""


def write_package(session: AnySession, target: IO[bytes], base_url: str, release: str, now: datetime) -> None:
    """Write the package of all organizations in public sight to a file. Raises OSError.

    The position of the feed is read first, so that whoever goes on from it misses nothing.
    """
    position = feed_position(session)
    epoch, seq, at = str(position.epoch), position.seq, now.astimezone(UTC)
    terms = Terms(vocabulary(session))
    with tempfile.TemporaryDirectory() as folder, _Tables(Path(folder)) as tables:
        tables.add_all(taxonomies(release, base_url))
        tables.add_all(terms)
        maker = Maker(session, Mapping31(terms, base_url), now)
        tables.add_all(maker.organizations(sorted(published_ids(session)), full=True, with_services=True))
        tables.close()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for table in TABLES.values():
                archive.write(Path(folder) / table.path, table.path)
            archive.writestr("datapackage.json", json.dumps(descriptor(base_url, epoch, seq, at), indent=1))
            archive.writestr("README.md", readme(base_url, epoch, seq, at))
            archive.writestr("CITATION.cff", citation(base_url, epoch, seq, at))


def descriptor(base_url: str, epoch: str, seq: int, at: datetime) -> dict[str, Any]:
    """What `datapackage.json` says: tables and keys, licences, the position of the feed."""
    return {
        "name": "cso-directory",
        "title": TITLE,
        "profile": "tabular-data-package",
        "version": f"{epoch}/{seq}",
        "created": rfc3339(at, "seconds"),
        "homepage": base_url,
        "hsds_version": "3.1",
        "hsds_profile": f"{base_url}/hsds/profile",
        "feed": {"epoch": epoch, "seq": seq, "changes": f"{base_url}/api/v1/changes?since={seq}"},
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "Of the compilation; each record as its source says (attribute source-licence)",
            }
        ],
        "resources": [table.resource() for table in TABLES.values()],
    }


class _Tables:
    """The tables of a package while they are written, each a file."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            table.name: (folder / table.path).open("w", encoding="utf-8", newline="") for table in TABLES.values()
        }
        self._writers = {name: csv.writer(file) for name, file in self._files.items()}
        for name, writer in self._writers.items():
            writer.writerow(column.name for column in TABLES[name].columns)

    def __enter__(self) -> _Tables:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """All that was written is in the files."""
        for file in self._files.values():
            file.close()

    def add_all(self, items: Iterable[HsdsModel]) -> None:
        """Add a row for each object and for each that it holds."""
        for item in items:
            self._add(item)

    def _add(self, item: HsdsModel) -> None:
        kind = type(item)
        name, columns, parts = _layout(kind)
        values = item.__dict__
        self._writers[name].writerow([_cell(values.get(column)) for column in columns])
        for part in parts:
            for held in values[part] or ():
                self._add(held)


@cache
def _layout(kind: type[HsdsModel]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Of a kind of object: its table, the columns of that, and the fields that hold rows of others."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    table: Table = TABLES[name]
    columns = tuple(column.name for column in table.columns)
    parts = (field for field in kind.model_fields if field not in columns and field not in _ELSEWHERE)
    return name, columns, tuple(parts)


def _cell(value: object) -> object:
    """A value as the package writes it; nothing for what is not known."""
    if isinstance(value, datetime):
        return rfc3339(value, "seconds")
    return "" if value is None else value
