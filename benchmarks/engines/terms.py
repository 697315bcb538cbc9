"""The vocabulary straight from the seed data, without a database."""

from __future__ import annotations

import csv

from directory.identifiers import seed_uuid
from directory.settings import LANGUAGES, resource_dir
from directory.vocabulary.catalogue import Term, Vocabulary


def seed_vocabulary() -> Vocabulary:
    """Groups, service areas and populations of this release."""
    return Vocabulary(_terms("service_groups.csv"), _terms("service_areas.csv"), _terms("populations.csv"))


def _terms(file_name: str) -> dict[str, Term]:
    with (resource_dir("seed_data") / file_name).open(encoding="utf-8", newline="") as file:
        return {row["slug"]: _term(row) for row in csv.DictReader(file)}


def _term(row: dict[str, str]) -> Term:
    return Term(
        id=seed_uuid(f"benchmark/{row['slug']}"),
        slug=row["slug"],
        labels={language: row[language] for language in LANGUAGES},
        synonyms=tuple(dict.fromkeys(filter(None, row["also_known_as"].split("|")))),
        group=row.get("group"),
    )
