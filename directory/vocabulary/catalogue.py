"""The controlled terms as one value that pages, search and imports read; terms change only with a release."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from directory.database import AnySession
from directory.identifiers import seed_uuid
from directory.settings import LANGUAGES
from directory.vocabulary.models import Taxonomy, TaxonomyLabel, TaxonomySynonym, TaxonomyTerm

_EXTENSION = "directory.vocabulary"
_FILES = {
    Taxonomy.SERVICE_GROUP: "service_groups.csv",
    Taxonomy.SERVICE_AREA: "service_areas.csv",
    Taxonomy.POPULATION: "populations.csv",
}


TERM_FILES = tuple(_FILES.values())
"""Where the release has its controlled terms, within the seed data."""


@dataclass(frozen=True)
class Term:
    """A controlled term. `labels` by language; `group` is the slug of a service area's group."""

    id: uuid.UUID
    slug: str
    labels: Mapping[str, str]
    synonyms: tuple[str, ...]
    group: str | None


@dataclass(frozen=True)
class Vocabulary:
    """The three vocabularies, each by slug and in the order in which they are shown."""

    groups: Mapping[str, Term]
    areas: Mapping[str, Term]
    populations: Mapping[str, Term]

    def areas_of(self, group: str) -> list[Term]:
        """The service areas of a group, in order."""
        return [term for term in self.areas.values() if term.group == group]


def read_vocabulary(session: AnySession) -> Vocabulary:
    """The vocabulary as the database has it (three queries)."""
    rows = session.scalars(
        select(TaxonomyTerm)
        .options(selectinload(TaxonomyTerm.labels), selectinload(TaxonomyTerm.synonyms))
        .order_by(TaxonomyTerm.position)
    ).all()
    slugs = {row.id: row.slug for row in rows}
    found: dict[Taxonomy, dict[str, Term]] = {taxonomy: {} for taxonomy in Taxonomy}
    for row in rows:
        found[row.taxonomy][row.slug] = Term(
            id=row.id,
            slug=row.slug,
            labels={item.language: item.label for item in row.labels},
            synonyms=tuple(item.text for item in row.synonyms),
            group=slugs[row.parent_id] if row.parent_id else None,
        )
    return Vocabulary(found[Taxonomy.SERVICE_GROUP], found[Taxonomy.SERVICE_AREA], found[Taxonomy.POPULATION])


def vocabulary(session: AnySession) -> Vocabulary:
    """The vocabulary of the running application, read once a process (again while it is still empty)."""
    known: Vocabulary | None = current_app.extensions.get(_EXTENSION)
    if known is None or not known.areas:
        known = current_app.extensions[_EXTENSION] = read_vocabulary(session)
    return known


def load_vocabulary(session: AnySession, folder: Path) -> int:
    """Insert the terms of the seed data that the database lacks, and write labels and synonyms of the others as the
    release has them; returns how many are new."""
    query = select(TaxonomyTerm).options(selectinload(TaxonomyTerm.labels), selectinload(TaxonomyTerm.synonyms))
    known = {term.id: term for term in session.scalars(query)}
    added = 0
    for taxonomy, file_name in _FILES.items():
        with (folder / file_name).open(encoding="utf-8", newline="") as file:
            for position, row in enumerate(csv.DictReader(file)):
                term = _term(taxonomy, position, row)
                if (present := known.get(term.id)) is None:
                    session.add(term)
                    added += 1
                else:
                    _renew(present, term)
        session.flush()
    return added


def _renew(present: TaxonomyTerm, release: TaxonomyTerm) -> None:
    """Give a term the release's words; what is the same is not written."""
    for label in release.labels:
        own = next(item for item in present.labels if item.language == label.language)
        if own.label != label.label:
            own.label = label.label
    wanted = {synonym.text: synonym.position for synonym in release.synonyms}
    for synonym in list(present.synonyms):
        if synonym.text not in wanted:
            present.synonyms.remove(synonym)
        else:
            synonym.position = wanted.pop(synonym.text)
    present.synonyms += [TaxonomySynonym(text=text, position=place) for text, place in wanted.items()]


def _term(taxonomy: Taxonomy, position: int, row: dict[str, str]) -> TaxonomyTerm:
    synonyms = dict.fromkeys(filter(None, row["also_known_as"].split("|")))
    group = row.get("group")
    return TaxonomyTerm(
        id=seed_uuid(f"{taxonomy}/{row['slug']}"),
        taxonomy=taxonomy,
        slug=row["slug"],
        parent_id=seed_uuid(f"{Taxonomy.SERVICE_GROUP}/{group}") if group else None,
        position=position,
        labels=[TaxonomyLabel(language=language, label=row[language]) for language in LANGUAGES],
        synonyms=[TaxonomySynonym(text=text, position=place) for place, text in enumerate(synonyms)],
    )
